/** Texts as ids and back: what an embedding reads, and what a softmax over a vocabulary says. */
import { isObject } from "../isObject.ts";
import { describe } from "../ndarray.ts";
import { isRow } from "../nested.ts";
import { boolean, checked, type Input, optional, options as schema } from "../options.ts";
import { gap, type Splitting, split } from "./split.ts";
import type { TokenizerJSON } from "./tokenizerJson.ts";

const ENCODE = schema({
  /** Whether the id of the start comes first; default false */
  start: optional(boolean, false),
  /** Whether the id of the end comes last; default false */
  end: optional(boolean, false),
});

export interface EncodeOptions extends Input<typeof ENCODE> {}

/** The ids that stand for no token, as `tokens` shows them. */
const SPECIAL = ["", "[UNK]", "[START]", "[END]"];
/** What an unknown character is when it is decoded. */
const REPLACEMENT = "\ufffd";

/** Made by `tokenizer` or `tokenizerFromJSON`. */
export class Tokenizer {
  /** Of padding: `embedding({ maskZero: true })` hides it. */
  readonly paddingId = 0;
  /** Of every token that `fit` has not met, or has no room for. */
  readonly unknownId = 1;
  /** Of the start of a text, with `markers: true`. */
  readonly startId: number | undefined;
  /** Of the end of a text, with `markers: true`. */
  readonly endId: number | undefined;
  readonly #splitting: Splitting;
  readonly #maxTokens: number;
  #ids: ReadonlyMap<string, number> = new Map();
  #tokens: readonly string[] = [];

  /** @internal */
  constructor(splitting: Splitting, markers: boolean, maxTokens = Infinity) {
    const { level, lower, punctuation } = splitting;
    this.#splitting = { level, lower, punctuation };
    this.#maxTokens = maxTokens;
    if (markers) [this.startId, this.endId] = [2, 3];
  }

  /** @internal */
  take(tokens: readonly string[]): this {
    this.#tokens = [...SPECIAL.slice(0, this.#special), ...tokens];
    this.#ids = new Map(tokens.map((token, i) => [token, i + this.#special]));
    return this;
  }

