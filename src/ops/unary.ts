import type { Backward } from "../context.ts";
import { TENSORS } from "../engine/families/tensors.generated.ts";
import { unaryKinds } from "../engine/kinds.generated.ts";
import type { Tensor } from "../tensor.ts";
import { apply, expectInputs, type Op, type Operand } from "./op.ts";

type Unary = keyof typeof unaryKinds;

const opOf = (name: Unary): Op => ({
  name,
  families: [TENSORS],
  shape(inputs) {
    expectInputs(inputs, 1, 1, `ops.${name}`);
    return inputs[0];
  },
  forward(context, [x], _, shape) {
    const y = context.tensor(shape, [x]);
    context.kernels.unaryForward(y.pointer, x.pointer, unaryKinds[name], x.size);
    context.record(unaryBackward, [y], x, unaryKinds[name]);
    return y;
  },
});

export const unaryBackward: Backward<[x: Tensor, kind: number]> = (context, [y], x, kind) => {
  context.kernels.unaryBackward(context.gradientOf(x), y.gradient, x.pointer, y.pointer, kind, y.size);
};

/** Those that users call. */
export const unaryOps = { log: opOf("log"), sqrt: opOf("sqrt"), abs: opOf("abs"), square: opOf("square") };

/** The natural logarithm, element by element; -Infinity of 0, NaN below. */
export function log<X extends Operand>(x: X): X {
  return apply(unaryOps.log, [x], {});
}

/** The square root, element by element; NaN below 0. Its derivative at 0 is infinite. */
export function sqrt<X extends Operand>(x: X): X {
  return apply(unaryOps.sqrt, [x], {});
}

/** The size of numbers, element by element; its derivative at 0 is 0. */
export function abs<X extends Operand>(x: X): X {
  return apply(unaryOps.abs, [x], {});
}

/** x·x, element by element. */
export function square<X extends Operand>(x: X): X {
  return apply(unaryOps.square, [x], {});
}
