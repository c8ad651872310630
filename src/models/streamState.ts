/** States of streams as plain data. */
import type { StateStore } from "../context.ts";
import { cut, describe } from "../describe.ts";
import { isArray, isRecord } from "../isObject.ts";
import { toNDArray } from "../ndarray.ts";
import type { Carried } from "./compiledSteps.ts";

/**
 * The states of a stream, plain JSON: by layer an array for each state, of an LSTM its hidden and its cell state. A layer that
 * a model uses several times has states for each use; those of the second are called `name:2`. Where steps may be hidden and
 * repeat the last output, that is there too if it is no state: `name.output`.
 */
export type StreamState = Record<string, number[][]>;

/** The arrays of a use by the names they have in a `StreamState`. */
function* parts(use: string, { names, sizes, masked }: Carried) {
  yield { key: use, names, from: 0, to: names.length };
  if (masked && sizes.length > names.length) {
    yield { key: `${use}.output`, names: ["output"], from: names.length, to: sizes.length };
  }
}

/** The states as plain data. */
export function showState(store: StateStore, carried: ReadonlyMap<string, Carried>): StreamState {
  return Object.fromEntries(
    [...carried].flatMap(([use, own]) => {
      const all = store.get(use) ?? [];
      return [...parts(use, own)].map(({ key, from, to }) => [key, all.slice(from, to).map(numbers => [...numbers])]);
    }),
  );
}

/** States from outside, checked. */
export function expectState(state: unknown, carried: ReadonlyMap<string, Carried>): Map<string, Float32Array[]> {
  const all = [...carried].flatMap(([use, own]) => [...parts(use, own)]);
  const keys = all.map(({ key }) => key);
  const form = () => `{ ${all.map(({ key, names }) => `${cut(key)}: [${names.join(", ")}]`).join(", ")} }`;
  if (!isRecord(state)) {
    throw new TypeError(`stream state: expected an object of layers' states, ${form()}, got ${describe(state)}`);
  }
  for (const key of Object.keys(state)) {
    if (!keys.includes(key)) throw new RangeError(`stream state: the model has no recurrent layer ${describe(key)}`);
  }
  const missing = keys.find(key => !Object.hasOwn(state, key));
  if (missing !== undefined) {
    throw new RangeError(
      `stream state: expected ${form()}, got none of ${describe(missing)}; to begin anew, call reset()`,
    );
  }
  const given = state as Record<string, unknown>;
  return new Map(
    [...carried].map(([use, own]) => {
      const states: Float32Array[] = own.sizes.map(size => new Float32Array(size));
      for (const { key, names, from } of parts(use, own)) {
        statesOf(key, given[key], names, own.sizes.slice(from)).forEach((numbers, i) => {
          states[from + i] = numbers;
        });
      }
      return [use, states];
    }),
  );
}

function statesOf(use: string, states: unknown, names: readonly string[], sizes: readonly number[]): Float32Array[] {
  if (!isArray(states) || states.length !== names.length) {
    throw new TypeError(`stream state ${use}: expected [${names.join(", ")}], got ${describe(states)}`);
  }
  return states.map((numbers, i) => {
    const { data } = toNDArray(numbers, `stream state ${use}`);
    if (data.length !== sizes[i]) {
      throw new RangeError(`stream state ${use}: expected ${sizes[i]} numbers, got ${data.length}`);
    }
    const bad = data.findIndex(number => !Number.isFinite(Math.fround(number)));
    if (bad >= 0) {
      throw new RangeError(`stream state ${use}: expected finite numbers, got ${data[bad]} at element ${bad}`);
    }
    return Float32Array.from(data);
  });
}
