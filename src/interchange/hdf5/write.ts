/** HDF5 files as Keras writes them: superblock 0, old groups, numbers in one piece, texts in a heap. */
import { sizeOf } from "../../ndarray.ts";
import type { Bytes } from "../../typedArray.ts";

/** A group, or numbers. */
export interface Hdf5Tree {
  attributes?: Readonly<Record<string, string | readonly string[]>>;
  children?: ReadonlyMap<string, Hdf5Tree>;
  shape?: readonly number[];
  data?: Float32Array | Int32Array;
}

const LEAF = 4;
const padded = (size: number): number => (size + 7) & ~7;

// All is written as words of 16 bits, the lowest byte first, as WebAssembly has them.

/** A number of 64 bits; -1 is no address. */
const wide = (value: number): number[] =>
  [1, 2 ** 16, 2 ** 32, 2 ** 48].map(place => (value < 0 ? 0xffff : Math.floor(value / place) % 2 ** 16));

/** A number of 32 bits. */
const two = (value: number): number[] => wide(value).slice(0, 2);

/** Bytes, and zeros behind them. */
function wordsOf(bytes: Uint8Array, size: number): Uint16Array {
  const all = new Uint8Array(size);
  all.set(bytes);
  return new Uint16Array(all.buffer);
}

const letters = (text: string, size = text.length): Uint16Array => wordsOf(new TextEncoder().encode(text), size);

// Types of elements.
const FLOAT32 = [0x2011, 31, 4, 0, 0, 32, 0x817, 0x1700, 127, 0];
const INT32 = [0x810, 0, 4, 0, 0, 32, 0, 0];
const TEXTS = [0x119, 1, 16, 0, 0x1013, 0, 1, 0];

const spaceOf = (shape: readonly number[]): number[] => [1 | (shape.length << 8), 0, 0, 0, ...shape.flatMap(wide)];

class Writer {
  bytes: Bytes = new Uint8Array(2 ** 16);
  end = 0;

  /** Adds words, on a border of 8 bytes, and zeros behind them up to a size; where they are. */
  add(words: ArrayLike<number>, size = 2 * words.length): number {
    const at = this.end;
    this.end += padded(size);
    if (this.end > this.bytes.length) {
      const more = new Uint8Array(Math.max(this.end, 2 * this.bytes.length));
      more.set(this.bytes);
      this.bytes = more;
    }
    this.put(words, at);
    return at;
  }

  put(words: ArrayLike<number>, at: number): void {
    new Uint16Array(this.bytes.buffer, at, words.length).set(words);
  }

  /** Texts of any length. */
  texts(strings: readonly Uint8Array[]): number {
    const own = strings.flatMap((bytes, i) => [
      ...[i + 1, 1, 0, 0, ...wide(bytes.length)],
      ...wordsOf(bytes, padded(bytes.length)),
    ]);
    const used = 16 + 2 * own.length;
    const size = Math.max(4096, used + 16);
    return this.add([...letters("GCOL"), 1, 0, ...wide(size), ...own, 0, 0, 0, 0, ...wide(size - used)], size);
  }

  /** The header of an object: messages, each a type and what it says. */
  header(messages: readonly (readonly [type: number, words: readonly number[]])[]): number {
    const all = messages.flatMap(([type, words]) => {
      const size = padded(2 * words.length);
      if (size > 0xfff8)
        throw new RangeError("expected less than 64 kB of names of one layer, got more; HDF5 of this kind has no room");
      return [type, size, 0, 0, ...words, ...new Array<number>(size / 2 - words.length).fill(0)];
    });
    return this.add([1, messages.length, ...two(1), ...two(2 * all.length), 0, 0, ...all]);
  }
}

/** Where a group's header is, and its tree and names. */
interface Place {
  at: number;
  tree?: number;
  heap?: number;
}

/** What is in a group, in the order of names in which files list it. */
const sorted = (children: NonNullable<Hdf5Tree["children"]>): [string, Hdf5Tree][] =>
  [...children].sort(([a], [b]) => (a < b ? -1 : 1));

