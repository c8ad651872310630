/** Python's pickles of plain data, read without running anything: what is called is one of a few names, or refused. */

import { cut } from "../../describe.ts";

/** A class or function that a pickle names. */
export class Named {
  constructor(readonly name: string) {}
}

/** What a pickle may hold; `Extra` is what the reader makes of calls and of what lies outside. */
export type Pickled<Extra> =
  | null
  | boolean
  | number
  | string
  | Named
  | Extra
  | Pickled<Extra>[]
  | Map<unknown, Pickled<Extra>>;

export interface Callbacks<Extra> {
  /** What a call makes; undefined for one that is not allowed. */
  call(name: string, args: readonly Pickled<Extra>[]): Pickled<Extra> | undefined;
  /** What lies outside of the pickle, by its id. */
  persistent(id: Pickled<Extra>): Pickled<Extra>;
}

export const ONLY_STATES = "only state dicts are read: save one with torch.save(model.state_dict(), path)";

/** A name of a file in a sentence: short, and without what no name has. */
export const plain = (name: string): string => cut(name).replace(/[^\x20-\x7e…]/g, "?");

function bad(problem: string): never {
  throw new RangeError(`its pickle ${problem}; is the file cut off, or was it changed?`);
}

const MARK = Symbol("mark");
/** Of lists, tuples and dicts: those of a state dict are some three for each tensor. */
const MOST_CONTAINERS = 200_000;
const MOST_BYTES = 2 ** 24;
const MOST_VALUES = 1_000_000;

class Reader<Extra> {
  readonly #view: DataView;
  readonly #text = new TextDecoder();
  #at: number;
  #containers = 0;
  readonly #stack: (Pickled<Extra> | typeof MARK)[] = [];
  readonly #memo = new Map<number, Pickled<Extra>>();

  constructor(
    readonly bytes: Uint8Array,
    at: number,
    readonly callbacks: Callbacks<Extra>,
  ) {
    this.#at = at;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  #take(size: number): number {
    const at = this.#at;
    if (!(size <= this.bytes.length - at)) bad("is cut off");
    this.#at += size;
    return at;
  }

  readonly #u8 = () => this.bytes[this.#take(1)];
  readonly #u16 = () => this.#view.getUint16(this.#take(2), true);
  readonly #u32 = () => this.#view.getUint32(this.#take(4), true);

