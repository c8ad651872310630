/** What goes into a stream: constants once, and a step of each sequence at a time. */

import type { Scaler } from "../data/index.ts";
import type { Engine } from "../engine/engine.ts";
import type { Memory } from "../engine/memory.ts";
import { showShape } from "../expect.ts";
import { wholeNumbers } from "../ids.ts";
import { isArray } from "../isObject.ts";
import { type ArrayLike32, describe, toNDArray } from "../ndarray.ts";
import { goneError } from "../nested.ts";
import { type Input, optional, options, unchecked } from "../options.ts";
import type { Question } from "../reading.ts";
import type { StepValue } from "../step.ts";
import type { inOrder } from "../training/byName.ts";
import { asRows, type ByName } from "../training/data.ts";
import { notFinite } from "../training/diagnose.ts";
import type { Slot } from "../training/slots.ts";
import { isGone, isNumericView, lengthOf } from "../typedArray.ts";
import { isSequence } from "./flow.ts";

/** One array. */
type Numbers = ArrayLike32 | ArrayLike<number>;

export const STREAM = options({
  /**
   * The inputs without an axis of time, such as the initial states of a decoder: one array, or one for each, in a list in the
   * model's order or by name. They stay the same for all steps
   */
  inputs: optional(unchecked<Numbers | readonly Numbers[] | ByName<Numbers>>()),
});

export interface StreamOptions extends Input<typeof STREAM> {}

/** Up to so many numbers are copied faster by a loop than by a call. */
const LOOPED = 8;

/** One input at one step: its features, a frame, or its token id. */
type StepInput = ArrayLike<number> | number | ArrayLike32;

/** What is given by name as a list, where an entry takes that. */
export type Ordering = typeof inOrder;

/** One, or one for each that has an axis of time. */
export type StepInputs = StepInput | readonly StepInput[] | ByName<StepInput>;

/**
 * The inputs that are no sequences, each with its place among all.
 *
 * @param given see {@link StreamOptions}
 * @param order makes a list of what is given by name
 * @throws TypeError or RangeError for numbers that do not fit
 */
export function expectConstants(
  given: unknown,
  slots: readonly Slot[],
  order?: Ordering,
): Map<number, Float32Array | Int32Array> {
  const places = [...slots.keys()].filter(i => !isSequence(slots[i]));
  const value = order
    ? order(
        given,
        places.map(i => slots[i]),
        "stream inputs",
        "input",
      )
    : given;
  const list = places.length === 1 ? [value] : value;
  const wanted = places.map(i => `${slots[i].what} ${showShape(["N", ...slots[i].shape])}`).join(", ");
  if (places.length === 0) {
    if (value === undefined) return new Map();
    throw new RangeError(
      `stream inputs: expected none, since every input of the model has an axis of time, got ${describe(value)}; give ` +
        "them to step(), one step at a time",
    );
  }
  if (value === undefined || !isArray(list) || list.length !== places.length) {
    throw new TypeError(
      `stream inputs: expected the inputs without an axis of time, ${wanted}, got ${describe(value)}; give ` +
        `${places.length === 1 ? "it" : "a list of them"} to stream({ inputs })`,
    );
  }
  return new Map(places.map((place, i) => [place, constantFor(slots[place], list[i])]));
}

/** The numbers of one sample. */
function constantFor(slot: Slot, value: unknown): Float32Array | Int32Array {
  const what = `stream inputs ${slot.what}`;
  const { shape, data } =
    typeof value === "number" ? { shape: [], data: Float64Array.of(value) } : toNDArray(value, what);
  const wanted = slot.shape.join();
  if (shape.join() !== wanted && !(shape[0] === 1 && shape.slice(1).join() === wanted)) {
    throw new RangeError(`${what}: expected ${showShape(slot.shape)}, one sample, got ${showShape(shape)}`);
  }
  if (slot.ids) return wholeNumbers(data, what);
  const floats = Float32Array.from(data);
  const bad = floats.findIndex(number => !Number.isFinite(number));
  if (bad >= 0) throw notFinite("stream inputs", `${slot.what} has ${floats[bad]} at element ${bad}`, slot);
  return floats;
}

/** Whether a step is a list of that length, or a typed array of numbers. The entries of a list are anything yet. */
function isList(x: unknown, size: number): x is ArrayLike<number> {
  if (!ArrayBuffer.isView(x)) return isArray(x) && x.length === size;
  return typeof (x as unknown as ArrayLike<number>)[0] === "number" && lengthOf(x) === size;
}

