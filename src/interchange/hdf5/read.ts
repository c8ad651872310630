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

export type Attribute = string | readonly string[];

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
export interface Hdf5Node {
  /** Names of what is in a group */
  readonly names: string[];
  /** Of a dataset; undefined for a group */
  readonly shape: number[] | undefined;
  /** What a dataset is made of, such as "f4" for float32 */
  readonly type: string;
  /** What a path such as "layers/lstm" leads to */
  get(path: string): Hdf5Node | undefined;
  /** An attribute of texts, if it is there: one, or a list of them */
  attribute(name: string): Attribute | undefined;
  /** The numbers of a dataset, row-major */
  read(): Numbers;
}

/** @param room bytes that the file's numbers may still take */
function nodeAt(source: Source, room: { left: number }, place: number, depth = 0): Hdf5Node {
  if (depth > 32) bad("goes in a circle");
  const messages = messagesAt(source, place);
  const find = (type: number): Message | undefined => {
    const found = messages.find(message => Math.abs(message.type) === type);
    if (found && found.type < 0) bad(`shares types among datasets, ${REMEDY}`);
    return found;
  };
  if (find(LINK_INFO) || find(ATTRIBUTE_INFO)) bad(`has groups of the newest form, ${REMEDY}`);

  let known: Map<string, number> | undefined;
  const links = (): Map<string, number> => {
    if (known) return known;
    known = new Map();
    const table = find(TABLE);
    if (table) {
      const heap = source.sign(source.number(table.at + 8, 8), "HEAP");
      readTable(source, source.number(table.at, 8), source.number(heap + 24, 8), known);
    }
    return known;
  };
  const typeOf = (): Type => typeAt(source, (find(TYPE) ?? bad("has a dataset without a type")).at);

  return {
    get names() {
      return [...links().keys()];
    },
    get shape() {
      const space = find(LAYOUT) && find(SPACE);
      return space && shapeAt(source, space.at);
    },
    get type() {
      return typeOf().name;
    },

    get(path) {
      const [name, ...rest] = path.split("/");
      const at = links().get(name);
      const node = at === undefined ? undefined : nodeAt(source, room, at, depth + 1);
      return rest.length > 0 ? node?.get(rest.join("/")) : node;
    },

    attribute(name) {
      for (const { type, at } of messages) {
        if (Math.abs(type) !== ATTRIBUTE) continue;
        if (type < 0 || source.number(at, 1) !== 1) bad(`has attributes of a newer form, ${REMEDY}`);
        const [size, typeSize, spaceSize] = [2, 4, 6].map(offset => (source.number(at + offset, 2) + 7) & ~7);
        if (source.text(at + 8, size) !== name) continue;
        const space = at + 8 + size + typeSize;
        const own = typeAt(source, space - typeSize);
        if (!own.name.startsWith("text")) return undefined;
        const shape = shapeAt(source, space);
        const texts = textsAt(source, own, shape, space + spaceSize);
        return shape.length === 0 ? texts[0] : texts;
      }
      return undefined;
    },

    read() {
      const layout = find(LAYOUT);
      if (!layout || !this.shape) return bad("has a group where numbers are expected");
      const type = typeOf();
      const size = sizeOf(this.shape) * type.size;
      room.left -= size;
      if (!(room.left >= 0)) bad("claims more numbers than it can hold");
      // Version 3, and in one piece of this file.
      if (source.number(layout.at, 2) !== 0x103 || find(EXTERNAL))
        bad(`has numbers in headers, in chunks, packed, or in other files, ${REMEDY}`);
      const at = source.number(layout.at + 2, 8);
      return numbersOf(type, at > 2 ** 63 ? new Uint8Array(size) : source.piece(at, size)); // the first was never written
    },
  };
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
  return nodeAt(source, { left: roomFor(bytes.length) }, source.number(64 + 4 * version, 8));
}
