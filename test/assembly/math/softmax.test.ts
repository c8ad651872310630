import { afterEach, describe, expect, it } from "vitest";
import { expectClose } from "../../helpers/compare.ts";
import { KernelBench } from "../../helpers/kernels.ts";
import { seeded } from "../../helpers/random.ts";
import { softmaxBackward, softmaxForward } from "../../reference/activations.ts";

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
const bench = new KernelBench();
afterEach(() => bench.reset());

function forward(x: ArrayLike<number>, rows: number, V: number): Float32Array {
  const y = bench.output(rows * V);
  bench.kernels.softmaxForward(y, bench.input(x), rows, V);
  return bench.read(y);
}

describe("softmaxForward", () => {
  it.each([1, 2, 3, 4, 5, 7, 8, 9, 33])("over %i classes, in place too", V => {
    const x = seeded(V).array(5 * V, 2);
    const y = forward(x, 5, V);
    expectClose(y, softmaxForward(x, 5, V), { relative: 1e-6 });
    const both = bench.inOut(x);
    bench.kernels.softmaxForward(both, both, 5, V);
    expect(bench.read(both)).toEqual(y);
  });

  // The shift x - max is rounded to float32, which e^x multiplies by its size.
  it.each([
    [4, 1, 25_000],
    [10, 5, 10_000],
    [5, 30, 20_000],
    [1000, 20, 100],
    [10_000, 1, 5],
    [100_003, 1, 2],
    [1_000_000, 1, 1],
  ])("over %i classes with deviation %i: relative error 1e-6 + 2^-24 (max - x)", (V, deviation, rows) => {
    const x = seeded(V).array(rows * V, deviation);
    const expected = softmaxForward(x, rows, V);
    const y = forward(x, rows, V);
    let worst = 0;
    for (let r = 0; r < rows; r++) {
      let largest = -inf;
      for (let i = r * V; i < r * V + V; i++) largest = Math.max(largest, x[i]);
      for (let i = r * V; i < r * V + V; i++) {
        const depth = largest - x[i];
        if (depth > 87 || expected[i] < 2 ** -126) {
          expect(y[i] === 0 || y[i] >= 2 ** -126).toBe(true); // never subnormal
          continue;
        }
        worst = Math.max(worst, Math.abs(y[i] / expected[i] - 1) / (1e-6 + 2 ** -24 * depth));
      }
    }
    expect(worst).toBeLessThanOrEqual(1);
    expect(worst).toBeGreaterThan(0.05);
  });

  it.each([1023, 1024, 1028, 100_001, 1_000_000])("over %i classes, equal ones too: the sum is 1", V => {
    for (const x of [new Float32Array(V).fill(0.1), seeded(V).array(V, 1)]) {
      const sum = forward(x, 1, V).reduce((a, b) => a + b, 0);
      expect(Math.abs(sum - 1)).toBeLessThan(6e-7);
    }
  });

  it("takes logits of any size", () => {
    const x = [1000, -1000, 999, 3e38, -3e38, 0, -inf, 0, 1, 1e-45, -0, 0];
    expectClose(forward(x, 4, 3), softmaxForward(x, 4, 3), { relative: 1e-6 });
    expect([...forward([nan, 1, 2, 1, 2, nan], 2, 3)]).toEqual(Array(6).fill(nan));
    expect([...forward([nan, 1, 0, 0], 2, 2)]).toEqual([nan, nan, 0.5, 0.5]);
  });
});

it.each([1, 2, 3, 4, 5, 8, 9])("softmaxBackward over %i classes adds", V => {
  const random = seeded(V);
  const y = Float32Array.from(softmaxForward(random.array(4 * V, 2), 4, V));
  const [before, dy] = [random.array(4 * V), random.array(4 * V)];
  const dx = bench.inOut(before);
  bench.kernels.softmaxBackward(dx, bench.input(dy), bench.input(y), 4, V);
  const added = softmaxBackward(dy, y, 4, V);
  expectClose(
    bench.read(dx),
    before.map((value, i) => value + added[i]),
    { relative: 1.2e-7, absolute: 1.2e-7 },
  );
});
