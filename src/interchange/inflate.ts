/** What deflate has packed, without a library: archives of models are small, and mostly not packed at all. */
import type { Bytes } from "../typedArray.ts";

/** Ends the reading of a zip file. */
export function bad(problem: string): never {
  throw new RangeError(`its zip ${problem}; is the file cut off, or was it changed?`);
}

/** The symbols of a canonical code: how many have each length, and all of them, those of short codes first. */
interface Code {
  counts: readonly number[];
  symbols: readonly number[];
}

function codeOf(lengths: readonly number[]): Code {
  const counts = new Array<number>(16).fill(0);
  for (const length of lengths) if (length > 0) counts[length]++;
  const symbols = counts.flatMap((count, length) =>
    count > 0 ? lengths.flatMap((own, symbol) => (own === length ? symbol : [])) : [],
  );
  return { counts, symbols };
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
  const symbol = ({ counts, symbols }: Code): number => {
    let code = 0; // the bits so far, beyond the codes that are shorter
    let before = 0; // how many of these there are
    for (let length = 1; length < 16; length++) {
      code = 2 * code + bits(1);
      if (code < counts[length]) return symbols[before + code];
      code -= counts[length];
      before += counts[length];
    }
    return bad("is damaged");
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
  if (end !== size) bad("holds less than it says");
  return out;
}