  get #special(): number {
    return this.endId === undefined ? 2 : 4;
  }

  /** How many ids there are: `inputDim` of an embedding, `units` of a softmax over the vocabulary. */
  get size(): number {
    return this.tokens.length;
  }

  /** By id: "" for padding, "[UNK]", with `markers` "[START]" and "[END]", then the tokens, the most frequent first. */
  get tokens(): readonly string[] {
    if (this.#tokens.length > 0) return this.#tokens;
    throw new Error("tokenizer: it knows no tokens yet; call fit(texts) first");
  }

  /** The id of a token as `tokens` has it: of what is no token `unknownId`. */
  idOf(token: string): number {
    return this.tokens.length > 0 ? (this.#ids.get(token) ?? this.unknownId) : 0;
  }

  /**
   * Learns the tokens of texts, the most frequent first, among equally frequent ones those that come first. What it knew is
   * forgotten.
   *
   * @param texts one text, or anything that gives texts one by one, such as an array or a generator
   * @throws TypeError for what is no text, RangeError for texts without a token
   * @example const words = tokenizer({ maxTokens: 10_000 }).fit(reviews);
   */
  fit(texts: string | Iterable<string>): this {
    const counts = new Map<string, number>();
    for (const text of listOf(texts, "tokenizer fit")) {
      for (const token of split(text, this.#splitting)) counts.set(token, (counts.get(token) ?? 0) + 1);
    }
    if (counts.size === 0) throw new RangeError("tokenizer fit: expected texts with at least one token, got none");
    const room = this.#maxTokens - this.#special;
    const ordered = [...counts].sort(([, a], [, b]) => b - a); // stable: in their order where counts are equal
    return this.take(ordered.slice(0, Math.max(1, room)).map(([token]) => token));
  }

  /**
   * The ids of a text, or of each of several: `padSequences` makes one array of those. An empty text has none.
   *
   * @throws TypeError for what is no text, RangeError for markers that the tokenizer does not have
   * @example words.encode("the cat") // [2, 17]
   */
  encode(text: string, options?: EncodeOptions): number[];
  encode(texts: Iterable<string>, options?: EncodeOptions): number[][];
  encode(texts: string | Iterable<string>, options: EncodeOptions = {}): number[] | number[][] {
    const { start, end } = checked(options, "tokenizer encode", ENCODE);
    if ((start || end) && this.endId === undefined) {
      throw new RangeError(
        "tokenizer encode: it has no ids for start and end; make it with tokenizer({ markers: true })",
      );
    }
    const head = start ? [this.startId as number] : [];
    const tail = end ? [this.endId as number] : [];
    const encoded = listOf(texts, "tokenizer encode").map(text => [
      ...head,
      ...split(text, this.#splitting).map(token => this.idOf(token)),
      ...tail,
    ]);
    return typeof texts === "string" ? encoded[0] : encoded;
  }

  /**
   * The text of ids, or of each of several lists: up to the id of the end, without padding and start. Words are put together with
   * blanks; of characters it is the text that was encoded.
   *
   * @throws TypeError or RangeError for what are no ids
   * @example words.decode([2, 17]) // "the cat"
   */
  decode(ids: ArrayLike<number>): string;
  decode(lists: ArrayLike<ArrayLike<number>>): string[];
  decode(ids: ArrayLike<number> | ArrayLike<ArrayLike<number>>): string | string[] {
    if (!isRow(ids)) throw new TypeError(`tokenizer decode: expected a list of ids, got ${describe(ids)}`);
    if (isRow(ids[0])) return Array.from(ids as ArrayLike<ArrayLike<number>>, list => this.decode(list));
    const kept: number[] = [];
    for (let i = 0; i < ids.length; i++) {
      const id = this.#expectId(ids[i], i);
      if (id === this.endId) break;
      if (this.#shown(id) !== "") kept.push(id);
    }
    return kept.map((id, i) => this.piece(kept[i - 1], id)).join("");
  }

  /** @internal What an id adds to a text that ends with another. */
  piece(before: number | undefined, id: number): string {
    const [last, next] = [before, id].map(one => (one === undefined ? "" : this.#shown(one)));
    return next && last ? gap(last, next, this.#splitting) + next : next;
  }

  #shown(id: number): string {
    if (id === this.paddingId || id === this.startId || id === this.endId) return "";
    return id === this.unknownId && this.#splitting.level === "characters" ? REPLACEMENT : this.tokens[id];
  }

  #expectId(id: unknown, at: number): number {
    const wanted = `tokenizer decode: expected ids in 0..${this.size - 1}`;
    if (typeof id !== "number") throw new TypeError(`${wanted}, got ${describe(id)} at element ${at}`);
    if (Number.isInteger(id) && id >= 0 && id < this.size) return id;
    throw new RangeError(`${wanted}, got ${id} at element ${at}`);
  }

  /**
   * Plain JSON for `tokenizerFromJSON`. In a model's metadata it goes by itself: `net.metadata.tokenizer = words` is saved
   * with the model, and what loads it has `tokenizerFromJSON(net.metadata.tokenizer)`.
   */
  toJSON(): TokenizerJSON {
    return { ...this.#splitting, markers: this.endId !== undefined, tokens: this.tokens.slice(this.#special) };
  }
}

/** Texts as a list. */
function listOf(texts: unknown, what: string): string[] {
  if (typeof texts === "string") return [texts];
  const iterable = isObject(texts) && Symbol.iterator in texts;
  if (!iterable) throw new TypeError(`${what}: expected a text or texts, got ${describe(texts)}`);
  return Array.from(texts as Iterable<unknown>, (text, i) => {
    if (typeof text === "string") return text;
    throw new TypeError(`${what}: expected texts, got ${describe(text)} at ${i}`);
  });
}
