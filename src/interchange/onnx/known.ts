/** Tensors whose numbers are known when the file is read: weights, options, and shapes. */
import { describe } from "../../describe.ts";
import { isFloat, type NumberType, readFloats, WIDTHS } from "../numbers.ts";
import { refuse } from "./refuse.ts";
import type { TensorProto } from "./schema.ts";
import { product, quotient, type Size, same, showAll, times, whole } from "./sizes.ts";

export interface Known {
  readonly shape: readonly Size[];
  /** Row-major, or one number for all; an axis of a size that is not known has its numbers once */
  readonly data: ArrayLike<Size>;
  /** Whether its numbers are floating-point ones; else a quotient is whole */
  readonly float: boolean;
}

/** What its elements are, by the number of the type. */
const TYPES = ",F32,U8,I8,U16,I16,I32,I64,,BOOL,F16,F64,U32,U64,,,BF16".split(",") as (NumberType | "" | undefined)[];
export const isFloatType = (type: number): boolean => isFloat(TYPES[type] as NumberType);
/** Whole numbers as an index or a token id has them. */
export const isWholeType = (type: number): boolean => type === 6 || type === 7;
/** The most numbers that are not weights. */
const MOST = 1_000_000;
const MOST_WEIGHTS = 4_000_000;

function wholeNumbers(bytes: Uint8Array, type: NumberType, length: number): Float64Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const width = WIDTHS[type];
  const reader = `get${width === 8 ? "Big" : ""}${type.startsWith("I") ? "Int" : "Uint"}${8 * width}` as "getInt32";
  return Float64Array.from({ length }, (_, i) => Number(view[reader](width * i, true)));
}

/** The numbers of a list of the file's own; halves are there as the numbers of their bits. */
function listed(proto: TensorProto, type: NumberType): ArrayLike<number> {
  const lists: Partial<Record<NumberType, number[] | undefined>> = {
    F32: proto.float_data,
    F64: proto.double_data,
    I64: proto.int64_data,
    U32: proto.uint64_data,
    U64: proto.uint64_data,
  };
  const list = (type in lists ? lists[type] : proto.int32_data) ?? [];
  if (!isFloat(type)) return list;
  return WIDTHS[type] > 2
    ? Float32Array.from(list)
    : readFloats(new Uint8Array(Uint16Array.from(list).buffer), type, list.length);
}

/** @throws RangeError for a type that is not read, numbers in another file, and a shape that does not fit them */
export function knownOf({ data_type = 0, dims: shape = [], ...proto }: TensorProto, what: string): Known {
  const type = TYPES[data_type] || refuse(`${what}: expected numbers, got the type ${describe(data_type)} of ONNX`);
  if (proto.data_location)
    refuse(`${what}: its numbers are in another file (external data); save the model as one file`);
  const size = shape.reduce((n, dim) => n * dim, 1);
  const raw = proto.raw_data;
  const list = raw ? [] : listed(proto, type);
  const has = raw ? raw.length / WIDTHS[type] : list.length;
  if (shape.length > 32 || shape.some(n => n < 0) || has !== size)
    refuse(`${what}: expected ${size} numbers for ${showAll(shape)}, got ${has}`);
  const float = isFloat(type);
  if (raw && !float && size > MOST) refuse(`${what}: ${size} whole numbers are too many for a shape or an option`);
  return { shape, data: raw ? (float ? readFloats : wholeNumbers)(raw, type, size) : list, float };
}

export const listOf = (data: readonly Size[]): Known => ({ shape: [data.length], data, float: false });
export const filled = (shape: readonly Size[], value: Size, float = false): Known => ({ shape, data: [value], float });

const at = ({ data }: Known, i: number): Size => data[data.length === 1 ? 0 : i];

/** All numbers, of a shape that is not too large to be written out. */
export function itemsOf(known: Known, most = 4096): Size[] {
  const length = product(known.shape);
  if (typeof length !== "number" || length > most)
    return refuse(`a list of ${showAll(known.shape)} numbers is not known`);
  return Array.from({ length }, (_, i) => at(known, i));
}

/** The same number everywhere, if it is. */
export function uniform({ data }: Known): Size | undefined {
  for (let i = 1; i < data.length; i++) if (data[i] !== data[0] && !same(data[i], data[0])) return undefined;
  return data[0];
}

