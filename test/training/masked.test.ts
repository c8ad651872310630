/** Losses and metrics over real steps: against Keras, against the f64 reference of the real steps alone, by differences. */
import { describe, expect, it } from "vitest";
import { input, layers, losses, model, optimizers, sequential } from "../../src/index.ts";
import { type NDArray, ndarray } from "../../src/ndarray.ts";
import { type Arrays, fixtureNames, loadFixture } from "../fixtures/load.ts";
import { expectClose } from "../helpers/compare.ts";
import { numericGradient } from "../helpers/finiteDifference.ts";
import { expectError, ids, numbers, scramble, weightBits } from "../helpers/models.ts";
import { expectPeerTraining } from "../helpers/peerTraining.ts";
import { untyped } from "../helpers/untyped.ts";
import * as reference from "../reference/losses.ts";

/** The arrays of several batches, one after another. */
function joined(batches: readonly Arrays[]): NDArray | NDArray[] {
  const lists = batches.map(arrays => ("shape" in arrays ? [arrays] : arrays));
  const all = lists[0].map(({ shape, data }, i) => {
    const Numbers = data.constructor as Float32ArrayConstructor;
    const parts = Numbers.from(lists.flatMap(list => [...list[i].data]));
    return ndarray(parts, [lists.length * shape[0], ...shape.slice(1)]);
  });
  return all.length === 1 ? all[0] : all;
}

it.each(fixtureNames("keras", "masked"))("%s", async name => {
  const f = loadFixture(name);
  const net = expectPeerTraining(f);
  const { x, y } = { x: joined(f.batches.map(batch => batch.x)), y: joined(f.batches.map(batch => batch.y)) };
  const evaluate = (data: unknown, target: unknown) => net.evaluate(untyped(data), untyped(target), { batchSize: 6 });
  net.resetStates();
  const { loss, ...metrics } = await evaluate(x, y);
  net.resetStates();
  const losses: number[] = [];
  for (const batch of f.batches) losses.push((await evaluate(batch.x, batch.y)).loss);
  const { loss: mean, ...expected } = f.evaluation;
  for (const [key, value] of Object.entries(expected)) expectClose([metrics[key]], [value], { relative: 1e-5 }, key);
  // Keras weighs a batch's loss by its sequences, and its metrics by their real steps; here both go by real steps.
  expectClose(
    [losses.reduce((sum, each) => sum + each / losses.length, 0)],
    [mean],
    { relative: 1e-5 },
    "mean of losses",
  );
  if ("mse" in metrics) expectClose([loss], [metrics.mse], { relative: 1e-6 }, "loss and metric of one name");
});

/** 3 sequences of 4 steps: padding after, before and between, 7 real steps. */
const MASK = [1, 1, 0, 0, 0, 0, 1, 1, 1, 0, 1, 1];
const REAL = MASK.flatMap((real, i) => (real ? [i] : []));

/** What stands at the real steps, `width` numbers each. */
const pick = (data: ArrayLike<number>, width = 1) =>
  REAL.flatMap(row => Array.from({ length: width }, (_, j) => data[row * width + j]));

function paddedInput(seed = 1): NDArray {
  const x = numbers([3, 4, 2], seed);
  MASK.forEach((real, row) => {
    if (!real) x.data.fill(-5, 2 * row, 2 * row + 2);
  });
  return x;
}

type Activation = "linear" | "sigmoid" | "softmax";

/** masking, then one dense layer of `units`. */
function build(units: number, activation: Activation) {
  const net = sequential([layers.masking({ maskValue: -5, inputShape: [4, 2] }), layers.dense({ units, activation })]);
  scramble(net);
  return net;
}

