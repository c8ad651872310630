/**
 * The part of HDF5 that files of weights use: groups old and new; numbers and texts that lie in one piece, in the header or in chunks,
 * shuffled and deflated; attributes.
 *
 * @see HDF5 File Format Specification 3.0
 */
import { sizeOf } from "../../ndarray.ts";
import { inflate, roomFor } from "../zip.ts";
import { bad, Source } from "./bytes.ts";
import { type Message, messagesAt } from "./header.ts";
import { heapObjects } from "./heap.ts";
import { type Numbers, numbersOf, shapeAt, type Type, textsAt, typeAt } from "./types.ts";

export type Attribute = string | readonly string[] | Numbers;

// Messages of a header.
const SPACE = 1;
const LINK_INFO = 2;
const TYPE = 3;
const LINK = 6;
const EXTERNAL = 7;
const LAYOUT = 8;
const FILTERS = 11;
const ATTRIBUTE = 12;
const TABLE = 17;
const ATTRIBUTE_INFO = 21;

/** A group, or a dataset. */
export class Hdf5Node {
  readonly #source: Source;
  readonly #room: { left: number };
  readonly #messages: readonly Message[];
  readonly #depth: number;
  #children: Map<string, number> | undefined;

  constructor(source: Source, room: { left: number }, at: number, depth: number) {
    if (depth > 32) bad("has groups within groups without end");
    this.#source = source;
    this.#room = room;
    this.#depth = depth;
    this.#messages = messagesAt(source, at);
  }