/** The bytes of a file. Names are of ASCII. */
export function writeHdf5(root: Hdf5Tree): Bytes {
  const out = new Writer();
  out.add([], 96);
  const strings: Uint8Array[] = [];
  let most = 0;
  const gather = ({ attributes = {}, children = new Map() }: Hdf5Tree): void => {
    for (const value of Object.values(attributes).flat()) strings.push(new TextEncoder().encode(value));
    most = Math.max(most, children.size);
    for (const [, child] of sorted(children)) gather(child);
  };
  gather(root);
  const internal = Math.max(16, Math.ceil(most / (4 * LEAF)));
  if (strings.length > 0xffff)
    throw new RangeError("expected fewer than 65536 names, got more; HDF5 of this kind has no room");
  const heap = out.texts(strings);
  let next = 0; // the text that is referred to next: they are written in the order in which they were gathered

  function attribute([name, value]: [string, string | readonly string[]]): [number, number[]] {
    const shape = typeof value === "string" ? [] : [value.length];
    const space = spaceOf(shape);
    const texts = strings.slice(next, next + sizeOf(shape));
    const places = texts.flatMap(({ length }) => [...two(length), ...wide(heap), ...two(++next)]);
    const size = name.length + 1;
    const about = [1, size, 2 * TEXTS.length, 2 * space.length];
    return [12, [...about, ...letters(name, padded(size)), ...TEXTS, ...space, ...places]];
  }

  function write(tree: Hdf5Tree): Place {
    const { attributes = {}, children = new Map<string, Hdf5Tree>(), shape = [], data } = tree;
    const own = Object.entries(attributes).map(attribute);
    if (data) {
      const { length } = data;
      const at = out.add(new Uint16Array(data.buffer, data.byteOffset, 2 * length));
      const type = data instanceof Float32Array ? FLOAT32 : INT32;
      const layout = [0x103, ...wide(length > 0 ? at : -1), ...wide(4 * length)];
      return { at: out.header([[1, spaceOf(shape)], [3, type], [5, [0x202, 0x102, 0, 0]], [8, layout], ...own]) };
    }
    const links = linksOf(sorted(children).map(([name, child]) => [name, write(child)]));
    return { ...links, at: out.header([[17, [...wide(links.tree), ...wide(links.heap)]], ...own]) };
  }

  /** A group's names, and where they lead: a heap, leaves of eight, and one node over them. */
  function linksOf(places: readonly (readonly [name: string, place: Place])[]): { tree: number; heap: number } {
    const names = [0, 0, 0, 0]; // the first is the empty one
    const entries = places.map(([name, { at, tree, heap }]) => {
      const offset = 2 * names.length;
      names.push(...letters(name, padded(name.length + 1)));
      const kind = [tree === undefined ? 0 : 1, 0, 0, 0];
      return { offset, words: [...wide(offset), ...wide(at), ...kind, ...wide(tree ?? 0), ...wide(heap ?? 0)] };
    });
    const used = 2 * names.length;
    const data = out.add([...names, ...wide(1), ...wide(16)]); // the free block
    const heap = out.add([...letters("HEAP"), 0, 0, ...wide(used + 16), ...wide(used), ...wide(data)]);
    const leaves: number[][] = [];
    for (let i = 0; i < entries.length; i += 2 * LEAF) {
      const own = entries.slice(i, i + 2 * LEAF);
      const leaf = [...letters("SNOD"), 1, own.length, ...own.flatMap(({ words }) => words)];
      leaves.push([...wide(out.add(leaf, 8 + 40 * 2 * LEAF)), ...wide(own[own.length - 1].offset)]);
    }
    const about = [...letters("TREE"), 0, leaves.length, ...wide(-1), ...wide(-1), ...wide(0)];
    return { tree: out.add([...about, ...leaves.flat()], 24 + 8 * (4 * internal + 1)), heap };
  }

  const { at, tree = 0, heap: names = 0 } = write(root);
  const signature = [0x4889, 0x4644, 0xa0d, 0xa1a];
  const sizes = [0, 0, 0x800, 8, LEAF, internal, 0, 0];
  const file = [...wide(0), ...wide(-1), ...wide(out.end), ...wide(-1)];
  out.put([...signature, ...sizes, ...file, ...wide(0), ...wide(at), 1, 0, 0, 0, ...wide(tree), ...wide(names)], 0);
  return out.bytes.slice(0, out.end);
}
