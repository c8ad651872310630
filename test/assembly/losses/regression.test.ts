import { afterEach, describe, expect, it } from "vitest";
import { KernelBench } from "../../helpers/kernels.ts";
import { seeded } from "../../helpers/random.ts";
import { huber, meanAbsoluteError, meanSquaredError } from "../../reference/losses.ts";
import { checkLoss, type LossKernels } from "./checkLoss.ts";

const bench = new KernelBench();
const { kernels } = bench;
afterEach(() => bench.reset());

const losses = {
  meanSquaredError: n => ({
    forward: (p, y) => kernels.meanSquaredErrorForward(p, y, n),
    backward: (d, p, y, scale) => kernels.meanSquaredErrorBackward(d, p, y, scale, n),
  }),
  meanAbsoluteError: n => ({
    forward: (p, y) => kernels.meanAbsoluteErrorForward(p, y, n),
    backward: (d, p, y, scale) => kernels.meanAbsoluteErrorBackward(d, p, y, scale, n),
  }),
  huber: n => ({
    forward: (p, y) => kernels.huberForward(p, y, 0.7, n),
    backward: (d, p, y, scale) => kernels.huberBackward(d, p, y, 0.7, scale, n),
  }),
} satisfies Record<string, (n: number) => LossKernels>;
const references = {
  meanSquaredError,
  meanAbsoluteError,
  huber: (p: ArrayLike<number>, y: ArrayLike<number>) => huber(p, y, 0.7),
};
const names = Object.keys(losses) as (keyof typeof losses)[];

describe.each(names)("%s", name => {
  it.each([1, 2, 3, 4, 5, 8, 9, 100])("of %i numbers", n => {
    const random = seeded(n);
    const [p, y] = [random.array(n), random.array(n)];
    checkLoss(bench, losses[name](n), p, bench.input(y), references[name](p, y));
  });

  it("at differences of 0, of delta exactly, and huge ones", () => {
    const delta = Math.fround(0.7);
    const p = Float32Array.from([1, delta, -delta, 1e4, -1e4, 0]);
    const y = Float32Array.from([1, 0, 0, -1, 1, -0]);
    checkLoss(bench, losses[name](6), p, bench.input(y), references[name](p, y));
  });

  it("NaN makes the loss and its own gradient NaN", () => {
    const { forward, backward } = losses[name](3);
    const [p, y] = [bench.input([1, Number.NaN, 3]), bench.input([0, 0, 0])];
    expect(forward(p, y)).toBeNaN();
    const d = bench.inOut([0, 0, 0]);
    backward(d, p, y, 1);
    expect([...bench.read(d)].map(Number.isNaN)).toEqual([false, true, false]);
  });
});
