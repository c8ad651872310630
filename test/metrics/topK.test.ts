/** topKCategoricalAccuracy against rows worked out by hand. */
import { describe, expect, it } from "vitest";
import { layers, loadModel, metrics, sequential } from "../../src/index.ts";
import { expectError } from "../helpers/models.ts";
import { untyped } from "../helpers/untyped.ts";

const V = 4;
const x = [
  [0.1, 0.4, 0.2, 0.3],
  [0.4, 0.3, 0.2, 0.1],
  [0.25, 0.25, 0.25, 0.25],
  [0.3, 0.3, 0.3, 0.1],
  [0.1, 0.2, 0.3, 0.4],
];
const classes = [3, 2, 0, 3, 0];
/** By k: how many of the rows have their class among the k largest. All of four equals are in the top 1. */
const right = { 1: 1, 2: 2, 3: 3, 4: 5, 9: 5 };

function identity(loss: string, k?: number) {
  const net = sequential([layers.dense({ units: V, useBias: false, inputShape: [V] })]);
  net.setWeights([x[0].map((_, i) => x[0].map((_, j) => Number(i === j)))]);
  net.compile({ loss: untyped(loss), metrics: [metrics.topKCategoricalAccuracy(k === undefined ? {} : { k })] });
  return net;
}

describe.each(Object.entries(right))("topKCategoricalAccuracy of k = %s", (k, expected) => {
  it.each([
    ["sparseCategoricalCrossentropy", classes],
    ["categoricalCrossentropy", classes.map(id => x[0].map((_, j) => Number(j === id)))],
  ])("with %s, in batches of any size", async (loss, y) => {
    const net = identity(loss, Number(k));
    for (const batchSize of [1, 2, 5]) {
      expect((await net.evaluate(x, y, { batchSize })).topKCategoricalAccuracy).toBe(expected / 5);
    }
  });
});

it("comes back with its option", async () => {
  const net = identity("sparseCategoricalCrossentropy", 2);
  expect(await loadModel(net.save()).evaluate(x, classes)).toEqual(await net.evaluate(x, classes));
  expect(metrics.topKCategoricalAccuracy({ name: "top5" }).toJSON()).toEqual({
    name: "topKCategoricalAccuracy",
    options: { name: "top5", k: 5 },
  });
});

it.each([
  [0, "RangeError", "topKCategoricalAccuracy k: expected a whole number >= 1, got 0"],
  ["3", "TypeError", 'topKCategoricalAccuracy k: expected a whole number >= 1, got "3"'],
] as const)("refuses a k of %j", async (k, type, message) => {
  await expectError(() => metrics.topKCategoricalAccuracy({ k: k as number }), type, message);
});
