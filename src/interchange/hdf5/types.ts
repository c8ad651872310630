/** What numbers and texts a dataset or an attribute has, and how they lie in the file. */
import { sizeOf } from "../../ndarray.ts";
import { bad, type Source } from "./bytes.ts";

/** A type of elements: "f4", "i8", "u1", "text", "texts" of any length, or what cannot be read. */
export interface Type {
  name: string;
  size: number;
}

export type Numbers = Float32Array | Float64Array;

export function typeAt(source: Source, at: number): Type {
  const kind = source.number(at, 1) & 15;
  const flags = source.number(at + 1, 1);
  const size = source.number(at + 4, 4);
  if (kind === 1) {
    // Little-endian, and of IEEE's layout: the mantissa's place and size.
    const usual =
      !(flags & 1) && source.number(at + 15, 1) === ({ 2: 10, 4: 23, 8: 52 } as Record<number, number>)[size];
    return { name: usual ? `f${size}` : "floats of a layout of their own", size };
  }
  if (kind === 0) return { name: flags & 1 ? "big-endian integers" : `${flags & 8 ? "i" : "u"}${size}`, size };
  if (kind === 3) return { name: "text", size };
  if (kind === 8) return { name: "u1", size };
  if (kind === 9 && (flags & 15) === 1) return { name: "texts", size };
  return { name: `type ${kind}`, size };
}

export function shapeAt(source: Source, at: number): number[] {
  const [version, rank] = [source.number(at, 1), source.number(at + 1, 1)];
  if (rank > 32) bad("has a dataset of too many axes");
  if (version === 2 && source.number(at + 3, 1) === 2) return [0];
  const first = at + (version === 1 ? 8 : 4);
  return Array.from({ length: rank }, (_, i) => source.number(first + 8 * i, 8));
}

const READERS: Record<string, (view: DataView, at: number) => number> = {
  f8: (view, at) => view.getFloat64(at, true),
  i1: (view, at) => view.getInt8(at),
  u1: (view, at) => view.getUint8(at),
  i4: (view, at) => view.getInt32(at, true),
  u4: (view, at) => view.getUint32(at, true),
  i8: (view, at) => Number(view.getBigInt64(at, true)),
  u8: (view, at) => Number(view.getBigUint64(at, true)),
};

/** Numbers of bytes that lie one after the other: float32 as they are, all others as float64. */
export function numbersOf({ name, size }: Type, bytes: Uint8Array): Numbers {
  const copy = bytes.slice().buffer;
  if (name === "f4") return new Float32Array(copy);
  const read = READERS[name] ?? bad(`has ${name} where numbers are expected`);
  const view = new DataView(copy);
  return Float64Array.from({ length: bytes.length / size }, (_, i) => read(view, i * size));
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
