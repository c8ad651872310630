import type { Backward } from "../context.ts";
import { expectInteger } from "../expect.ts";
import type { Tensor } from "../tensor.ts";
import { apply, expectInputs, expectOperand, type Op, type Operand, widthOf } from "./op.ts";
import { sliceAxisOp } from "./places.ts";

export interface Columns {
  begin: number;
  end: number;
}

/** Columns begin..end - 1 of the last axis. */
export const sliceOp: Op<Columns> = {
  name: "slice",
  options: ["begin", "end"],
  shape(inputs, { begin, end }) {
    const what = "ops.slice";
    expectInputs(inputs, 1, 1, what);
    const C = widthOf(inputs[0], what);
    const from = expectInteger(begin, `${what} begin`, 0, C - 1);
    return [...inputs[0].slice(0, -1), expectInteger(end, `${what} end`, from + 1, C) - from];
  },
  forward(context, [x], { begin, end }, shape) {
    const y = context.tensor(shape, [x]);
    const columns = end - begin;
    const width = widthOf(x.shape, "");
    context.kernels.copyRows(y.pointer, columns, x.pointer + 4 * begin, width, y.size / columns, columns);
    context.record(sliceBackward, [y], x, begin);
    return y;
  },
};

export const sliceBackward: Backward<[x: Tensor, begin: number]> = (context, [y], x, begin) => {
  const [width, columns] = [widthOf(x.shape, ""), widthOf(y.shape, "")];
  context.kernels.addRows(context.gradientOf(x) + 4 * begin, width, y.gradient, columns, y.size / columns, columns);
};

/**
 * Elements begin..end - 1 of an axis.
 *
 * @param axis from 0 (the batch) or from -1 backwards; default the last
 * @example ops.slice(z, 0, units)
 * @example ops.slice(x, 1, 5, 1) // steps 1 to 4
 */
export function slice<X extends Operand>(x: X, begin: number, end: number, axis = -1): X {
  return axis === -1 ? apply(sliceOp, [x], { begin, end }) : apply(sliceAxisOp, [x], { begin, end, axis });
}

type Repeat<N extends number, X, List extends X[] = []> = number extends N
  ? X[]
  : List["length"] extends N
    ? List
    : Repeat<N, X, [...List, X]>;

/** As many tensors as there are parts. */
export type Split<Parts extends number | readonly number[], X> = Parts extends number
  ? Repeat<Parts, X>
  : { -readonly [I in keyof Parts]: X };

/**
 * The last axis in pieces.
 *
 * @param parts how many equal ones, or the size of each
 * @throws RangeError where they do not make up the axis
 * @example const [i, f, g, o] = ops.split(z, 4);
 */
export function split<X extends Operand, const Parts extends number | readonly number[]>(
  x: X,
  parts: Parts,
): Split<Parts, X> {
  const what = "ops.split";
  expectOperand(x, what);
  const C = widthOf(x.shape, what);
  const sizes = Array.isArray(parts) ? parts.map(n => expectInteger(n, what)) : equalSizes(C, parts, what);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total !== C) {
    throw new RangeError(`${what}: expected sizes that add up to ${C}, the last axis, got [${sizes.join(", ")}]`);
  }
  let begin = 0;
  return sizes.map(size => {
    begin += size;
    return slice(x, begin - size, begin);
  }) as Split<Parts, X>;
}

function equalSizes(C: number, parts: unknown, what: string): number[] {
  const count = expectInteger(parts, `${what} parts`, 1, C);
  if (C % count !== 0) throw new RangeError(`${what}: expected a number of parts that divides ${C}, got ${count}`);
  return new Array(count).fill(C / count);
}
