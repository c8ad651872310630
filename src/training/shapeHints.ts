/** What to do about data of a shape that does not fit, where that is likely to be known. */
import { showShape } from "../expect.ts";
import type { Slot } from "./slots.ts";

const same = (a: readonly unknown[], b: readonly unknown[]): boolean => a.join() === b.join();

function ofInputs({ shape, ids }: Slot, got: readonly number[]): string {
  const [steps, ...features] = shape;
  const fits = got.length === shape.length && got.every((n, axis) => shape[axis] === null || shape[axis] === n);
  if (fits) return "put a single sample into a list: [sample]";
  const sequence = shape.length + Number(ids) >= 2;
  if (sequence && steps !== null && got.length === shape.length + 1 && same(got.slice(2), features)) {
    return `inputShape: ${showShape([null, ...features]).replace("any", "null")} takes any number of steps`;
  }
  return "";
}

function ofTargets({ shape, ids }: Slot, [, ...got]: readonly number[]): string {
  const sequence = shape.length + Number(ids) === 2;
  const [steps] = shape;
  if (ids && got.length === shape.length + 1 && same(got.slice(0, -1), shape)) {
    return "for one-hot targets take the loss categoricalCrossentropy";
  }
  if (sequence && got.length + Number(ids) < 2) {
    return `give a target for each ${steps ? `of the ${steps} steps` : "step"}, or the last recurrent layer returnSequences: false`;
  }
  if (got.length > shape.length) return "for targets at each step give the recurrent layers returnSequences: true";
  if (!ids && shape.length === 1 && (got[0] ?? 1) === 1) {
    return "for class ids take the loss sparseCategoricalCrossentropy, else give the last layer units: 1";
  }
  return "";
}

/** The remedy for a shape, the batch first; empty where none is known. */
export function shapeHint(slot: Slot, got: readonly number[]): string {
  const hint = slot.labels ? ofTargets(slot, got) : ofInputs(slot, got);
  return hint && `; ${hint}`;
}
