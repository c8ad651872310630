/**
 * The part of HDF5 in which Keras writes weights: groups as they were before version 1.8, numbers and texts that lie in one piece,
 * attributes. What is packed, cut into chunks or of the newest form is refused.
 *
 * @see HDF5 File Format Specification 3.0
 */
import { describe } from "../../describe.ts";
import { sizeOf } from "../../ndarray.ts";
import { roomFor } from "../zip.ts";
import { bad, Source } from "./bytes.ts";
import { type Message, messagesAt } from "./header.ts";
import { type Numbers, numbersOf, shapeAt, type Type, textsAt, typeAt } from "./types.ts";

export type Attribute = string | readonly string[] | Numbers;

// Messages of a header.
const SPACE = 1;
const LINK_INFO = 2;
const TYPE = 3;
const EXTERNAL = 7;
const LAYOUT = 8;
const ATTRIBUTE = 12;
const TABLE = 17;
const ATTRIBUTE_INFO = 21;

const REMEDY = "which is not read: copy it with h5py's defaults";

/** A group, or a dataset. */
export class Hdf5Node {
  readonly #source: Source;
  readonly #room: { left: number };
  readonly #messages: readonly Message[];
  readonly #depth: number;
  #children: Map<string, number> | undefined;

  constructor(source: Source, room: { left: number }, at: number, depth: number) {
    if (depth > 32) bad("goes in a circle");
    this.#source = source;
    this.#room = room;
    this.#depth = depth;
    this.#messages = messagesAt(source, at);
    if (this.#find(LINK_INFO) || this.#find(ATTRIBUTE_INFO)) bad(`has groups of the newest form, ${REMEDY}`);
  }

  #find(type: number): Message | undefined {
    const found = this.#messages.find(message => Math.abs(message.type) === type);
    if (found && found.type < 0) bad(`shares types among datasets, ${REMEDY}`);
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
      const heap = source.sign(source.number(table.at + 8, 8), "HEAP");
      readTable(source, source.number(table.at, 8), source.number(heap + 24, 8), links);
    }
    this.#children = links;
    return links;
  }

  /** An attribute, if it is there: a text, a list of them, or numbers. */
  attribute(name: string): Attribute | undefined {
    const source = this.#source;
    for (const { type, at } of this.#messages) {
      if (Math.abs(type) !== ATTRIBUTE) continue;
      const version = source.number(at, 1);
      const begin = at + (version === 3 ? 9 : 8);
      const sizes = [2, 4, 6].map(offset => source.number(at + offset, 2));
      if (source.text(begin, sizes[0]) !== name) continue;
      if (type < 0 || (version > 1 && source.number(at + 1, 1) & 3)) bad(`shares attributes, ${REMEDY}`);
      const [space, from, end] = sizes.map((_, i) =>
        sizes.slice(0, i + 1).reduce((sum, size) => sum + (version === 1 ? (size + 7) & ~7 : size), begin),
      );
      const [own, shape] = [typeAt(source, space), shapeAt(source, from)];
      if (!own.name.startsWith("text")) return numbersOf(own, source.piece(end, sizeOf(shape) * own.size));
      const texts = textsAt(source, own, shape, end);
      return shape.length === 0 ? texts[0] : texts;
    }
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
    const [version, kind] = [0, 1].map(offset => source.number(layout.at + offset, 1));
    if (version !== 3 || kind > 1 || this.#find(EXTERNAL))
      bad(`has numbers in chunks, packed, or in other files, ${REMEDY}`);
    if (kind === 0) {
      if (source.number(layout.at + 2, 2) < size) bad("has a dataset that is cut off");
      return numbersOf(type, source.piece(layout.at + 4, size));
    }
    const at = source.number(layout.at + 2, 8);
    return numbersOf(type, at > 2 ** 63 ? new Uint8Array(size) : source.piece(at, size)); // the first was never written
  }
}

/** The links of a group: a tree of tables of names. */
function readTable(source: Source, at: number, names: number, links: Map<string, number>, depth = 0): void {
  source.sign(at, "TREE");
  const [level, used] = [source.number(at + 5, 1), source.number(at + 6, 2)];
  for (let i = 0; i < used; i++) {
    const child = source.number(at + 32 + 16 * i, 8);
    if (level > 0) {
      readTable(source, child, names, links, depth < 8 ? depth + 1 : bad("goes in a circle"));
      continue;
    }
    const count = source.number(source.sign(child, "SNOD") + 6, 2);
    for (let entry = child + 8; entry < child + 8 + 40 * count; entry += 40) {
      const name = source.textAt(names + source.number(entry, 8));
      if (source.number(entry + 16, 4) === 2) bad(`has a soft link, ${describe(name)}, ${REMEDY}`);
      if (links.has(name)) bad(`has two objects of the name ${describe(name)}`);
      if (links.size > source.bytes.length / 32) bad("goes in a circle");
      links.set(name, source.number(entry + 8, 8));
    }
  }
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
  if (version > 1) bad(`has a superblock of version ${version}, ${REMEDY}`);
  if (source.number(13, 2) !== 0x808) bad("has addresses of other than 8 bytes");
  return new Hdf5Node(source, { left: roomFor(bytes.length) }, source.number(64 + 4 * version, 8), 0);
}
