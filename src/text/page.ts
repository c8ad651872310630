/** A text that is being written: with what it begins, where it ends, and which tokens may come. */

import { isArray } from "../isObject.ts";
import { describe } from "../ndarray.ts";
import { isRow } from "../nested.ts";
import { boolean, type Checked, type Input, option, optional, options as schema, unchecked } from "../options.ts";
import { warnOnce } from "../warn.ts";
import { expectDistribution, logOfSum } from "./probabilities.ts";
import type { Tokenizer } from "./tokenizer.ts";
import { tokenizerFromJSON } from "./tokenizers.ts";
import { type Constants, isStreaming, type NextToken, type Streaming, type Writer, writerOf } from "./writer.ts";

/** What all that write take. */
export const WRITING = schema({
  /** What comes first: a text, or ids; default the start that a tokenizer with `markers` has */
  prompt: optional(unchecked<string | ArrayLike<number>>(), ""),
  /** Ends at such a token, which is no part of what is written: an id or a token, or a list of them; default the tokenizer's end */
  stopAt: optional(unchecked<string | number | readonly (string | number)[]>()),
  /** Makes ids of texts and texts of ids; default what the model's metadata has as `tokenizer` */
  tokenizer: optional(option<Tokenizer, Tokenizer | object>(tokenizerFromJSON)),
  /** The model's inputs without an axis of time, such as the states that an encoder ends with: see `Model.stream` */
  inputs: optional(unchecked<Constants>()),
  /** The model gives logits, not probabilities; default false */
  fromLogits: optional(boolean, false),
});

export interface WritingOptions extends Input<typeof WRITING> {}

/** A written text. */
export interface Written {
  /** Its tokens, without prompt and end */
  ids: number[];
  /** The same as text that goes on from the prompt, with a blank first where words need one; "" without a tokenizer */
  text: string;
  /** Log of its probability as the model sees it, the end counted, where it has ended */
  logProbability: number;
  /** Whether it came to its end, and was not cut */
  ended: boolean;
}

export class Page {
  readonly tokenizer: Tokenizer | undefined;
  /** At least one id */
  readonly prompt: readonly number[];
  readonly writer: Writer;
  readonly #stops: ReadonlySet<number>;
  /** Ids that no text has in it */
  readonly #never: readonly number[];
  readonly #fromLogits: boolean;
  readonly #title: string;

  /** @param title for errors */
  constructor(source: Streaming | NextToken, options: Checked<typeof WRITING>, title: string) {
    const { prompt, stopAt, inputs, fromLogits } = options;
    this.#title = title;
    this.#fromLogits = fromLogits;
    const own = isStreaming(source) ? source.metadata?.tokenizer : undefined;
    this.tokenizer = options.tokenizer ?? (own === undefined ? undefined : tokenizerFromJSON(own));
    this.writer = writerOf(source, inputs, title);
    this.prompt = this.#expectPrompt(prompt);
    const stops = stopAt === undefined ? (this.tokenizer?.endId ?? []) : stopAt;
    this.#stops = new Set((isArray(stops) ? stops : [stops]).map(stop => this.#expectStop(stop)));
    const { paddingId, unknownId, startId } = this.tokenizer ?? {};
    this.#never = [paddingId, unknownId, startId].filter(id => id !== undefined && !this.#stops.has(id)) as number[];
  }

  #expectPrompt(prompt: unknown): readonly number[] {
    const { tokenizer } = this;
    const what = `${this.#title} prompt`;
    let ids: readonly number[];
    if (typeof prompt === "string") {
      if (!tokenizer && prompt !== "") {
        throw new TypeError(
          `${what}: expected ids, since there is no tokenizer, got ${describe(prompt)}; give { tokenizer }`,
        );
      }
      ids = tokenizer?.encode(prompt, { start: tokenizer.startId !== undefined }) ?? [];
      if (tokenizer && ids.includes(tokenizer.unknownId)) {
        warnOnce(
          `${what}: ${describe(prompt)} has tokens that the tokenizer does not know; the model reads "unknown" for them`,
        );
      }
    } else if (isRow(prompt)) ids = Array.from(prompt as ArrayLike<unknown>, (id, i) => expectId(id, `${what}[${i}]`));
    else throw new TypeError(`${what}: expected a text or ids, got ${describe(prompt)}`);
    if (ids.length > 0) return ids;
    throw new RangeError(
      `${what}: expected at least one token to begin with, got none; a tokenizer with markers: true has one for the start`,
    );
  }

  #expectStop(stop: unknown): number {
    const what = `${this.#title} stopAt`;
    const { tokenizer } = this;
    if (typeof stop === "number") {
      if (expectId(stop, what) < (tokenizer?.size ?? Infinity)) return stop;
      throw new RangeError(`${what}: expected an id below ${tokenizer?.size}, the tokenizer's size, got ${stop}`);
    }
    if (typeof stop !== "string")
      throw new TypeError(`${what}: expected an id or a token, or a list, got ${describe(stop)}`);
    const id = tokenizer?.tokens.indexOf(stop) ?? -1;
    if (id >= 0 && stop !== "") return id;
    throw new RangeError(`${what}: expected a token of the tokenizer, got ${describe(stop)}`);
  }

  stopsAt(id: number): boolean {
    return this.#stops.has(id);
  }

  /**
   * What a writer gives, checked: probabilities, or logs of them where it gives logits. Of what no text has in it they are 0, or
   * -Infinity.
   */
  read(given: unknown): Float64Array {
    const what = `${this.#title}: what the model gives`;
    const numbers = Float64Array.from(expectDistribution(given, this.#fromLogits, what));
    const { tokenizer } = this;
    if (tokenizer && numbers.length !== tokenizer.size) {
      throw new RangeError(
        `${what}: expected ${tokenizer.size} numbers, one for each id of the tokenizer, got ${numbers.length}`,
      );
    }
    if (this.#fromLogits) {
      const all = logOfSum(numbers);
      for (let id = 0; id < numbers.length; id++) numbers[id] -= all;
    }
    for (const id of this.#never) numbers[id] = this.#fromLogits ? -Infinity : 0;
    if (this.#never.length > 0) expectDistribution(numbers, this.#fromLogits, what);
    return numbers;
  }

  /** The log of a probability of what `read` gave. */
  log(number: number): number {
    return this.#fromLogits ? number : Math.log(number);
  }

  /** What an id adds to the text. */
  piece(before: number | undefined, id: number): string {
    return this.tokenizer?.piece(before, id) ?? "";
  }

  /** What ids add to the prompt. */
  text(ids: readonly number[]): string {
    return ids.map((id, i) => this.piece(i === 0 ? this.prompt.at(-1) : ids[i - 1], id)).join("");
  }
}

function expectId(id: unknown, what: string): number {
  if (typeof id !== "number") throw new TypeError(`${what}: expected an id, got ${describe(id)}`);
  if (Number.isInteger(id) && id >= 0) return id;
  throw new RangeError(`${what}: expected an id, a whole number >= 0, got ${id}`);
}
