/** A model inside of another: its layers on other tensors. */
import { showShape } from "../expect.ts";
import type { Network } from "../graph/network.ts";
import { listed } from "../graph/owner.ts";
import { connect, type SymbolicTensor } from "../layer/layer.ts";
import { warnOnce } from "../warn.ts";
import type { Scaling } from "./scaling.ts";

/** What of a model is needed here. */
interface Whole {
  readonly network: Network;
  readonly scaling: Scaling;
}

/** Uses all layers of a model as it does, on these tensors in place of its inputs. */
export function applyPlan({ network, scaling }: Whole, inputs: readonly SymbolicTensor[]): SymbolicTensor[] {
  if (scaling.input || scaling.target) {
    warnOnce("apply: the model's scalers stay behind: give the new model its own, with setScaling");
  }
  const { plan } = network;
  if (inputs.length !== plan.inputs.length) {
    const names = listed(plan.layers.map(layer => layer.name));
    const shapes = plan.inputs.map(({ shape }) => showShape(["N", ...shape])).join(", ");
    throw new RangeError(
      `apply: the model of ${names} expected ${plan.inputs.length} tensors (${shapes}), got ${inputs.length}`,
    );
  }
  const made = new Map(plan.inputs.map((symbol, i) => [symbol, inputs[i]]));
  const now = (symbol: SymbolicTensor): SymbolicTensor => made.get(symbol) as SymbolicTensor;
  for (const { layer, inputs: symbols, outputs } of plan.nodes) {
    if (!layer) continue;
    const results = connect(layer, symbols.map(now));
    for (const [i, symbol] of outputs.entries()) made.set(symbol, results[i]);
  }
  return plan.outputs.map(now);
}
