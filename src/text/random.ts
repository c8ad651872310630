/** Random numbers that a seed decides. */
import { expectSeed } from "../expect.ts";

/**
 * A function that gives a number in [0, 1) at each call: of the same seed the same ones, in every runtime.
 *
 * @param seed a whole number of 32 bits
 * @see Tommy Ettinger, "mulberry32"
 * @example const random = seededRandom(7); sample(p, { random });
 */
export function seededRandom(seed: number): () => number {
  let state = expectSeed(seed, "seededRandom seed");
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}
