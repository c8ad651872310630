import { showShape } from "../expect.ts";
import { Packed } from "../packed.ts";
import { linear } from "./linear.ts";
import { agree, apply, expectInputs, type Op, type Operand, widthOf } from "./op.ts";

/** x·kernel + bias: `linear`, with whatever is the kernel. */
export const matmulOp: Op = {
  name: "matmul",
  shape(inputs) {
    const what = "ops.matmul";
    expectInputs(inputs, 2, 3, what);
    const [x, kernel, bias] = inputs;
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
  forward(context, [x, kernel, bias], _options, _shape, packs) {
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
 * @param kernel [C, units]
 * @param bias [units]
 * @returns [..., units]
 * @throws RangeError for shapes that do not go together
 * @example ops.matmul(ops.concat([x, states.h]), weights.kernel, weights.bias)
 */
export function matmul<X extends Operand>(x: X, kernel: X, bias?: X): X {
  return apply(matmulOp, bias === undefined ? [x, kernel] : [x, kernel, bias], {});
}
