/** What numbers and texts a dataset or an attribute has, and how they lie in the file. */
import { sizeOf } from "../../ndarray.ts";
import { bad, type Source } from "./bytes.ts";

/** A type of elements: "f4", "i8", "text", "texts" of any length, or what cannot be read. */
export interface Type {
  name: string;
  size: number;
}

export type Numbers = Float32Array | Float64Array;

export function typeAt(source: Source, at: number): Type {
  const kind = source.number(at, 1) & 15;
  const flags = source.number(at + 1, 1);
  const size = source.number(at + 4, 4);
  const nameOf = (): string => {
    if (kind < 2 && flags & 1) return "big-endian numbers";
    if (kind === 0) return `${flags & 8 ? "i" : "u"}${size}`;
    // Of IEEE's layout, by the mantissa's size; bfloat16 is one of those that are not.
    if (kind === 1)
      return `f${size}${source.number(at + 15, 1) === [10, 23, 52][Math.log2(size) - 1] ? "" : " of another layout"}`;
    if (kind === 3) return "text";
    return kind === 9 && (flags & 15) === 1 ? "texts" : `type ${kind}`;
  };
  return { name: nameOf(), size };
}

export function shapeAt(source: Source, at: number): number[] {
  const [version, rank] = [source.number(at, 1), source.number(at + 1, 1)];
  if (rank > 32) bad("has a dataset of too many axes");
  const first = at + (version === 1 ? 8 : 4);
  return Array.from({ length: rank }, (_, i) => source.number(first + 8 * i, 8));
}

const ARRAYS: Readonly<Record<string, Float64ArrayConstructor | Int32ArrayConstructor | BigInt64ArrayConstructor>> = {
  f8: Float64Array,
  i4: Int32Array,
  i8: BigInt64Array,
};

/** Numbers of bytes that lie one after the other: float32 as they are, others, of the types that Keras has in optimizers, as float64. */
export function numbersOf({ name }: Type, bytes: Uint8Array): Numbers {
  const { buffer } = bytes.slice();
  if (name === "f4") return new Float32Array(buffer);
  if (!Object.hasOwn(ARRAYS, name)) return bad(`has ${name} where float32 is expected`);
  return Float64Array.from(new ARRAYS[name](buffer) as ArrayLike<unknown>, Number);
}

/** Texts, each of its own length, which lie in a heap. */
export function textsAt(source: Source, { name, size }: Type, shape: readonly number[], at: number): string[] {
  const count = sizeOf(shape);
  source.need(at, count * size);
  return Array.from({ length: count }, (_, i) =>
    name === "text" ? source.text(at + i * size, size) : heapText(source, at + 16 * i),
  );
}

function heapText(source: Source, at: number): string {
  const [length, heap, index] = [source.number(at, 4), source.number(at + 4, 8), source.number(at + 12, 4)];
  if (length === 0) return "";
  source.sign(heap, "GCOL");
  const end = heap + source.number(heap + 8, 8);
  for (let place = heap + 16; place + 16 <= end; ) {
    const own = source.number(place, 2);
    if (own === index) return source.text(place + 16, length);
    if (own === 0) break;
    place += 16 + ((source.number(place + 8, 8) + 7) & ~7);
  }
  return bad("lacks a text");
}
