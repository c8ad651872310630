/** Tensors whose numbers are known when the file is read: weights, options, and shapes. */
import { describe } from "../../describe.ts";
import { type NumberType, readFloats, WIDTHS } from "../numbers.ts";
import type { TensorProto } from "./schema.ts";
import { product, quotient, type Size, same, showAll, times } from "./sizes.ts";

export interface Known {
  readonly shape: readonly Size[];
  /** Row-major; none where all are the same number */
  readonly data: ArrayLike<Size> | undefined;
  readonly fill: Size;
}

/** What its elements are, by the number of the type. */
const TYPES: Readonly<Record<number, NumberType>> = {
  1: "F32",
  2: "U8",
  3: "I8",
  4: "U16",
  5: "I16",
  6: "I32",
  7: "I64",
  9: "BOOL",
  10: "F16",
  11: "F64",
  12: "U32",
  13: "U64",
  16: "BF16",
};
export const FLOATS: readonly number[] = [1, 10, 11, 16];
export const WHOLE: readonly number[] = [6, 7];
const MOST_WHOLE = 1_000_000;

function wholeNumbers(bytes: Uint8Array, type: NumberType, size: number): Float64Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const numbers = new Float64Array(size);
  const width = WIDTHS[type];
  const signed = type.startsWith("I");
  for (let i = 0; i < size; i++) {
    const at = width * i;
    if (width === 8) numbers[i] = Number(signed ? view.getBigInt64(at, true) : view.getBigUint64(at, true));
    else if (width === 4) numbers[i] = signed ? view.getInt32(at, true) : view.getUint32(at, true);
    else if (width === 2) numbers[i] = signed ? view.getInt16(at, true) : view.getUint16(at, true);
    else numbers[i] = signed ? view.getInt8(at) : view.getUint8(at);
  }
  return numbers;
}

/** The numbers of a list of the file's own; halves are there as the numbers of their bits. */
function listed(proto: TensorProto, type: NumberType): ArrayLike<number> {
  const list =
    {
      F32: proto.float_data,
      F64: proto.double_data,
      I64: proto.int64_data,
      U32: proto.uint64_data,
      U64: proto.uint64_data,
    }[type as string] ?? proto.int32_data;
  if (type !== "F16" && type !== "BF16")
    return type === "F32" || type === "F64" ? Float32Array.from(list ?? []) : (list ?? []);
  return readFloats(new Uint8Array(Uint16Array.from(list ?? []).buffer), type, list?.length ?? 0);
}

/** @throws RangeError for a type that is not read, numbers in another file, and a shape that does not fit them */
export function knownOf(proto: TensorProto, what: string): Known {
  const type = TYPES[proto.data_type ?? 0];
  if (!type) throw new RangeError(`${what}: expected numbers, got the type ${describe(proto.data_type ?? 0)} of ONNX`);
  if (proto.data_location) {
    throw new RangeError(`${what}: its numbers are in another file (external data); save the model as one file`);
  }
  const shape = proto.dims ?? [];
  const size = shape.reduce((n, dim) => n * dim, 1);
  const raw = proto.raw_data;
  const list = raw ? undefined : listed(proto, type);
  const has = raw ? raw.length / WIDTHS[type] : (list?.length ?? 0);
  if (shape.length > 32 || shape.some(n => n < 0) || has !== size) {
    throw new RangeError(`${what}: expected ${size} numbers for ${showAll(shape.slice(0, 32))}, got ${has}`);
  }
  if (list) return { shape, data: list, fill: 0 };
  const float = type === "F32" || type === "F16" || type === "BF16" || type === "F64";
  if (!float && size > MOST_WHOLE)
    throw new RangeError(`${what}: ${size} whole numbers are too many for a shape or an option`);
  const data = float ? readFloats(raw as Uint8Array, type, size) : wholeNumbers(raw as Uint8Array, type, size);
  return { shape, data, fill: 0 };
}

export const listOf = (items: readonly Size[]): Known => ({ shape: [items.length], data: items, fill: 0 });
export const filled = (shape: readonly Size[], fill: Size): Known => ({ shape, data: undefined, fill });

