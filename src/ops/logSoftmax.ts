import type { Backward } from "../context.ts";
import { TENSORS } from "../engine/families/tensors.generated.ts";
import type { Tensor } from "../tensor.ts";
import { expectFeatures } from "./activation.ts";
import { apply, expectInputs, type Op, type Operand } from "./op.ts";

export const logSoftmaxOp: Op = {
  name: "logSoftmax",
  families: [TENSORS],
  shape(inputs) {
    expectInputs(inputs, 1, 1, "ops.logSoftmax");
    expectFeatures("softmax", inputs[0].length, "ops.logSoftmax");
    return inputs[0];
  },
  acrossSteps: ([shape]) => shape.length === 2,
  forward(context, [x], _, shape) {
    const y = context.tensor(shape, [x]);
    const V = shape[shape.length - 1];
    context.kernels.logSoftmaxForward(y.pointer, x.pointer, x.size / V, V);
    context.record(logSoftmaxBackward, [y], x, V);
    return y;
  },
};

export const logSoftmaxBackward: Backward<[x: Tensor, V: number]> = (context, [y], x, V) => {
  context.kernels.logSoftmaxBackward(context.gradientOf(x), y.gradient, y.pointer, y.size / V, V);
};

/** The logarithm of softmax, along the last axis: exact where softmax itself is 0 or 1. */
export function logSoftmax<X extends Operand>(x: X): X {
  return apply(logSoftmaxOp, [x], {});
}
