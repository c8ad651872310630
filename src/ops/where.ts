import type { Backward, Context } from "../context.ts";
import { TENSORS } from "../engine/families/tensors.generated.ts";
import { showShape } from "../expect.ts";
import { Tensor } from "../tensor.ts";
import { agreeAll, apply, expectInputs, type Op, Operand } from "./op.ts";

/** Of the two, those that are numbers. */
interface Numbers {
  a?: number;
  b?: number;
}

function filled({ memory }: Context, number: number, { shape, size }: Tensor): Tensor {
  const pointer = memory.allocate(size);
  memory.write(({ floats }) => floats.fill(number, pointer >>> 2, (pointer >>> 2) + size));
  return new Tensor(pointer, shape);
}

export const whereOp: Op<Numbers> = {
  name: "where",
  options: ["a", "b"],
  families: [TENSORS],
  shape(inputs, { a, b }) {
    const what = "ops.where";
    const numbers = [a, b].filter(number => number !== undefined);
    if (numbers.some(number => !Number.isFinite(number))) throw new TypeError(`${what}: expected finite numbers`);
    expectInputs(inputs, 3 - numbers.length, 3 - numbers.length, what);
    if (inputs.every(shape => agreeAll(shape, inputs[0]))) return inputs[0];
    throw new RangeError(`${what}: expected tensors of one shape, got ${inputs.map(showShape).join(", ")}`);
  },
  forward(context, [condition, ...others], { a, b }, shape) {
    const left = a === undefined ? (others.shift() as Tensor) : filled(context, a, condition);
    const right = b === undefined ? (others.shift() as Tensor) : filled(context, b, condition);
    const y = context.tensor(shape, [left, right]);
    context.kernels.whereForward(y.pointer, condition.pointer, left.pointer, right.pointer, y.size);
    context.record(whereBackward, [y], condition, left, right);
    return y;
  },
};

export const whereBackward: Backward<[condition: Tensor, a: Tensor, b: Tensor]> = (context, [y], condition, a, b) => {
  context.kernels.whereBackward(context.gradientOf(a), context.gradientOf(b), y.gradient, condition.pointer, y.size);
};

/**
 * a where the condition is not 0, else b, element by element. No gradient goes to the condition, nor to what was not taken.
 *
 * @param condition numbers such as those of `greater`
 * @param a a tensor of the condition's shape, or a number
 * @param b likewise
 * @throws RangeError for other shapes
 * @example ops.where(ops.greater(x, 0), x, ops.scale(x, 0.1))
 */
export function where<X extends Operand>(condition: X, a: X | number, b: X | number): X {
  const tensors = [a, b].filter(value => value instanceof Operand) as X[];
  for (const value of [a, b]) {
    if (value instanceof Operand || Number.isFinite(value)) continue;
    throw new TypeError(`ops.where: expected a tensor or a finite number, got ${String(value)}`);
  }
  const numbers = { ...(typeof a === "number" ? { a } : {}), ...(typeof b === "number" ? { b } : {}) };
  return apply(whereOp, [condition, ...tensors], numbers);
}
