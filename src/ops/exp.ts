import type { Backward } from "../context.ts";
import { ARITHMETIC } from "../engine/families/arithmetic.generated.ts";
import type { Tensor } from "../tensor.ts";
import { apply, expectInputs, type Op, type Operand } from "./op.ts";

/** y = e^x, any shape. */
export const expOp: Op = {
  name: "exp",
  families: [ARITHMETIC],
  shape(inputs) {
    expectInputs(inputs, 1, 1, "ops.exp");
    return inputs[0];
  },
  forward(context, [x], _, shape) {
    const y = context.tensor(shape, [x]);
    context.kernels.expForward(y.pointer, x.pointer, x.size);
    context.record(expBackward, [y], x);
    return y;
  },
};

export const expBackward: Backward<[x: Tensor]> = (context, [y], x) => {
  context.kernels.expBackward(context.gradientOf(x), y.gradient, y.pointer, y.size);
};

/** e^x, element by element; Infinity above 88.7. */
export function exp<X extends Operand>(x: X): X {
  return apply(expOp, [x], {});
}
