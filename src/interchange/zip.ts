/** Zip files: those of models are stored or deflated, of one disk, and below 4 GB. They are untrusted: all sizes are checked. */
import { describe } from "../describe.ts";
import type { Bytes } from "../typedArray.ts";
import { bad, type inflate } from "./inflate.ts";

/** How much the content of a file may take: zeros deflate to a thousandth, weights of a model do not. */
export const roomFor = (fileSize: number): number => fileSize + 2 ** 24;

const CRC = /* @__PURE__ */ Int32Array.from({ length: 256 }, (_, byte) => {
  let c = byte;
  for (let bit = 0; bit < 8; bit++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  return c;
});

function crc32(bytes: Uint8Array): number {
  let c = -1;
  for (let i = 0; i < bytes.length; i++) c = CRC[(c ^ bytes[i]) & 255] ^ (c >>> 8);
  return ~c >>> 0;
}

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;
const UTF8 = 0x800;

/** Where the list of entries is told: at the end, before a comment of at most 64 kB. */
function findEnd(view: DataView): number {
  const last = view.byteLength - 22;
  for (let at = last; at >= 0 && last - at <= 0xffff; at--) if (view.getUint32(at, true) === END) return at;
  return bad("has no list of entries at its end");
}

/**
 * The entries of a zip file by name, each unpacked when it is asked for; folders are left out.
 *
 * @param unpack `inflate`, where entries may be deflated: who has only stored ones does not bring it
 * @throws RangeError for a file that is damaged, encrypted, or larger inside than its size allows
 */
export function readZip(bytes: Uint8Array, unpack?: typeof inflate): Map<string, () => Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const need = (at: number, size: number): number =>
    at + size <= bytes.length ? at : bad("points outside of the file");
  const end = findEnd(view);
  const count = view.getUint16(end + 10, true);
  const entries = new Map<string, () => Uint8Array>();
  let room = roomFor(bytes.length);
  let at = view.getUint32(end + 16, true);
  for (let i = 0; i < count; i++) {
    if (view.getUint32(need(at, 46), true) !== ENTRY) bad("has a list of entries that is damaged");
    const [flags, method] = [view.getUint16(at + 8, true), view.getUint16(at + 10, true)];
    const [crc, packed, size] = [16, 20, 24].map(offset => view.getUint32(at + offset, true));
    const [nameSize, extra, comment] = [28, 30, 32].map(offset => view.getUint16(at + offset, true));
    const local = view.getUint32(at + 42, true);
    need(at + 46, nameSize);
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameSize));
    at += 46 + nameSize + extra + comment;
    if (name.endsWith("/")) continue;
    if (flags & 1) bad(`has an encrypted entry, ${describe(name)}`);
    if (entries.has(name)) bad(`has two entries of the name ${describe(name)}`);
    if (method !== 0 && (method !== 8 || !unpack))
      bad(`packs ${describe(name)} by method ${method}: ${unpack ? "0 or 8, deflate," : "0, stored,"} is read`);
    room -= size;
    if (room < 0 || (method === 0 && size !== packed)) bad("claims sizes that cannot be");
    entries.set(name, () => {
      if (view.getUint32(need(local, 30), true) !== LOCAL) bad(`has no ${describe(name)} where it should be`);
      const from = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
      const content = bytes.subarray(need(from, packed), from + packed);
      const unpacked = unpack && method === 8 ? unpack(content, size) : content;
      if (crc32(unpacked) !== crc) bad(`has a checksum that ${describe(name)} does not fit`);
      return unpacked;
    });
  }
  return entries;
}

/** The bytes of a zip file, in which everything is stored as it is. */
export function writeZip(files: readonly (readonly [name: string, content: Uint8Array])[]): Bytes {
  const named = files.map(([name, content]) => ({
    name: new TextEncoder().encode(name),
    content,
    crc: crc32(content),
  }));
  const size = named.reduce((sum, { name, content }) => sum + 76 + 2 * name.length + content.length, 22);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  let at = 0;
  const words = (list: readonly [value: number, bytes: 2 | 4][]): void => {
    for (const [value, width] of list) {
      if (width === 2) view.setUint16(at, value, true);
      else view.setUint32(at, value, true);
      at += width;
    }
  };
  const put = (content: Uint8Array): void => {
    bytes.set(content, at);
    at += content.length;
  };
  // Version 2.0, names in UTF-8, stored, on the first of January 1980.
  const about = ({ name, content, crc }: (typeof named)[number]): void =>
    words([
      [20, 2],
      [UTF8, 2],
      [0, 4],
      [0x21, 2],
      [crc, 4],
      [content.length, 4],
      [content.length, 4],
      [name.length, 2],
      [0, 2],
    ]);
  const places: number[] = [];
  for (const file of named) {
    places.push(at);
    words([[LOCAL, 4]]);
    about(file);
    put(file.name);
    put(file.content);
  }
  const list = at;
  for (const [i, file] of named.entries()) {
    words([
      [ENTRY, 4],
      [20, 2],
    ]);
    about(file);
    words([
      [0, 4],
      [0, 2],
      [0, 4],
      [places[i], 4],
    ]);
    put(file.name);
  }
  const listSize = at - list;
  words([
    [END, 4],
    [0, 4],
    [named.length, 2],
    [named.length, 2],
    [listSize, 4],
    [list, 4],
    [0, 2],
  ]);
  return bytes;
}