/** The number that it is everywhere. */
export function numberOf(known: Known): number {
  const value = uniform(known);
  return typeof value === "number" ? value : refuse(`a constant of ${showAll(known.shape)}; a number is read`);
}

/** Its numbers as float32. */
export function floatsOf(known: Known, what: string): Float32Array {
  const { data, shape } = known;
  if (data instanceof Float32Array && data.length === product(shape)) return data;
  return Float32Array.from(itemsOf(known, MOST_WEIGHTS), item =>
    typeof item === "number" ? item : refuse(`${what}: expected numbers, got sizes that are not known`),
  );
}

/** The sizes of what lies in memory. */
const lyingOf = (shape: readonly Size[]): number[] => shape.map(n => (typeof n === "number" ? n : 1));

/** What leads from an element of each axis to the next; nothing along one of size 1. */
function stridesOf(shape: readonly Size[]): number[] {
  const sizes = lyingOf(shape);
  return sizes.map((n, axis) => (n === 1 ? 0 : sizes.slice(axis + 1).reduce((size, n) => size * n, 1)));
}

/**
 * Numbers in another place.
 *
 * @param shape of the result
 * @param indexOf the element's index for a place in the result
 */
function moved(known: Known, shape: readonly Size[], indexOf: (place: readonly number[]) => number): Known {
  const { data, float } = known;
  if (data.length === 1) return { ...known, shape };
  const sizes = lyingOf(shape);
  const length = sizes.reduce((size, n) => size * n, 1);
  if (length > Math.max(data.length, MOST)) refuse(`a constant of ${showAll(shape)} is too large`);
  const place = sizes.map(() => 0);
  const next = (): Size => {
    const index = indexOf(place);
    for (let axis = place.length - 1; axis >= 0 && ++place[axis] === sizes[axis]; axis--) place[axis] = 0;
    return data[index];
  };
  return { shape, data: arrayOf(Array.from({ length }, next), float), float };
}

const arrayOf = (items: readonly Size[], float: boolean): ArrayLike<Size> =>
  float && items.every(item => typeof item === "number") ? Float32Array.from(items as number[]) : items;

const dot = (place: readonly number[], strides: readonly number[]): number =>
  place.reduce((sum, n, axis) => sum + n * strides[axis], 0);

export function transposedKnown(known: Known, axes: readonly number[]): Known {
  const [shape, strides] = [known.shape, stridesOf(known.shape)].map(list => axes.map(axis => list[axis]));
  return moved(known, shape, place => dot(place, strides as number[]));
}

/** In another shape of as many numbers; undefined where an axis has its numbers once, and those of that shape would be elsewhere. */
export function reshapedKnown(known: Known, shape: readonly Size[]): Known | undefined {
  const [a, b] = [known.shape, shape].map(list => list.filter(n => n !== 1));
  const lies =
    known.data.length === 1 || typeof product(known.shape) === "number" || a.every((n, i) => same(n, b[i] ?? 0));
  return lies ? { ...known, shape } : undefined;
}

/** Elements of an axis by their numbers, in the order of the list. */
export function pickedKnown(known: Known, axis: number, indices: readonly number[]): Known {
  const size = known.shape[axis];
  const own = indices.map(index => {
    const element = index < 0 && typeof size === "number" ? index + size : index;
    return element >= 0 && (typeof size !== "number" || element < size)
      ? element
      : refuse(`there is no element ${index} of ${showAll(known.shape)}`);
  });
  const shape = known.shape.map((n, i) => (i === axis ? own.length : n));
  const strides = stridesOf(known.shape);
  return moved(known, shape, place => place.reduce((sum, n, i) => sum + (i === axis ? own[n] : n) * strides[i], 0));
}

/** What is the same for each sample of a batch of any size, or of a fixed one, as it is for one. */
export function ofAnySample(known: Known, batch: number, what: string): Known {
  if (typeof known.shape[batch] !== "number") return known;
  const first = pickedKnown(known, batch, [0]);
  if (uniform(calculatedKnown("Equal", [known, first])) === 1) return first;
  return refuse(`${what} has other numbers for each sample, which are independent here; make it an input`);
}

