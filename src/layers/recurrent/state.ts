/** States that recurrent layers carry from one call to the next: stateful layers, and every layer of a stream. */
import type { Context } from "../../context.ts";
import type { LstmState } from "../../ops/lstm.ts";
import type { Layer } from "../layer.ts";

const keeps = (context: Context, layer: Layer): boolean => context.streaming || layer.stateful;

/** The state to begin with, or none for zeros. */
export function keptState(context: Context, layer: Layer, N: number, H: number): LstmState | undefined {
  if (!keeps(context, layer)) return undefined;
  const state = context.states.get(layer.name);
  if (!state) return undefined;
  if (state[0].length !== N * H) {
    throw new RangeError(
      `${layer.name}: a stateful layer expected a batch of ${state[0].length / H} as before, got ${N}; ` +
        "use a batchSize that divides the number of samples, or call resetStates() first",
    );
  }
  const [h, c] = state.map(data => context.tensorFrom(data, [N, H]));
  return { h, c };
}

/** Keeps the states after the last step, once the whole step has succeeded. */
export function keepState(context: Context, layer: Layer, { h, c }: LstmState): void {
  if (!keeps(context, layer)) return;
  const copies = [h, c].map(tensor => context.numbers(tensor).slice());
  context.onCommit(() => context.states.set(layer.name, copies));
}
