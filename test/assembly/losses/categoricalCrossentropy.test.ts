import { afterEach, describe, expect, it } from "vitest";
import { KernelBench } from "../../helpers/kernels.ts";
import { seeded } from "../../helpers/random.ts";
import { softmaxForward } from "../../reference/activations.ts";
import * as reference from "../../reference/losses.ts";
import { checkLoss, type LossKernels } from "./checkLoss.ts";

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
const bench = new KernelBench();
const { kernels } = bench;
afterEach(() => bench.reset());

/** The four forms for [rows, V]. */
function forms(rows: number, V: number) {
  const pair = (
    name: "categoricalCrossentropy" | "sparseCategoricalCrossentropy",
    logits: "" | "Logits",
  ): LossKernels => ({
    rows,
    forward: (p, y, weights) => kernels[`${name}${logits}Forward`](p, y, weights, rows, V),
    backward: (d, p, y, weights) => kernels[`${name}${logits}Backward`](d, p, y, weights, rows, V),
  });
  return {
    probabilities: pair("categoricalCrossentropy", ""),
    logits: pair("categoricalCrossentropy", "Logits"),
    sparse: pair("sparseCategoricalCrossentropy", ""),
    sparseLogits: pair("sparseCategoricalCrossentropy", "Logits"),
  };
}

// exp4 is within 1 ULP of float32, so a sum of e^z, and its logarithm, is within a few 1e-8.
const FROM_LOGITS = 1e-6;
// The kernel's ln q is log1p(q - 1), which costs digits where q is 1e-7.
const CLIPPED = 1e-10;

describe.each([
  [1, 1],
  [3, 2],
  [2, 3],
  [5, 4],
  [4, 5],
  [3, 8],
  [6, 9],
  [2, 130],
])("%i rows of %i classes", (rows, V) => {
  const random = seeded(rows * 1000 + V);
  const logits = random.array(rows * V, 3);
  // Rows that do not sum to 1, as an output without a softmax gives.
  const p = Float32Array.from(softmaxForward(logits, rows, V), value => 0.9 * value);
  const ids = Int32Array.from({ length: rows }, () => Math.floor(random.uniform() * V));
  ids[0] = V - 1;
  // Targets that do not sum to 1 either, some 0.
  const y = Float32Array.from({ length: rows * V }, () => Math.max(0, random.uniform() - 0.3));
  const kernelsOf = forms(rows, V);

  it("from probabilities", () => {
    checkLoss(bench, kernelsOf.probabilities, p, bench.input(y), w => reference.categoricalCrossentropy(p, y, V, w));
  });

  it("from probabilities and ids", () => {
    checkLoss(bench, kernelsOf.sparse, p, bench.inputInts(ids), w =>
      reference.sparseCategoricalCrossentropy(p, ids, V, w),
    );
  });

  it("from logits", () => {
    const expected = (w?: reference.Weights) => reference.categoricalCrossentropyFromLogits(logits, y, V, w);
    checkLoss(bench, kernelsOf.logits, logits, bench.input(y), expected, FROM_LOGITS);
  });

  it("from logits and ids", () => {
    const expected = (w?: reference.Weights) => reference.sparseCategoricalCrossentropyFromLogits(logits, ids, V, w);
    checkLoss(bench, kernelsOf.sparseLogits, logits, bench.inputInts(ids), expected, FROM_LOGITS);
  });
});

describe("far out", () => {
  it.each([2, 5])("probabilities 0 and 1 of %i classes are clipped and keep a slope", V => {
    const p = new Float32Array(2 * V);
    p[0] = p[2 * V - 1] = 1; // once the right class, once the wrong one
    const ids = [0, 0];
    const expected = (w?: reference.Weights) => reference.sparseCategoricalCrossentropy(p, ids, V, w);
    expect(Math.abs(expected().gradient[V])).toBeGreaterThan(1e6);
    checkLoss(bench, forms(2, V).sparse, p, bench.inputInts(ids), expected, CLIPPED);
    const y = Float32Array.from({ length: 2 * V }, (_, i) => (i % V === 0 ? 1 : 0));
    checkLoss(bench, forms(2, V).probabilities, p, bench.input(y), expected, CLIPPED);
  });

  it.each([3, 4, 5, 9])("logits of ±1000 among %i classes, right and wrong", V => {
    const z = new Float32Array(4 * V).map((_, i) => (i % 3) - 1);
    z[0] = 1000;
    z[2 * V - 1] = 1000;
    z[2 * V] = -1000;
    z[4 * V - 1] = -1000;
    const ids = [0, 0, 0, V - 1];
    const expected = (w?: reference.Weights) => reference.sparseCategoricalCrossentropyFromLogits(z, ids, V, w);
    expect(expected().value).toBeGreaterThan(700);
    checkLoss(bench, forms(4, V).sparseLogits, z, bench.inputInts(ids), expected, FROM_LOGITS);
  });

  it("logits of -Infinity are classes that cannot be", () => {
    const z = [-inf, 1, 2, 0.5, -inf, 3];
    const expected = (w?: reference.Weights) => reference.sparseCategoricalCrossentropyFromLogits(z, [1], 6, w);
    checkLoss(bench, forms(1, 6).sparseLogits, z, bench.inputInts([1]), expected, FROM_LOGITS);
  });

  it("logits of 3e38 do not overflow", () => {
    const z = Float32Array.from([3e38, -3e38, 0, 1, 2, 3, 4, 3e38]);
    const expected = (w?: reference.Weights) => reference.sparseCategoricalCrossentropyFromLogits(z, [0, 3], 4, w);
    checkLoss(bench, forms(2, 4).sparseLogits, z, bench.inputInts([0, 3]), expected, FROM_LOGITS);
  });

  it.each(["sparse", "sparseLogits"] as const)("NaN spoils the loss, and the gradient of its own row: %s", form => {
    const { forward, backward } = forms(2, 5)[form];
    const p = bench.input([0.1, 0.2, 0.3, 0.2, 0.2, 0.1, nan, 0.3, 0.2, 0.2]);
    const ids = bench.inputInts([2, 2]);
    expect(forward(p, ids, 0)).toBeNaN();
    const d = bench.inOut(new Float32Array(10));
    backward(d, p, ids, 0);
    expect([...bench.read(d)].map(Number.isNaN)).toEqual([...Array(5).fill(false), ...Array(5).fill(true)]);
  });
});
