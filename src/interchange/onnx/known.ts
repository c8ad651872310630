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
export const MOST = 1_000_000;
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
  const size = product(shape) as number;
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

/** All numbers, of a shape that is not too large to be written out. */
export function itemsOf(known: Known, most = 4096): Size[] {
  const { shape, data } = known;
  const length = product(shape);
  if (typeof length !== "number" || length > most) return refuse(`a list of ${showAll(shape)} numbers is not known`);
  return Array.from({ length }, (_, i) => data[i % data.length]);
}

/** The sizes of a matrix that has numbers. */
export function matrixSizes({ shape }: Known): readonly [number, number] {
  const fits = shape.length === 2 && shape.every(n => typeof n === "number" && n > 0);
  return fits ? (shape as [number, number]) : refuse(`expected a matrix, got ${showAll(shape)}`);
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

type Place = readonly number[];

/** Finds the element of a place, which may have axes in front that the tensor has not; one of size 1 has the same everywhere. */
function reader({ data, shape }: Known): (place: Place) => Size {
  const sizes = lyingOf(shape);
  const strides = sizes.map((n, axis) => (n === 1 ? 0 : product(sizes.slice(axis + 1)))) as number[];
  return place => {
    const from = place.length - strides.length;
    return data[data.length === 1 ? 0 : strides.reduce((sum, n, axis) => sum + n * place[from + axis], 0)];
  };
}

/** Numbers for each place of a shape; one for all if each of the parts that they are made of has one for all. */
function made(
  shape: readonly Size[],
  float: boolean,
  parts: readonly Known[],
  elementOf: (place: Place) => Size,
): Known {
  const sizes = parts.every(({ data }) => data.length === 1) ? [] : lyingOf(shape);
  const length = product(sizes) as number;
  if (length > Math.max(MOST, ...parts.map(({ data }) => data.length)))
    refuse(`a constant of ${showAll(shape)} is too large`);
  const place = sizes.map(() => 0);
  const next = (): Size => {
    const element = elementOf(place);
    for (let axis = place.length - 1; axis >= 0 && ++place[axis] === sizes[axis]; axis--) place[axis] = 0;
    return element;
  };
  return { shape, data: arrayOf(Array.from({ length }, next), float), float };
}

export const arrayOf = (items: readonly Size[], float: boolean): ArrayLike<Size> =>
  float && items.every(item => typeof item === "number") ? Float32Array.from(items as number[]) : items;

export function transposedKnown(known: Known, axes: readonly number[]): Known {
  const read = reader(known);
  const from = axes.map((_, axis) => axes.indexOf(axis));
  const shape = axes.map(axis => known.shape[axis]);
  return made(shape, known.float, [known], place => read(from.map(axis => place[axis])));
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
  const read = reader(known);
  return made(shape, known.float, [known], place => read(place.map((n, i) => (i === axis ? own[n] : n))));
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
  const outer = product(joined.slice(0, axis)) as number;
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
  return made(shape, known.float, [known], reader(known));
}

/** Of two numbers, by the op's name; more operators add to them. */
export const CALCULATED: Record<string, (a: number, b: number) => number | boolean> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => a / b,
  Equal: (a, b) => a === b,
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
  const reads = parts.map(reader);
  const isTruth = typeof CALCULATED[op]?.(0, 0) === "boolean";
  const float = parts[parts.length - 1].float && !isTruth;
  return made(shape, float, parts, place => {
    const [a, b, c] = reads.map(read => read(place));
    if (c !== undefined) return a === 0 ? c : b;
    if (typeof a !== "number" || typeof b !== "number")
      return OF_SIZES[op]?.(a, b) ?? refuse(`${op} of sizes that are not known is not followed`);
    const value = CALCULATED[op](a, b);
    return float ? (value as number) : Math.trunc(Number(value));
  });
}
