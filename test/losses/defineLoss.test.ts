/** Losses that users write with ops. */
import { describe, expect, it } from "vitest";
import { defineLoss, layers, losses, ops, optimizers, sequential } from "../../src/index.ts";
import { lossRegistry } from "../../src/losses/registry.ts";
import { ndarray } from "../../src/ndarray.ts";
import { expectClose } from "../helpers/compare.ts";
import { numericGradient } from "../helpers/finiteDifference.ts";
import { randomArray } from "../helpers/gradients.ts";
import { expectError, numbers, weightBits } from "../helpers/models.ts";
import { pinball } from "../helpers/ownLosses.ts";
import { seeded } from "../helpers/random.ts";
import { runLoss } from "../helpers/runLoss.ts";

const [rows, C] = [5, 3];
const random = seeded(4);
const prediction = randomArray(random, [rows, C]);
const target = randomArray(random, [rows, C]);
const weights = Float32Array.from([0, 1, 2.5, -0.3, 7]);

// biome-ignore lint/suspicious/noExplicitAny: the wrong types are the point
const wrong = (value: unknown): any => value;

describe("defineLoss", () => {
  it.each([
    ["without weights", undefined],
    ["with weights of rows", weights],
  ])("is the mean of what the definition gives, %s", (_, own) => {
    const q = 0.9;
    const options = own ? { weights: own } : {};
    const { value, gradient } = runLoss(pinball({ quantile: q }), prediction, target, options);
    const n = rows * C;
    const weightOf = (i: number) => (own ? own[Math.floor(i / C)] : 1);
    const errors = Array.from(prediction.data, (p, i) => p - target.data[i]);
    const exact = errors.map(e => Math.max(-q * e, (1 - q) * e));
    expectClose([value], [exact.reduce((sum, cost, i) => sum + (weightOf(i) * cost) / n, 0)], { relative: 1e-6 });
    const slopes = errors.map((e, i) => (weightOf(i) * (e > 0 ? 1 - q : -q)) / n);
    expectClose(gradient, slopes, { relative: 1e-6 });
    const moved = (p: Float64Array) =>
      runLoss(pinball({ quantile: q }), ndarray(Float32Array.from(p), prediction.shape), target, options).value;
    expectClose(gradient, numericGradient(moved, prediction.data, 2 ** -9), { relative: 1e-3, absolute: 5e-5 });
  });

  it("has the gradients of the package's own loss where it is the same", () => {
    const square = defineLoss({
      name: "square",
      loss({ prediction, target }) {
        const e = ops.subtract(prediction, target);
        return ops.multiply(e, e);
      },
    });
    for (const options of [{}, { weights }]) {
      const [own, theirs] = [square(), losses.meanSquaredError()].map(l => runLoss(l, prediction, target, options));
      expectClose([own.value], [theirs.value], { relative: 1e-6 });
      expectClose(own.gradient, theirs.gradient, { relative: 1e-6, absolute: 1e-9 });
    }
  });

  it("may give a number a row, as Keras' losses do", () => {
    const mean = defineLoss({
      name: "mean",
      loss: ({ target, prediction }) => ops.mean(ops.square(ops.subtract(target, prediction)), { axis: -1 }),
    });
    const x = numbers([4, 3, 2]);
    const y = numbers([4, 3, 2], 5);
    const sampleWeight = [1, 0.5, 2, 3];
    const [own, mse] = [mean(), "mse" as const].map(loss => {
      const net = sequential([layers.dense({ units: 2, inputShape: [3, 2] })], { seed: 1 });
      net.compile({ loss, optimizer: "sgd" });
      return [net.trainOnBatch(x, y, { sampleWeight }).loss, net.gradients(x, y, { sampleWeight })] as const;
    });
    expect(own[0]).toBeCloseTo(mse[0], 6);
    own[1].forEach(({ data }, i) => {
      expectClose(data, mse[1][i].data, { absolute: 1e-6 });
    });
  });

  it("trains, several outputs by one loss, padding left out", async () => {
    const net = sequential([
      layers.masking({ maskValue: -5, inputShape: [3, 2] }),
      layers.lstm({ units: 2, returnSequences: true, returnState: true }),
    ]);
    net.compile({ loss: pinball(), optimizer: optimizers.adam({ learningRate: 0.02 }) });
    const x = numbers([4, 3, 2]);
    x.data.fill(-5, 2, 6); // the last two steps of the first sequence
    const y = [numbers([4, 3, 2], 2), numbers([4, 2], 3), numbers([4, 2], 4)];
    const before = await net.evaluate(x, y);
    const other = ndarray(y[0].data.slice().fill(1e6, 2, 6), y[0].shape);
    expect(await net.evaluate(x, [other, y[1], y[2]])).toEqual(before);
    const { history } = await net.fit(x, y, { epochs: 30, verbose: 0 });
    expect(history.loss.at(-1)).toBeLessThan(0.9 * history.loss[0]);
    expect(net.gradients(x, y).some(({ data }) => data.some(d => d !== 0))).toBe(true);
  });

  it("may want a target of another shape than the prediction's", () => {
    // Mean and logarithm of the variance side by side, as a regression with its own doubt has them.
    const gaussian = defineLoss({
      name: "gaussian",
      target: output => [...output.slice(0, -1), 1],
      loss({ prediction, target }) {
        const [mean, logVariance] = ops.split(prediction, 2);
        const e = ops.subtract(target, mean);
        return ops.add(logVariance, ops.divide(ops.multiply(e, e), ops.exp(logVariance)));
      },
    });
    const net = sequential([layers.dense({ units: 2, inputShape: [3] })]);
    net.compile({ loss: gaussian() });
    const [x, y] = [numbers([4, 3]), numbers([4, 1], 2)];
    const p = net.predict(x).data;
    const costs = Array.from(y.data, (value, r) => p[2 * r + 1] + (value - p[2 * r]) ** 2 / Math.exp(p[2 * r + 1]));
    expectClose([net.trainOnBatch(x, y).loss], [costs.reduce((a, b) => a + b) / 4], { relative: 1e-6 });
    expect(() => net.trainOnBatch(x, numbers([4, 2]))).toThrow("y: expected [N, 1], got [4, 2]");
  });

  it("leaves the model as it was when the definition throws", async () => {
    const failing = defineLoss({
      name: "failing",
      loss() {
        throw new Error("not today");
      },
    });
    const net = sequential([layers.dense({ units: 1, inputShape: [2] })]);
    net.compile({ loss: failing() });
    const weights = weightBits(net);
    await expectError(() => net.trainOnBatch([[1, 2]], [[1]]), "Error", "not today");
    expect(weightBits(net)).toEqual(weights);
  });
});