describe.each<[string, ReturnType<typeof losses.huber>, number, Activation, (p: number[], y: number[]) => number]>([
  ["mse", losses.meanSquaredError(), 3, "linear", (p, y) => reference.meanSquaredError(p, y).value],
  ["mae", losses.meanAbsoluteError(), 1, "linear", (p, y) => reference.meanAbsoluteError(p, y).value],
  ["huber", losses.huber({ delta: 0.3 }), 2, "linear", (p, y) => reference.huber(p, y, 0.3).value],
  ["binary", losses.binaryCrossentropy(), 3, "sigmoid", (p, y) => reference.binaryCrossentropy(p, y).value],
  [
    "categorical",
    losses.categoricalCrossentropy(),
    5,
    "softmax",
    (p, y) => reference.categoricalCrossentropy(p, y, 5).value,
  ],
  [
    "categorical from logits",
    losses.categoricalCrossentropy({ fromLogits: true }),
    5,
    "linear",
    (p, y) => reference.categoricalCrossentropyFromLogits(p, y, 5).value,
  ],
  [
    "sparse",
    losses.sparseCategoricalCrossentropy(),
    5,
    "softmax",
    (p, y) => reference.sparseCategoricalCrossentropy(p, y, 5).value,
  ],
])("%s", (_, loss, units, activation, expected) => {
  const net = build(units, activation);
  const sparse = loss.target([4, units]).ids;
  net.compile({ loss, optimizer: optimizers.sgd({ learningRate: 0 }), metrics: ["accuracy"] });
  const x = paddedInput();
  const target = numbers([3, 4, units], 7);
  const y = sparse ? ids([3, 4], units, 7) : ndarray(target.data.map(Math.abs), target.shape);

  it("is the mean over real steps", () => {
    const p = net.predict(x).data;
    const value = expected(pick(p, units), pick(y.data, sparse ? 1 : units));
    expectClose([net.trainOnBatch(x, y).loss], [value], { relative: 2e-6 });
  });

  it("has the gradients of its differences", () => {
    const gradients = net.gradients(x, y);
    const before = net.getWeights();
    before.forEach(({ shape, data }, i) => {
      const at = (moved: ArrayLike<number>) => {
        net.setWeights(before.map((weight, j) => (i === j ? { shape, data: Float32Array.from(moved) } : weight)));
        return net.trainOnBatch(x, y).loss;
      };
      // Huber and the absolute error have kinks, which a short step seldom meets.
      expectClose(gradients[i].data, numericGradient(at, data, 2 ** -8), { relative: 2e-3, absolute: 2e-4 });
    });
    net.setWeights(before);
  });

  it("does not look at padding", () => {
    const before = { loss: net.trainOnBatch(x, y), gradients: net.gradients(x, y) };
    const other = ndarray(y.data.slice(), y.shape);
    const width = y.data.length / MASK.length;
    MASK.forEach((real, row) => {
      if (!real) other.data.fill(sparse ? -99 : 1e6, row * width, (row + 1) * width);
    });
    expect(net.trainOnBatch(x, other)).toEqual(before.loss);
    expect(net.gradients(x, other)).toEqual(before.gradients);
  });

  it("is 0 without gradients where all is padding", async () => {
    const padding = ndarray(new Float32Array(24).fill(-5), [3, 4, 2]);
    expect(net.trainOnBatch(padding, y)).toEqual({ loss: 0, accuracy: 0 });
    expect(await net.evaluate(padding, y)).toEqual({ loss: 0, accuracy: 0 });
    for (const { data } of net.gradients(padding, y)) expect(data.every(d => d === 0)).toBe(true);
  });
});

it("equals the model of the real steps alone, to the bit", () => {
  const masked = build(3, "linear");
  const dense = sequential([layers.dense({ units: 3, inputShape: [2] })]);
  dense.setWeights(masked.getWeights());
  const x = paddedInput();
  const y = numbers([3, 4, 3], 4);
  const real = ndarray(Float32Array.from(pick(x.data, 2)), [7, 2]);
  const wanted = ndarray(Float32Array.from(pick(y.data, 3)), [7, 3]);
  for (const net of [masked, dense]) {
    net.compile({ loss: "mse", optimizer: optimizers.sgd({ learningRate: 0.1 }), metrics: ["mae"] });
  }
  expect(masked.trainOnBatch(x, y)).toEqual(dense.trainOnBatch(real, wanted));
});