/** All numbers, of a shape that is not too large to be written out. */
export function itemsOf({ shape, data, fill }: Known, most = 4096): Size[] {
  const size = product(shape);
  if (typeof size !== "number" || size > most) throw new RangeError(`a list of ${showAll(shape)} numbers is not known`);
  return data ? Array.from(data) : new Array(size).fill(fill);
}

/** The same number everywhere, if it is. */
export function uniform({ data, fill }: Known): Size | undefined {
  if (!data) return fill;
  if (data.length === 0) return undefined;
  for (let i = 1; i < data.length; i++) if (data[i] !== data[0] && !same(data[i], data[0])) return undefined;
  return data[0];
}

/** Its numbers as float32. */
export function floatsOf(known: Known, what: string): Float32Array {
  const { data } = known;
  if (data instanceof Float32Array) return data;
  return Float32Array.from(itemsOf(known, 4_000_000), item => {
    if (typeof item === "number") return item;
    throw new RangeError(`${what}: expected numbers, got sizes that are not known`);
  });
}

const stridesOf = (shape: readonly number[]): number[] =>
  shape.map((_, axis) => shape.slice(axis + 1).reduce((size, n) => size * n, 1));

/**
 * Numbers in another place.
 *
 * @param shape of the result
 * @param indexOf the element's index for a place in the result
 */
function moved(known: Known, shape: readonly Size[], indexOf: (place: readonly number[]) => number): Known {
  const { data } = known;
  if (!data) return { ...known, shape };
  const sizes = shape as readonly number[];
  const count = sizes.reduce((size, n) => size * n, 1);
  if (count > Math.max(data.length, 1_000_000)) throw new RangeError(`a constant of ${showAll(shape)} is too large`);
  const place = sizes.map(() => 0);
  const next = (): number => {
    const index = indexOf(place);
    for (let axis = place.length - 1; axis >= 0 && ++place[axis] === sizes[axis]; axis--) place[axis] = 0;
    return index;
  };
  if (data instanceof Float32Array) {
    const numbers = new Float32Array(count);
    for (let i = 0; i < count; i++) numbers[i] = data[next()];
    return { shape, data: numbers, fill: 0 };
  }
  return { shape, data: Array.from({ length: count }, () => data[next()]), fill: 0 };
}

const dot = (place: readonly number[], strides: readonly number[]): number =>
  place.reduce((sum, n, axis) => sum + n * strides[axis], 0);
const numeric = ({ shape, data }: Known): readonly number[] => (data ? (shape as readonly number[]) : []);

export function transposedKnown(known: Known, axes: readonly number[]): Known {
  const strides = stridesOf(numeric(known));
  const own = axes.map(axis => strides[axis]);
  return moved(
    known,
    axes.map(axis => known.shape[axis]),
    place => dot(place, own),
  );
}

/** In another shape of as many numbers; -1 is whatever is left, 0 as it was. */
export function reshapedKnown(known: Known, target: readonly Size[]): Known {
  const sizes = target.map((n, i) => (n === 0 ? (known.shape[i] ?? 0) : n));
  const rest = quotient(product(known.shape), product(sizes.filter(n => n !== -1)));
  const shape = sizes.map(n => (n === -1 ? (rest ?? 0) : n));
  if (!same(product(shape), product(known.shape))) {
    throw new RangeError(`${showAll(known.shape)} cannot be reshaped to ${showAll(target)}`);
  }
  return { ...known, shape };
}

/** Elements of an axis by their numbers, in the order of the list; one of no list takes the axis away. */
export function pickedKnown(known: Known, axis: number, indices: readonly number[], kept: boolean): Known {
  const size = known.shape[axis];
  const own = indices.map(index => {
    const at = index < 0 && typeof size === "number" ? index + size : index;
    if (at >= 0 && (typeof size !== "number" || at < size)) return at;
    throw new RangeError(`there is no element ${index} of ${showAll(known.shape)}`);
  });
  const shape = known.shape.map((n, i) => (i === axis ? own.length : n));
  const strides = stridesOf(numeric(known));
  const picked = moved(known, shape, place =>
    place.reduce((sum, n, i) => sum + (i === axis ? own[n] : n) * strides[i], 0),
  );
  return kept ? picked : { ...picked, shape: shape.filter((_, i) => i !== axis) };
}

