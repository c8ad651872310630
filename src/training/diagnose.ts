/** Finds where a NaN or an infinity came from, so that the error can say it. */
import type { Context } from "../context.ts";
import type { Kernels } from "../engine/kernels.ts";
import { showShape } from "../expect.ts";
import type { Network, Values } from "../graph/network.ts";
import type { TrainedWeights } from "../graph/trained.ts";
import { NO_ID, showId } from "../ids.ts";
import type { Tensor } from "../tensor.ts";
import type { Compared } from "./realSteps.ts";
import type { Slot } from "./slots.ts";

/** The first number of an input that is not fit for the model's layers, or -1. */
export function firstUnfit(
  { kernels }: { kernels: Kernels },
  { missing }: Slot,
  pointer: number,
  size: number,
): number {
  return missing ? kernels.firstInfinite(pointer, size) : kernels.firstNonFinite(pointer, size);
}

/** The place of an element along each axis. */
export function placeOf(at: number, shape: readonly number[]): number[] {
  const index: number[] = [];
  for (let axis = shape.length - 1, rest = at; axis >= 0; axis--) {
    index.unshift(rest % shape[axis]);
    rest = Math.floor(rest / shape[axis]);
  }
  return index;
}

/** `name has NaN at [0, 3] of [2, 5], sample 7 of the data` */
function placed(name: string, value: number, at: number, shape: readonly number[], samples?: Int32Array): string {
  const index = placeOf(at, shape);
  const sample = samples ? `, sample ${samples[index[0]]} of the data` : "";
  return `${name} has ${value} at ${showShape(index)} of ${showShape(shape)}${sample}`;
}

function locate(
  context: Context,
  tensor: Tensor,
  name: string,
  bad = context.kernels.firstNonFinite(tensor.pointer, tensor.size),
  samples?: Int32Array,
): string | undefined {
  return bad < 0 ? undefined : placed(name, context.numbers(tensor)[bad], bad, tensor.shape, samples);
}

/** Refuses weights, or what an optimizer keeps for them, that are not all finite. */
export function expectFiniteNumbers(data: Float32Array, shape: readonly number[], what: string): void {
  // All that a new process does with a file's numbers is native: a loop that is not compiled yet takes a millisecond for 10,000 of them.
  if (data.every(Number.isFinite)) return;
  const bad = data.findIndex(number => !Number.isFinite(number));
  throw new RangeError(`${placed(what, data[bad], bad, shape)}; expected finite numbers`);
}

/**
 * Refuses data with infinite numbers, and with NaN unless that means a missing value.
 *
 * @param where the batch, for the message
 * @param samples the numbers of its samples in the data, if it is shuffled
 */
export function expectFinite(
  context: Context,
  tensors: readonly Tensor[],
  slots: readonly Slot[],
  where: string,
  samples?: Int32Array,
): void {
  tensors.forEach((tensor, i) => {
    if (slots[i].ids) return;
    const bad = firstUnfit(context, slots[i], tensor.pointer, tensor.size);
    const found = locate(context, tensor, slots[i].what, bad, samples);
    if (found) throw notFinite(where, found, slots[i]);
  });
}

/**
 * Refuses targets with NaN or infinities at real steps; at others they may have anything.
 *
 * @param whole the batch's target, of which `compared` is a part
 */
export function expectFiniteTarget(
  context: Context,
  { target, origin }: Compared,
  whole: Tensor,
  slot: Slot,
  where: string,
  samples?: Int32Array,
): void {
  const bad = context.kernels.firstNonFinite(target.pointer, target.size);
  if (bad < 0) return;
  throw notFinite(where, placed(slot.what, context.numbers(target)[bad], origin(bad), whole.shape, samples), slot);
}

