/** What deflate has packed, without a library: archives of models are small, and mostly not packed at all. */
import type { Bytes } from "../typedArray.ts";

/** Ends the reading of a zip file. */
export function bad(problem: string): never {
  throw new RangeError(`its zip ${problem}; is the file cut off, or was it changed?`);
}

/** A canonical code: by the bits that come next, the lowest first, 16 times a symbol, and how many of them are its own. */
interface Code {
  table: Uint16Array;
  /** Bits of its longest symbol */
  longest: number;
}

function codeOf(lengths: readonly number[]): Code {
  const longest = Math.max(...lengths);
  const table = new Uint16Array(1 << longest);
  let first = 0; // the next code, its highest bit first
  for (let length = 1; length <= longest; length++, first *= 2) {
    lengths.forEach((own, symbol) => {
      if (own !== length) return;
      let code = 0;
      for (let i = 0; i < length; i++) code |= ((first >> i) & 1) << (length - 1 - i);
      for (; code < table.length; code += 1 << length) table[code] = 16 * symbol + length;
      first++;
    });
  }
  return { table, longest };
}

/** Those of blocks that bring none: for bytes and lengths, and for distances. */
const fixed = (): [Code, Code] => [
  codeOf(Array.from({ length: 288 }, (_, i) => (i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8))),
  codeOf(new Array(30).fill(5)),
];

/** The order in which lengths of the code for lengths are given. */
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/**
 * What deflate has packed, of a size that is known.
 *
 * @throws RangeError for anything else, before it takes more memory or time than that size does
 * @see RFC 1951
 */
export function inflate(packed: Uint8Array, size: number): Bytes {
  const out = new Uint8Array(size);
  let end = 0;
  let at = 0;
  let waiting = 0;
  let held = 0;
  const plain = fixed();

  /** The next bits, the first of them lowest. */
  const bits = (count: number): number => {
    for (; held < count; held += 8) waiting |= (packed[at++] ?? bad("holds less than it says")) << held;
    const value = waiting & ((1 << count) - 1);
    waiting >>>= count;
    held -= count;
    return value;
  };
  const symbol = ({ table, longest }: Code): number => {
    for (; held < longest; held += 8) waiting |= packed[at++] << held; // behind the end 0
    const found = table[waiting & (table.length - 1)];
    const length = found & 15;
    if (length === 0) bad("is damaged");
    waiting >>>= length;
    held -= length;
    return found >> 4;
  };
  /** A number of a class, of which there are so many for each count of further bits. */
  const further = (kind: number, each: number): number => {
    if (kind < each) return kind;
    const count = Math.floor(kind / each) - 1;
    return ((each + (kind % each)) << count) + bits(count);
  };
  const put = (value: number): void => {
    if (end >= size) bad("holds more than it says");
    out[end++] = value;
  };

  /** The codes of a block, which are packed themselves. */
  const own = (): [Code, Code] => {
    const first = 257 + bits(5);
    const count = first + 1 + bits(5);
    const sizes = new Array<number>(19).fill(0);
    for (let i = 0, given = 4 + bits(4); i < given; i++) sizes[ORDER[i]] = bits(3);
    const code = codeOf(sizes);
    const lengths: number[] = [];
    while (lengths.length < count) {
      const next = symbol(code);
      const times = next < 16 ? 1 : next === 16 ? 3 + bits(2) : next === 17 ? 3 + bits(3) : 11 + bits(7);
      const value = next < 16 ? next : next === 16 ? (lengths.at(-1) ?? bad("is damaged")) : 0;
      for (let i = 0; i < times; i++) lengths.push(value);
    }
    return [codeOf(lengths.slice(0, first)), codeOf(lengths.slice(first))];
  };

  for (let last = 0; !last; ) {
    last = bits(1);
    const kind = bits(2);
    if (kind === 0) {
      bits(held & 7);
      let count = bits(16);
      if ((count ^ bits(16)) !== 0xffff) bad("is damaged");
      while (count-- > 0) put(bits(8));
      continue;
    }
    if (kind === 3) bad("is damaged");
    const [codes, distances] = kind === 2 ? own() : plain;
    for (let next = symbol(codes); next !== 256; next = symbol(codes)) {
      if (next < 256) {
        put(next);
        continue;
      }
      let length = next === 285 ? 258 : 3 + further(next - 257, 4);
      const back = 1 + further(symbol(distances), 2);
      if (next > 285 || back > end) bad("is damaged");
      while (length-- > 0) put(out[end - back]);
    }
  }
  if (end !== size || at - (held >> 3) > packed.length) bad("holds less than it says");
  return out;
}
