/** Losses of random predictions against the f64 reference and differences of their own values. */
import { expect, it } from "vitest";
import { losses } from "../../src/index.ts";
import { ndarray } from "../../src/ndarray.ts";
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

type Exact = (p: ArrayLike<number>, y: ArrayLike<number>) => reference.Loss;

it.each<[string, ReturnType<typeof losses.huber>, typeof numbers, typeof numbers, Exact]>([
  ["meanSquaredError", losses.meanSquaredError(), numbers, target, reference.meanSquaredError],
  ["meanAbsoluteError", losses.meanAbsoluteError(), numbers, target, reference.meanAbsoluteError],
  ["huber", losses.huber(), numbers, target, reference.huber],
  ["huber, delta 0.3", losses.huber({ delta: 0.3 }), numbers, target, (p, y) => reference.huber(p, y, 0.3)],
  ["binaryCrossentropy", losses.binaryCrossentropy(), probabilities, soft, reference.binaryCrossentropy],
  [
    "categoricalCrossentropy",
    losses.categoricalCrossentropy(),
    probabilities,
    soft,
    (p, y) => reference.categoricalCrossentropy(p, y, V),
  ],
  [
    "sparseCategoricalCrossentropy",
    losses.sparseCategoricalCrossentropy(),
    probabilities,
    ids,
    (p, y) => reference.sparseCategoricalCrossentropy(p, y, V),
  ],
])("%s", (_, loss, prediction, y, exact) => {
  const { value, gradient } = runLoss(loss, prediction, y);
  const expected = exact(prediction.data, y.data);
  expectClose([value], [expected.value], { relative: 1e-7 }, "value");
  expectClose(gradient, expected.gradient, { relative: 2e-7, absolute: 1e-9 }, "gradient");

  // Values are float64 sums of float32 predictions: a step of 1/512 leaves about 1e-5 of curvature.
  const moved = (p: Float64Array) => runLoss(loss, ndarray(Float32Array.from(p), prediction.shape), y).value;
  const numeric = numericGradient(moved, prediction.data, 2 ** -9);
  expectClose(gradient, numeric, { relative: 1e-3, absolute: 1e-5 }, "differences");
  expect(numeric.some(d => Math.abs(d) > 1e-3)).toBe(true);
});
