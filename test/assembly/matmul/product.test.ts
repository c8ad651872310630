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
  /** What each stride is longer than its row by. */
  aGap?: number;
  cGap?: number;
  /** Without: c starts from nothing. "bias": one row for all. "in place": from what c holds. */
  start?: "rows" | "bias" | "in place";
}

/** Runs a product of whole numbers and compares every bit, with gaps and guards. */
function check({ M, N, K, aGap = 0, cGap = 0, start }: Case): void {
  bench.reset();
  const [a, b] = [integers(M * K, 1), integers(K * N, 2)];
  const initial = integers(start === "bias" ? N : M * N, 3);
  const packed = bench.output(kernels.packedSize(K, N));
  kernels.pack(packed, bench.input(b), N, K, N);

  const cStride = N + cGap;
  const inPlace = start === "in place";
  const c = bench.inOut(withStride(inPlace ? initial : new Float32Array(M * N).fill(Number.NaN), N, cStride));
  let from = 0;
  let fromStride = 0;
  if (inPlace) {
    from = c;
    fromStride = cStride;
  } else if (start) {
    fromStride = start === "bias" ? 0 : N + 5;
    from = bench.input(start === "bias" ? initial : withStride(initial, N, fromStride));
  }
  kernels.product(c, cStride, from, fromStride, bench.input(withStride(a, K, K + aGap)), K + aGap, packed, M, N, K);

  const expected = matmul(a, b, M, K, N);
  if (start) for (let i = 0; i < M * N; i++) expected[i] += initial[start === "bias" ? i % N : i];
  // + 0: the sign of zero is not compared here.
  expect(withoutStride(bench.read(c), N, cStride).map(value => value + 0)).toEqual(Float32Array.from(expected));
}

describe("equals the reference", () => {
  const starts = [undefined, "rows", "bias", "in place"] as const;

  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 63, 64, 65, 66, 68, 69, 128, 129, 130])("M = %i", M => {
    for (const start of starts) check({ M, N: 11, K: 9, start });
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 15, 16, 17, 20, 23, 24, 25, 31, 32, 33, 40, 41, 48, 49])("N = %i", N => {
    for (const start of starts) {
      for (const M of [1, 3, 5]) check({ M, N, K: 7, cGap: M, start });
    }
  });

  it.each([9, 10, 18, 33])("few columns in the last panel: N = %i", N => {
    for (const start of starts) {
      for (let M = 1; M <= 36; M++) check({ M, N, K: 5, aGap: 1, cGap: M & 3, start });
      check({ M: 33, N, K: 1030, start });
    }
  });

  it.each([1, 2, 511, 512, 513, 1023, 1024, 1025, 1100])("K = %i", K => {
    for (const start of starts) {
      for (const M of [1, 6, 65]) check({ M, N: 27, K, aGap: 2, cGap: 3, start });
    }
  });

  it("for random shapes and strides", () => {
    const size = (max: number) => fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max }));
    fc.assert(
      fc.property(
        fc.record({
          M: size(140),
          N: size(60),
          K: size(600),
          aGap: fc.nat(9),
          cGap: fc.nat(9),
          start: fc.constantFrom(...starts),
        }),
        check,
      ),
      { numRuns: 150, seed: 1 },
    );
  });
});

it.each([
  [5, 20, 512],
  [66, 30, 1100],
])("is accurate: M = %i, N = %i, K = %i", (M, N, K) => {
  const random = seeded(K);
  const [a, b, bias] = [random.array(M * K), random.array(K * N), random.array(N)];
  const packed = bench.output(kernels.packedSize(K, N));
  kernels.pack(packed, bench.input(b), N, K, N);
  const c = bench.output(M * N);
  kernels.product(c, N, bench.input(bias), 0, bench.input(a), K, packed, M, N, K);
  const expected = matmul(a, b, M, K, N).map((value, i) => value + bias[i % N]);
  expectClose(bench.read(c), expected, { absolute: 2 ** -23 * K });
});

it("multiplies by a transposed matrix", () => {
  const [M, N, K] = [7, 13, 10];
  const [a, b] = [integers(M * K, 1), integers(N * K, 2)];
  const packed = bench.output(kernels.packedSize(K, N));
  kernels.packTransposed(packed, bench.input(b), K, K, N);
  const c = bench.output(M * N);
  kernels.product(c, N, 0, 0, bench.input(a), K, packed, M, N, K);
  expect(bench.read(c)).toEqual(Float32Array.from(matmul(a, b, M, K, N, { transposeB: true }), value => value + 0));
});

it.each([1, 5])("NaN and infinities reach their rows and columns, no others: M = %i", M => {
  const [N, K] = [19, 6];
  const random = seeded(4);
  const [a, b] = [random.array(M * K), random.array(K * N)];
  a[(M - 1) * K + 2] = Number.NaN;
  if (M > 1) a[K] = -Infinity;
  b[3 * N + 17] = Infinity;
  const packed = bench.output(kernels.packedSize(K, N));
  kernels.pack(packed, bench.input(b), N, K, N);
  const c = bench.output(M * N);
  kernels.product(c, N, 0, 0, bench.input(a), K, packed, M, N, K);
  expectClose(bench.read(c), matmul(a, b, M, K, N), { relative: 1e-5, absolute: 1e-6 });
});

describe("gives the same bits however it is cut", () => {
  const [M, N, K] = [133, 45, 700];
  const random = seeded(9);
  const [a, b, start] = [random.array(M * K), random.array(K * N), random.array(M * N)];

  /** The product with rows cut at `rows` and columns at `columns` (multiples of 8). */
  function bits(rows: number[], columns: number[]): Int32Array {
    bench.reset();
    const packed = bench.output(kernels.packedSize(K, N));
    kernels.pack(packed, bench.input(b), N, K, N);
    const [pa, ps, c] = [bench.input(a), bench.input(start), bench.output(M * N)];
    for (const { m, end, n, last } of blocks(M, N, rows, columns)) {
      const at = 4 * (m * N + n);
      const panel = packed + 4 * n * K;
      kernels.product(c + at, N, ps + at, N, pa + 4 * m * K, K, panel, end - m, last - n, K);
    }
    return bench.readInts(c);
  }

  let whole: Int32Array;
  beforeAll(() => {
    whole = bits([], []);
  });

  it.each([
    ["single rows", Array.from({ length: M - 1 }, (_, m) => m + 1), []],
    ["rows 1 and 132", [1], []],
    ["rows 64 and 69", [64], []],
    ["uneven rows", [3, 5, 9, 70, 72], []],
    ["columns at 8", [], [8]],
    ["every panel", [], [8, 16, 24, 32, 40]],
    ["three panels and the rest", [], [24]],
    ["rows and columns", [1, 2, 66], [16, 40]],
  ])("%s", (_, rows, columns) => expect(bits(rows, columns)).toEqual(whole));

  it("any rows", () => {
    fc.assert(
      fc.property(cutsOf(M, 6), rows => {
        expect(bits(rows, [])).toEqual(whole);
      }),
      { numRuns: 15, seed: 2 },
    );
  });
});
