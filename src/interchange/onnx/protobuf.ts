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

class Reader {
  readonly #view: DataView;
  readonly #text = new TextDecoder();
  #parts = 0;
  #numbers = 0;

  constructor(readonly bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** A whole number of 64 bits, signed: those beyond 2^53 are rounded. */
  #varint(at: { now: number; end: number }): number {
    let low = 0;
    let high = 0;
    for (let i = 0; ; i++) {
      if (at.now >= at.end || i === 10) bad("is cut off");
      const byte = this.bytes[at.now++];
      const seven = byte & 127;
      if (i < 4) low |= seven << (7 * i);
      else if (i === 4) {
        low |= seven << 28;
        high = seven >>> 4;
      } else high |= seven << (7 * i - 32);
      if (byte < 128) return high * 2 ** 32 + (low >>> 0);
    }
  }

  #fixed(at: { now: number; end: number }, size: number): number {
    if (size > at.end - at.now) bad("is cut off");
    at.now += size;
    return size === 4 ? this.#view.getFloat32(at.now - 4, true) : this.#view.getFloat64(at.now - 8, true);
  }

  #number(): void {
    if (++this.#numbers > MOST_NUMBERS) bad("has too many numbers outside of raw data");
  }

  message(schema: Schema, from: number, end: number, depth = 0): Message {
    if (depth > DEEPEST) bad("is nested too deeply");
    const fields = schema();
    const message: Message = {};
    const add = ([name, , many]: Field, value: unknown): void => {
      if (!many) message[name] = value;
      else if (Object.hasOwn(message, name)) (message[name] as unknown[]).push(value);
      else message[name] = [value];
    };
    for (const at = { now: from, end }; at.now < end; ) {
      const tag = this.#varint(at);
      const field = fields[Math.floor(tag / 8)];
      const wire = tag % 8;
      if (wire === 2) {
        const size = this.#varint(at);
        if (!(size >= 0 && size <= end - at.now)) bad("is cut off");
        const start = at.now;
        at.now += size;
        if (field) this.#long(field, start, at.now, depth, value => add(field, value));
        continue;
      }
      if (wire > 2 && wire !== 5) bad(`has a field of kind ${wire}`);
      const value = wire === 0 ? this.#varint(at) : this.#fixed(at, wire === 1 ? 8 : 4);
      if (!field) continue;
      if (field[1] !== NUMBERS[wire]) bad(`has a number for ${field[0]}`);
      this.#number();
      add(field, value);
    }
    return message;
  }

  /** What has a length: a text, bytes, a message, or many numbers. */
  #long([name, type]: Field, from: number, end: number, depth: number, add: (value: unknown) => void): void {
    if (++this.#parts > MOST_PARTS) bad("has too many parts");
    if (typeof type === "function") add(this.message(type, from, end, depth + 1));
    else if (type === "bytes") add(this.bytes.subarray(from, end));
    else if (type === "string") add(this.#text.decode(this.bytes.subarray(from, end)));
    else this.#packed(name, type, from, end, add);
  }

  #packed(name: string, type: Scalar, from: number, end: number, add: (value: number) => void): void {
    const at = { now: from, end };
    const size = type === "float" ? 4 : 8;
    if (type !== "int" && (end - from) % size) bad(`has a part of a number in ${name}`);
    while (at.now < end) {
      this.#number();
      add(type === "int" ? this.#varint(at) : this.#fixed(at, size));
    }
  }
}

/** @throws RangeError for what is no such message, or has too much in it */
export function decode(schema: Schema, bytes: Uint8Array): Message {
  return new Reader(bytes).message(schema, 0, bytes.length);
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
