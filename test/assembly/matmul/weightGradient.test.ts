import fc from "fast-check";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { expectClose } from "../../helpers/compare.ts";
import { blocks, cutsOf } from "../../helpers/cuts.ts";
import { KernelBench, withoutStride, withStride } from "../../helpers/kernels.ts";
import { seeded } from "../../helpers/random.ts";
import { matmul } from "../../reference/matmul.ts";
import { integers } from "./integers.ts";

const bench = new KernelBench();
const { kernels } = bench;
afterEach(() => bench.reset());

interface Case {
  M: number;
  N: number;
  K: number;
  aGap?: number;
  bGap?: number;
  cGap?: number;
}

/** Adds a product of whole numbers to others and compares every bit, with gaps and guards, the scratch's too. */
function check({ M, N, K, aGap = 0, bGap = 0, cGap = 0 }: Case): void {
  bench.reset();
  const [a, b, before] = [integers(K * M, 1), integers(K * N, 2), integers(M * N, 3)];
  const c = bench.inOut(withStride(before, N, N + cGap));
  const pa = bench.input(withStride(a, M, M + aGap));
  const pb = bench.input(withStride(b, N, N + bGap));
  const scratch = bench.output(kernels.weightGradientScratch(M, N, K));
  kernels.weightGradient(c, N + cGap, pa, M + aGap, pb, N + bGap, M, N, K, scratch);
  const expected = matmul(a, b, M, K, N, { transposeA: true });
  expect(withoutStride(bench.read(c), N, N + cGap)).toEqual(
    Float32Array.from(expected, (value, i) => value + before[i]),
  );
}

describe("equals the reference", () => {
  it.each([1, 2, 3, 4, 5, 7, 8, 9, 127, 128, 129, 131, 257])("M = %i", M => {
    for (const K of [1, 6, 300]) check({ M, N: 13, K, cGap: 1 });
  });

  it.each([1, 3, 4, 5, 7, 8, 9, 16, 17, 511, 512, 513, 519, 520, 521, 1030])("N = %i", N => {
    for (const K of [1, 6, 260]) check({ M: 7, N, K, bGap: 3 });
  });

  it.each([1, 2, 255, 256, 257, 511, 512, 513, 700])("K = %i", K => {
    for (const M of [1, 5, 130]) check({ M, N: 21, K, aGap: 2, bGap: 1, cGap: 4 });
  });

  it("where all blocks are passed at once", () => check({ M: 130, N: 515, K: 259 }));

  it("for random shapes and strides", () => {
    const size = (max: number) => fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max }));
    const gap = fc.nat(9);
    fc.assert(
      fc.property(fc.record({ M: size(140), N: size(70), K: size(530), aGap: gap, bGap: gap, cGap: gap }), check),
      { numRuns: 150, seed: 1 },
    );
  });
});

it.each([
  [5, 20, 256],
  [30, 30, 1600],
])("is accurate: M = %i, N = %i, K = %i", (M, N, K) => {
  const random = seeded(K);
  const [a, b] = [random.array(K * M), random.array(K * N)];
  const c = bench.inOut(new Float32Array(M * N));
  const scratch = bench.output(kernels.weightGradientScratch(M, N, K));
  kernels.weightGradient(c, N, bench.input(a), M, bench.input(b), N, M, N, K, scratch);
  expectClose(bench.read(c), matmul(a, b, M, K, N, { transposeA: true }), { absolute: 2 ** -23 * K });
});

it("NaN and infinities reach their rows and columns, no others", () => {
  const [M, N, K] = [6, 11, 5];
  const random = seeded(4);
  const [a, b] = [random.array(K * M), random.array(K * N)];
  a[2 * M + 5] = Number.NaN;
  b[3 * N + 9] = -Infinity;
  const c = bench.inOut(new Float32Array(M * N));
  const scratch = bench.output(kernels.weightGradientScratch(M, N, K));
  kernels.weightGradient(c, N, bench.input(a), M, bench.input(b), N, M, N, K, scratch);
  expectClose(bench.read(c), matmul(a, b, M, K, N, { transposeA: true }), { relative: 1e-5, absolute: 1e-6 });
});

describe("gives the same bits however it is cut", () => {
  const [M, N, K] = [135, 530, 300];
  const random = seeded(9);
  const [a, b, before] = [random.array(K * M), random.array(K * N), random.array(M * N)];

  /** The gradient with rows cut at `rows` and columns at `columns`. */
  function bits(rows: number[], columns: number[]): Int32Array {
    bench.reset();
    const [c, pa, pb] = [bench.inOut(before), bench.input(a), bench.input(b)];
    for (const { m, end, n, last } of blocks(M, N, rows, columns)) {
      const scratch = bench.output(kernels.weightGradientScratch(end - m, last - n, K));
      const at = c + 4 * (m * N + n);
      kernels.weightGradient(at, N, pa + 4 * m, M, pb + 4 * n, N, end - m, last - n, K, scratch);
    }
    return bench.readInts(c);
  }

  let whole: Int32Array;
  beforeAll(() => {
    whole = bits([], []);
  });

  it.each([
    ["columns at 265", [], [265]],
    ["columns at 1, 4, 11, 512 and 529", [], [1, 4, 11, 512, 529]],
    ["rows at 1 and 129", [1, 129], []],
    ["rows and columns", [4, 71], [8, 256]],
  ])("%s", (_, rows, columns) => expect(bits(rows, columns)).toEqual(whole));

  it("any columns", () => {
    fc.assert(
      fc.property(cutsOf(N, 4), columns => {
        expect(bits([], columns)).toEqual(whole);
      }),
      { numRuns: 8, seed: 2 },
    );
  });
});
