import { Tensor } from "../tensor.ts";
import { apply, expectInputs, type Op, type Operand } from "./op.ts";

export const stopGradientOp: Op = {
  name: "stopGradient",
  shape(inputs) {
    expectInputs(inputs, 1, 1, "ops.stopGradient");
    return inputs[0];
  },
  forward: (_context, [x]) => new Tensor(x.pointer, x.shape),
};

/** x as it is, through which no gradient goes back. */
export function stopGradient<X extends Operand>(x: X): X {
  return apply(stopGradientOp, [x], {});
}
