import { describe } from "../ndarray.ts";
import type { Sizes } from "./op.ts";

/** The axis that is meant: from 0, or from -1 backwards. That of the batch is not, in a model that is put together. */
export function expectAxis(value: unknown, shape: Sizes, what: string): number {
  const rank = shape.length;
  if (typeof value !== "number" || !Number.isInteger(value) || value < -rank || value >= rank) {
    const error = typeof value === "number" ? RangeError : TypeError;
    throw new error(`${what}: expected an axis in [${-rank}, ${rank - 1}], got ${describe(value)}`);
  }
  const axis = value < 0 ? value + rank : value;
  if (axis === 0 && shape[0] === "N")
    throw new RangeError(`${what}: expected an axis of a sample, got that of the batch`);
  return axis;
}

/** The same of one or several axes, in order; all but the batch's where none is given. */
export function expectAxes(value: unknown, shape: Sizes, what: string): number[] {
  if (value === undefined) return shape.map((_, axis) => axis).slice(shape[0] === "N" ? 1 : 0);
  const axes = (Array.isArray(value) ? value : [value]).map(axis => expectAxis(axis, shape, what));
  if (axes.length > 0 && new Set(axes).size === axes.length) return axes.sort((a, b) => a - b);
  throw new RangeError(`${what}: expected each axis once, got [${axes.join(", ")}]`);
}
