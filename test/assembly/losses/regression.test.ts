import { afterEach, describe, expect, it } from "vitest";
import { KernelBench } from "../../helpers/kernels.ts";
import { seeded } from "../../helpers/random.ts";
import { regression } from "../../reference/losses.ts";
import { checkLoss, type LossKernels } from "./checkLoss.ts";

const bench = new KernelBench();
const kernels = bench.kernels as unknown as Record<string, (...numbers: number[]) => number>;
afterEach(() => bench.reset());

describe.each(Object.entries(regression))("%s", (name, { extra = [], reference }) => {
  const loss = (rows: number, C: number): LossKernels => ({
    rows,
    forward: (p, y, weights) => kernels[`${name}Forward`](p, y, weights, ...extra, rows, C),
    backward: (d, p, y, weights) => kernels[`${name}Backward`](d, p, y, weights, ...extra, rows, C),
  });

  it.each([
    [1, 1],
    [2, 1],
    [1, 3],
    [2, 2],
    [5, 1],
    [4, 2],
    [3, 3],
    [10, 10],
  ])("of %i rows of %i numbers", (rows, C) => {
    const random = seeded(rows * C);
    const [p, y] = [random.array(rows * C), random.array(rows * C)];
    const [prediction, target] = [p, y].map(numbers => Float32Array.from(numbers));
    checkLoss(bench, loss(rows, C), prediction, bench.input(target), w => reference(prediction, target, w));
  });

  it("at differences of 0, of 0.7 exactly, tiny and huge ones", () => {
    const edge = Math.fround(0.7);
    const p = Float32Array.from([1, edge, -edge, 1e4, -1e4, 0, 1e-6, -3e-4]);
    const y = Float32Array.from([1, 0, 0, -1, 1, -0, 0, 0]);
    checkLoss(bench, loss(4, 2), p, bench.input(y), w => reference(p, y, w));
  });

  it("NaN makes the loss and its own gradient NaN", () => {
    const { forward, backward } = loss(3, 1);
    const [p, y] = [bench.input([1, Number.NaN, 3]), bench.input([0, 0, 0])];
    expect(forward(p, y, 0)).toBeNaN();
    const d = bench.inOut([0, 0, 0]);
    backward(d, p, y, 0);
    expect([...bench.read(d)].map(Number.isNaN)).toEqual([false, true, false]);
  });
});
