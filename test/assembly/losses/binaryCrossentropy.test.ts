import { afterEach, describe, expect, it } from "vitest";
import { expectClose } from "../../helpers/compare.ts";
import { KernelBench } from "../../helpers/kernels.ts";
import { seeded } from "../../helpers/random.ts";
import { binaryCrossentropy, binaryCrossentropyFromLogits } from "../../reference/losses.ts";
import { checkLoss, type LossKernels } from "./checkLoss.ts";

const bench = new KernelBench();
const { kernels } = bench;
afterEach(() => bench.reset());

const probabilities = (rows: number, C = 1): LossKernels => ({
  rows,
  forward: (p, y, weights) => kernels.binaryCrossentropyForward(p, y, weights, rows, C),
  backward: (d, p, y, weights) => kernels.binaryCrossentropyBackward(d, p, y, weights, rows, C),
});
const logits = (rows: number, C = 1): LossKernels => ({
  rows,
  forward: (z, y, weights) => kernels.binaryCrossentropyLogitsForward(z, y, weights, rows, C),
  backward: (d, z, y, weights) => kernels.binaryCrossentropyLogitsBackward(d, z, y, weights, rows, C),
});

// The kernel's ln q is log1p(q - 1), which costs digits where q is 1e-7.
const CLIPPED = 1e-10;

/** Targets of all kinds: 0, 1, and in between. */
const targets = (n: number) => Float32Array.from({ length: n }, (_, i) => [1, 0, 0.3][i % 3]);

describe.each([
  [1, 1],
  [2, 1],
  [1, 3],
  [2, 2],
  [5, 1],
  [4, 2],
  [3, 3],
  [16, 4],
])("of %i rows of %i numbers", (rows, C) => {
  const n = rows * C;
  const random = seeded(n);
  const y = targets(n);

  it("from probabilities", () => {
    const p = Float32Array.from({ length: n }, () => random.uniform());
    checkLoss(bench, probabilities(rows, C), p, bench.input(y), w => binaryCrossentropy(p, y, w));
  });

  it("from logits", () => {
    const z = random.array(n, 4);
    checkLoss(bench, logits(rows, C), z, bench.input(y), w => binaryCrossentropyFromLogits(z, y, w));
  });
});

describe("far out", () => {
  const y = [0, 1, 0.25, 0, 1, 0.25, 0, 1, 0.25, 0, 1, 0.25];

  it("probabilities 0 and 1, and next to them, are clipped and keep a slope", () => {
    const p = Float32Array.from([0, 0, 0, 1, 1, 1, 1e-9, 1e-9, 1e-9, 1 - 2 ** -24, 1 - 2 ** -24, 1e-45]);
    checkLoss(bench, probabilities(12), p, bench.input(y), w => binaryCrossentropy(p, y, w), CLIPPED);
    const { gradient } = binaryCrossentropy(p, y);
    expect(Math.abs(gradient[1])).toBeGreaterThan(1e5);
  });

  it("logits of ±1000, ±0, ±1e30 and subnormal ones", () => {
    const z = Float32Array.from([1000, -1000, 1000, -1000, 1000, -1000, 1e30, 0, -0, -1e30, 1e-45, -88]);
    checkLoss(bench, logits(12), z, bench.input(y), w => binaryCrossentropyFromLogits(z, y, w));
  });

  it("small losses keep their relative accuracy", () => {
    const z = bench.input([40, -35]);
    const target = bench.input([1, 0]);
    const expected = (Math.exp(-40) + Math.exp(-35)) / 2;
    expectClose([kernels.binaryCrossentropyLogitsForward(z, target, 0, 2, 1)], [expected], { relative: 1e-12 });
    const d = bench.inOut([0, 0]);
    kernels.binaryCrossentropyLogitsBackward(d, z, target, 0, 2, 1);
    expectClose([bench.read(d)[1]], [Math.exp(-35) / 2], { relative: 1e-7 });
  });

  it.each([
    ["probabilities", probabilities(2)],
    ["logits", logits(2)],
  ])("NaN among %s makes the loss and its own gradient NaN", (_, { forward, backward }) => {
    const [p, target] = [bench.input([0.5, Number.NaN]), bench.input([1, 1])];
    expect(forward(p, target, 0)).toBeNaN();
    const d = bench.inOut([0, 0]);
    backward(d, p, target, 0);
    expect([...bench.read(d)].map(Number.isNaN)).toEqual([false, true]);
  });
});
