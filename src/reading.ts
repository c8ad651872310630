/**
 * What layers read of a model's input as it was given, in float64 and in raw units: the model itself computes with float32,
 * scaled if it has a scaler.
 */
import type { Context } from "./context.ts";
import type { NDArray } from "./ndarray.ts";
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

  /** @param data of the input `place` of the model, [N, T, C] */
  of(place: number, { shape: [N, T, C], data }: NDArray): Reading {
    const numbers = new (this.ints ? Int32Array : Float32Array)(N * T);
    for (let i = 0; i < numbers.length; i++) numbers[i] = this.ask(data, i * C, C);
    return new Reading(this.key, place, T, numbers);
  }
}

/** The answers for a data set, [N, T], in the order of its samples. */
export class Reading {
  readonly #key: string;
  readonly #place: number;
  readonly #steps: number;
  readonly #numbers: Float32Array | Int32Array;

  constructor(key: string, place: number, steps: number, numbers: Float32Array | Int32Array) {
    this.#key = key;
    this.#place = place;
    this.#steps = steps;
    this.#numbers = numbers;
  }

  /** Of the samples [from, to). */
  slice(from: number, to: number): Reading {
    const numbers = this.#numbers.subarray(from * this.#steps, to * this.#steps);
    return new Reading(this.#key, this.#place, this.#steps, numbers);
  }

  /** Gives a batch of the inputs what belongs to it, see `DataSet.load`. */
  load(context: Context, inputs: readonly Tensor[], from: number, to: number, order?: Int32Array): void {
    const [numbers, T, input] = [this.#numbers, this.#steps, inputs[this.#place]];
    const tensor = new Tensor(context.memory.allocate((to - from) * T), [to - from, T]);
    const { floats, ints } = context.memory;
    const view = numbers instanceof Int32Array ? ints : floats;
    for (let i = from, at = tensor.pointer >>> 2; i < to; i++, at += T) {
      const sample = order ? order[i] : i;
      view.set(numbers.subarray(sample * T, (sample + 1) * T), at);
    }
    input.readings ??= new Map();
    input.readings.set(this.#key, tensor);
  }
}
