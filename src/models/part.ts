/** Which part of a model is meant. */

import { expectOneOf } from "../expect.ts";
import { cutAt } from "../graph/cut.ts";
import type { Network } from "../graph/network.ts";
import { orderOf } from "../graph/order.ts";
import { ownerOf } from "../graph/owner.ts";
import { Plan } from "../graph/plan.ts";
import { isArray } from "../isObject.ts";
import { SymbolicTensor } from "../layer/layer.ts";
import { describe } from "../ndarray.ts";
import { checked, type Input, optional, options, unchecked } from "../options.ts";
import type { Scaling } from "./scaling.ts";

/** Tensors of a model, or the names of layers, which stand for all that those put out. */
export type PartTensors = SymbolicTensor | string | readonly (SymbolicTensor | string)[];

const OPTIONS = options({
  /** Where the part begins; default: the inputs of the model that its outputs depend on */
  inputs: optional(unchecked<PartTensors>()),
  /** What it puts out */
  outputs: unchecked<PartTensors>(),
});

export interface PartOptions extends Input<typeof OPTIONS> {}

function tensorsOf(plan: Plan, value: PartTensors, what: string): SymbolicTensor[] {
  const list = isArray(value) ? value : [value];
  if (list.length === 0) throw new TypeError(`${what}: expected tensors or names of layers, got an empty list`);
  const layers = new Map(plan.layers.map(layer => [layer.name, layer]));
  return list.flatMap(each => {
    if (each instanceof SymbolicTensor) return each;
    if (typeof each !== "string") {
      throw new TypeError(
        `${what}: expected a tensor of the model or the name of a layer, or a list of them, got ${describe(each)}`,
      );
    }
    const layer = layers.get(each);
    if (!layer) return expectOneOf(each, [...layers.keys()], what) as never;
    const uses = plan.usesOf(layer);
    if (uses.length > 1) {
      throw new RangeError(
        `${what}: expected a layer that is used once, got "${each}", which is used ${uses.length} times; give the tensor ` +
          "that the use you mean returned",
      );
    }
    return uses[0].outputs;
  });
}

/** What of a model is needed here. */
interface Whole {
  readonly network: Network;
  readonly scaling: Scaling;
}

/**
 * The plan of a part, and the scalers that go with the inputs and outputs that it shares.
 *
 * @throws TypeError or RangeError for tensors or names that are not the model's
 */
export function partOf({ network, scaling }: Whole, options: PartOptions): { plan: Plan; scaling: Scaling } {
  const whole = network.plan;
  const given = checked(options, "part", OPTIONS);
  const outputs = tensorsOf(whole, given.outputs, "part outputs");
  const inputs =
    given.inputs === undefined ? inputsBehind(whole, outputs) : tensorsOf(whole, given.inputs, "part inputs");
  const cut = cutAt(inputs, outputs);
  const layers = orderOf(cut.outputs).nodes.flatMap(({ layer }) => layer ?? []);
  if (layers.length === 0 || layers.some(({ owner }) => owner !== network.parameters)) {
    throw new RangeError("part: expected tensors of this model, with layers between them, got others");
  }
  const plan = new Plan(cut.inputs, cut.outputs, ownerOf);
  const { input, target } = scaling;
  return {
    plan,
    scaling: {
      ...(input && inputs.length === 1 && inputs[0] === whole.inputs[0] ? { input } : {}),
      ...(target && outputs.length === 1 && outputs[0] === whole.outputs[0] ? { target } : {}),
    },
  };
}

/** Those inputs of a model on which tensors depend. */
function inputsBehind(whole: Plan, outputs: readonly SymbolicTensor[]): SymbolicTensor[] {
  const nodes = new Set(orderOf(outputs).nodes);
  return whole.inputs.filter(input => nodes.has(input.node));
}
