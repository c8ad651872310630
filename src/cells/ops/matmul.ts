import { showShape } from "../../expect.ts";
import { linear } from "../../ops/linear.ts";
import { Packed } from "../../packed.ts";
import { compute, expectValue, packsOf, type Value } from "../value.ts";

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
export function matmul(x: Value, kernel: Value, bias?: Value): Value {
  const what = "ops.matmul";
  const values = [x, kernel, ...(bias === undefined ? [] : [bias])].map(value => expectValue(value, what));
  const C = x.shape[x.shape.length - 1];
  if (kernel.shape.length !== 2 || kernel.shape[0] !== C) {
    throw new RangeError(
      `${what}: expected a kernel [${C}, units] for ${showShape(x.shape)}, got ${showShape(kernel.shape)}`,
    );
  }
  const units = kernel.shape[1];
  if (bias && (bias.shape.length !== 1 || bias.shape[0] !== units)) {
    throw new RangeError(`${what}: expected a bias [${units}], got ${showShape(bias.shape)}`);
  }
  return compute(what, values, (context, [input, matrix, row]) => {
    const { packed, transposed } = packsOf(kernel) ?? {
      packed: new Packed(context.memory.allocate(context.kernels.packedSize(C, units))),
    };
    return linear(context, input, matrix, row, packed, transposed);
  });
}
