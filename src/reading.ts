/**
 * What layers read of a model's input as it was given, in float64 and in raw units: the model itself computes with float32,
 * scaled if it has a scaler.
 */
import type { Context } from "./context.ts";
import type { Samples } from "./samples.ts";
import { Tensor } from "./tensor.ts";

/** What a layer asks of every step: one number. */
export class Question {
  /** Questions of one key are the same. */
  readonly key: string;
  /** Whether answers are int32, else float32. */
  readonly ints: boolean;
  readonly ask: (data: ArrayLike<number>, at: number, C: number) => number;

  /** @param ask gets where the C features of a step begin */
  constructor(key: string, ints: boolean, ask: Question["ask"]) {
    this.key = key;
    this.ints = ints;
    this.ask = ask;
  }

  /** @param samples of an input of the model, [N, T, C] */
  of(input: number, { shape: [, T, C], data, place }: Samples): Reading {
    const numbers = new (this.ints ? Int32Array : Float32Array)(data.length / C);
    for (let i = 0; i < numbers.length; i++) numbers[i] = this.ask(data, i * C, C);
    return new Reading(this.key, input, numbers, n => (place ? place(n * T * C) / C : n * T));
  }
}

/** The answers for a data set, [N, T], of which those of a sample stand side by side. */
export class Reading {
  readonly #key: string;
  readonly #input: number;
  readonly #numbers: Float32Array | Int32Array;
  /** Where the answers of a sample begin. */
  readonly #start: (sample: number) => number;

  constructor(key: string, input: number, numbers: Float32Array | Int32Array, start: (sample: number) => number) {
    this.#key = key;
    this.#input = input;
    this.#numbers = numbers;
    this.#start = start;
  }

  /** Of the samples from a number on. */
  from(first: number): Reading {
    return new Reading(this.#key, this.#input, this.#numbers, n => this.#start(first + n));
  }

  /** Gives a batch of the inputs what belongs to it, see `DataSet.load`. */
  load(context: Context, inputs: readonly Tensor[], from: number, to: number, order?: Int32Array): void {
    const numbers = this.#numbers;
    const input = inputs[this.#input];
    const T = input.shape[1]; // of a batch that ends with its longest sequence
    const tensor = new Tensor(context.memory.allocate((to - from) * T), [to - from, T]);
    const { floats, ints } = context.memory;
    const view = numbers instanceof Int32Array ? ints : floats;
    for (let i = from, at = tensor.pointer >>> 2; i < to; i++, at += T) {
      const start = this.#start(order ? order[i] : i);
      view.set(numbers.subarray(start, start + T), at);
    }
    input.readings ??= new Map();
    input.readings.set(this.#key, tensor);
  }
}
