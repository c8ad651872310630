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

/** What is written, number by number, with the lowest byte first. */
class Writer {
  bytes: Bytes = new Uint8Array(2 ** 16);
  end = 0;

  /** Room on a border of 8 bytes. */
  room(size: number): number {
    const at = this.end;
    this.end += padded(size);
    if (this.end > this.bytes.length) {
      const more = new Uint8Array(Math.max(this.end, 2 * this.bytes.length));
      more.set(this.bytes);
      this.bytes = more;
    }
    return at;
  }

  /** Numbers of so many bytes each, one after the other; -1 is no address. */
  put(at: number, ...fields: readonly (readonly [value: number, size: number])[]): number {
    let place = at;
    for (const [value, size] of fields) {
      let rest = value;
      for (let i = 0; i < size; i++, rest = Math.floor(rest / 256)) this.bytes[place++] = value < 0 ? 255 : rest % 256;
    }
    return place;
  }

  letters(at: number, text: string): number {
    for (let i = 0; i < text.length; i++) this.bytes[at + i] = text.charCodeAt(i);
    return at + text.length;
  }
}

const float32 = [0x11, 0x20, 31, 0, 4, 0, 0, 0, 0, 0, 32, 0, 23, 8, 0, 23, 127, 0, 0, 0];
const int32 = [0x10, 8, 0, 0, 4, 0, 0, 0, 0, 0, 32, 0, 0, 0, 0, 0];
const texts = [0x19, 1, 1, 0, 16, 0, 0, 0, 0x13, 0x10, 0, 0, 1, 0, 0, 0];

interface Message {
  type: number;
  size: number;
  write(at: number): void;
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
  out.room(96);
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
  const heap = writeTexts(out, strings);
  let next = 0; // the text that is referred to next: they are written in the order in which they were gathered

  const space = (at: number, shape: readonly number[]): number =>
    out.put(at, [1, 1], [shape.length, 1], [0, 6], ...shape.map(n => [n, 8] as const));

  function attribute([name, value]: [string, string | readonly string[]]): Message {
    const shape = typeof value === "string" ? [] : [value.length];
    const count = sizeOf(shape);
    const first = next;
    next += count;
    const spaceSize = 8 + 8 * shape.length;
    return {
      type: 12,
      size: 8 + padded(name.length + 1) + texts.length + spaceSize + 16 * count,
      write(at) {
        out.put(at, [1, 1], [0, 1], [name.length + 1, 2], [texts.length, 2], [spaceSize, 2]);
        let place = at + 8;
        out.letters(place, name);
        place += padded(name.length + 1);
        place = out.put(place, ...texts.map(byte => [byte, 1] as const));
        place = space(place, shape);
        for (let i = first; i < first + count; i++)
          place = out.put(place, [strings[i].length, 4], [heap, 8], [i + 1, 4]);
      },
    };
  }

  function header(messages: readonly Message[]): number {
    const size = messages.reduce((sum, message) => sum + 8 + padded(message.size), 0);
    const at = out.room(16 + size);
    out.put(at, [1, 1], [0, 1], [messages.length, 2], [1, 4], [size, 4]);
    let place = at + 16;
    for (const message of messages) {
      const own = padded(message.size);
      if (own > 0xfff8)
        throw new RangeError("expected less than 64 kB of names of one layer, got more; HDF5 of this kind has no room");
      out.put(place, [message.type, 2], [own, 2]);
      message.write(place + 8);
      place += 8 + own;
    }
    return at;
  }

