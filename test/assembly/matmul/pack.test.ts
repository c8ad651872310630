import { afterEach, describe, expect, it } from "vitest";
import { KernelBench, withStride } from "../../helpers/kernels.ts";
import { seeded } from "../../helpers/random.ts";
import { panels } from "./panels.ts";

const bench = new KernelBench();
const { kernels } = bench;
afterEach(() => bench.reset());

describe.each([
  [1, 1, 0],
  [1, 8, 3],
  [3, 4, 0],
  [3, 5, 1],
  [5, 7, 2],
  [8, 8, 0],
  [9, 9, 5],
  [2, 12, 0],
  [4, 13, 1],
  [7, 16, 4],
  [600, 17, 0],
])("K = %i, N = %i, stride %i longer than the row", (K, N, gap) => {
  const x = seeded(K + N).array(K * N);

  it("pack", () => {
    const packed = bench.output(kernels.packedSize(K, N));
    kernels.pack(packed, bench.input(withStride(x, N, N + gap)), N + gap, K, N);
    expect(bench.read(packed)).toEqual(panels(K, N, (k, n) => x[k * N + n]));
  });

  it("packTransposed", () => {
    const packed = bench.output(kernels.packedSize(K, N));
    kernels.packTransposed(packed, bench.input(withStride(x, K, K + gap)), K + gap, K, N);
    expect(bench.read(packed)).toEqual(panels(K, N, (k, n) => x[n * K + k]));
  });
});
