import { afterEach, expect, it } from "vitest";
import { expectClose } from "../../helpers/compare.ts";
import { KernelBench } from "../../helpers/kernels.ts";
import { seeded } from "../../helpers/random.ts";

const bench = new KernelBench();
afterEach(() => bench.reset());

it.each([1, 2, 3, 4, 5, 7, 8, 9])("adds the sum over rows of dz·c, n = %i", n => {
  const [rows, dzStride, cStride] = [6, 40, 12];
  const random = seeded(n);
  const [d, dz, c] = [random.array(n), random.array(rows * dzStride), random.array(rows * cStride)];
  const pointer = bench.inOut(d);
  bench.kernels.sumOfRowProducts(pointer, bench.input(dz), dzStride, bench.input(c), cStride, rows, n);
  const expected = d.map((start, j) => {
    let sum = start;
    for (let r = 0; r < rows; r++) sum += dz[r * dzStride + j] * c[r * cStride + j];
    return sum;
  });
  expectClose(bench.read(pointer), expected, { relative: 1e-6, absolute: 1e-6 });
});

it("is nothing without rows", () => {
  const pointer = bench.inOut([1, 2, 3]);
  bench.kernels.sumOfRowProducts(pointer, 0, 4, 0, 4, 0, 3);
  expect([...bench.read(pointer)]).toEqual([1, 2, 3]);
});
