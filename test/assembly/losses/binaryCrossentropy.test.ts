import { afterEach, describe, expect, it } from "vitest";
import { expectClose } from "../../helpers/compare.ts";
import { KernelBench } from "../../helpers/kernels.ts";
import { seeded } from "../../helpers/random.ts";
import { binaryCrossentropy, binaryCrossentropyFromLogits } from "../../reference/losses.ts";
import { checkLoss, type LossKernels } from "./checkLoss.ts";

const bench = new KernelBench();
const { kernels } = bench;
afterEach(() => bench.reset());

const probabilities = (n: number): LossKernels => ({
  forward: (p, y) => kernels.binaryCrossentropyForward(p, y, n),
  backward: (d, p, y, scale) => kernels.binaryCrossentropyBackward(d, p, y, scale, n),
});
const logits = (n: number): LossKernels => ({
  forward: (z, y) => kernels.binaryCrossentropyLogitsForward(z, y, n),
  backward: (d, z, y, scale) => kernels.binaryCrossentropyLogitsBackward(d, z, y, scale, n),
});

// The kernel's ln q is log1p(q - 1), which costs digits where q is 1e-7.
const CLIPPED = 1e-10;

/** Targets of all kinds: 0, 1, and in between. */
const targets = (n: number) => Float32Array.from({ length: n }, (_, i) => [1, 0, 0.3][i % 3]);

describe.each([1, 2, 3, 4, 5, 8, 9, 64])("of %i numbers", n => {
  const random = seeded(n);
  const y = targets(n);

  it("from probabilities", () => {
    const p = Float32Array.from({ length: n }, () => random.uniform());
    checkLoss(bench, probabilities(n), p, bench.input(y), binaryCrossentropy(p, y));
  });

  it("from logits", () => {
    const z = random.array(n, 4);
    checkLoss(bench, logits(n), z, bench.input(y), binaryCrossentropyFromLogits(z, y));
  });
});

describe("far out", () => {
  const y = [0, 1, 0.25, 0, 1, 0.25, 0, 1, 0.25, 0, 1, 0.25];

  it("probabilities 0 and 1, and next to them, are clipped and keep a slope", () => {
    const p = Float32Array.from([0, 0, 0, 1, 1, 1, 1e-9, 1e-9, 1e-9, 1 - 2 ** -24, 1 - 2 ** -24, 1e-45]);
    checkLoss(bench, probabilities(12), p, bench.input(y), binaryCrossentropy(p, y), CLIPPED);
    const { gradient } = binaryCrossentropy(p, y);
    expect(Math.abs(gradient[1])).toBeGreaterThan(1e5);
  });

  it("logits of ±1000, ±0, ±1e30 and subnormal ones", () => {
    const z = Float32Array.from([1000, -1000, 1000, -1000, 1000, -1000, 1e30, 0, -0, -1e30, 1e-45, -88]);
    checkLoss(bench, logits(12), z, bench.input(y), binaryCrossentropyFromLogits(z, y));
  });

  it("small losses keep their relative accuracy", () => {
    const z = bench.input([40, -35]);
    const target = bench.input([1, 0]);
    const expected = (Math.exp(-40) + Math.exp(-35)) / 2;
    expectClose([kernels.binaryCrossentropyLogitsForward(z, target, 2)], [expected], { relative: 1e-12 });
    const d = bench.inOut([0, 0]);
    kernels.binaryCrossentropyLogitsBackward(d, z, target, 2, 2);
    expectClose([bench.read(d)[1]], [Math.exp(-35)], { relative: 1e-7 });
  });

  it.each([
    ["probabilities", probabilities(2)],
    ["logits", logits(2)],
  ])("NaN among %s makes the loss and its own gradient NaN", (_, { forward, backward }) => {
    const [p, target] = [bench.input([0.5, Number.NaN]), bench.input([1, 1])];
    expect(forward(p, target)).toBeNaN();
    const d = bench.inOut([0, 0]);
    backward(d, p, target, 1);
    expect([...bench.read(d)].map(Number.isNaN)).toEqual([false, true]);
  });
});
