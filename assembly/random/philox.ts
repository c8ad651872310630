import { bytes } from "../math/lanes";

/**
 * Philox 4x32-10, a counter-based generator (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011):
 * number i of a stream is a function of (seed, stream, step, i) alone, so any part can be made anywhere, in any order.
 *
 * seed, stream  the key: the model's seed, and who is asking
 * step          which draw of that stream
 */

/** Writes the four numbers of one counter at `out`. */
// @ts-ignore: decorator
@inline
export function philox(out: usize, c0: u32, c1: u32, c2: u32, c3: u32, k0: u32, k1: u32): void {
  for (let round = 0; round < 10; round++) {
    const p0 = <u64>0xd2511f53 * <u64>c0, p1 = <u64>0xcd9e8d57 * <u64>c2;
    c0 = <u32>(p1 >> 32) ^ c1 ^ k0;
    c1 = <u32>p1;
    c2 = <u32>(p0 >> 32) ^ c3 ^ k1;
    c3 = <u32>p0;
    k0 += 0x9e3779b9;
    k1 += 0xbb67ae85;
  }
  store<u32>(out, c0);
  store<u32>(out, c1, 4);
  store<u32>(out, c2, 8);
  store<u32>(out, c3, 12);
}

/**
 * y  [n] of u32  out  assigned; n is a multiple of 4
 */
export function randomBits(y: usize, seed: u32, stream: u32, step: u32, n: i32): void {
  for (let i = 0; i < n; i += 4) philox(y + bytes(i), <u32>i >> 2, 0, step, 0, seed, stream);
}
