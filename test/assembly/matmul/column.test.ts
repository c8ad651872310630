import { afterEach, describe, expect, it } from "vitest";
import { expectClose } from "../../helpers/compare.ts";
import { KernelBench } from "../../helpers/kernels.ts";
import { seeded } from "../../helpers/random.ts";
import { matmul } from "../../reference/matmul.ts";

const bench = new KernelBench();
afterEach(() => bench.reset());
const random = seeded(31);
const tight = { relative: 1e-6, absolute: 1e-6 };

describe.each([
  [1, 1],
  [5, 3],
  [4, 4],
  [7, 9],
  [640, 50],
])("a column: %i rows of %i", (rows, C) => {
  const x = random.array(rows * C);
  const w = random.array(C);
  const dy = random.array(rows);
  const bias = random.array(1);

  it("x·w + bias", () => {
    const product = matmul(x, w, rows, C, 1);
    for (const b of [0, bias[0]]) {
      const y = bench.output(rows);
      bench.kernels.columnForward(y, bench.input(x), bench.input(w), b ? bench.input(bias) : 0, rows, C);
      expectClose(
        bench.read(y),
        product.map(value => value + b),
        { relative: 1e-6, absolute: 1e-6 * Math.sqrt(C) },
      );
    }
  });

  it("adds dy·wᵀ to dx", () => {
    const before = random.array(rows * C);
    const dx = bench.inOut(before);
    bench.kernels.columnInputGradient(dx, bench.input(dy), bench.input(w), rows, C);
    const product = matmul(dy, w, rows, 1, C);
    expectClose(
      bench.read(dx),
      product.map((value, i) => value + before[i]),
      tight,
    );
  });

  it("adds xᵀ·dy to dw", () => {
    const before = random.array(C);
    const dw = bench.inOut(before);
    bench.kernels.columnWeightGradient(dw, bench.input(x), bench.input(dy), rows, C);
    const product = matmul(x, dy, C, rows, 1, { transposeA: true });
    expectClose(
      bench.read(dw),
      product.map((value, i) => value + before[i]),
      { relative: 1e-6, absolute: 1e-6 * Math.sqrt(rows) },
    );
  });

  it("gives the bits of a row whatever rows come with it", () => {
    const [all, one] = [bench.output(rows), bench.output(1)];
    const weights = bench.input(w);
    bench.kernels.columnForward(all, bench.input(x), weights, 0, rows, C);
    bench.kernels.columnForward(one, bench.input(x.slice((rows - 1) * C)), weights, 0, 1, C);
    expect(bench.read(one)[0]).toBe(bench.read(all)[rows - 1]);
  });
});
