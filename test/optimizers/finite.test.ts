/** Numbers that make an optimizer divide zero by zero, or square what has no square: never NaN in the weights. */
import { expect, it } from "vitest";
import { layers, type Optimizer, optimizers, sequential } from "../../src/index.ts";

it.each<[string, () => Optimizer]>([
  ["adam, beta1 1", () => optimizers.adam({ beta1: 1 })],
  ["adam, epsilon 0", () => optimizers.adam({ epsilon: 0 })],
  ["rmsprop, epsilon 0", () => optimizers.rmsprop({ epsilon: 0 })],
])("%s leaves the weights finite", (_, make) => {
  const net = sequential([layers.dense({ units: 1, inputShape: [2] })]);
  try {
    net.compile({ optimizer: make(), loss: "meanSquaredError" });
    net.trainOnBatch([[1, 0]], [[1]]); // the second weight's gradient is 0
  } catch (error) {
    expect(error).toBeInstanceOf(RangeError);
  }
  expect(net.getWeights().every(({ data }) => data.every(Number.isFinite))).toBe(true);
});

it.each<[string, () => Optimizer]>([
  ["adam", () => optimizers.adam()],
  ["adamW", () => optimizers.adamW()],
  ["rmsprop", () => optimizers.rmsprop()],
  ["adam, amsgrad", () => optimizers.adam({ amsgrad: true })],
  ["nadam", () => optimizers.nadam()],
  ["adamax", () => optimizers.adamax()],
  ["adagrad", () => optimizers.adagrad({ learningRate: 0.1 })],
  ["lion", () => optimizers.lion()],
  ["adadelta", () => optimizers.adadelta({ learningRate: 10 })],
  ["rmsprop, centered, momentum", () => optimizers.rmsprop({ centered: true, momentum: 0.9 })],
])("%s survives gradients whose squares are infinite, and learns on", (_, make) => {
  const net = sequential([layers.dense({ units: 1, inputShape: [5] })], { seed: 1 });
  net.compile({ optimizer: make(), loss: "meanAbsoluteError" });
  const row = (size: number) => [[1, 2, 3, 4, 5].map(value => size * value)];
  for (const size of [1e25, 1, 1e20, 1]) net.trainOnBatch(row(size), [[0]]);
  const before = net.getWeights().map(({ data }) => data.slice());
  expect(before.every(data => data.every(Number.isFinite))).toBe(true);
  net.compile({ optimizer: make(), loss: "meanAbsoluteError" });
  const { loss } = net.trainOnBatch(row(1), [[0]]);
  for (let step = 0; step < 50; step++) net.trainOnBatch(row(1), [[0]]);
  expect(net.trainOnBatch(row(1), [[0]]).loss).toBeLessThan(loss);
});
