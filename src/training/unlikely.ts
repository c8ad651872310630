/**
 * What of a compiled graph is legal and almost surely a mistake: said once, with the remedy. Where numbers turn out to be no
 * probabilities, it is an error: the formula of a cross-entropy has no value for them.
 */
import type { Context } from "../context.ts";
import type { Plan } from "../graph/plan.ts";
import { activationOf } from "../layer/activationOf.ts";
import type { Layer, SymbolicTensor } from "../layer/layer.ts";
import type { Loss, Target } from "../losses/loss.ts";
import type { Tensor } from "../tensor.ts";
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

/** What the numbers of an output must be in, since nothing makes them so. */
export type Watch = (context: Context, prediction: Tensor, where: string) => void;

/**
 * An output of which the loss wants probabilities, or logits.
 *
 * @returns the check of its numbers that each batch needs, if they may be no probabilities
 */
function warnOfOutput(
  output: SymbolicTensor,
  { name }: Loss,
  { activation: wanted, logits }: Target,
): Watch | undefined {
  const layer = wanted && makerOf(output);
  if (!layer) return undefined;
  const activation = activationOf(layer);
  const its = `compile: the output of layer "${layer.name}" is ${activation}, and ${name}`;
  const odd = BELOW_ZERO.test(activation) || (wanted === "sigmoid" && ABOVE_ONE.test(activation));
  if (logits && PROBABILITIES.test(activation)) warnOnce(`${its} has fromLogits: true; leave out one of the two`);
  if (!logits && odd) {
    warnOnce(`${its} compares probabilities; end with "${wanted}"${remedyOf(logits)}`);
  }
  if (wanted === "softmax" && output.shape[output.shape.length - 1] === 1 && activation !== "softmax") {
    warnOnce(`${its} of one class is always 0; use binaryCrossentropy, or more units`);
  }
  // Rows of classes are divided by their sums, so only numbers below 0 are none of a distribution.
  const most = wanted === "sigmoid" ? 1 : Number.POSITIVE_INFINITY;
  return logits || !odd
    ? undefined
    : probabilities(`${name} of layer "${layer.name}", which is ${activation}`, most, `"${wanted}"${remedyOf(logits)}`);
}

/** @param logits whether a loss takes them; none of one that never does */
const remedyOf = (logits: boolean | undefined): string => (logits === undefined ? "" : ", or use fromLogits: true");

function probabilities(what: string, most: number, wanted: string): Watch {
  return (context, prediction, where) => {
    const bad = context.numbers(prediction).find(p => p < 0 || p > most);
    if (bad === undefined) return;
    throw new RangeError(
      `${where}: ${what}, expected probabilities, ${most === 1 ? "in 0..1" : "0 or more"}, got ${bad}; end the model with ` +
        wanted,
    );
  };
}

/**
 * Looks at all outputs, and for a softmax over one number at all layers.
 *
 * @returns for each output the check that its numbers need, if any
 */
export function warnOfPlan(
  { nodes, outputs }: Plan,
  losses: readonly Loss[],
  targets: readonly Target[],
): (Watch | undefined)[] {
  for (const { layer, outputs } of nodes) {
    const [{ shape }] = outputs;
    if (shape[shape.length - 1] !== 1 || activationOf(layer) !== "softmax") continue;
    warnOnce(
      `compile: the output of layer "${layer?.name}" is softmax over one number, always 1; use sigmoid, or more units`,
    );
  }
  return outputs.map((output, i) => warnOfOutput(output, losses[i], targets[i]));
}
