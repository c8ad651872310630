/** Losses of random predictions against the f64 reference and differences of their own values. */
import { describe, expect, it } from "vitest";
import { type Loss, losses } from "../../src/index.ts";
import { type NDArray, ndarray } from "../../src/ndarray.ts";
import { expectClose } from "../helpers/compare.ts";
import { numericGradient } from "../helpers/finiteDifference.ts";
import { randomArray } from "../helpers/gradients.ts";
import { seeded } from "../helpers/random.ts";
import { runLoss } from "../helpers/runLoss.ts";
import * as reference from "../reference/losses.ts";

const [rows, V] = [5, 7];
const random = seeded(1);
const floats = (f: () => number) => ndarray(Float32Array.from({ length: rows * V }, f), [rows, V]);
const numbers = randomArray(random, [rows, V], 1.5);
const target = randomArray(random, [rows, V], 1.5);
const probabilities = floats(() => 0.1 + 0.8 * random.uniform());
const soft = floats(() => random.uniform());
const ids = ndarray(
  Int32Array.from({ length: rows }, () => Math.floor(V * random.uniform())),
  [rows],
);

type Exact = (p: ArrayLike<number>, y: ArrayLike<number>, weights?: reference.Weights) => reference.Loss;
type Case = [name: string, loss: Loss, prediction: NDArray, target: NDArray, exact: Exact];

const signs = floats(() => (random.uniform() < 0.5 ? -1 : 1));
const positive = floats(() => 0.2 + 2 * random.uniform());
const distributions = floats(() => 0.5 + random.uniform());
const others = floats(() => 0.2 + 2 * random.uniform());
for (let r = 0; r < rows; r++) {
  const row = distributions.data.subarray(r * V, (r + 1) * V) as Float32Array;
  const sum = row.reduce((a, b) => a + b);
  row.forEach((value, j) => {
    row[j] = value / sum;
  });
}
const narrow = (width: number) => randomArray(random, [rows, width], 1.5);
const wide = (width: number) => randomArray(random, [rows, width], 1);

/** Name, options, prediction and target; the reference has the formula. */
const more: [name: keyof typeof losses, options: object, prediction: NDArray, target: NDArray][] = [
  ["kld", {}, distributions, soft],
  ["poisson", {}, positive, others],
  ["cosineSimilarity", {}, numbers, target],
  ["hinge", {}, numbers, signs],
  ["squaredHinge", {}, numbers, signs],
  ["meanAbsolutePercentageError", {}, numbers, positive],
  ["meanSquaredLogarithmicError", {}, positive, distributions],
  ["binaryFocalCrossentropy", {}, probabilities, soft],
  ["binaryFocalCrossentropy", { gamma: 0.5, applyClassBalancing: true, labelSmoothing: 0.2 }, probabilities, soft],
  ["categoricalFocalCrossentropy", {}, distributions, soft],
  ["categoricalFocalCrossentropy", { gamma: 1.5, alpha: 0.7, labelSmoothing: 0.1 }, distributions, soft],
  ["quantile", { quantiles: [0.1, 0.5, 0.9] }, wide(6), narrow(2)],
  ["gaussianNll", {}, wide(6), narrow(3)],
  ["gaussianNll", { logVariance: false, full: true }, floats(() => 0.4 + random.uniform()), narrow(3)].map((part, i) =>
    i === 2
      ? ndarray(
          Float32Array.from({ length: rows * 6 }, () => 0.4 + random.uniform()),
          [rows, 6],
        )
      : part,
  ) as [keyof typeof losses, object, NDArray, NDArray],
  ["binaryCrossentropy", { labelSmoothing: 0.2 }, probabilities, soft],
  ["categoricalCrossentropy", { labelSmoothing: 0.3 }, probabilities, soft],
];

const makers: Record<string, (options: never) => Loss> = losses;
const cases: Case[] = [
  ...more.map(([name, options, p, y]): Case => {
    const exact = reference.byName(name, options as Record<string, unknown>, p.shape[1]);
    if (!exact) throw new Error(`no reference for ${name}`);
    return [`${name} ${JSON.stringify(options)}`, makers[name](options as never), p, y, exact];
  }),
  ...Object.entries(reference.regression).map(([name, { options = {}, reference: exact }]): Case => {
    return [name, makers[name](options as never), numbers, target, exact];
  }),
  ["huber, delta 1", losses.huber(), numbers, target, (p, y, w) => reference.huber(p, y, 1, w)],
  ["binaryCrossentropy", losses.binaryCrossentropy(), probabilities, soft, reference.binaryCrossentropy],
  [
    "binaryCrossentropy, logits",
    losses.binaryCrossentropy({ fromLogits: true }),
    numbers,
    soft,
    reference.binaryCrossentropyFromLogits,
  ],
  [
    "categoricalCrossentropy",
    losses.categoricalCrossentropy(),
    probabilities,
    soft,
    (p, y, w) => reference.categoricalCrossentropy(p, y, V, w),
  ],
  [
    "sparseCategoricalCrossentropy",
    losses.sparseCategoricalCrossentropy(),
    probabilities,
    ids,
    (p, y, w) => reference.sparseCategoricalCrossentropy(p, y, V, w),
  ],
];