describe("defineLoss refuses", () => {
  const loss = wrong(({ prediction }: { prediction: unknown }) => prediction);
  const run = (made: unknown) => {
    const net = sequential([layers.dense({ units: 2, inputShape: [3] })]);
    net.compile({ loss: defineLoss({ name: "mine", loss: () => wrong(made) })() });
    return () => net.trainOnBatch([[1, 2, 3]], [[1, 2]]);
  };

  it.each<[() => unknown, "TypeError" | "RangeError", string | RegExp]>([
    [() => defineLoss(wrong(5)), "TypeError", "defineLoss: expected an options object, got 5"],
    [() => defineLoss(wrong({ name: "a b", loss })), "TypeError", /^defineLoss name: expected a name of letters/],
    [() => defineLoss(wrong({ name: "__proto__", loss })), "TypeError", /^defineLoss name: expected a name of letters/],
    [
      () => defineLoss({ name: "huber", loss }),
      "RangeError",
      'defineLoss name: expected one of its own, got that of the loss "huber"',
    ],
    [() => defineLoss({ name: "mse", loss }), "RangeError", /got that of the loss "mse"$/],
    [() => defineLoss(wrong({ name: "mine" })), "TypeError", "defineLoss loss: expected a function, got undefined"],
    [
      () => defineLoss({ name: "mine", loss, target: wrong(1) }),
      "TypeError",
      "defineLoss target: expected a function, got 1",
    ],
    [
      () => defineLoss({ name: "mine", loss, options: { f: () => 1 } }),
      "TypeError",
      "defineLoss options.f: expected plain JSON, got a function",
    ],
    [
      () => pinball(wrong({ quantil: 1 })),
      "TypeError",
      /^pinball: unknown option "quantil", did you mean "quantile"\?/,
    ],
    [() => pinball(wrong({ quantile: "0.5" })), "TypeError", 'pinball quantile: expected a number, got "0.5"'],
    [() => pinball({ quantile: Number.NaN }), "TypeError", "pinball quantile: expected a number, got NaN"],
    [run(5), "TypeError", "loss mine: expected loss to return a tensor [1] or [1, any] made by ops, got 5"],
    [
      () => {
        const net = sequential([layers.dense({ units: 2, inputShape: [3] })]);
        net.compile({ loss: defineLoss({ name: "mine", loss: ({ target }) => target })() });
        net.trainOnBatch([[1, 2, 3]], [[1, 2]]);
      },
      "RangeError",
      "loss mine: expected a loss that depends on the prediction by ops alone, got one that does not",
    ],
  ])("what is no loss: case %#", async (action, type, message) => {
    await expectError(
      action,
      type,
      message instanceof RegExp ? new RegExp(message.source.replace(/^\^/, "")) : message,
    );
  });

  it("nothing that it has itself been given before: a definition registers nothing", () => {
    expect(lossRegistry.has("pinball")).toBe(false);
  });
});
