import { expectInteger, showShape } from "../../expect.ts";
import { describe } from "../../ndarray.ts";
import { concat as concatOp } from "../../ops/concat.ts";
import { slice as sliceOp } from "../../ops/slice.ts";
import { compute, expectValue, type Value } from "../value.ts";

const width = ({ shape }: Value): number => shape[shape.length - 1];

/**
 * Tensors side by side: joined along the last axis.
 *
 * @param parts of one shape but for the last axis
 * @throws RangeError where the other axes differ
 * @example ops.concat([x, states.h])
 */
export function concat(parts: readonly Value[]): Value {
  const what = "ops.concat";
  if (!Array.isArray(parts) || parts.length === 0) {
    throw new TypeError(`${what}: expected a list of tensors, got ${describe(parts)}`);
  }
  const values = parts.map(part => expectValue(part, what));
  const leading = (value: Value): string => value.shape.slice(0, -1).join();
  if (values.some(value => leading(value) !== leading(values[0]))) {
    throw new RangeError(
      `${what}: expected shapes that differ in the last axis only, got ${values.map(({ shape }) => showShape(shape)).join(" and ")}`,
    );
  }
  return compute(what, values, concatOp);
}

/**
 * Columns begin..end - 1 of the last axis.
 *
 * @example ops.slice(z, 0, units)
 */
export function slice(x: Value, begin: number, end: number): Value {
  const what = "ops.slice";
  const C = width(expectValue(x, what));
  const from = expectInteger(begin, `${what} begin`, 0, C - 1);
  const to = expectInteger(end, `${what} end`, from + 1, C);
  return compute(what, [x], (context, [input]) => sliceOp(context, input, from, to));
}

type Repeat<N extends number, List extends Value[] = []> = number extends N
  ? Value[]
  : List["length"] extends N
    ? List
    : Repeat<N, [...List, Value]>;

/** As many tensors as there are parts. */
export type Split<Parts extends number | readonly number[]> = Parts extends number
  ? Repeat<Parts>
  : { -readonly [I in keyof Parts]: Value };

/**
 * The last axis in pieces.
 *
 * @param parts how many equal ones, or the size of each
 * @throws RangeError where they do not make up the axis
 * @example const [i, f, g, o] = ops.split(z, 4);
 */
export function split<const Parts extends number | readonly number[]>(x: Value, parts: Parts): Split<Parts> {
  const what = "ops.split";
  const C = width(expectValue(x, what));
  const sizes = typeof parts === "number" ? equalSizes(C, parts, what) : parts.map(n => expectInteger(n, what));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total !== C) {
    throw new RangeError(`${what}: expected sizes that add up to ${C}, the last axis, got [${sizes.join(", ")}]`);
  }
  let begin = 0;
  return sizes.map(size => {
    begin += size;
    return slice(x, begin - size, begin);
  }) as Split<Parts>;
}

function equalSizes(C: number, parts: number, what: string): number[] {
  const count = expectInteger(parts, `${what} parts`, 1, C);
  if (C % count !== 0) throw new RangeError(`${what}: expected a number of parts that divides ${C}, got ${count}`);
  return new Array(count).fill(C / count);
}