it("has a case for every loss", () => {
  const { ctc: _, ...byRows } = losses; // of whole sequences: ctc.test.ts
  expect(new Set(cases.map(([, loss]) => loss.name))).toEqual(new Set(Object.keys(byRows)));
});

/** Where logits are known a loss takes them: the same numbers as of the probabilities that it would see else, and no clip. */
it.each([
  [
    "sigmoid",
    losses.binaryFocalCrossentropy({ gamma: 1.5, applyClassBalancing: true, alpha: 0.3, labelSmoothing: 0.1 }),
  ],
  ["sigmoid", losses.binaryCrossentropy({ labelSmoothing: 0.1 })],
  ["softmax", losses.categoricalFocalCrossentropy({ gamma: 1.5, labelSmoothing: 0.1 })],
  ["softmax", losses.categoricalCrossentropy({ labelSmoothing: 0.1 })],
] as const)("%s and its logits give the same loss and gradients: %o", (kind, loss) => {
  const weights = Float32Array.from([0, 1, 2.5, 0.3, 7]);
  const of = (options: object) => runLoss(loss, numbers, soft, { kind, weights, ...options });
  const [behind, bare] = [of({}), of({ forgetLogits: true })];
  expectClose([behind.value], [bare.value], { relative: 1e-6 });
  expectClose(behind.gradient, bare.gradient, { relative: 1e-5, absolute: 1e-7 });
  const logits = losses[loss.name as "binaryCrossentropy"]({ ...loss.toJSON().options, fromLogits: true });
  expect(runLoss(logits, numbers, soft, { weights }).value).toBe(behind.value);
  // Saturated outputs keep their slope.
  const far = ndarray(numbers.data.map(v => 60 * v) as Float32Array, [rows, V]);
  expect(runLoss(loss, far, soft, { kind, weights }).gradient.every(Number.isFinite)).toBe(true);
});

/** One row of an array. */
const row = ({ data, shape }: NDArray, r: number): NDArray => {
  const width = data.length / rows;
  return ndarray(data.slice(r * width, (r + 1) * width), [1, ...shape.slice(1)]);
};

describe.each(cases)("%s", (title, loss, prediction, y, exact) => {
  // Quantiles, softened labels, and sums of two parts are rounded to float32 on the way.
  const off = /Focal|quantile|Smoothing/.test(title) ? 20 : 1;
  const weights = Float32Array.from([0, 1, 2.5, 0.3, 7]);

  it.each([
    ["without weights", undefined],
    ["with weights", weights],
  ])("agrees with the reference and with its own differences, %s", (_, own) => {
    const options = own ? { weights: own } : {};
    const { value, gradient } = runLoss(loss, prediction, y, options);
    const expected = exact(prediction.data, y.data, own);
    expectClose([value], [expected.value], { relative: off * 1e-7 }, "value");
    expectClose(gradient, expected.gradient, { relative: off * 2e-7, absolute: off * 3e-9 }, "gradient");

    // Values are float64 sums of float32 predictions: a step of 1/512 leaves about 1e-5 of curvature.
    const moved = (p: Float64Array) => runLoss(loss, ndarray(Float32Array.from(p), prediction.shape), y, options).value;
    const numeric = numericGradient(moved, prediction.data, off > 1 ? 2 ** -11 : 2 ** -9);
    // A weight of 7 and a shorter mean make kinks and curvature that much larger.
    expectClose(gradient, numeric, { relative: 1e-3, absolute: own ? 5e-5 : 1e-5 }, "differences");
    expect(numeric.some(d => Math.abs(d) > 1e-3)).toBe(true);
  });

  it("is with weights what Keras' sum_over_batch_size says: sum of weight times the row's loss, over the count", () => {
    const each = Array.from({ length: rows }, (_, r) => runLoss(loss, row(prediction, r), row(y, r)));
    const { value, gradient } = runLoss(loss, prediction, y, { weights });
    const sum = each.reduce((total, own, r) => total + weights[r] * own.value, 0);
    expectClose([value], [sum / rows], { relative: 1e-12 }, "value");
    const scaled = each.flatMap((own, r) => [...own.gradient].map(d => (weights[r] * d) / rows));
    expectClose(gradient, scaled, { relative: off * 5e-7, absolute: off * 1e-9 }, "gradient");
  });
});
