/** The most probable texts: what a decoder says of a source, or how a text goes on. */
import { checked, type Input, integer, number, optional, options as schema } from "../options.ts";
import { power } from "../portable.ts";
import { Page, WRITING, type WritingOptions, type Written } from "./page.ts";
import { best } from "./probabilities.ts";
import type { NextToken, Streaming, Writer } from "./writer.ts";

const GREEDY = schema({
  /** How many tokens at most; default 100 */
  maxSteps: optional(integer(), 100),
});
const BEAM = schema({
  /** How many texts are kept from token to token; default 4 */
  beamWidth: optional(integer(), 4),
  /** Scores are logs of probabilities divided by (number of tokens)^lengthPenalty: 0 prefers short texts; default 1 */
  lengthPenalty: optional(number(0), 1),
});

export interface GreedyOptions extends WritingOptions, Input<typeof GREEDY> {}
export interface BeamOptions extends GreedyOptions, Input<typeof BEAM> {}

/** A text, and how good the search finds it. */
export interface FoundText extends Written {
  /** The log of its probability, divided as `lengthPenalty` says */
  score: number;
}

/**
 * Takes the most probable token at each step.
 *
 * @param source as of `generate`; of an encoder-decoder the decoder, with the encoder's states as `inputs`
 * @param options see {@link GreedyOptions}
 * @throws as `generate`
 * @example
 * const encoder = net.part({ inputs: source, outputs: [h, c] });
 * const decoder = net.part({ inputs: [target, h, c], outputs: next });
 * greedySearch(decoder, { inputs: encoder.predictAll(question), tokenizer: french }).text;
 */
export function greedySearch(source: Streaming | NextToken, options: GreedyOptions = {}): Written {
  const { maxSteps, ...settings } = checked(options, "greedySearch", { ...WRITING, ...GREEDY });
  const page = new Page(source, settings, "greedySearch");
  const ids: number[] = [];
  let [logProbability, ended] = [0, false];
  for (let fed = page.prompt; !ended && ids.length < maxSteps; fed = ids.slice(-1)) {
    const numbers = page.read(page.writer.write(fed));
    const id = best(numbers);
    logProbability += page.log(numbers[id]);
    ended = page.stopsAt(id);
    if (!ended) ids.push(id);
  }
  return { ids, text: page.text(ids), logProbability, ended };
}

/** A text of the beam, and what goes on writing it. */
interface Candidate {
  ids: readonly number[];
  logProbability: number;
  /** Not yet fed to the writer */
  fed: readonly number[];
  writer: Writer;
}

/** A token after a text. */
interface Step {
  from: Candidate;
  id: number;
  logProbability: number;
}

/**
 * Keeps the most probable texts from token to token. A text that has ended keeps its place; the search ends when all have.
 *
 * @param source as of `greedySearch`, which finds the same as a beam of 1
 * @param options see {@link BeamOptions}
 * @returns at most `beamWidth` texts, the best score first
 * @throws as `generate`
 * @example const [{ text }] = beamSearch(decoder, { inputs: encoder.predictAll(question), tokenizer: french, beamWidth: 3 });
 */
export function beamSearch(source: Streaming | NextToken, options: BeamOptions = {}): FoundText[] {
  const all = checked(options, "beamSearch", { ...WRITING, ...GREEDY, ...BEAM });
  const { maxSteps, beamWidth, lengthPenalty, ...settings } = all;
  const page = new Page(source, settings, "beamSearch");
  let beam: Candidate[] = [{ ids: [], logProbability: 0, fed: page.prompt, writer: page.writer }];
  const found: FoundText[] = [];
  const keep = (ids: readonly number[], logProbability: number, ended: boolean): void => {
    const score = logProbability / power(Math.max(1, ids.length + Number(ended)), lengthPenalty);
    found.push({ ids: [...ids], text: page.text(ids), logProbability, ended, score });
  };
  for (let step = 0; step < maxSteps && beam.length > 0; step++) {
    const steps = mostProbable(beam, page, beamWidth - found.length);
    const goesOn: Step[] = [];
    for (const each of steps) {
      if (page.stopsAt(each.id)) keep(each.from.ids, each.logProbability, true);
      else goesOn.push(each);
    }
    beam = goesOn.map(({ from, id, logProbability }, i) => {
      const again = goesOn.slice(i + 1).some(other => other.from === from);
      const writer = again ? from.writer.copy() : from.writer; // the last one has it for itself
      return { ids: [...from.ids, id], logProbability, fed: [id], writer };
    });
  }
  for (const { ids, logProbability } of beam) keep(ids, logProbability, false);
  return found.sort((a, b) => b.score - a.score);
}

/** The most probable next tokens of all texts together; equal ones in the order of texts and ids. */
function mostProbable(beam: readonly Candidate[], page: Page, count: number): Step[] {
  let kept: Step[] = [];
  for (const from of beam) {
    const numbers = page.read(from.writer.write(from.fed));
    const least = kept.length < count ? -Infinity : kept[count - 1].logProbability;
    const own: Step[] = [];
    numbers.forEach((number, id) => {
      const logProbability = from.logProbability + page.log(number);
      if (logProbability > least) own.push({ from, id, logProbability });
    });
    kept = [...kept, ...own].sort((a, b) => b.logProbability - a.logProbability).slice(0, count);
  }
  return kept;
}
