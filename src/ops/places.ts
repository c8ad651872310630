/** Ops that give numbers another place: pieces of any axis, rows by number, tensors as a new axis, other shapes. */
import type { Backward } from "../context.ts";
import { TENSORS } from "../engine/families/tensors.generated.ts";
import { expectInteger, showShape } from "../expect.ts";
import { describe, sizeOf } from "../ndarray.ts";
import type { Shape, Tensor } from "../tensor.ts";
import { expectAxis } from "./axes.ts";
import { agreeAll, apply, expectInputs, type Op, type Operand, type Sizes } from "./op.ts";
import { reshapesSteps, reshape as reshapeTensor } from "./reshape.ts";
import { type Axis, addStrided, copyStrided, move } from "./strided.ts";
import { permuted } from "./transpose.ts";

/** What comes before an axis, and after it. */
const around = (shape: Shape, axis: number) => [sizeOf(shape.slice(0, axis)), sizeOf(shape.slice(axis + 1))] as const;

interface SliceOptions {
  begin: number;
  end: number;
  axis: number;
}

/** Elements begin..end - 1 of an axis that is not the last. */
export const sliceAxisOp: Op<SliceOptions> = {
  name: "sliceAxis",
  options: ["begin", "end", "axis"],
  families: [TENSORS],
  shape(inputs, { begin, end, axis: given }) {
    const what = "ops.slice";
    expectInputs(inputs, 1, 1, what);
    const [shape] = inputs;
    const axis = expectAxis(given, shape, what);
    const size = typeof shape[axis] === "number" ? (shape[axis] as number) : Number.MAX_SAFE_INTEGER;
    const from = expectInteger(begin, `${what} begin`, 0, size - 1);
    const to = expectInteger(end, `${what} end`, from + 1, size);
    return shape.map((n, i) => (i === axis ? to - from : n));
  },
  acrossSteps: ([shape], { axis }) => expectAxis(axis, shape, "ops.slice") === 1,
  forward(context, [x], { begin, axis: given }, shape) {
    const axis = expectAxis(given, x.shape, "ops.slice");
    const [outer, inner] = around(x.shape, axis);
    const size = shape[axis] * inner;
    const axes = [[outer, size, x.shape[axis] * inner] as const, [size, 1, 1] as const];
    return move(context, x, shape, { axes, offsets: { x: begin * inner } });
  },
};

interface GatherOptions {
  indices: readonly number[];
  axis: number;
}

export const gatherOp: Op<GatherOptions> = {
  name: "gather",
  options: ["indices", "axis"],
  families: [TENSORS],
  shape(inputs, { indices, axis: given }) {
    const what = "ops.gather";
    expectInputs(inputs, 1, 1, what);
    const [shape] = inputs;
    const axis = expectAxis(given, shape, what);
    if (!Array.isArray(indices) || indices.length === 0)
      throw new TypeError(`${what} indices: expected a list of whole numbers, got ${describe(indices)}`);
    const size = typeof shape[axis] === "number" ? (shape[axis] as number) : Number.MAX_SAFE_INTEGER;
    for (const index of indices) expectInteger(index, `${what} indices`, -size, size - 1);
    return shape.map((n, i) => (i === axis ? indices.length : n));
  },
  acrossSteps: ([shape], { axis }) => expectAxis(axis, shape, "ops.gather") === 1,
  forward(context, [x], { indices, axis: given }, shape) {
    const axis = expectAxis(given, x.shape, "ops.gather");
    const [outer, inner] = around(x.shape, axis);
    const y = context.tensor(shape, [x]);
    const axes: Axis[] = [
      [outer, indices.length * inner, x.shape[axis] * inner],
      [inner, 1, 1],
    ];
    const own = indices.map(index => (index < 0 ? index + x.shape[axis] : index));
    own.forEach((index, i) => {
      copyStrided(context, y.pointer + 4 * i * inner, x.pointer + 4 * index * inner, axes);
    });
    context.record(gatherBackward, [y], x, own, axis);
    return y;
  },
};

export const gatherBackward: Backward<[x: Tensor, indices: readonly number[], axis: number]> = (
  context,
  [y],
  x,
  indices,
  axis,
) => {
  const [outer, inner] = around(x.shape, axis);
  const dx = context.gradientOf(x);
  const axes: Axis[] = [
    [outer, x.shape[axis] * inner, indices.length * inner],
    [inner, 1, 1],
  ];
  indices.forEach((index, i) => {
    addStrided(context, dx + 4 * index * inner, y.gradient + 4 * i * inner, axes);
  });
};

/** Where the new axis is, of one more than the parts have. */
const stackAxis = (axis: unknown, shape: Sizes): number => expectAxis(axis, [...shape, 1], "ops.stack");

export const stackOp: Op<{ axis: number }> = {
  name: "stack",
  options: ["axis"],
  families: [TENSORS],
  shape(inputs, { axis: given }) {
    expectInputs(inputs, 1, Number.POSITIVE_INFINITY, "ops.stack");
    const [first] = inputs;
    if (inputs.some(shape => !agreeAll(shape, first))) {
      throw new RangeError(`ops.stack: expected tensors of one shape, got ${inputs.map(showShape).join(" and ")}`);
    }
    const axis = stackAxis(given, first);
    return [...first.slice(0, axis), inputs.length, ...first.slice(axis)];
  },
  acrossSteps: ([shape], { axis }) => stackAxis(axis, shape) === 1,
  forward(context, parts, { axis: given }, shape) {
    const axis = stackAxis(given, parts[0].shape);
    const inner = sizeOf(shape.slice(axis + 1));
    const y = context.tensor(shape, parts);
    parts.forEach((part, i) => {
      copyStrided(context, y.pointer + 4 * i * inner, part.pointer, [
        [part.size / inner, parts.length * inner, inner],
        [inner, 1, 1],
      ]);
    });
    context.record(stackBackward, [y], parts, axis);
    return y;
  },
};

