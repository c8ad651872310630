/** Texts that a model goes on with, a token at a time. */
import { checked, type Input, integer, optional, options as schema } from "../options.ts";
import { Page, WRITING, type WritingOptions, type Written } from "./page.ts";
import { seededRandom } from "./random.ts";
import { CHOICE, type ChoiceOptions, choose, drawOf, RANDOM, type RandomOptions } from "./sample.ts";
import type { NextToken, Streaming } from "./writer.ts";

const STEPS = schema({
  /** How many tokens at most; default 100 */
  steps: optional(integer(), 100),
});
const OPTIONS = { ...WRITING, ...STEPS, ...CHOICE, ...RANDOM };

/** Without `seed` and `random` the seed is 0: the same text every time. */
export interface GenerateOptions extends WritingOptions, Input<typeof STEPS>, ChoiceOptions, RandomOptions {}

/** A token as it is written. */
export interface WrittenToken {
  id: number;
  /** What it adds to the text, the blank before it included; "" without a tokenizer */
  text: string;
  /** Log of its probability as the model sees it, whatever the temperature */
  logProbability: number;
  /** Whether it is the end, which is no part of the text */
  end: boolean;
}

/**
 * The same as `generate`, one token after the other as they are asked for: to show them at once, to stop at will, or to wait in
 * between. The last one may be the end.
 *
 * @throws as `generate`; what is wrong with the options at once
 * @example for (const { text } of generateTokens(net, { prompt: "ROMEO:" })) process.stdout.write(text);
 */
export function generateTokens(
  source: Streaming | NextToken,
  options: GenerateOptions = {},
): IterableIterator<WrittenToken> {
  return tokensOf(source, options, "generateTokens");
}

function tokensOf(
  source: Streaming | NextToken,
  options: GenerateOptions,
  title: string,
): IterableIterator<WrittenToken> {
  const settings = checked(options, title, OPTIONS);
  const page = new Page(source, settings, title);
  const draw = drawOf(settings, title) ?? seededRandom(0);
  function* written() {
    let given = page.writer.write(page.prompt);
    let before = page.prompt.at(-1);
    for (let step = 0; step < settings.steps; step++) {
      const numbers = page.read(given);
      const id = choose(numbers, settings, draw);
      const end = page.stopsAt(id);
      const text = end ? "" : page.piece(before, id);
      yield { id, text, logProbability: page.log(numbers[id]), end };
      if (end) return;
      before = id;
      if (step + 1 < settings.steps) given = page.writer.write([id]);
    }
  }
  return written();
}

/**
 * Goes on with a text, token by token, each drawn from what the model says of the next one. The model runs as a stream.
 *
 * @param source a model of ids, or of one-hot rows, whose output at each step is [V]: the probabilities of the next token, or logits; or
 *   a function of all ids so far
 * @param options see {@link GenerateOptions}
 * @returns what was written, without the prompt
 * @throws TypeError or RangeError for options that do not fit, and where the model gives no probabilities
 * @example const { text } = generate(net, { prompt: "ROMEO:", steps: 200, temperature: 0.8, tokenizer: characters });
 */
export function generate(source: Streaming | NextToken, options: GenerateOptions = {}): Written {
  const tokens = [...tokensOf(source, options, "generate")];
  const kept = tokens.filter(({ end }) => !end);
  return {
    ids: kept.map(({ id }) => id),
    text: kept.map(({ text }) => text).join(""),
    logProbability: tokens.reduce((sum, token) => sum + token.logProbability, 0),
    ended: tokens.at(-1)?.end === true,
  };
}
