/** What tests of whole models share: data, comparisons of bits, and hashes of weights. */
import { expect } from "vitest";
import type { Model, NDArray } from "../../src/index.ts";
import { ndarray } from "../../src/index.ts";
import { sizeOf } from "../../src/ndarray.ts";
import { seeded } from "./random.ts";

/** Numbers spread evenly in (-1, 1): no logarithm or cosine, so that every runtime makes the same bits of them. */
export function numbers(shape: readonly number[], seed = 1): NDArray {
  const { uniform } = seeded(seed);
  return ndarray(
    Float32Array.from({ length: sizeOf(shape) }, () => 2 * uniform() - 1),
    shape,
  );
}

/** Ids spread evenly in 0..count-1. */
export function ids(shape: readonly number[], count: number, seed = 1): NDArray {
  const { uniform } = seeded(seed);
  return ndarray(
    Int32Array.from({ length: sizeOf(shape) }, () => Math.floor(count * uniform())),
    shape,
  );
}

/** The bit patterns of 32-bit numbers, so that -0 and NaN compare as they lie in memory. */
export function bits(data: ArrayLike<number>): number[] {
  return [...new Uint32Array(Float32Array.from(data).buffer)];
}

/** All weights as bit patterns. */
export function weightBits(model: Model): number[][] {
  return model.getWeights().map(weight => bits(weight.data));
}

/** FNV-1a of the bytes of all weights, little-endian, in the order of `getWeights`. */
export function hashOfWeights(model: Model): string {
  let hash = 0x811c9dc5;
  for (const word of weightBits(model).flat()) {
    for (let shift = 0; shift < 32; shift += 8) hash = Math.imul(hash ^ ((word >>> shift) & 0xff), 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, "0");
}

/** Gives all weights unequal random numbers, biases too. */
export function scramble(model: Model, seed = 9): void {
  model.setWeights(model.getWeights().map((weight, i) => numbers(weight.shape, seed + i)));
}

/** The error that something throws, or that its promise rejects with. */
export async function errorOf(action: () => unknown): Promise<Error> {
  try {
    await action();
  } catch (error) {
    return error as Error;
  }
  throw new Error("expected an error, got none");
}

/** Expects an error of exactly this type whose text is, or begins with, or matches what is given. */
export async function expectError(
  action: () => unknown,
  type: "Error" | "TypeError" | "RangeError",
  text: string | RegExp,
): Promise<void> {
  const error = await errorOf(action);
  expect(`${error.constructor.name}: ${error.message}`).toEqual(
    typeof text === "string"
      ? `${type}: ${text}`
      : expect.stringMatching(new RegExp(`^${type}: .*${text.source}`, "s")),
  );
}