/** Class ids must be classes: kernels do not check. */
export function expectClasses(
  context: Context,
  { prediction, target, origin }: Compared,
  { what }: Slot,
  where: string,
): void {
  const classes = prediction.shape[prediction.shape.length - 1];
  const bad = context.kernels.firstIdOutside(target.pointer, classes, target.size);
  if (bad < 0) return;
  const got = context.memory.ints[(target.pointer >>> 2) + bad];
  const remedy =
    got === NO_ID ? "hide such steps with a mask or lengths" : "give the last layer more units or renumber the classes";
  throw new RangeError(
    `${where}: ${what}: expected class ids in 0..${classes - 1}, got ${showId(got)} at element ${origin(bad)}; ${remedy}`,
  );
}

/** @param found what has which number at which place */
export function notFinite(where: string, found: string, { missing, shape }: Slot): RangeError {
  const steps = missing === undefined ? ", or hide their steps with a mask or lengths" : ", or use layers.missing()";
  const sequence = missing !== true && shape.length === 2;
  const remedy = `finite numbers: fill or drop missing values first${sequence ? steps : ""}`;
  const expected = missing ? "finite numbers, or NaN where a value is missing" : remedy;
  return new RangeError(`${where}: ${found}; expected ${expected}`);
}

const REMEDY =
  "the weights of the last good step are kept; lower the learning rate, clip gradients (globalClipNorm: 1) or scale the inputs";

/** Why a loss is not finite: the first layer whose output is not. */
export function explainLoss(
  network: Network,
  context: Context,
  values: Values,
  loss: number,
  where: string,
): RangeError {
  const found = firstNotFinite(network, context, values);
  return diverged(`${where}: the loss is ${loss}${found ? `; ${found}` : " though all layers are finite"}`);
}

/** Known by its code to `terminateOnNaN`. */
const diverged = (what: string): RangeError =>
  Object.assign(new RangeError(`${what}; ${REMEDY}`), { code: "NOT_FINITE" });

/** The first layer whose output is not finite. */
function firstNotFinite({ plan }: Network, context: Context, values: Values): string | undefined {
  for (const { layer, outputs } of plan.nodes) {
    for (const symbol of outputs) {
      const tensor = values.get(symbol);
      const found = layer && tensor && locate(context, tensor, `the output of layer "${layer.name}"`);
      if (found) return found;
    }
  }
  return undefined;
}

/** What is wrong with numbers that are not finite though all that they were made of is. */
export const TOO_LARGE = "inputs or weights are too large for float32, or something was divided by 0: scale them";

/** Refuses an output that is not finite: an infinity is as wrong as NaN where the true number is 1e39. */
export function expectFiniteOutputs(network: Network, context: Context, values: Values, where: string): void {
  for (const output of network.outputs(values)) {
    if (context.kernels.firstNonFinite(output.pointer, output.size) < 0) continue;
    throw new RangeError(`${where}: ${firstNotFinite(network, context, values)}; ${TOO_LARGE}`);
  }
}

/** Why a step of the optimizer is not kept: the first weight that is not finite after it, or that goes with such numbers. */
export function explainUpdate({ engine, plan, weights }: Network, trained: TrainedWeights, where: string): RangeError {
  for (const [i, { pointer, size, shape }] of weights.entries()) {
    if (trained.offsetOf(weights[i]) === undefined) continue;
    const bad = engine.kernels.firstNonFinite(pointer, size);
    if (bad < 0) continue;
    const value = engine.memory.floats[(pointer >>> 2) + bad];
    return diverged(`${where}: after the update ${placed(plan.specs[i].path, value, bad, shape)}`);
  }
  return diverged(`${where}: what the optimizer keeps for the weights is not finite after the update`);
}

/** Why a gradient is not finite: the first weight whose gradient is not. */
export function explainGradient(network: Network, context: Context, where: string): RangeError {
  for (const [i, weight] of network.weights.entries()) {
    if (!weight.requiresGradient) continue;
    const bad = context.kernels.firstNonFinite(weight.gradient, weight.size);
    if (bad < 0) continue;
    const value = context.memory.floats[(weight.gradient >>> 2) + bad];
    return diverged(
      `${where}: the gradient of ${network.plan.specs[i].path} has ${value} at element ${bad} of ${showShape(weight.shape)}`,
    );
  }
  return diverged(`${where}: the gradient is too large`);
}
