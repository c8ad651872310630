/** States that recurrent layers carry from one call to the next: stateful layers, and every layer of a stream. */
import type { Context } from "../context.ts";
import type { Tensor } from "../tensor.ts";
import type { Layer } from "./layer.ts";

/** A layer with states that a stream carries from step to step. */
export interface Carrying {
  readonly carriedNames: readonly string[];
  /** Those of the states, and if the last output is carried beside them, its own. */
  readonly carriedSizes: readonly number[];
}

export const isCarrying = (layer: Layer): layer is Layer & Carrying =>
  "carriedNames" in layer && "carriedSizes" in layer;

const carries = (context: Context, layer: Layer): boolean => context.streaming || layer.stateful;

/**
 * The states to begin with, or none for zeros.
 *
 * @param sizes of the states
 */
export function carriedStates(
  context: Context,
  layer: Layer,
  N: number,
  sizes: readonly number[],
): Tensor[] | undefined {
  if (!carries(context, layer)) return undefined;
  const states = context.states.get(layer.name);
  if (!states) return undefined;
  if (states[0].length !== N * sizes[0]) {
    throw new RangeError(
      `${layer.name}: a stateful layer expected a batch of ${states[0].length / sizes[0]} as before, got ${N}; ` +
        "use a batchSize that divides the number of samples, or call resetStates() first",
    );
  }
  return states.map((data, i) => context.tensorFrom(data, [N, sizes[i]]));
}

/** Keeps the states after the last step, once the whole step has succeeded. */
export function carryStates(context: Context, layer: Layer, states: readonly Tensor[]): void {
  if (!carries(context, layer)) return;
  const copy = () => states.map(tensor => context.numbers(tensor).slice());
  // In a stream memory is given back before; elsewhere who asks for numbers now would wait for them.
  const copies = context.streaming ? copy() : undefined;
  context.onCommit(() => context.states.set(layer.name, copies ?? copy()));
}
