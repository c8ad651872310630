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
  const two = (at: number): number => view.getUint16(need(at, 2), true);
  const four = (at: number): number => view.getUint32(need(at, 4), true);
  const end = findEnd(view);
  const count = two(end + 10);
  const entries = new Map<string, () => Uint8Array>();
  let room = roomFor(bytes.length);
  let at = four(end + 16);
  for (let i = 0; i < count; i++) {
    if (four(at) !== ENTRY) bad("has a list of entries that is damaged");
    const [flags, method, nameSize, extra, comment] = [8, 10, 28, 30, 32].map(offset => two(at + offset));
    const [crc, packed, size, local] = [16, 20, 24, 42].map(offset => four(at + offset));
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
      if (four(local) !== LOCAL) bad(`has no ${describe(name)} where it should be`);
      const from = local + 30 + two(local + 26) + two(local + 28);
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
const halves = (value: number): [number, number] => [value & 0xffff, value >>> 16];

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
    const size = halves(content.length);
    // Version 2.0, names in UTF-8, stored, on the first of January 1980.
    const about = [20, UTF8, 0, 0, 0x21, ...halves(crc32(content)), ...size, ...size, name.length, 0];
    const entry = [words(...halves(ENTRY), 20, ...about, 0, 0, 0, 0, 0, ...halves(at)), name];
    put(words(...halves(LOCAL), ...about), name, content);
    return entry;
  });
  const list = at;
  put(...entries.flat());
  const count = entries.length;
  put(words(...halves(END), 0, 0, count, count, ...halves(at - list), ...halves(list), 0));
  return joined(parts);
}
