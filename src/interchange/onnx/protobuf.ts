/** Protocol buffers by a table of fields, read and written: messages are plain objects that have the fields which are there. */
import { type Bytes, joined } from "../../typedArray.ts";

/** A field: its name, what it is, and whether there may be several. */
export type Field = readonly [name: string, type: Scalar | Schema, many?: "many"];
type Scalar = "int" | "float" | "double" | "string" | "bytes";
/** The fields of a message by number, made when they are asked for: messages may hold themselves. */
export type Schema = () => Readonly<Record<number, Field>>;

export type Message = Record<string, unknown>;

function bad(problem: string): never {
  throw new RangeError(`its protobuf ${problem}; is the file cut off, or is it another format?`);
}

const DEEPEST = 32;
/** Strings and messages; and whole numbers, which take more room here than in the file. */
const MOST_PARTS = 200_000;
const MOST_NUMBERS = 4_000_000;

/** What lies in a field by itself, by its kind. */
const NUMBERS: Readonly<Record<number, Scalar>> = { 0: "int", 1: "double", 5: "float" };

/** @throws RangeError for what is no such message, or has too much in it */
export function decode(schema: Schema, bytes: Uint8Array): Message {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = new TextDecoder();
  let at = 0;
  let parts = 0;
  let numbers = 0;

  /** Goes on by so many bytes. */
  const pass = (size: number, end: number): number => {
    if (!(size >= 0 && size <= end - at)) bad("is cut off");
    at += size;
    return at - size;
  };
  /** A whole number of 64 bits, signed: those beyond 2^53 are rounded. */
  const varint = (end: number): number => {
    let low = 0;
    let high = 0;
    for (let i = 0; ; i++) {
      if (i === 10) bad("is cut off");
      const byte = bytes[pass(1, end)];
      const seven = byte & 127;
      if (i < 4) low |= seven << (7 * i);
      else if (i === 4) {
        low |= seven << 28;
        high = seven >>> 4;
      } else high |= seven << (7 * i - 32);
      if (byte < 128) return high * 2 ** 32 + (low >>> 0);
    }
  };
  const number = (type: Scalar, end: number): number => {
    if (++numbers > MOST_NUMBERS) bad("has too many numbers outside of raw data");
    if (type === "int") return varint(end);
    return type === "float" ? view.getFloat32(pass(4, end), true) : view.getFloat64(pass(8, end), true);
  };
  const message = (schema: Schema, end: number, depth: number): Message => {
    if (depth > DEEPEST) bad("is nested too deeply");
    const fields = schema();
    const found: Message = {};
    while (at < end) {
      const tag = varint(end);
      const field = fields[Math.floor(tag / 8)];
      const [name, type, many] = field ?? [];
      const add = (value: unknown): void => {
        if (!many) found[name as string] = value;
        else if (Object.hasOwn(found, name as string)) (found[name as string] as unknown[]).push(value);
        else found[name as string] = [value];
      };
      const kind = NUMBERS[tag % 8];
      if (kind) {
        if (field && type !== kind) bad(`has a number for ${name}`);
        const value = number(kind, end);
        if (field) add(value);
        continue;
      }
      if (tag % 8 !== 2) bad(`has a field of kind ${tag % 8}`);
      const size = varint(end);
      const start = pass(size, end);
      if (!field) continue;
      if (++parts > MOST_PARTS) bad("has too many parts");
      const own = bytes.subarray(start, at);
      if (type === "bytes") add(own);
      else if (type === "string") add(text.decode(own));
      else {
        const last = at;
        at = start;
        if (typeof type === "function") add(message(type, last, depth + 1));
        else while (at < last) add(number(type, last));
      }
    }
    return found;
  };
  return message(schema, bytes.length, 0);
}

/** The bytes of a whole number: seven bits each, ten of a negative one. */
function varint(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = BigInt.asUintN(64, BigInt(value)); ; rest >>= 7n) {
    const seven = Number(rest & 127n);
    if (rest < 128n) return [...bytes, seven];
    bytes.push(seven | 128);
  }
}

function fixed(type: "float" | "double", value: number): Uint8Array {
  const bytes = new Uint8Array(type === "float" ? 4 : 8);
  const view = new DataView(bytes.buffer);
  if (type === "float") view.setFloat32(0, value, true);
  else view.setFloat64(0, value, true);
  return bytes;
}

/** The bytes of a message; lists of numbers are packed. */
export function encode(schema: Schema, message: object): Bytes {
  const parts: ArrayLike<number>[] = [];
  const long = (number: number, content: ArrayLike<number>) =>
    parts.push(varint(8 * number + 2), varint(content.length), content);
  for (const [key, [name, type, many]] of Object.entries(schema())) {
    const number = Number(key);
    const value = (message as Message)[name];
    if (value === undefined) continue;
    if (type === "int" && many) long(number, (value as number[]).flatMap(varint));
    else if (type === "float" && many) long(number, joined((value as number[]).map(n => fixed("float", n))));
    else {
      for (const one of many ? (value as unknown[]) : [value]) {
        if (type === "int") parts.push(varint(8 * number), varint(one as number));
        else if (type === "float" || type === "double") {
          parts.push(varint(8 * number + (type === "float" ? 5 : 1)), fixed(type, one as number));
        } else if (type === "string") long(number, new TextEncoder().encode(one as string));
        else long(number, type === "bytes" ? (one as Uint8Array) : encode(type, one as object));
      }
    }
  }
  return joined(parts);
}