export function concatenatedKnown(parts: readonly Known[], axis: number): Known {
  const { shape, float } = parts[0];
  const fits = parts.every(
    part =>
      part.shape.length === shape.length &&
      part.shape.every((n, i) => (i === axis ? typeof n === "number" : same(n, shape[i]))),
  );
  if (!fits) refuse(`${parts.map(part => showAll(part.shape)).join(" and ")} cannot be joined`);
  const total = parts.reduce((sum, part) => sum + (part.shape[axis] as number), 0);
  const joined = shape.map((n, i) => (i === axis ? total : n));
  const value = uniform(parts[0]);
  if (value !== undefined && parts.every(part => uniform(part) === value)) return filled(joined, value, float);
  if (whole(product(joined), "constants that are joined") > MOST_WEIGHTS)
    refuse(`a constant of ${showAll(joined)} is too large`);
  const outer = (joined.slice(0, axis) as number[]).reduce((size, n) => size * n, 1);
  const items = parts.map(part => itemsOf(part, MOST_WEIGHTS));
  const rows = Array.from({ length: outer }, (_, row) =>
    items.flatMap(list => list.slice((row * list.length) / outer, ((row + 1) * list.length) / outer)),
  );
  return { shape: joined, data: arrayOf(rows.flat(), float), float };
}

/** The shape of two that go together, as in NumPy. */
export function broadcastSizes(a: readonly Size[], b: readonly Size[]): Size[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const [x, y] = [a[i - rank + a.length] ?? 1, b[i - rank + b.length] ?? 1];
    if (x === 1 || same(x, y)) return y;
    return y === 1 ? x : refuse(`${showAll(a)} and ${showAll(b)} do not go together`);
  });
}

export function expandedKnown(known: Known, target: readonly Size[]): Known {
  const shape = broadcastSizes(known.shape, target);
  const strides = stridesOf(known.shape);
  const own = [...new Array(shape.length - strides.length).fill(0), ...strides];
  return moved(known, shape, place => dot(place, own));
}

/** Numbers above or below the diagonal of the last two axes, and 0 elsewhere. */
export function triangleKnown(known: Known, upper: boolean, k: number): Known {
  const { shape, float } = known;
  const [rows, columns] = shape.slice(-2) as number[];
  const data = itemsOf(known, MOST).map((item, i) => {
    const beyond = (i % columns) - (Math.floor(i / columns) % rows) - k;
    return (upper ? beyond >= 0 : beyond <= 0) ? item : 0;
  });
  return { shape, data: arrayOf(data, float), float };
}

const COMPARED: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  Equal: (a, b) => a === b,
  Greater: (a, b) => a > b,
  GreaterOrEqual: (a, b) => a >= b,
  Less: (a, b) => a < b,
  LessOrEqual: (a, b) => a <= b,
  And: (a, b) => a !== 0 && b !== 0,
  Or: (a, b) => a !== 0 || b !== 0,
};

const ARITHMETIC: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => a / b,
  Max: Math.max,
  Min: Math.min,
  Pow: (a, b) => a ** b,
  Mod: (a, b) => a - b * Math.floor(a / b),
};

/** What is known of sizes that are not: they are above 0. */
const OF_SIZES: Readonly<Record<string, (a: Size, b: Size) => Size | undefined>> = {
  Add: (a, b) => (a === 0 ? b : b === 0 ? a : undefined),
  Sub: (a, b) => (b === 0 ? a : same(a, b) ? 0 : undefined),
  Mul: times,
  Div: quotient,
  Equal: (a, b) => (same(a, b) ? 1 : [a, b].some(n => typeof n === "number" && n < 1) ? 0 : undefined),
};

/** Of numbers, element by element: of two by the op's name, or a choice of the second and the third by the first. */
export function calculatedKnown(op: string, parts: readonly Known[]): Known {
  const shape = parts.map(part => part.shape).reduce(broadcastSizes);
  const all = parts.map(part => expandedKnown(part, shape).data);
  const lengths = all.map(({ length }) => length);
  const length = Math.min(...lengths) && Math.max(...lengths); // an axis of 0 leaves none
  const compare = COMPARED[op];
  const float = !compare && parts[parts.length - 1].float;
  const data = Array.from({ length }, (_, i) => {
    const [a, b, c] = all.map(each => each[i % each.length]);
    if (c !== undefined) return a === 0 ? c : b;
    if (typeof a !== "number" || typeof b !== "number")
      return OF_SIZES[op]?.(a, b) ?? refuse(`${op} of sizes that are not known is not followed`);
    if (compare) return Number(compare(a, b));
    const value = ARITHMETIC[op](a, b);
    return float ? value : Math.trunc(value);
  });
  return { shape, data: arrayOf(data, float), float };
}
