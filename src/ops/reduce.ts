/** Sums, means and largest numbers over axes. */
import type { Backward, Context } from "../context.ts";
import { TENSORS } from "../engine/families/tensors.generated.ts";
import { sizeOf } from "../ndarray.ts";
import type { Shape, Tensor } from "../tensor.ts";
import { arithmeticOps } from "./arithmetic.ts";
import { expectAxes } from "./axes.ts";
import { highest } from "./highest.ts";
import { apply, expectInputs, type Op, type Operand, run } from "./op.ts";
import { type Axis, addStrided, stridesOf } from "./strided.ts";

export interface ReduceOptions {
  /** Which, from 0 or from -1 backwards; default all but the batch's */
  axis?: number | readonly number[] | undefined;
  /** Whether they stay, of size 1; default false */
  keepdims?: boolean | undefined;
}

/** Sums over axes, which the output's strides pass over. */
function sumOver(context: Context, x: Tensor, over: readonly number[], shape: Shape): Tensor {
  const kept = x.shape.map((size, axis) => (over.includes(axis) ? 1 : size));
  const [yStrides, xStrides] = [stridesOf(kept), stridesOf(x.shape)];
  const axes = x.shape.map((size, i): Axis => [size, over.includes(i) ? 0 : yStrides[i], xStrides[i]]);
  const y = context.tensor(shape, [x]);
  context.memory.clear(y.pointer, y.size);
  addStrided(context, y.pointer, x.pointer, axes);
  context.record(sumBackward, [y], x, axes);
  return y;
}

export const sumBackward: Backward<[x: Tensor, axes: readonly Axis[]]> = (context, [y], x, axes) => {
  const back = axes.map(([size, yStride, xStride]): Axis => [size, xStride, yStride]);
  addStrided(context, context.gradientOf(x), y.gradient, back);
};

/** The largest over axes, one after the other. */
function highestOver(context: Context, x: Tensor, over: readonly number[], shape: Shape): Tensor {
  let y = x;
  let left: readonly number[] = x.shape;
  for (const axis of [...over].reverse()) {
    const around = { outer: sizeOf(left.slice(0, axis)), size: left[axis], inner: sizeOf(left.slice(axis + 1)) };
    const rest = [...left.slice(0, axis), ...left.slice(axis + 1)];
    y = highest(context, y, around, axis === over[0] ? shape : rest);
    left = rest;
  }
  return y;
}

function meanOver(context: Context, x: Tensor, over: readonly number[], shape: Shape): Tensor {
  const sum = sumOver(context, x, over, shape.length > 0 ? shape : [1]);
  return run(arithmeticOps.multiply, context, [sum], { b: sum.size / x.size });
}

const opOf = (name: string, compute: typeof sumOver): Op<ReduceOptions> => ({
  name,
  options: ["axis", "keepdims"],
  inModel: ([shape], { axis = shape.slice(1).map((_, i) => i + 1), ...options }) => ({ ...options, axis }),
  families: [TENSORS],
  shape(inputs, { axis, keepdims = false }) {
    const what = `ops.${name}`;
    expectInputs(inputs, 1, 1, what);
    const [shape] = inputs;
    const over = expectAxes(axis, shape, what);
    if (keepdims) return shape.map((size, i) => (over.includes(i) ? 1 : size));
    return shape.filter((_, i) => !over.includes(i));
  },
  acrossSteps: ([shape], { axis }) => expectAxes(axis, shape, `ops.${name}`).includes(1),
  forward: (context, [x], { axis }, shape) => compute(context, x, expectAxes(axis, x.shape, `ops.${name}`), shape),
});

/** Those that users call. */
export const reduceOps = {
  sum: opOf("sum", sumOver),
  mean: opOf("mean", meanOver),
  max: opOf("max", highestOver),
};

/** What is given, and nothing else: it goes into files. */
function reduce<X extends Operand>(op: Op<ReduceOptions>, x: X, { axis, keepdims }: ReduceOptions): X {
  return apply(op, [x], { ...(axis === undefined ? {} : { axis }), ...(keepdims ? { keepdims } : {}) });
}

/**
 * The sum over axes.
 *
 * @param options.axis one or several, from 0 (the batch) or from -1 (the last) backwards; of symbolic tensors not the batch's
 * @param options.keepdims whether they stay, of size 1
 * @throws RangeError for axes that there are not
 * @example ops.sum(ops.square(x), { axis: -1 })
 */
export function sum<X extends Operand>(x: X, options: ReduceOptions = {}): X {
  return reduce(reduceOps.sum, x, options);
}

/** The mean over axes; options as for `sum`. */
export function mean<X extends Operand>(x: X, options: ReduceOptions = {}): X {
  return reduce(reduceOps.mean, x, options);
}

/** The largest over axes; options as for `sum`. Those that are equally large share the gradient. */
export function max<X extends Operand>(x: X, options: ReduceOptions = {}): X {
  return reduce(reduceOps.max, x, options);
}