export function concatenatedKnown(parts: readonly Known[], axis: number): Known {
  const { shape } = parts[0];
  const counts = parts.map(part => part.shape[axis]);
  const all = counts.every(n => typeof n === "number") ? (counts as number[]).reduce((a, b) => a + b, 0) : undefined;
  const fits = parts.every(
    part => part.shape.length === shape.length && part.shape.every((n, i) => i === axis || same(n, shape[i])),
  );
  if (all === undefined || !fits)
    throw new RangeError(`${parts.map(part => showAll(part.shape)).join(" and ")} cannot be joined`);
  const joined = shape.map((n, i) => (i === axis ? all : n));
  const [first] = parts;
  if (parts.every(part => !part.data && part.fill === first.fill)) return { ...first, shape: joined };
  const outer = (joined.slice(0, axis) as number[]).reduce((size, n) => size * n, 1);
  const float = parts.every(part => part.data instanceof Float32Array);
  const items = parts.map(part => (float ? (part.data as Float32Array) : itemsOf(part, 1_000_000)));
  const size = items.reduce((sum, list) => sum + list.length, 0);
  const data: Size[] | Float32Array = float ? new Float32Array(size) : new Array(size);
  const rows = items.map(list => list.length / outer);
  for (let row = 0, at = 0; row < outer; row++) {
    for (const [i, list] of items.entries())
      for (let k = 0; k < rows[i]; k++) data[at++] = list[row * rows[i] + k] as number;
  }
  return { shape: joined, data, fill: 0 };
}

/** The shape of two that go together, as in NumPy. */
export function broadcastSizes(a: readonly Size[], b: readonly Size[]): Size[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const [x, y] = [a[i - rank + a.length] ?? 1, b[i - rank + b.length] ?? 1];
    if (x === 1 || same(x, y)) return y;
    if (y === 1) return x;
    throw new RangeError(`${showAll(a)} and ${showAll(b)} do not go together`);
  });
}

export function expandedKnown(known: Known, target: readonly Size[]): Known {
  const shape = broadcastSizes(known.shape, target);
  const value = uniform(known);
  if (value !== undefined) return filled(shape, value);
  const strides = stridesOf(numeric(known)).map((stride, axis) => (known.shape[axis] === 1 ? 0 : stride));
  const own = [...new Array(shape.length - strides.length).fill(0), ...strides];
  return moved(known, shape, place => dot(place, own));
}

const ARITHMETIC: Readonly<Record<string, (a: Size, b: Size) => Size | undefined>> = {
  Mul: times,
  Add: (a, b) => (typeof a === "number" && typeof b === "number" ? a + b : a === 0 ? b : b === 0 ? a : undefined),
  Sub: (a, b) => (typeof a === "number" && typeof b === "number" ? a - b : b === 0 ? a : same(a, b) ? 0 : undefined),
  Div: (a, b) => (typeof a === "number" && typeof b === "number" ? a / b : quotient(a, b)),
};

/** @param whole whether a division is one of whole numbers */
export function calculatedKnown(op: string, a: Known, b: Known, whole: boolean): Known {
  const shape = broadcastSizes(a.shape, b.shape);
  const [left, right] = [expandedKnown(a, shape), expandedKnown(b, shape)].map(each =>
    each.data ? itemsOf(each, 4_000_000) : [each.fill],
  );
  const size = Math.min(left.length, right.length) && Math.max(left.length, right.length); // an axis of 0 leaves none
  const data = Array.from({ length: size }, (_, i) => {
    const value = ARITHMETIC[op]?.(left[i % left.length], right[i % right.length]);
    if (value === undefined) throw new RangeError(`${op} of sizes that are not known is not followed`);
    return whole && typeof value === "number" ? Math.trunc(value) : value;
  });
  if (size === 1) return filled(shape, data[0]);
  return {
    shape,
    data: whole || data.some(item => typeof item !== "number") ? data : Float32Array.from(data as number[]),
    fill: 0,
  };
}
