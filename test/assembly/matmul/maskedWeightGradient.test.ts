import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { cutsOf } from "../../helpers/cuts.ts";
import { KernelBench, withoutStride, withStride } from "../../helpers/kernels.ts";
import { seeded } from "../../helpers/random.ts";
import { matmul } from "../../reference/matmul.ts";
import { integers } from "./integers.ts";

const bench = new KernelBench();
const { kernels } = bench;
afterEach(() => bench.reset());

interface Case {
  C: number;
  F: number;
  N: number;
  K: number;
  gap?: number;
  /** Rows of the mask */
  places?: number;
}

/** Whole numbers with a mask of 0, 1 and 2: sums are exact. */
function dataOf({ C, F, N, K, places = 3 }: Case) {
  const random = seeded(C + 10 * F + 100 * K);
  const [a, b, before] = [integers(K * (C + F), 1), integers(K * N, 2), integers((C + F) * N, 3)];
  const mask = Float64Array.from({ length: places * F }, () => Math.floor(random.uniform() * 3));
  const which = Int32Array.from({ length: K }, () => Math.floor(random.uniform() * places));
  const seen = a.map((value, i) => {
    const column = (i % (C + F)) - C;
    return column < 0 ? value : value * mask[which[Math.floor(i / (C + F))] * F + column];
  });
  return { a, b, before, mask, which, seen };
}

/** Adds a product to other numbers and compares every bit, with gaps and guards. */
function check(sizes: Case): void {
  bench.reset();
  const { C, F, N, K, gap = 0 } = sizes;
  const M = C + F;
  const { a, b, before, mask, which, seen } = dataOf(sizes);
  const c = bench.inOut(withStride(before, N, N + gap));
  const [pa, pm] = [bench.input(withStride(a, M, M + gap)), bench.input(withStride(mask, F, F + gap))];
  const pb = bench.input(withStride(b, N, N + gap));
  const scratch = bench.output(kernels.weightGradientScratch(M, N, K));
  const places = bench.inputInts(which);
  kernels.maskedWeightGradient(c, N + gap, pa, M + gap, pm, F + gap, places, pb, N + gap, C, F, N, K, scratch);
  const expected = matmul(seen, b, M, K, N, { transposeA: true });
  expect(withoutStride(bench.read(c), N, N + gap)).toEqual(Float32Array.from(expected, (v, i) => v + before[i]));
}

describe("equals the reference", () => {
  it.each([0, 1, 3, 4, 5, 8, 127, 128, 130])("C = %i", C => check({ C, F: 9, N: 13, K: 30, gap: 3 }));

  it.each([1, 2, 4, 5, 15, 16, 17, 20, 36, 127, 128, 129, 150])("F = %i", F => {
    for (const C of [0, 3]) check({ C, F, N: 13, K: 30, gap: 1 });
  });

  it.each([1, 7, 8, 9, 511, 512, 513, 530])("N = %i", N => check({ C: 2, F: 5, N, K: 12 }));

  it.each([1, 2, 319, 320, 321, 700])("K = %i", K => check({ C: 3, F: 6, N: 21, K, gap: 2, places: 7 }));

  it("for random shapes", () => {
    const size = (max: number) => fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max }));
    const shapes = fc.record({
      C: size(140),
      F: size(140),
      N: size(40),
      K: size(330),
      gap: fc.nat(5),
      places: size(9),
    });
    fc.assert(fc.property(shapes, check), { numRuns: 60, seed: 1 });
  });
});

it("gives the same bits for any cut of the columns", () => {
  const [C, F, N, K] = [5, 37, 70, 330];
  const [M, places] = [C + F, 4];
  const random = seeded(9);
  const [a, b, before, mask] = [K * M, K * N, M * N, places * F].map(size => random.array(size));
  const which = Int32Array.from({ length: K }, (_, k) => (k * 7) % places);
  const bits = (columns: number[]): Int32Array => {
    bench.reset();
    const [c, pa, pb, pm] = [bench.inOut(before), bench.input(a), bench.input(b), bench.input(mask)];
    const rows = bench.inputInts(which);
    [...columns, N].forEach((end, i) => {
      const n = columns[i - 1] ?? 0;
      const scratch = bench.output(kernels.weightGradientScratch(M, end - n, K));
      kernels.maskedWeightGradient(c + 4 * n, N, pa, M, pm, F, rows, pb + 4 * n, N, C, F, end - n, K, scratch);
    });
    return bench.readInts(c);
  };
  const whole = bits([]);
  fc.assert(
    fc.property(cutsOf(N, 4), columns => {
      expect(bits(columns)).toEqual(whole);
    }),
    { numRuns: 12, seed: 2 },
  );
});
