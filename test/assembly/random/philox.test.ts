import { afterEach, describe, expect, it } from "vitest";
import { KernelBench } from "../../helpers/kernels.ts";
import { randomBits } from "./draw.ts";

const bench = new KernelBench();
afterEach(() => bench.reset());

const bits = (seed: number, stream: number, step: number, n: number): number[] => [
  ...randomBits(bench, seed, stream, step, n),
];

/** Philox 4x32-10 in the terms of its paper: a bijection of the counter for each key. */
function philox(counter: number[], key: number[]): number[] {
  let [c0, c1, c2, c3] = counter.map(BigInt);
  let [k0, k1] = key.map(BigInt);
  const word = (x: bigint) => x & 0xffff_ffffn;
  for (let round = 0; round < 10; round++) {
    const [p0, p1] = [0xd251_1f53n * c0, 0xcd9e_8d57n * c2];
    [c0, c1, c2, c3] = [(p1 >> 32n) ^ c1 ^ k0, word(p1), (p0 >> 32n) ^ c3 ^ k1, word(p0)];
    [k0, k1] = [word(k0 + 0x9e37_79b9n), word(k1 + 0xbb67_ae85n)];
  }
  return [c0, c1, c2, c3].map(Number);
}

describe("random bits", () => {
  // The known answers that Random123 publishes; of the three, the kernel's counter can only be the first.
  it("the published answers", () => {
    const ones = 0xffff_ffff;
    expect(bits(0, 0, 0, 4)).toEqual([0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]);
    expect(philox([0, 0, 0, 0], [0, 0])).toEqual([0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]);
    expect(philox([ones, ones, ones, ones], [ones, ones])).toEqual([
      0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd,
    ]);
    expect(philox([0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], [0xa409_3822, 0x299f_31d0])).toEqual([
      0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1,
    ]);
  });

  it.each([
    [1, 2, 3],
    [0xffff_ffff, 0xffff_ffff, 0xffff_ffff],
    [0xdead_beef, 17, 0x8000_0000],
  ])("counter (i / 4, 0, step, 0), key (seed, stream): seed %i, stream %i, step %i", (seed, stream, step) => {
    const expected = [0, 1, 2, 3, 4].flatMap(i => philox([i, 0, step, 0], [seed, stream]));
    expect(bits(seed, stream, step, 20)).toEqual(expected);
  });

  it("no number depends on how many are asked for", () => {
    expect(bits(5, 6, 7, 400).slice(0, 4)).toEqual(bits(5, 6, 7, 4));
  });

  it("seed, stream and step each change all numbers", () => {
    const draws = [bits(1, 1, 1, 100), bits(2, 1, 1, 100), bits(1, 2, 1, 100), bits(1, 1, 2, 100)];
    expect(new Set(draws.flat()).size).toBe(400);
  });

  it("each bit is set half of the time", () => {
    const n = 100_000;
    const counts = new Array<number>(32).fill(0);
    for (const value of bits(42, 1, 0, n)) for (let b = 0; b < 32; b++) counts[b] += (value >>> b) & 1;
    // Five standard deviations.
    for (const count of counts) expect(Math.abs(count / n - 0.5)).toBeLessThan((5 * 0.5) / Math.sqrt(n));
  });
});