  #string(size: number): string {
    const at = this.#take(size);
    return this.#text.decode(this.bytes.subarray(at, at + size));
  }

  #line(): string {
    const end = this.bytes.indexOf(10, this.#at);
    if (end < 0) bad("is cut off");
    const line = this.#string(end - this.#at);
    this.#at++;
    return line;
  }

  /** A whole number of so many bytes, in two's complement. */
  #long(size: number): number {
    const at = this.#take(size);
    if (size > 8) bad("has a number of more than 64 bits");
    let value = 0n;
    for (let i = size; i--; ) value = (value << 8n) | BigInt(this.bytes[at + i]);
    return Number(BigInt.asIntN(8 * size, value));
  }

  #push(value: Pickled<Extra> | typeof MARK): void {
    if (this.#stack.length >= MOST_VALUES) bad("has too much in it");
    this.#stack.push(value);
  }

  /** Counts what takes memory of its own. */
  #made<T extends Pickled<Extra>>(container: T): T {
    if (++this.#containers > MOST_CONTAINERS) bad("has too much in it");
    return container;
  }

  #pop(): Pickled<Extra> {
    const value = this.#stack.pop();
    if (value === undefined || value === MARK) return bad("takes what is not there");
    return value;
  }

  #several(count: number): Pickled<Extra>[] {
    return Array.from({ length: count }, () => this.#pop()).reverse();
  }

  #top(): Pickled<Extra> {
    const value = this.#pop();
    this.#stack.push(value);
    return value;
  }

  #toMark(): Pickled<Extra>[] {
    const from = this.#stack.lastIndexOf(MARK);
    if (from < 0) bad("has no mark");
    return this.#stack.splice(from).slice(1) as Pickled<Extra>[];
  }

  #remember(key: number): void {
    if (this.#memo.size >= MOST_VALUES) bad("has too much in it");
    this.#memo.set(key, this.#top());
  }

  #recall(key: number): void {
    const value = this.#memo.get(key);
    this.#push(value === undefined ? bad("recalls what is not there") : value);
  }

  #set(pairs: readonly Pickled<Extra>[]): void {
    const dict = this.#top();
    if (!(dict instanceof Map) || pairs.length % 2) bad("sets keys of what is no dict");
    for (let i = 0; i < pairs.length; i += 2) dict.set(pairs[i], pairs[i + 1]);
  }

  #append(values: readonly Pickled<Extra>[]): void {
    const list = this.#top();
    if (!Array.isArray(list)) bad("adds to what is no list");
    for (const value of values) list.push(value);
  }

  #call(): void {
    const [callee, args] = this.#several(2);
    const name = callee instanceof Named ? callee.name : "what has no name";
    const made = Array.isArray(args) ? this.callbacks.call(name, args) : undefined;
    if (made === undefined) throw new RangeError(`the file asks to call ${plain(name)}; ${ONLY_STATES}`);
    this.#push(this.#made(made));
  }

  /** By its code; true at the end. */
  #step(code: number): boolean {
    switch (code) {
      case 0x80: // PROTO
        if (this.#u8() > 5) bad("is of a protocol above 5");
        return false;
      case 0x95: // FRAME
        this.#take(8);
        return false;
      case 0x7d: // EMPTY_DICT
        this.#push(this.#made(new Map()));
        return false;
      case 0x5d: // EMPTY_LIST
      case 0x29: // EMPTY_TUPLE
        this.#push(this.#made([]));
        return false;
      case 0x28:
        this.#push(MARK);
        return false;
      case 0x4e: // NONE
        this.#push(null);
        return false;
      case 0x88: // NEWTRUE
      case 0x89: // NEWFALSE
        this.#push(code === 0x88);
        return false;
      case 0x4b: // BININT1
        this.#push(this.#u8());
        return false;
      case 0x4d: // BININT2
        this.#push(this.#u16());
        return false;
      case 0x4a: // BININT
        this.#push(this.#u32() | 0);
        return false;
      case 0x47: // BINFLOAT
        this.#push(this.#view.getFloat64(this.#take(8)));
        return false;
      case 0x8a: // LONG1
        this.#push(this.#long(this.#u8()));
        return false;
      case 0x58: // BINUNICODE
        this.#push(this.#string(this.#u32()));
        return false;
      case 0x8c: // SHORT_BINUNICODE
      case 0x55: // SHORT_BINSTRING
      case 0x43: // SHORT_BINBYTES
        this.#push(this.#string(this.#u8()));
        return false;
      case 0x71: // BINPUT
        this.#remember(this.#u8());
        return false;
      case 0x72: // LONG_BINPUT
        this.#remember(this.#u32());
        return false;
      case 0x94: // MEMOIZE
        this.#remember(this.#memo.size);
        return false;
      case 0x68: // BINGET
        this.#recall(this.#u8());
        return false;
      case 0x6a: // LONG_BINGET
        this.#recall(this.#u32());
        return false;
      case 0x63: // GLOBAL
        this.#push(this.#made(new Named(`${this.#line()}.${this.#line()}`)));
        return false;
      case 0x93: // STACK_GLOBAL
        this.#push(
          this.#made(
            new Named(
              this.#several(2)
                .map(each => (typeof each === "string" ? each : "?"))
                .join("."),
            ),
          ),
        );
        return false;
      case 0x85: // TUPLE1
      case 0x86: // TUPLE2
      case 0x87: // TUPLE3
        this.#push(this.#made(this.#several(code - 0x84)));
        return false;
      case 0x74: // TUPLE
        this.#push(this.#made(this.#toMark()));
        return false;
      case 0x51: // BINPERSID
        this.#push(this.callbacks.persistent(this.#pop()));
        return false;
      case 0x52: // REDUCE
        this.#call();
        return false;
      case 0x73: // SETITEM
        this.#set(this.#several(2));
        return false;
      case 0x75: // SETITEMS
        this.#set(this.#toMark());
        return false;
      case 0x61: // APPEND
        this.#append([this.#pop()]);
        return false;
      case 0x65: // APPENDS
        this.#append(this.#toMark());
        return false;
      case 0x62: // BUILD: attributes of a state dict, versions of modules
        this.#pop();
        if (!(this.#top() instanceof Map))
          throw new RangeError(`the file gives attributes to an object; ${ONLY_STATES}`);
        return false;
      case 0x2e: // STOP
        return true;
      case 0x81: // NEWOBJ
      case 0x92: // NEWOBJ_EX
      case 0x69: // INST
      case 0x6f: // OBJ
        throw new RangeError(`the file holds a whole module or another object; ${ONLY_STATES}`);
      default:
        return bad(`has the code 0x${code.toString(16)}, which a state dict has not`);
    }
  }

  read(): { value: Pickled<Extra>; end: number } {
    while (!this.#step(this.#u8()));
    return { value: this.#pop(), end: this.#at };
  }
}

/**
 * The value of a pickle.
 *
 * @param at where it begins
 * @returns the value, and where it ends
 * @throws RangeError for anything that is no pickle of plain data, or calls what `callbacks` do not allow
 */
export function unpickle<Extra>(
  bytes: Uint8Array,
  at: number,
  callbacks: Callbacks<Extra>,
): { value: Pickled<Extra>; end: number } {
  const most = bytes.subarray(0, at + MOST_BYTES);
  return new Reader(most, at, callbacks).read();
}
