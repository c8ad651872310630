/** Targets of other steps than the prediction of their batch: where x may have any length, only the batch can tell. */
import { describe, expect, it } from "vitest";
import { defineLoss, input, type Loss, layers, losses, type Model, model, ops, sequential } from "../../src/index.ts";
import { errorOf, expectError, ids, numbers, weightBits } from "../helpers/models.ts";
import { pinball } from "../helpers/ownLosses.ts";
import { untyped } from "../helpers/untyped.ts";

const [N, T, C, K] = [3, 8, 2, 4];
const x = numbers([N, T, C]);

/** A target of half as many numbers as the prediction has. */
const halves = defineLoss({
  name: "halves",
  target: shape => [...shape.slice(0, -1), (shape[shape.length - 1] as number) / 2],
  loss: ({ prediction, target }) => ops.subtract(ops.split(prediction, 2)[0], target),
});

const all: [string, Loss, "linear" | "sigmoid" | "softmax", (steps: number) => unknown, string][] = [
  ...(["meanSquaredError", "meanAbsoluteError", "huber", "logCosh"] as const).map(
    name => [name, losses[name](), "linear", steps => numbers([N, steps, K]), `, ${K}]`] as (typeof all)[number],
  ),
  ["binaryCrossentropy", losses.binaryCrossentropy(), "sigmoid", steps => zeros([N, steps, K]), `, ${K}]`],
  ["categoricalCrossentropy", losses.categoricalCrossentropy(), "softmax", steps => oneHot(steps), `, ${K}]`],
  ["sparseCategoricalCrossentropy", losses.sparseCategoricalCrossentropy(), "softmax", s => ids([N, s], K), "]"],
  ["a loss of one's own", pinball({ quantile: 0.9 }), "linear", steps => numbers([N, steps, K]), `, ${K}]`],
  ["one with targets of their own", halves(), "linear", steps => numbers([N, steps, K / 2]), `, ${K / 2}]`],
];

function zeros(shape: number[]) {
  const data = numbers(shape);
  data.data.fill(0);
  return data;
}

function oneHot(steps: number) {
  const data = zeros([N, steps, K]);
  for (let row = 0; row < N * steps; row++) data.data[row * K + (row % K)] = 1;
  return data;
}

function build(loss: Loss, activation: "linear" | "sigmoid" | "softmax", masked = false): Model {
  const x = input({ shape: [null, C] });
  const steps = masked ? layers.masking({ maskValue: 9 }).apply(x) : x;
  const hidden = layers.lstm({ units: 4, returnSequences: true }).apply(steps);
  const net = model({ inputs: x, outputs: layers.dense({ units: K, activation }).apply(hidden), seed: 1 });
  net.compile({ loss, optimizer: "sgd" });
  return net;
}

/** Everything that compares a prediction with a target, and what its errors begin with. */
const calls: [string, string, (net: Model, x: unknown, y: unknown) => unknown][] = [
  ["fit", "epoch 1, batch 1", (net, x, y) => net.fit(untyped(x), untyped(y), { verbose: 0 })],
  ["trainOnBatch", "step 1", (net, x, y) => net.trainOnBatch(untyped(x), untyped(y))],
  ["evaluate", "batch 1", (net, x, y) => net.evaluate(untyped(x), untyped(y))],
  ["gradients", "gradients", (net, x, y) => net.gradients(untyped(x), untyped(y))],
];

describe.each(all)("%s", (_, loss, activation, y, last) => {
  it.each(calls)(
    "%s refuses fewer and more steps, with masks and lengths too; nothing has changed",
    async (...call) => {
      const [, where, use] = call;
      const kind = last === "]" ? "ids of shape " : "";
      for (const [masked, lengths] of [
        [false, undefined],
        [true, undefined],
        [false, [T, 0, 3]],
      ] as const) {
        const net = build(loss, activation, masked);
        const before = weightBits(net);
        const data = masked ? withPadding() : x;
        for (const steps of [2, T - 1, T + 1, 20]) {
          const given = lengths ? { x: data, lengths } : data;
          await expectError(
            () => use(net, given, y(steps)),
            "RangeError",
            `${where}: y: expected ${kind}[${N}, ${T}${last}, since the prediction of this batch is [${N}, ${T}, ${K}], got ` +
              `[${N}, ${steps}${last}; give x and y the same steps`,
          );
        }
        expect(weightBits(net)).toEqual(before);
        await use(net, lengths ? { x: data, lengths } : data, y(T)); // and takes what fits
      }
    },
  );
});

function withPadding() {
  const data = numbers([N, T, C]);
  data.data.fill(9, 3 * C, 5 * C);
  return data;
}

it("validation data too, and a last axis that was left out", async () => {
  const net = sequential([layers.gru({ units: 1, returnSequences: true, inputShape: [null, C] })]);
  net.compile({ loss: "mae", optimizer: "sgd" });
  const text =
    "validation, batch 1: y: expected [3, 8, 1], since the prediction of this batch is [3, 8, 1], got [3, 9, 1]";
  await expectError(
    () => net.fit(x, numbers([N, T]), { verbose: 0, validationData: [x, numbers([N, 9])] }),
    "RangeError",
    `${text}; give x and y the same steps`,
  );
});

it("each of several outputs by itself", async () => {
  const a = input({ shape: [null, C] });
  const b = input({ shape: [null, C] });
  const net = model({
    inputs: [a, b],
    outputs: [layers.dense({ units: 1 }).apply(a), layers.dense({ units: 3, activation: "softmax" }).apply(b)],
  });
  net.compile({ loss: ["mse", "sparseCategoricalCrossentropy"], optimizer: "sgd" });
  const inputs = [x, numbers([N, 5, C])];
  expect((await net.evaluate(inputs, [numbers([N, T]), ids([N, 5], 3)])).loss).toBeGreaterThan(0);
  const error = await errorOf(() => net.evaluate(inputs, [numbers([N, T]), ids([N, T], 3)]));
  expect(error.message).toMatch(
    "y[1]: expected ids of shape [3, 5], since the prediction of this batch is [3, 5, 3], got [3, 8]",
  );
});

it("a target without the steps of the prediction cannot be masked", async () => {
  const ends = defineLoss({
    name: "ends",
    target: () => [1],
    loss: ({ prediction }) => ops.multiply(prediction, prediction),
  });
  const net = build(ends(), "linear");
  const y = [[1], [2], [3]];
  expect((await net.evaluate(x, y)).loss).toBeGreaterThan(0);
  await expectError(
    () => net.evaluate({ x, lengths: [T, 2, T] }, y),
    "RangeError",
    `batch 1: y: expected the steps [${N}, ${T}] of the prediction, since some are padding, got [${N}, 1]; give every step ` +
      "a target, or leave masks and lengths out",
  );
});
