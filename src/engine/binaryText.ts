/**
 * Binaries as text, as assembly/binaryText.js writes them: gzipped they are as small as the bytes themselves. Read by a module of 191
 * bytes: JavaScript that has just been loaded takes 3 ms for it.
 */
import type { Bytes } from "../typedArray.ts";
import { unpackModule } from "./unpack.generated.ts";

const LETTERS = 89;
/** So many of the letters are the first of two. */
const ESCAPES = 2;
const PAGE_BITS = 16;
/** Where what is in memory. */
const PLACES = 0;
const BYTES = 128;
const OUT = BYTES + 256;

type Unpack = (
  out: number,
  text: number,
  size: number,
  places: number,
  bytes: number,
  letters: number,
  escapes: number,
) => number;

/**
 * What makes bytes of texts.
 *
 * @param alphabet the letters, and the bytes in the order of their frequency
 * @param longest of the texts, in letters
 */
export function textReader(alphabet: string, longest: number): (text: string) => Bytes {
  const memory = new WebAssembly.Memory({ initial: 1 + ((OUT + 2 * longest) >>> PAGE_BITS) });
  const module = new WebAssembly.Module(Uint8Array.from(atob(unpackModule), letter => letter.charCodeAt(0)));
  const unpack = new WebAssembly.Instance(module, { env: { memory } }).exports.unpack as Unpack;
  const whole = new Uint8Array(memory.buffer);
  for (let i = 0; i < LETTERS; i++) whole[PLACES + alphabet.charCodeAt(i)] = i;
  for (let rank = 0; rank < 256; rank++) {
    whole[BYTES + rank] = Number.parseInt(alphabet.slice(LETTERS + 2 * rank, LETTERS + 2 * rank + 2), 16);
  }
  return text => {
    const from = OUT + longest;
    new TextEncoder().encodeInto(text, whole.subarray(from));
    return whole.slice(OUT, OUT + unpack(OUT, from, text.length, PLACES, BYTES, LETTERS, ESCAPES));
  };
}
