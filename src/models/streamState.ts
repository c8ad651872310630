/** States of streams as plain data. */

import { describe, toNDArray } from "../ndarray.ts";
import { isArray } from "../nested.ts";
import type { Carried } from "./compiledSteps.ts";

/**
 * The states of a stream, plain JSON: by layer what it carries, of an LSTM its hidden and its cell state. A layer that a model
 * uses several times has states for each use; those of the second are called `name:2`.
 */
export type StreamState = Record<string, number[][]>;

/** States from outside, checked. */
export function expectState(state: unknown, carried: ReadonlyMap<string, Carried>): Map<string, Float32Array[]> {
  if (typeof state !== "object" || state === null) {
    throw new TypeError(`stream state: expected an object of layers' states, got ${describe(state)}`);
  }
  return new Map(
    Object.entries(state).map(([use, states]) => {
      const own = carried.get(use);
      if (!own) throw new RangeError(`stream state: the model has no recurrent layer ${describe(use)}`);
      return [use, statesOf(use, states, own)];
    }),
  );
}

function statesOf(use: string, states: unknown, { names, sizes }: Carried): Float32Array[] {
  if (!isArray(states) || states.length !== names.length) {
    throw new TypeError(`stream state ${use}: expected [${names.join(", ")}], got ${describe(states)}`);
  }
  return states.map((numbers, i) => {
    const { data } = toNDArray(numbers, `stream state ${use}`);
    if (data.length !== sizes[i]) {
      throw new RangeError(`stream state ${use}: expected ${sizes[i]} numbers, got ${data.length}`);
    }
    const bad = data.findIndex(number => !Number.isFinite(number));
    if (bad >= 0) {
      throw new RangeError(`stream state ${use}: expected finite numbers, got ${data[bad]} at element ${bad}`);
    }
    return Float32Array.from(data);
  });
}