it("leaves a batch without padding as it is", () => {
  const [a, b] = [build(3, "linear"), sequential([layers.dense({ units: 3, inputShape: [4, 2] })])];
  b.setWeights(a.getWeights());
  const [x, y] = [numbers([3, 4, 2]), numbers([3, 4, 3], 2)];
  const logs = [a, b].map(net => {
    net.compile({ loss: "mse", optimizer: "adam", metrics: ["mae"] });
    return net.trainOnBatch(x, y);
  });
  expect(logs[0]).toEqual(logs[1]);
  expect(weightBits(a)).toEqual(weightBits(b));
});

describe("over several batches", () => {
  const net = build(3, "linear");
  net.compile({ loss: "mse", optimizer: optimizers.sgd({ learningRate: 0 }), metrics: ["mse", "mae"] });
  const x = paddedInput();
  const y = numbers([3, 4, 3], 4);

  it("every real step weighs the same: the numbers do not depend on the batch size", async () => {
    const whole = await net.evaluate(x, y, { batchSize: 3 });
    const p = net.predict(x).data;
    const exact = reference.meanSquaredError(pick(p, 3), pick(y.data, 3)).value;
    expectClose([whole.loss, whole.mse], [exact, exact], { relative: 1e-6 });
    for (const batchSize of [1, 2]) {
      const parts = await net.evaluate(x, y, { batchSize });
      for (const key of ["loss", "mse", "mae"]) expectClose([parts[key]], [whole[key]], { relative: 1e-6 }, key);
    }
  });

  it("in fit and its validation too", async () => {
    const logs: number[] = [];
    const seen = { onBatchEnd: (_: number, values: Record<string, number>) => void logs.push(values.loss) };
    const options = { batchSize: 2, epochs: 2, shuffle: false, verbose: 0, callbacks: [seen] } as const;
    const { history } = await net.fit(x, y, { ...options, validationData: [x, y] });
    const { loss } = await net.evaluate(x, y, { batchSize: 2 });
    expectClose([...history.loss, ...history.valLoss], [loss, loss, loss, loss], { relative: 1e-6 });
    expect(logs.length).toBe(4);
  });

  it("with several outputs, each with a mask of its own", async () => {
    const [a, b] = [input({ shape: [4, 2] }), input({ shape: [4, 2] })];
    const masked = layers.masking({ maskValue: -5 }).apply(a);
    const outputs = [
      layers.dense({ units: 3, name: "p" }).apply(masked),
      layers.dense({ units: 3, name: "q" }).apply(b),
    ];
    const two = model({ inputs: [a, b], outputs });
    scramble(two);
    two.compile({ loss: "mse" });
    const sets = [
      [x, x],
      [y, y],
    ];
    const [p, q] = two.predictAll(sets[0]);
    const pLoss = reference.meanSquaredError(pick(p.data, 3), pick(y.data, 3)).value;
    const qLoss = reference.meanSquaredError(q.data, y.data).value;
    for (const batchSize of [1, 3]) {
      const logs = await two.evaluate(sets[0], sets[1], { batchSize });
      expectClose([logs.pLoss, logs.qLoss, logs.loss], [pLoss, qLoss, pLoss + qLoss], { relative: 1e-6 });
    }
  });
});

it("names a wrong class id by its place in the whole batch", async () => {
  const net = build(5, "softmax");
  net.compile({ loss: "sparseCategoricalCrossentropy" });
  const y = new Int32Array(12).fill(-1);
  for (const row of REAL) y[row] = 2;
  net.trainOnBatch(paddedInput(), ndarray(y, [3, 4]));
  y[8] = 5;
  await expectError(
    () => net.trainOnBatch(paddedInput(), ndarray(y, [3, 4])),
    "RangeError",
    /expected class ids in 0\.\.4, got 5 at element 8;/,
  );
});
