import type { Context } from "../context.ts";
import { showShape } from "../expect.ts";
import { Packed } from "../packed.ts";
import type { Shape, Tensor } from "../tensor.ts";
import { BATCHED_KERNELS, batchedProducts } from "./batchedProducts.ts";
import { linear } from "./linear.ts";
import { agree, agreeAll, apply, expectInputs, type Op, type Operand, type Sizes, widthOf } from "./op.ts";

/** a [..., M, K] times b [..., K, N]: products of each pair. */
function batchedShape(a: Sizes, b: Sizes): Sizes {
  const [leading, rows, depth] = [a.slice(0, -2), a[a.length - 2], a[a.length - 1]];
  if (a.length === b.length && agreeAll(leading, b.slice(0, -2)) && agree(b[b.length - 2], depth))
    return [...leading, rows, b[b.length - 1]];
  throw new RangeError(
    `ops.matmul: expected [..., K, N] beside [..., M, K], alike before, got ${showShape(a)} and ${showShape(b)}`,
  );
}

function batched(context: Context, a: Tensor, b: Tensor, shape: Shape): Tensor {
  const [M, K] = a.shape.slice(-2);
  const N = shape[shape.length - 1];
  const lie = (rows: number, row: number) => ({ batch: rows * row, head: 0, row });
  const batches = a.size / (M * K);
  const places = { a: lie(M, K), b: lie(K, N), c: lie(M, N) };
  return batchedProducts(context, a, b, shape, { batches, heads: 1, sizes: [M, N, K], transposed: false, ...places });
}

/** x·kernel + bias: `linear`, with whatever is the kernel; where it is more than a matrix, products of each pair. */
export const matmulOp: Op = {
  name: "matmul",
  families: BATCHED_KERNELS,
  shape(inputs) {
    const what = "ops.matmul";
    expectInputs(inputs, 2, 3, what);
    const [x, kernel, bias] = inputs;
    if (kernel.length >= 3 && !bias) return batchedShape(x, kernel);
    const C = widthOf(x, what);
    if (kernel.length !== 2 || !agree(kernel[0], C)) {
      const remedy = kernel[0] === "N" ? "; on symbolic tensors use layers.dense, which has a kernel" : "";
      throw new RangeError(
        `${what}: expected a kernel [${C}, units] for ${showShape(x)}, got ${showShape(kernel)}${remedy}`,
      );
    }
    const units = kernel[1];
    if (bias && (bias.length !== 1 || bias[0] !== units)) {
      throw new RangeError(`${what}: expected a bias [${units}], got ${showShape(bias)}`);
    }
    return [...x.slice(0, -1), units];
  },
  // Of matrices that have steps the rows are those; of more axes each step has a matrix of its own.
  acrossSteps: ([, kernel], _, timed) => kernel.length === 3 && timed?.[1] !== false,
  forward(context, [x, kernel, bias], _options, shape, packs) {
    if (kernel.shape.length >= 3) return batched(context, x, kernel, shape);
    const [C, units] = kernel.shape;
    const { packed, transposed } = packs?.[1] ?? {
      packed: new Packed(context.memory.allocate(context.kernels.packedSize(C, units))),
    };
    return linear(context, x, kernel, bias, packed, transposed);
  },
};

/**
 * x·kernel, plus a bias if there is one.
 *
 * @param x [..., C]
 * @param kernel [C, units]; or [..., K, N] beside x [..., M, K], alike before: products of each pair, without a bias
 * @param bias [units]
 * @returns [..., units]
 * @throws RangeError for shapes that do not go together
 * @example ops.matmul(ops.concat([x, states.h]), weights.kernel, weights.bias)
 */
export function matmul<X extends Operand>(x: X, kernel: X, bias?: X): X {
  return apply(matmulOp, bias === undefined ? [x, kernel] : [x, kernel, bias], {});
}
