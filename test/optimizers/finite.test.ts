/** Numbers that make an optimizer divide zero by zero: refused, or harmless, but never NaN in the weights. */
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