  #find(type: number): Message | undefined {
    const found = this.#messages.find(message => Math.abs(message.type) === type);
    if (found && found.type < 0) bad("shares types among datasets, which is not read");
    return found;
  }

  /** Names of what is in a group. */
  get names(): string[] {
    return [...this.#links().keys()];
  }

  /** What a path such as "layers/lstm" leads to. */
  get(path: string): Hdf5Node | undefined {
    let node: Hdf5Node | undefined = this;
    for (const name of path.split("/")) {
      if (name === "") continue;
      const at = node.#links().get(name);
      if (at === undefined) return undefined;
      node = new Hdf5Node(node.#source, node.#room, at, node.#depth + 1);
    }
    return node;
  }

  #links(): Map<string, number> {
    if (this.#children) return this.#children;
    const source = this.#source;
    const links = new Map<string, number>();
    const table = this.#find(TABLE);
    if (table) {
      const heap = source.number(table.at + 8, 8);
      source.sign(heap, "HEAP");
      readTable(source, source.number(table.at, 8), source.number(heap + 24, 8), links);
    }
    for (const { type, at } of this.#messages) if (type === LINK) readLink(source, at, links);
    const info = this.#find(LINK_INFO);
    if (info) {
      const at = info.at + 2 + (source.number(info.at + 1, 1) & 1 ? 8 : 0);
      const heap = source.number(at, 8);
      if (source.has(heap))
        for (const place of heapObjects(source, heap, source.number(at + 8, 8), "links"))
          readLink(source, place, links);
    }
    this.#children = links;
    return links;
  }

  /** An attribute, if it is there: a text, a list of them, or numbers. */
  attribute(name: string): Attribute | undefined {
    const source = this.#source;
    for (const { type, at } of this.#messages) {
      if (Math.abs(type) !== ATTRIBUTE) continue;
      if (attributeName(source, at) === name) return type < 0 ? bad("shares attributes") : attributeAt(source, at);
    }
    const info = this.#find(ATTRIBUTE_INFO);
    if (!info) return undefined;
    const at = info.at + 2 + (source.number(info.at + 1, 1) & 1 ? 2 : 0);
    const heap = source.number(at, 8);
    if (!source.has(heap)) return undefined;
    for (const place of heapObjects(source, heap, source.number(at + 8, 8), "attributes"))
      if (attributeName(source, place) === name) return attributeAt(source, place);
    return undefined;
  }

  /** Of a dataset; undefined for a group. */
  get shape(): number[] | undefined {
    const space = this.#find(LAYOUT) && this.#find(SPACE);
    return space && shapeAt(this.#source, space.at);
  }

  /** What a dataset is made of, such as "f4" for float32. */
  get type(): string {
    return this.#type.name;
  }

  get #type(): Type {
    const type = this.#find(TYPE) ?? bad("has a dataset without a type");
    return typeAt(this.#source, type.at);
  }

  /** The numbers of a dataset, row-major. */
  read(): Numbers {
    const source = this.#source;
    const layout = this.#find(LAYOUT);
    const shape = this.shape;
    if (!layout || !shape) return bad("has a group where numbers are expected");
    const type = this.#type;
    const size = sizeOf(shape) * type.size;
    this.#room.left -= size;
    if (!(this.#room.left >= 0)) bad("claims more numbers than it can hold");
    if (this.#find(EXTERNAL)) bad("keeps numbers in other files, which is not read");
    const [version, kind] = [source.number(layout.at, 1), source.number(layout.at + 1, 1)];
    if (version < 3 || version > 4) bad(`has data of layout ${version}, of which 3 and 4 are read`);
    if (kind === 0) {
      if (source.number(layout.at + 2, 2) < size) bad("has a dataset that is cut off");
      return numbersOf(type, source.bytes.subarray(source.need(layout.at + 4, size), layout.at + 4 + size));
    }
    if (kind === 1) {
      const at = source.number(layout.at + 2, 8);
      if (!source.has(at) && at > 2 ** 63) return numbersOf(type, new Uint8Array(size)); // never written
      return numbersOf(type, source.bytes.subarray(source.need(at, size), at + size));
    }
    if (kind !== 2 || version > 3)
      bad("has chunks of the newest form, which is not read: save it with h5py's defaults");
    return numbersOf(type, this.#chunks(layout.at, shape, type.size, size));
  }

  #chunks(layout: number, shape: readonly number[], elementSize: number, size: number): Uint8Array {
    const source = this.#source;
    const rank = source.number(layout + 2, 1) - 1;
    if (rank !== shape.length || rank < 1) bad("has chunks of another number of axes than their dataset");
    const chunk = shape.map((_, i) => source.number(layout + 11 + 4 * i, 4));
    const chunkSize = sizeOf(chunk) * elementSize;
    if (!(chunkSize > 0 && chunkSize <= Math.max(2 ** 24, 4 * size))) bad("has chunks of a size that cannot be");
    const filters = filtersAt(source, this.#find(FILTERS));
    const out = new Uint8Array(size);
    let left = shape.reduce((n, length, i) => n * Math.ceil(length / chunk[i]), 1);
    const tree = (at: number, depth: number): void => {
      if (depth > 8) bad("has a tree that goes in a circle");
      source.sign(at, "TREE");
      const [level, used] = [source.number(at + 5, 1), source.number(at + 6, 2)];
      for (let i = 0, key = at + 24; i < used; i++, key += 24 + 8 * rank) {
        const child = source.number(key + 16 + 8 * rank, 8);
        if (level > 0) {
          tree(child, depth + 1);
          continue;
        }
        if (left-- <= 0) bad("has more chunks than its datasets need");
        const stored = source.number(key, 4);
        const packed = source.bytes.subarray(source.need(child, stored), child + stored);
        const from = shape.map((_, axis) => source.number(key + 8 + 8 * axis, 8));
        place(
          out,
          shape,
          unfilter(packed, filters, source.number(key + 4, 4), chunkSize, elementSize),
          chunk,
          from,
          elementSize,
        );
      }
    };
    const root = source.number(layout + 3, 8);
    if (source.has(root)) tree(root, 0);
    return out;
  }
}

/** Copies a chunk to its place, but for what is outside of the dataset. */
function place(
  out: Uint8Array,
  shape: readonly number[],
  chunk: Uint8Array,
  sizes: readonly number[],
  from: readonly number[],
  elementSize: number,
): void {
  const last = shape.length - 1;
  const width = Math.min(sizes[last], shape[last] - from[last]) * elementSize;
  if (width <= 0) return;
  const rows = sizeOf(sizes.slice(0, -1));
  for (let row = 0; row < rows; row++) {
    let rest = row;
    let to = 0;
    let stride = shape[last];
    let inside = true;
    for (let axis = last - 1; axis >= 0; axis--) {
      const at = from[axis] + (rest % sizes[axis]);
      rest = Math.floor(rest / sizes[axis]);
      inside &&= at < shape[axis];
      to += at * stride;
      stride *= shape[axis];
    }
    const begin = row * sizes[last] * elementSize;
    if (inside) out.set(chunk.subarray(begin, begin + width), (to + from[last]) * elementSize);
  }
}

function filtersAt(source: Source, message: Message | undefined): number[] {
  if (!message) return [];
  const [version, count] = [source.number(message.at, 1), source.number(message.at + 1, 1)];
  let at = message.at + (version === 1 ? 8 : 2);
  return Array.from({ length: count }, () => {
    const id = source.number(at, 2);
    const named = version === 1 || id >= 256;
    const nameSize = named ? source.number(at + 2, 2) : 0;
    const values = source.number(at + (named ? 6 : 4), 2);
    at += (named ? 8 : 6) + nameSize + 4 * values + (version === 1 && values % 2 ? 4 : 0);
    if (id < 1 || id > 3) bad(`packs numbers by filter ${id}; deflate and shuffle are read`);
    return id;
  });
}

function unfilter(
  packed: Uint8Array,
  filters: readonly number[],
  skipped: number,
  size: number,
  width: number,
): Uint8Array {
  let bytes = packed;
  for (let i = filters.length - 1; i >= 0; i--) {
    if (skipped & (1 << i)) continue;
    if (filters[i] === 1) bytes = inflate(bytes.subarray(2, -4), size + (filters.slice(0, i).includes(3) ? 4 : 0));
    else if (filters[i] === 3)
      bytes = bytes.subarray(0, -4); // a checksum
    else if (width > 1) {
      const [mixed, count] = [bytes, Math.floor(bytes.length / width)];
      bytes = new Uint8Array(count * width);
      for (let b = 0, from = 0; b < width; b++) for (let k = 0; k < count; k++) bytes[k * width + b] = mixed[from++];
    }
  }
  return bytes.length === size ? bytes : bad("has a chunk of another size than it says");
}

/** The links of an old group: a tree of tables of names. */
function readTable(source: Source, at: number, names: number, links: Map<string, number>, depth = 0): void {
  if (depth > 8) bad("has a tree that goes in a circle");
  source.sign(at, "TREE");
  const [level, used] = [source.number(at + 5, 1), source.number(at + 6, 2)];
  for (let i = 0; i < used; i++) {
    const child = source.number(at + 32 + 16 * i, 8);
    if (level > 0) {
      readTable(source, child, names, links, depth + 1);
      continue;
    }
    source.sign(child, "SNOD");
    const count = source.number(child + 6, 2);
    for (let s = 0, entry = child + 8; s < count; s++, entry += 40) {
      const name = source.textAt(names + source.number(entry, 8));
      if (source.number(entry + 16, 4) === 2) bad(`has a soft link, ${JSON.stringify(name)}, which is not followed`);
      addLink(source, links, name, source.number(entry + 8, 8));
    }
  }
}

function readLink(source: Source, at: number, links: Map<string, number>): void {
  const flags = source.number(at + 1, 1);
  let place = at + 2;
  const kind = flags & 8 ? source.number(place++, 1) : 0;
  place += (flags & 4 ? 8 : 0) + (flags & 16 ? 1 : 0);
  const width = 1 << (flags & 3);
  const length = source.number(place, width);
  const name = source.text(place + width, length);
  if (kind !== 0) bad(`has a link to elsewhere, ${JSON.stringify(name)}, which is not followed`);
  addLink(source, links, name, source.number(place + width + length, 8));
}

function addLink(source: Source, links: Map<string, number>, name: string, at: number): void {
  if (links.has(name)) bad(`has two objects of the name ${JSON.stringify(name)}`);
  if (links.size > source.bytes.length / 32) bad("has a group that goes in a circle");
  links.set(name, at);
}

function attributeName(source: Source, at: number): string {
  return source.text(at + (source.number(at, 1) === 3 ? 9 : 8), source.number(at + 2, 2));
}

function attributeAt(source: Source, at: number): Attribute {
  const version = source.number(at, 1);
  const rounded = (n: number): number => (version === 1 ? (n + 7) & ~7 : n);
  const [nameSize, typeSize, spaceSize] = [2, 4, 6].map(offset => source.number(at + offset, 2));
  if (version > 1 && source.number(at + 1, 1) & 3) bad("shares types among attributes, which is not read");
  const typePlace = at + (version === 3 ? 9 : 8) + rounded(nameSize);
  const spacePlace = typePlace + rounded(typeSize);
  const from = spacePlace + rounded(spaceSize);
  const [type, shape] = [typeAt(source, typePlace), shapeAt(source, spacePlace)];
  if (type.name === "text" || type.name === "texts") {
    const texts = textsAt(source, type, shape, from);
    return shape.length === 0 ? texts[0] : texts;
  }
  const size = sizeOf(shape) * type.size;
  return numbersOf(type, source.bytes.subarray(source.need(from, size), from + size));
}

/** Whether bytes begin as those of an HDF5 file do. */
export const isHdf5 = (bytes: Uint8Array): boolean =>
  bytes.length > 8 && String.fromCharCode(...bytes.subarray(0, 8)) === "\x89HDF\r\n\x1a\n";

/**
 * The root of an HDF5 file.
 *
 * @throws RangeError for anything else, and while it is read for what is damaged, or is of a kind that weights are not
 */
export function readHdf5(bytes: Uint8Array): Hdf5Node {
  const source = new Source(bytes);
  if (!isHdf5(bytes)) bad("does not begin as HDF5 does");
  const version = source.number(8, 1);
  if (version > 3) bad(`has a superblock of version ${version}, of which 0 to 3 are read`);
  const old = version < 2;
  const sizes = old ? 13 : 9;
  if (source.number(sizes, 1) !== 8 || source.number(sizes + 1, 1) !== 8) bad("has addresses of other than 8 bytes");
  const root = source.number(old ? (version === 0 ? 64 : 68) : 36, 8);
  return new Hdf5Node(source, { left: roomFor(bytes.length) }, root, 0);
}