export const stackBackward: Backward<[parts: readonly Tensor[], axis: number]> = (context, [y], parts, axis) => {
  const inner = sizeOf(y.shape.slice(axis + 1));
  parts.forEach((part, i) => {
    const dPart = context.gradientOf(part);
    if (!dPart) return;
    addStrided(context, dPart, y.gradient + 4 * i * inner, [
      [part.size / inner, inner, parts.length * inner],
      [inner, 1, 1],
    ]);
  });
};

export const reshapeOp: Op<{ shape: readonly number[] }> = {
  name: "reshape",
  options: ["shape"],
  shape(inputs, { shape: target }) {
    const what = "ops.reshape";
    expectInputs(inputs, 1, 1, what);
    const [shape] = inputs;
    const good = (n: unknown) => n === -1 || (Number.isSafeInteger(n) && (n as number) >= 1);
    if (!Array.isArray(target) || !target.every(good) || target.indexOf(-1) !== target.lastIndexOf(-1)) {
      throw new TypeError(
        `${what}: expected a list of whole numbers >= 1, one of which may be -1, got ${describe(target)}`,
      );
    }
    const refuse = (): never => {
      const batch = shape[0] === "N" ? "; the batch stays the first axis: write [-1, …]" : "";
      throw new RangeError(
        `${what}: expected a shape of as many numbers as ${showShape(shape)}, got ${showShape(target)}${batch}`,
      );
    };
    const batched = shape[0] === "N";
    if (batched && target[0] !== -1) refuse();
    const [given, wanted] = batched ? [shape.slice(1), target.slice(1)] : [shape, target];
    if (given.some(size => typeof size !== "number"))
      return batched ? ["N", ...wanted] : wanted.map(n => (n > 0 ? n : null));
    const [size, known] = [sizeOf(given as number[]), sizeOf(wanted.filter(n => n > 0))];
    const fitted = wanted.map(n => (n > 0 ? n : size / known));
    if (sizeOf(fitted) !== size || !fitted.every(Number.isInteger)) refuse();
    return batched ? ["N", ...fitted] : fitted;
  },
  // Of one sample with one step it does not show which is which.
  acrossSteps: ([[N, ...shape]], { shape: [samples, ...target] }) =>
    N === 1 || (samples !== -1 && samples !== N) || !reshapesSteps(shape as (number | null)[], target),
  // A step of several is one.
  ofStep: (options, size) =>
    sizeOf(options.shape.slice(1)) === size ? options : { shape: [-1, 1, ...options.shape.slice(2)] },
  forward: (context, [x], _, shape) => reshapeTensor(context, x, shape),
};

export const transposeOp: Op<{ axes: readonly number[] }> = {
  name: "transpose",
  options: ["axes"],
  families: [TENSORS],
  shape(inputs, { axes }) {
    expectInputs(inputs, 1, 1, "ops.transpose");
    const [shape] = inputs;
    const all = Array.isArray(axes) && axes.length === shape.length && shape.every((_, axis) => axes.includes(axis));
    if (all && (shape[0] !== "N" || axes[0] === 0)) return axes.map(axis => shape[axis]);
    const batch = shape[0] === "N" ? ", that of the batch first" : "";
    throw new RangeError(
      `ops.transpose: expected each axis of ${showShape(shape)} once${batch}, got ${Array.isArray(axes) ? showShape(axes) : describe(axes)}`,
    );
  },
  acrossSteps: (_, { axes }) => axes[1] !== 1,
  maskOf: (_context, [{ mask }], { axes }) => (mask?.shape.every((_, i) => axes[i] === i) ? mask : undefined),
  forward: (context, [x], { axes }) => permuted(context, x, axes),
};

/**
 * Elements of an axis by their numbers, in the order of the list; one may come several times, and -1 is the last.
 *
 * @param axis from 0 (the batch) or from -1 (the last) backwards
 * @throws RangeError for a number or an axis that there is not
 * @example ops.gather(x, [2, 0, 0], -1)
 */
export function gather<X extends Operand>(x: X, indices: readonly number[], axis = -1): X {
  return apply(gatherOp, [x], { indices, axis });
}

/**
 * Tensors of one shape side by side along a new axis.
 *
 * @param axis where it is: from 0 (the batch), or from -1 (the last) backwards
 * @throws RangeError for other shapes
 * @example ops.stack([forward, backward], 1) // [N, C] twice -> [N, 2, C]
 */
export function stack<X extends Operand>(parts: readonly X[], axis = -1): X {
  if (!Array.isArray(parts) || parts.length === 0) {
    throw new TypeError(`ops.stack: expected a list of tensors, got ${describe(parts)}`);
  }
  return apply(stackOp, parts as readonly X[], { axis });
}

/**
 * The same numbers in another shape.
 *
 * @param shape with the batch axis, of symbolic tensors as -1; -1, once, is whatever is left
 * @throws RangeError for a shape of another size
 * @example ops.reshape(x, [-1, 4, 8])
 */
export function reshape<X extends Operand>(x: X, shape: readonly number[]): X {
  return apply(reshapeOp, [x], { shape });
}

/**
 * The axes in another order.
 *
 * @param axes which axis of x each axis of the result is, the batch's being 0
 * @throws RangeError for what is no order of the axes
 * @example ops.transpose(x, [0, 2, 1])
 */
export function transpose<X extends Operand>(x: X, axes: readonly number[]): X {
  return apply(transposeOp, [x], { axes });
}
