/** What becomes of time when a model runs one step at a time. */
import { showShape } from "../expect.ts";
import type { Plan } from "../graph/plan.ts";
import { activationOf } from "../layer/activationOf.ts";
import { isCarrying } from "../layer/carried.ts";
import type { Layer, SymbolicTensor } from "../layer/layer.ts";
import type { Slot } from "../training/slots.ts";
import type { InnerShape } from "../weight.ts";

/**
 * "constant": the same at every step. "steps": has an axis of time, of which a step is one element. "last": has none, and
 * is what a whole sequence ends with, up to the step at hand.
 */
export type Flow = "constant" | "steps" | "last";

/** Whether an input of a model is a sequence, fed step by step: [T, ...], ids [T], or numbers of any count. */
export function isSequence({ shape, ids }: Slot): boolean {
  return ids ? shape.length >= 1 : shape.length >= 2 || shape[0] === null;
}

/** The shape of a value at one step, without the batch axis. */
export function shapeOfStep(shape: InnerShape, flow: Flow): InnerShape {
  return flow === "steps" ? shape.slice(1) : shape;
}

/**
 * What flows through each tensor of a graph.
 *
 * @param slots its inputs
 * @throws RangeError naming what needs whole sequences, or an input without a time axis to begin with
 */
export function flowsOf(plan: Plan, slots: readonly Slot[]): Map<SymbolicTensor, Flow> {
  const flows = new Map<SymbolicTensor, Flow>();
  for (const [i, symbol] of plan.inputs.entries()) {
    const flow = isSequence(slots[i]) ? "steps" : "constant";
    if (shapeOfStep(symbol.shape, flow).includes(null)) throw noSteps(slots);
    flows.set(symbol, flow);
  }
  if (!slots.some(isSequence)) throw noSteps(slots);
  for (const { layer, inputs, outputs } of plan.nodes) {
    if (!layer) continue;
    const flowOf = (symbol: SymbolicTensor): Flow => flows.get(symbol) as Flow;
    const timed = inputs.find(symbol => flowOf(symbol) === "steps");
    // Where a step is one number, the last axis is that of time.
    const overTime = timed?.shape.length === 1 && activationOf(layer) === "softmax";
    const across = timed && layer.acrossSteps(inputs.map(({ shape }) => shape));
    // A sequence that is no input has no steps to be fed: it is there as a whole.
    const whole = isCarrying(layer) && flowOf(inputs[0]) !== "steps";
    if (!layer.streams || overTime || across || whole) throw needsAll(layer);
    const changes = inputs.some(symbol => flowOf(symbol) !== "constant");
    if (isCarrying(layer) && inputs.slice(1).some(symbol => flowOf(symbol) !== "constant")) {
      throw new RangeError(
        `stream: expected layer "${layer.name}" to begin with states that do not change, got an initial state made of a ` +
          "sequence, which is known when that has ended; make a model of what comes after it, whose inputs are the states",
      );
    }
    for (const symbol of outputs) {
      // A layer that ends time leaves a row of numbers; what works element by element leaves [T] as it is.
      const keeps = timed !== undefined && (symbol.shape.length >= 2 || timed.shape.length === 1);
      flows.set(symbol, keeps ? "steps" : changes ? "last" : "constant");
    }
  }
  return flows;
}

/** The error for a layer that cannot run step by step. */
export function needsAll({ name }: Layer): RangeError {
  return new RangeError(`stream: layer "${name}" needs the whole sequence; use predict() for this model`);
}

function noSteps(slots: readonly Slot[]): RangeError {
  const shapes = slots.map(({ shape }) => showShape(["N", ...shape])).join(" and ");
  return new RangeError(`stream: expected an input of [N, T, ...], got ${shapes}`);
}
