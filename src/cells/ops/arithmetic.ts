import type { Context } from "../../context.ts";
import { showShape } from "../../expect.ts";
import { describe } from "../../ndarray.ts";
import { type Arithmetic, arithmetic } from "../../ops/arithmetic.ts";
import { Tensor } from "../../tensor.ts";
import { compute, expectValue, isValue, type Value } from "../value.ts";

const equal = (a: readonly number[], b: readonly number[]): boolean => a.join() === b.join();
const isRowOf = (row: readonly number[], of: readonly number[]): boolean =>
  row.length === 1 && row[0] === of[of.length - 1];

/** A number beside a tensor: a row that has it everywhere. */
function rowOf({ memory }: Context, number: number, C: number): Tensor {
  const pointer = memory.allocate(C);
  memory.floats.fill(number, pointer >>> 2, (pointer >>> 2) + C);
  return new Tensor(pointer, [C]);
}

function combine(kind: Arithmetic, a: Value | number, b: Value | number): Value {
  const what = `ops.${kind}`;
  for (const operand of [a, b]) {
    if (isValue(operand) || (typeof operand === "number" && Number.isFinite(operand))) continue;
    throw new TypeError(`${what}: expected a tensor or a finite number, got ${describe(operand)}`);
  }
  if (typeof a === "number") {
    return compute(what, [expectValue(b, what)], (context, [right]) =>
      arithmetic(context, kind, rowOf(context, a, right.shape[right.shape.length - 1]), right),
    );
  }
  if (typeof b === "number") {
    return compute(what, [a], (context, [left]) =>
      arithmetic(context, kind, left, rowOf(context, b, left.shape[left.shape.length - 1])),
    );
  }
  if (!equal(a.shape, b.shape) && !isRowOf(a.shape, b.shape) && !isRowOf(b.shape, a.shape)) {
    throw new RangeError(
      `${what}: expected tensors of one shape, or a row [C] beside [..., C], got ${showShape(a.shape)} and ${showShape(b.shape)}`,
    );
  }
  return compute(what, [a, b], (context, [left, right]) => arithmetic(context, kind, left, right));
}

/**
 * a + b, element by element.
 *
 * @param a a tensor, a row [C] for all rows of the other one, or a number
 * @param b likewise; one of the two is a tensor
 * @throws TypeError for anything else, RangeError for shapes that do not go together
 * @example ops.add(ops.matmul(x, weights.kernel), weights.bias)
 */
export function add(a: Value | number, b: Value | number): Value {
  return combine("add", a, b);
}

/**
 * a - b, element by element; operands as for `add`.
 *
 * @example ops.subtract(1, forgetGate)
 */
export function subtract(a: Value | number, b: Value | number): Value {
  return combine("subtract", a, b);
}

/**
 * a·b, element by element; operands as for `add`.
 *
 * @example ops.multiply(forgetGate, states.c)
 */
export function multiply(a: Value | number, b: Value | number): Value {
  return combine("multiply", a, b);
}

/**
 * a / b, element by element; operands as for `add`.
 *
 * @example ops.divide(cell, normalizer)
 */
export function divide(a: Value | number, b: Value | number): Value {
  return combine("divide", a, b);
}

/**
 * factor·x.
 *
 * @param factor a number; for one that is learned use `multiply` with a weight
 * @example ops.scale(logits, 1 / temperature)
 */
export function scale(x: Value, factor: number): Value {
  return combine("multiply", expectValue(x, "ops.scale"), factor);
}
