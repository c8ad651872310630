/** What makes tokenizers. */
import { boolean, checked, type Input, integer, oneOf, optional, options as schema } from "../options.ts";
import { hasMethods } from "../registry.ts";
import { Tokenizer } from "./tokenizer.ts";
import { expectTokenizerJSON } from "./tokenizerJson.ts";

const OPTIONS = schema({
  /** "words": letters, digits or emoji that stand together; "characters": every character, blanks too; default "words" */
  level: optional(oneOf(["words", "characters"]), "words"),
  /** The most ids there may be, those that stand for no token counted: the most frequent tokens get them; default no limit */
  maxTokens: optional(integer(3)),
  /** Whether "The" is "the"; default true for words, false for characters */
  lower: optional(boolean, ({ level }: { level: string }) => level === "words"),
  /** Of words: whether what stands between them is tokens too, but for blanks; default false */
  punctuation: optional(boolean, false),
  /** Whether the start and the end of a text have ids, as a decoder needs them; default false */
  markers: optional(boolean, false),
});

export interface TokenizerOptions extends Input<typeof OPTIONS> {}

/**
 * A tokenizer, to be fitted. Id 0 is padding, 1 whatever is unknown, with `markers` 2 and 3 the start and the end of a text; then
 * come the tokens.
 *
 * @param options see {@link TokenizerOptions}
 * @throws TypeError or RangeError for options that do not fit
 * @example
 * const words = tokenizer({ maxTokens: 10_000 }).fit(reviews);
 * const x = padSequences(words.encode(reviews), { maxlen: 200 });
 * const first = layers.embedding({ inputDim: words.size, outputDim: 64, maskZero: true, inputShape: [null] });
 * net.metadata.tokenizer = words; // saved with the model
 */
export function tokenizer(options: TokenizerOptions = {}): Tokenizer {
  const { maxTokens, markers, ...splitting } = checked(options, "tokenizer", OPTIONS);
  if (markers && maxTokens !== undefined && maxTokens < 5) {
    throw new RangeError(
      `tokenizer maxTokens: expected at least 5, since four ids stand for no token, got ${maxTokens}`,
    );
  }
  return new Tokenizer(splitting, markers, maxTokens);
}

/**
 * The tokenizer that gave this JSON by `toJSON()`, or that a saved model has in its metadata.
 *
 * @param json from anywhere: it is checked
 * @returns a fitted tokenizer
 * @throws TypeError for a wrong type, RangeError for a wrong value; both name the entry
 * @example const words = tokenizerFromJSON(loadModel(bytes).metadata.tokenizer);
 */
export function tokenizerFromJSON(json: unknown): Tokenizer {
  const own = hasMethods(json, "toJSON") ? (json as Tokenizer).toJSON() : json;
  const { tokens, markers, ...splitting } = expectTokenizerJSON(own, "tokenizerFromJSON");
  return new Tokenizer(splitting, markers).take(tokens);
}