  function write(tree: Hdf5Tree): Place {
    const { attributes = {}, children = new Map<string, Hdf5Tree>(), shape = [], data } = tree;
    const own = Object.entries(attributes).map(attribute);
    if (data) {
      const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      const at = out.room(bytes.length);
      out.bytes.set(bytes, at);
      const type = data instanceof Float32Array ? float32 : int32;
      return {
        at: header([
          { type: 1, size: 8 + 8 * shape.length, write: place => void space(place, shape) },
          { type: 3, size: type.length, write: place => void out.put(place, ...type.map(byte => [byte, 1] as const)) },
          { type: 5, size: 8, write: place => void out.put(place, [2, 1], [2, 1], [2, 1], [1, 1]) },
          {
            type: 8,
            size: 18,
            write: place => void out.put(place, [3, 1], [1, 1], [bytes.length > 0 ? at : -1, 8], [bytes.length, 8]),
          },
          ...own,
        ]),
      };
    }
    const places = sorted(children).map(([name, child]) => [name, write(child)] as const);
    const { tree: treeAt, heap: heapAt } = links(
      places.map(([name]) => name),
      places.map(([, place]) => place),
    );
    const table = (place: number): void => void out.put(place, [treeAt, 8], [heapAt, 8]);
    return { at: header([{ type: 17, size: 16, write: table }, ...own]), tree: treeAt, heap: heapAt };
  }

  /** A group's names, and where they lead: a heap, leaves of eight, and one node over them. */
  function links(names: readonly string[], places: readonly Place[]): { tree: number; heap: number } {
    const offsets: number[] = [];
    let used = 8; // the first is the empty name
    for (const name of names) {
      offsets.push(used);
      used += padded(name.length + 1);
    }
    const length = used + 16;
    const data = out.room(length);
    names.forEach((name, i) => void out.letters(data + offsets[i], name));
    out.put(data + used, [1, 8], [length - used, 8]); // the free block
    const heapAt = out.room(32);
    out.put(out.letters(heapAt, "HEAP"), [0, 4], [length, 8], [used, 8], [data, 8]);
    const leaves: { at: number; last: number }[] = [];
    for (let i = 0; i < names.length; i += 2 * LEAF) {
      const count = Math.min(2 * LEAF, names.length - i);
      const at = out.room(8 + 40 * 2 * LEAF);
      let place = out.put(out.letters(at, "SNOD"), [1, 1], [0, 1], [count, 2]);
      for (let j = i; j < i + count; j++) {
        const { at: object, tree, heap: own } = places[j];
        place = out.put(
          place,
          [offsets[j], 8],
          [object, 8],
          [tree === undefined ? 0 : 1, 4],
          [0, 4],
          [tree ?? 0, 8],
          [own ?? 0, 8],
        );
      }
      leaves.push({ at, last: offsets[i + count - 1] });
    }
    const tree = out.room(24 + 8 * (4 * internal + 1));
    let place = out.put(out.letters(tree, "TREE"), [0, 1], [0, 1], [leaves.length, 2], [-1, 8], [-1, 8], [0, 8]);
    for (const { at, last } of leaves) place = out.put(place, [at, 8], [last, 8]);
    return { tree, heap: heapAt };
  }

  const top = write(root);
  out.letters(0, "\x89HDF\r\n\x1a\n");
  out.put(13, [8, 1], [8, 1], [0, 1], [LEAF, 2], [internal, 2], [0, 4], [0, 8], [-1, 8], [out.end, 8], [-1, 8]);
  out.put(56, [0, 8], [top.at, 8], [1, 4], [0, 4], [top.tree ?? 0, 8], [top.heap ?? 0, 8]);
  return out.bytes.slice(0, out.end);
}

/** All texts of a file, of any length. */
function writeTexts(out: Writer, strings: readonly Uint8Array[]): number {
  const size = Math.max(
    4096,
    strings.reduce((sum, { length }) => sum + 16 + padded(length), 32),
  );
  const heap = out.room(size);
  let place = out.put(out.letters(heap, "GCOL"), [1, 1], [0, 3], [size, 8]);
  for (const [i, bytes] of strings.entries()) {
    place = out.put(place, [i + 1, 2], [1, 2], [0, 4], [bytes.length, 8]);
    out.bytes.set(bytes, place);
    place += padded(bytes.length);
  }
  out.put(place, [0, 8], [heap + size - place, 8]); // free space
  return heap;
}
