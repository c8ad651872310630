import type { Context } from "../context.ts";
import type { Shape, Tensor } from "../tensor.ts";
import type { Sizes } from "./op.ts";
import { type Axis, move, stridesOf } from "./strided.ts";

/** The shape that all have, where an axis of size 1 goes along with any; none if there is no such shape. */
export function broadcastShape(shapes: readonly Sizes[]): Sizes | undefined {
  const [first] = shapes;
  if (shapes.some(({ length }) => length !== first.length)) return undefined;
  const merged = first.map((_, axis) => {
    const sizes = shapes.map(shape => shape[axis]).filter(size => size !== 1);
    // Of any length goes along with a length that is known.
    const known = sizes.find(size => size !== null);
    return sizes.every(size => size === null || size === known) ? (known ?? (sizes.length > 0 ? null : 1)) : undefined;
  });
  return merged.includes(undefined) ? undefined : (merged as Sizes);
}

/** x as often as a shape has it. */
export function broadcast(context: Context, x: Tensor, shape: Shape): Tensor {
  if (x.shape.every((size, i) => size === shape[i])) return x;
  const [yStrides, xStrides] = [stridesOf(shape), stridesOf(x.shape)];
  const axes = shape.map((size, i): Axis => [size, yStrides[i], x.shape[i] === 1 ? 0 : xStrides[i]]);
  return move(context, x, shape, { axes });
}
