/** Numbers moved by strides: what all ops and layers do that compute nothing. */
import type { Backward, Context } from "../context.ts";
import { TENSORS } from "../engine/families/tensors.generated.ts";
import type { Step } from "../step.ts";
import type { Shape, Tensor } from "../tensor.ts";

/** The kernels of all that is here; a layer that uses it names them as its own. */
export const MOVING = [TENSORS];

/** A loop over elements: how many, and what leads from one to the next in y and in x, in elements. */
export type Axis = readonly [size: number, yStride: number, xStride: number];

/** Where a move begins in y and in x, in elements. */
export interface Offsets {
  readonly y?: number;
  readonly x?: number;
}

/** What goes where. */
export interface Moving {
  /** The outermost first. */
  readonly axes: readonly Axis[];
  readonly offsets?: Offsets;
  /** Whether what nothing is moved to is to be 0 */
  readonly gaps?: boolean;
}

/** Elements from one index of each axis to the next, row-major. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let i = shape.length - 2; i >= 0; i--) strides[i] = strides[i + 1] * shape[i + 1];
  return strides;
}

/** The same moves by the fewest and longest loops. */
function simplest(axes: readonly Axis[]): readonly Axis[] {
  const result: Axis[] = [];
  for (const [size, y, x] of axes) {
    if (size === 1) continue;
    const outer = result.at(-1);
    if (outer && outer[1] === size * y && outer[2] === size * x) result[result.length - 1] = [outer[0] * size, y, x];
    else result.push([size, y, x]);
  }
  return result.length > 0 ? result : [[1, 1, 1]];
}

/** The table of axes as kernels read it. */
export function writeAxes(ints: Int32Array, pointer: number, axes: readonly Axis[]): void {
  ints.set(axes.flat(), pointer >>> 2);
}

function runStrided(
  { kernels, memory }: Context,
  kernel: "addStrided" | "copyStrided",
  y: number,
  x: number,
  axes: readonly Axis[],
): void {
  const mark = memory.mark();
  const table = memory.allocate(3 * axes.length);
  memory.write(({ ints }) => writeAxes(ints, table, axes));
  kernels[kernel](y, x, table, axes.length);
  memory.release(mark);
}

/** Adds numbers to others: y[…] += x[…]. */
export function addStrided(context: Context, y: number, x: number, axes: readonly Axis[]): void {
  runStrided(context, "addStrided", y, x, simplest(axes));
}

/** Copies numbers: y[…] = x[…]. */
export function copyStrided(context: Context, y: number, x: number, axes: readonly Axis[]): void {
  runStrided(context, "copyStrided", y, x, simplest(axes));
}

/** The same in a stream, at every step. */
export function compileCopy(program: Step, y: number, x: number, axes: readonly Axis[]): void {
  const short = simplest(axes);
  const table = program.allocate(3 * short.length).pointer;
  writeAxes(program.memory.ints, table, short);
  program.call("copyStrided", y, x, table, short.length);
}

/** A tensor of numbers of another one, each where the axes lead. */
export function move(context: Context, x: Tensor, shape: Shape, { axes, offsets = {}, gaps }: Moving): Tensor {
  const y = context.tensor(shape, [x]);
  if (gaps) context.memory.clear(y.pointer, y.size);
  const short = simplest(axes);
  runStrided(context, "copyStrided", y.pointer + 4 * (offsets.y ?? 0), x.pointer + 4 * (offsets.x ?? 0), short);
  context.record(moveBackward, [y], x, short, offsets);
  return y;
}

export const moveBackward: Backward<[x: Tensor, axes: readonly Axis[], offsets: Offsets]> = (
  context,
  [y],
  x,
  axes,
  offsets,
) => {
  const back = axes.map(([size, yStride, xStride]): Axis => [size, xStride, yStride]);
  const dx = context.gradientOf(x) + 4 * (offsets.x ?? 0);
  runStrided(context, "addStrided", dx, y.gradient + 4 * (offsets.y ?? 0), back);
};