/** An input that is fed step by step. */
export class FedInput {
  readonly slot: Slot;
  readonly #memory: Memory;
  readonly #pointer: number;
  readonly #size: number;
  /** Of a step that is more than a list of features */
  readonly #frame: readonly number[] | undefined;
  /** For errors: the step, and which of several inputs. */
  readonly #what: string;
  /** What layers ask of a step before it is scaled, and where the answers go. */
  readonly #questions: readonly (readonly [Question, at: number])[];
  readonly #firstUnfit: (pointer: number, size: number) => number;

  /** @param value where steps read it */
  constructor({ memory, kernels }: Engine, slot: Slot, { pointer, size, readings }: StepValue, what: string) {
    this.slot = slot;
    this.#memory = memory;
    this.#pointer = pointer;
    this.#size = size;
    this.#frame = slot.shape.length > 2 ? (slot.shape.slice(1) as number[]) : undefined;
    this.#what = what;
    this.#questions = (slot.questions ?? []).map(each => [each, (readings?.get(each.key) ?? 0) >>> 2]);
    this.#firstUnfit = slot.missing ? kernels.firstInfinite : kernels.firstNonFinite;
  }

  /** Puts a step where it is read. What is rare stands elsewhere: small methods run faster. */
  feed(x: unknown, scaler: Scaler | undefined): void {
    const numbers = typeof x === "number" ? [x] : this.#frame ? this.#flat(x, this.#frame) : x;
    if (!isList(numbers, this.#size)) throw this.#misfit(numbers);
    if (this.slot.ids) this.#feedIds(numbers);
    else {
      this.#write(scaler ? this.#scaled(numbers, scaler) : numbers);
      const bad = this.#firstUnfit(this.#pointer, this.#size);
      if (bad >= 0) throw this.#unfit(bad);
      if (this.#questions.length > 0) this.#answer(numbers);
    }
  }

  /** A frame may be nested, or say its shape; its numbers in a row are as they are. */
  #flat(x: unknown, wanted: readonly number[]): unknown {
    if (isNumericView(x) || (isArray(x) && typeof x[0] === "number")) return x;
    const { shape, data } = toNDArray(x, this.#what);
    if (shape.join() === wanted.join()) return data;
    throw new RangeError(`${this.#what}: expected ${showShape(wanted)}, got ${showShape(shape)}`);
  }

  #answer(numbers: ArrayLike<number>): void {
    const { floats, ints } = this.#memory;
    for (const [question, at] of this.#questions) {
      (question.ints ? ints : floats)[at] = question.ask(numbers, 0, numbers.length);
    }
  }

  #write(numbers: ArrayLike<number>): void {
    const { floats } = this.#memory;
    const at = this.#pointer >>> 2;
    if (numbers.length > LOOPED && ArrayBuffer.isView(numbers)) floats.set(numbers, at);
    else {
      for (let i = 0; i < numbers.length; i++) {
        const number = numbers[i];
        if (typeof number !== "number") throw this.#misfit(numbers);
        floats[at + i] = number;
      }
    }
  }

  #feedIds(numbers: ArrayLike<number>): void {
    this.#memory.ints.set(wholeNumbers(this.#copied(numbers), this.#what), this.#pointer >>> 2);
  }

  #scaled(numbers: ArrayLike<number>, scaler: Scaler): ArrayLike<number> {
    return scaler.transform(asRows(this.#copied(numbers), scaler)).data;
  }

  #copied(numbers: ArrayLike<number>): Float64Array {
    return Float64Array.from(numbers, number => {
      if (typeof number !== "number") throw this.#misfit(numbers);
      return number;
    });
  }

  #misfit(x: unknown): Error {
    const form = this.#frame ? `${showShape(this.#frame)}, nested or as ` : "";
    const wanted = `${this.#what}: expected ${form}${this.#size} numbers, got`;
    if (isNumericView(x))
      return isGone(x) ? goneError(this.#what, "numbers", 0) : new RangeError(`${wanted} ${lengthOf(x)}`);
    if (!isArray(x)) return new TypeError(`${wanted} ${describe(x)}`);
    if (x.length !== this.#size) return new RangeError(`${wanted} ${x.length}`);
    const bad = Array.from(x).findIndex(entry => typeof entry !== "number");
    return new TypeError(`${wanted} ${describe(x[bad])} at element ${bad}`);
  }

  #unfit(bad: number): RangeError {
    const value = this.#memory.floats[(this.#pointer >>> 2) + bad];
    return notFinite("stream step", `${this.slot.what} has ${value} at element ${bad}`, this.slot);
  }
}
