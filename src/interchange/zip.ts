/** Zip files: those of models are stored or deflated, of one disk, and below 4 GB. They are untrusted: all sizes are checked. */
import { describe } from "../describe.ts";
import { type Bytes, joined } from "../typedArray.ts";
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

/** Words of 16 bits, and a number as two of them: the lowest first, as WebAssembly has them. */
const words = (...list: readonly number[]): Bytes => new Uint8Array(Uint16Array.from(list).buffer);
const two = (value: number): [number, number] => [value & 0xffff, value >>> 16];

/** The bytes of a zip file, in which everything is stored as it is. */
export function writeZip(files: readonly (readonly [name: string, content: Uint8Array])[]): Bytes {
  const parts: Uint8Array[] = [];
  let at = 0;
  const put = (...more: readonly Uint8Array[]): void => {
    for (const part of more) at += part.length;
    parts.push(...more);
  };
  const entries = files.map(([text, content]) => {
    const name = new TextEncoder().encode(text);
    const size = two(content.length);
    // Version 2.0, names in UTF-8, stored, on the first of January 1980.
    const about = [20, UTF8, 0, 0, 0x21, ...two(crc32(content)), ...size, ...size, name.length, 0];
    const entry = [words(...two(ENTRY), 20, ...about, 0, 0, 0, 0, 0, ...two(at)), name];
    put(words(...two(LOCAL), ...about), name, content);
    return entry;
  });
  const list = at;
  put(...entries.flat());
  const count = entries.length;
  put(words(...two(END), 0, 0, count, count, ...two(at - list), ...two(list), 0));
  return joined(parts);
}
