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

const makers: Record<string, (options: never) => Loss> = losses;
const cases: Case[] = [
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
  expect(new Set(cases.map(([, loss]) => loss.name))).toEqual(new Set(Object.keys(losses)));
});

/** One row of an array. */
const row = ({ data, shape }: NDArray, r: number): NDArray => {
  const width = data.length / rows;
  return ndarray(data.slice(r * width, (r + 1) * width), [1, ...shape.slice(1)]);
};

describe.each(cases)("%s", (_, loss, prediction, y, exact) => {
  const weights = Float32Array.from([0, 1, 2.5, 0.3, 7]);

  it.each([
    ["without weights", undefined],
    ["with weights", weights],
  ])("agrees with the reference and with its own differences, %s", (_, own) => {
    const options = own ? { weights: own } : {};
    const { value, gradient } = runLoss(loss, prediction, y, options);
    const expected = exact(prediction.data, y.data, own);
    expectClose([value], [expected.value], { relative: 1e-7 }, "value");
    expectClose(gradient, expected.gradient, { relative: 2e-7, absolute: 1e-9 }, "gradient");

    // Values are float64 sums of float32 predictions: a step of 1/512 leaves about 1e-5 of curvature.
    const moved = (p: Float64Array) => runLoss(loss, ndarray(Float32Array.from(p), prediction.shape), y, options).value;
    const numeric = numericGradient(moved, prediction.data, 2 ** -9);
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
    expectClose(gradient, scaled, { relative: 5e-7, absolute: 1e-12 }, "gradient");
  });
});
