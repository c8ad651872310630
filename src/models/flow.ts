/** What becomes of time when a model runs one step at a time. */
import { showShape } from "../expect.ts";
import type { Plan } from "../graph/plan.ts";
import { activationOf, isOwn } from "../layer/activationOf.ts";
import { isCarrying } from "../layer/carried.ts";
import type { Layer, Node, SymbolicTensor } from "../layer/layer.ts";
import type { Slot } from "../training/slots.ts";
import type { InnerShape } from "../weight.ts";

/**
 * "constant": the same at every step. "steps": has an axis of time, of which a step is one element. "renewed": likewise, but made of
 * a "last", so that each step changes those before it, too. "last": has none, and is what a whole sequence ends with, up to the step at hand.
 */
export type Flow = "constant" | "steps" | "renewed" | "last";

export const hasTime = (flow: Flow): boolean => flow === "steps" || flow === "renewed";

/** Whether an input of a model is a sequence, fed step by step: [T, ...], ids [T], or numbers of any count. */
export function isSequence({ shape, ids }: Slot): boolean {
  return ids ? shape.length >= 1 : shape.length >= 2 || shape[0] === null;
}

/** The shape of a value at one step, without the batch axis. */
export function shapeOfStep(shape: InnerShape, flow: Flow): InnerShape {
  return hasTime(flow) ? shape.slice(1) : shape;
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
    const timed = inputs.find(symbol => hasTime(flowOf(symbol)));
    if (timed) expectByStep(layer, inputs, inputs.map(flowOf));
    else if (layer.stateful) throw needsAll(layer);
    const changes = inputs.some(symbol => flowOf(symbol) !== "constant");
    if (timed && isCarrying(layer) && inputs.slice(1).some(symbol => flowOf(symbol) !== "constant")) {
      throw new RangeError(
        `stream: expected layer "${layer.name}" to begin with states that do not change, got an initial state made of a ` +
          "sequence, which is known when that has ended; make a model of what comes after it, whose inputs are the states",
      );
    }
    for (const symbol of outputs) {
      // What is carried on to the end of time leaves a row of numbers; of features one number may be left, [T].
      const keeps = timed !== undefined && (symbol.shape.length >= 2 || !isCarrying(layer));
      const steps = inputs.some(each => ["renewed", "last"].includes(flowOf(each))) ? "renewed" : "steps";
      flows.set(symbol, keeps ? steps : changes ? "last" : "constant");
    }
  }
  return flows;
}

/** A step of its inputs must be all that a layer needs of them, beside what it carries on from those before. */
function expectByStep(layer: Layer, inputs: readonly SymbolicTensor[], flows: readonly Flow[]): void {
  const timed = flows.map(hasTime);
  // Where a step is one number, the last axis is that of time.
  const overTime = inputs[timed.indexOf(true)].shape.length === 1 && /softmax$/i.test(activationOf(layer));
  const across = layer.acrossSteps(
    inputs.map(({ shape }) => shape),
    timed,
  );
  // What is carried on stems from the steps before as they were then.
  const goesOn = !isCarrying(layer) || flows[0] === "steps";
  if (!layer.streams || !goesOn || overTime || across) throw needsAll(layer, across);
}

/** Whether what a layer makes of inputs without steps to be fed is a sequence of which all steps are the same. */
export function isAlike(layer: Layer, { inputs }: Node, alike: (symbol: SymbolicTensor) => boolean): boolean {
  if (layer.kind === "repeatVector") return true;
  const across = isCarrying(layer) || isOwn(layer) || layer.acrossSteps(inputs.map(({ shape }) => shape));
  return layer.streams && !across && inputs.every(alike);
}

/**
 * The error for a layer that cannot run step by step.
 *
 * @param across for what, if it is a text
 */
export function needsAll({ name }: Layer, across: boolean | string = true): RangeError {
  const what = typeof across === "string" ? `, for ${across}` : "";
  return new RangeError(`stream: layer "${name}" needs the whole sequence${what}; use predict() for this model`);
}

function noSteps(slots: readonly Slot[]): RangeError {
  const shapes = slots.map(({ shape }) => showShape(["N", ...shape])).join(" and ");
  return new RangeError(`stream: expected an input of [N, T, ...], got ${shapes}`);
}
