/** What of a compiled graph is legal and almost surely a mistake: said once, with the remedy. */
import type { Plan } from "../graph/plan.ts";
import { activationOf } from "../layer/activationOf.ts";
import type { Layer, SymbolicTensor } from "../layer/layer.ts";
import type { Loss, Target } from "../losses/loss.ts";
import { warnOnce } from "../warn.ts";

/** Activations whose numbers are no probabilities; where rows are divided by their sums, those above 0 do. */
const BELOW_ZERO = /^(linear|tanh|softsign|.*elu)$/i;
const ABOVE_ONE = /^(softplus|exponential)$/;
const PROBABILITIES = /^(.*sigmoid|softmax)$/i;

/** The layer that made a tensor's numbers, behind those that leave them as they are. */
export function makerOf({ node }: SymbolicTensor): Layer | undefined {
  const passes = (layer: Layer): boolean =>
    /^(dropout|masking)$/.test(layer.kind) || (layer.kind === "activation" && activationOf(layer) === "linear");
  let { layer, inputs } = node;
  while (layer && passes(layer)) ({ layer, inputs } = inputs[0].node);
  return layer;
}

/** An output of which the loss wants probabilities, or logits. */
function warnOfOutput(output: SymbolicTensor, { name }: Loss, { activation: wanted, logits }: Target): void {
  const layer = wanted && makerOf(output);
  if (!layer) return;
  const activation = activationOf(layer);
  const its = `compile: the output of layer "${layer.name}" is ${activation}, and ${name}`;
  const odd = BELOW_ZERO.test(activation) || (wanted === "sigmoid" && ABOVE_ONE.test(activation));
  if (logits && PROBABILITIES.test(activation)) warnOnce(`${its} has fromLogits: true; leave out one of the two`);
  if (!logits && odd) {
    warnOnce(`${its} compares probabilities; end with "${wanted}", or use fromLogits: true`);
  }
  if (wanted === "softmax" && output.shape[output.shape.length - 1] === 1 && activation !== "softmax") {
    warnOnce(`${its} of one class is always 0; use binaryCrossentropy, or more units`);
  }
}

/** Looks at all outputs, and for a softmax over one number at all layers. */
export function warnOfPlan({ nodes, outputs }: Plan, losses: readonly Loss[], targets: readonly Target[]): void {
  outputs.forEach((output, i) => {
    warnOfOutput(output, losses[i], targets[i]);
  });
  for (const { layer, outputs } of nodes) {
    const [{ shape }] = outputs;
    if (shape[shape.length - 1] !== 1 || activationOf(layer) !== "softmax") continue;
    warnOnce(
      `compile: the output of layer "${layer?.name}" is softmax over one number, always 1; use sigmoid, or more units`,
    );
  }
}
