/** Weights of samples, steps and classes: against ten steps of Keras under masks, by every loss and every optimizer; and as options. */
import { describe, expect, it, vi } from "vitest";
import { input, layers, loadModel, type Model, metrics, model, ndarray, sequential } from "../../src/index.ts";
import { lossRegistry } from "../../src/losses/registry.ts";
import { metricRegistry } from "../../src/metrics/registry.ts";
import { optimizerFrom } from "../../src/optimizers/registry.ts";
import { fixtureNames, loadFixture } from "../fixtures/load.ts";
import { expectClose } from "../helpers/compare.ts";
import { layerOf } from "../helpers/fixtureLayers.ts";
import { expectError, numbers } from "../helpers/models.ts";
import { untyped } from "../helpers/untyped.ts";

describe("as in Keras", () => {
  it.each(fixtureNames("keras", "weighted"))("%s", async name => {
    const f = loadFixture(name);
    const net = sequential(f.layers.map(layerOf));
    net.setWeights(Object.values(f.weights));
    const { name: optimizer, config } = f.optimizer;
    net.compile({
      loss: lossRegistry.make(f.loss, f.lossConfig),
      optimizer: optimizerFrom({ name: optimizer, options: config }),
      weightedMetrics: Object.keys(f.metrics ?? {}).map(name =>
        metricRegistry.make(name, { ...f.metricConfigs?.[name], name }),
      ),
    });
    const logs: Record<string, number>[] = [];
    if (config.useEma) {
      // The last step is one of fit, which takes the averages over at its end.
      for (let step = 0; step < 9; step++) logs.push(trainOn(net, f.batches[step % 2]));
      const { x, y, sampleWeight } = f.batches[1];
      const { history } = await net.fit(x, y, { sampleWeight, verbose: 0, batchSize: 5 });
      logs.push({ loss: history.loss[0] });
    } else for (let step = 0; step < 10; step++) logs.push(trainOn(net, f.batches[step % 2]));
    for (const [key, values] of Object.entries({ loss: f.losses, ...f.metrics })) {
      const own = logs.map(log => log[key]);
      expectClose(own, values, { relative: 2e-5, absolute: 1e-7 + f.roundoff.losses }, key);
    }
    f.batches.forEach(({ x }, i) => {
      expectClose(net.predict(x).data, f.finalPredictions[i].data, { absolute: 1e-5 }, `prediction ${i}`);
    });
  });
});

const trainOn = (
  net: Model,
  { x, y, sampleWeight }: ReturnType<typeof loadFixture<"keras/weighted-mse">>["batches"][0],
) => net.trainOnBatch(x, y, { sampleWeight });

const [N, T] = [4, 3];
const [x, y] = [numbers([N, T, 2]), numbers([N, T, 1], 5)];

function stepwise(loss: "mse" | "mae" = "mse"): Model {
  const net = sequential(
    [layers.lstm({ units: 3, returnSequences: true, inputShape: [T, 2] }), layers.dense({ units: 1 })],
    { seed: 1 },
  );
  net.compile({
    loss,
    optimizer: "sgd",
    metrics: ["mae"],
    weightedMetrics: [metrics.meanAbsoluteError({ name: "weighted" })],
  });
  return net;
}

/** Sum of weight times |error| over the sum of `by`. */
function mean(net: Model, weight: (n: number, t: number) => number, by: (n: number, t: number) => number): number {
  const p = net.predict(x).data;
  let [sum, count] = [0, 0];
  for (let n = 0; n < N; n++) {
    for (let t = 0; t < T; t++) {
      sum += weight(n, t) * Math.abs(p[n * T + t] - y.data[n * T + t]);
      count += by(n, t);
    }
  }
  return sum / count;
}

describe("sampleWeight", () => {
  const bySample = [1, 0, 2.5, 0.3];
  const byStep = numbers([N, T], 9).data.map(Math.abs);
  const one = () => 1;

  it("of samples counts for all their steps, in the loss and in weightedMetrics; the metrics do not know of it", async () => {
    const net = stepwise("mae");
    const weight = (n: number) => bySample[n];
    for (const sampleWeight of [bySample, Float64Array.from(bySample), bySample.map(w => [w])]) {
      for (const batchSize of [1, 3, 4]) {
        const logs = await net.evaluate(x, y, { sampleWeight, batchSize });
        expect(logs.loss).toBeCloseTo(mean(net, weight, one), 6);
        expect(logs.weighted).toBeCloseTo(mean(net, weight, weight), 6);
        expect(logs.mae).toBeCloseTo(mean(net, one, one), 6);
      }
    }
  });

  it("of steps counts for each of them", async () => {
    const net = stepwise("mae");
    const weight = (n: number, t: number) => byStep[n * T + t];
    for (const shape of [
      [N, T],
      [N, T, 1],
    ]) {
      const logs = await net.evaluate(x, y, { sampleWeight: ndarray(byStep, shape) });
      expect(logs.loss).toBeCloseTo(mean(net, weight, one), 6);
      expect(logs.weighted).toBeCloseTo(mean(net, weight, weight), 6);
    }
  });

  it("is shuffled, split and validated with its samples in fit", async () => {
    const data = { data: byStep, shape: [N, T] };
    const [one, other] = [stepwise(), stepwise()];
    const { history } = await one.fit(x, y, { sampleWeight: data, batchSize: N, verbose: 0 });
    expect(history.loss[0]).toBeCloseTo(other.trainOnBatch(x, y, { sampleWeight: data }).loss, 6);
    expectClose(one.predict(x).data, other.predict(x).data, { absolute: 1e-6 });

    // A sample of weight 0 teaches nothing: the same weights without it, but for the count.
    const split = stepwise();
    const whole = await split.fit(x, y, { sampleWeight: bySample, validationSplit: 0.25, verbose: 0, batchSize: 3 });
    const last = { x: ndarray(x.data.slice(18), [1, T, 2]), y: ndarray(y.data.slice(9), [1, T, 1]) };
    expect(whole.history.valLoss[0]).toBeCloseTo((await split.evaluate(last.x, last.y)).loss * 0.3, 6);
    const validated = await split.fit(x, y, { validationData: [x, y, bySample], verbose: 0 });
    expect(validated.history.valLoss[0]).toBeCloseTo((await split.evaluate(x, y, { sampleWeight: bySample })).loss, 6);
  });

  it("goes with gradients, which it scales", () => {
    const net = stepwise();
    const [plain] = net.gradients(x, y);
    const [doubled] = net.gradients(x, y, { sampleWeight: [2, 2, 2, 2] });
    expectClose(
      doubled.data,
      plain.data.map(d => 2 * d),
      { relative: 1e-5 },
    );
  });

  it("may be a list of sequences of unequal length, as inputs and targets are", async () => {
    const net = sequential(
      [layers.lstm({ units: 3, returnSequences: true, inputShape: [null, 2] }), layers.dense({ units: 1 })],
      { seed: 1 },
    );
    net.compile({ loss: "mse", optimizer: "sgd" });
    const [long, short] = [
      [
        [0.1, 0.2],
        [0.3, -0.4],
        [0.5, 0.9],
      ],
      [
        [-0.7, 0.8],
        [0.6, 0.1],
      ],
    ];
    const ragged = await net.evaluate(
      [long, short],
      [
        [[1], [2], [3]],
        [[4], [5]],
      ],
      {
        sampleWeight: [
          [1, 2, 3],
          [0.5, 4],
        ],
      },
    );
    const padded = await net.evaluate(
      { x: [long, [...short, [0, 0]]], lengths: [3, 2] },
      [
        [[1], [2], [3]],
        [[4], [5], [0]],
      ],
      {
        sampleWeight: [
          [1, 2, 3],
          [0.5, 4, 9],
        ],
      },
    );
    expect(ragged).toEqual(padded);
  });

  it("is one for all outputs, or a list with one for each, null for none", async () => {
    const from = input({ shape: [2] });
    const [a, b] = [1, 2].map(units => layers.dense({ units, name: `d${units}` }).apply(from));
    const net = model({ inputs: from, outputs: [a, b], seed: 1 });
    net.compile({ loss: "mse", optimizer: "sgd" });
    const [x, first, second] = [numbers([3, 2], 1), numbers([3, 1], 2), numbers([3, 2], 3)];
    const plain = await net.evaluate(x, [first, second]);
    const all = await net.evaluate(x, [first, second], { sampleWeight: [2, 2, 2] });
    const each = await net.evaluate(x, [first, second], { sampleWeight: [[2, 2, 2], null] });
    expect(all.loss).toBeCloseTo(2 * plain.loss, 6);
    expect(each.d1Loss).toBeCloseTo(2 * plain.d1Loss, 6);
    expect(each.d2Loss).toBeCloseTo(plain.d2Loss, 6);
  });

  it.each([
    [[1, 2, -1, 0], "trainOnBatch sampleWeight: expected finite numbers >= 0, got -1 at [2]"],
    [[1, 2, Number.NaN, 0], "trainOnBatch sampleWeight: expected finite numbers >= 0, got NaN at [2]"],
    [[1, 2, 3], "trainOnBatch sampleWeight: expected [4] or [4, 3], one number for each row of the targets, got [3]"],
    [
      numbers([4, 2]),
      "trainOnBatch sampleWeight: expected [4] or [4, 3], one number for each row of the targets, got [4, 2]",
    ],
  ])("refuses %o, and the model goes on", async (sampleWeight, message) => {
    const net = stepwise();
    await expectError(() => net.trainOnBatch(x, y, { sampleWeight }), "RangeError", message);
    expect(net.trainOnBatch(x, y).loss).toEqual(stepwise().trainOnBatch(x, y).loss);
  });
});

describe("classWeight", () => {
  function classifier(loss: "categoricalCrossentropy" | "sparseCategoricalCrossentropy"): Model {
    const net = sequential([layers.dense({ units: 3, activation: "softmax", inputShape: [2] })], { seed: 1 });
    net.compile({ loss, optimizer: "sgd" });
    return net;
  }
  const x = numbers([4, 2]);
  const ids = [2, 0, 1, 2];
  const oneHot = ids.map(id => [0, 1, 2].map(j => Number(id === j)));
  const sampleWeight = [5, 0.5, 1, 5];

  it("is a weight for the samples of each class, by ids or distributions; classes left out count 1", () => {
    for (const classWeight of [{ 0: 0.5, 2: 5 }, [0.5, 1, 5]]) {
      const [a, b] = [classifier("sparseCategoricalCrossentropy"), classifier("categoricalCrossentropy")];
      const expected = classifier("sparseCategoricalCrossentropy").trainOnBatch(x, ids, { sampleWeight }).loss;
      expect(a.trainOnBatch(x, ids, { classWeight }).loss).toBe(expected);
      expect(b.trainOnBatch(x, oneHot, { classWeight }).loss).toBeCloseTo(expected, 6);
    }
  });

  it("is of steps too, and of yes and no", () => {
    const net = sequential([layers.dense({ units: 1, activation: "sigmoid", inputShape: [3, 2] })], { seed: 1 });
    net.compile({ loss: "binaryCrossentropy", optimizer: "sgd" });
    const steps = numbers([2, 3, 2]);
    const labels = [
      [[0], [1], [1]],
      [[1], [0], [0]],
    ];
    const weights = labels.map(row => row.map(([label]) => (label ? 3 : 1)));
    const expected = net.gradients(steps, labels, { sampleWeight: weights });
    expect(net.gradients(steps, labels, { classWeight: { 1: 3 } })[0].data).toEqual(expected[0].data);
  });

  it("of a class that no row has is said, with those that there are", async () => {
    const warned = vi.spyOn(console, "warn").mockImplementation(() => {});
    const net = classifier("sparseCategoricalCrossentropy");
    await net.fit(x, [2, 0, 0, 2], { classWeight: { 1: 4, 2: 3, 7: 9 }, verbose: 0 });
    await net.fit(x, ids, { classWeight: { 0: 2, 1: 3 }, verbose: 0 });
    net.trainOnBatch(x, [0, 0, 0, 0], { classWeight: { 1: 2 } }); // a batch may lack some
    await classifier("categoricalCrossentropy").fit(x, oneHot, { classWeight: [1, 2, 3, 4], verbose: 0 });
    expect(warned.mock.calls).toEqual([
      ["wasm-lstm: fit classWeight: no row has class 1,7; there are 0, 2"],
      ["wasm-lstm: fit classWeight: no row has class 3; there are 0, 1, 2"],
    ]);
    warned.mockRestore();
  });

  it("does not count in validation", async () => {
    const net = classifier("sparseCategoricalCrossentropy");
    const { history } = await net.fit(x, ids, { classWeight: [9, 9, 9], validationData: [x, ids], verbose: 0 });
    expect(history.valLoss[0]).toBeCloseTo((await net.evaluate(x, ids)).loss, 6);
    const split = await net.fit(x, ids, { classWeight: [9, 9, 9], validationSplit: 0.5, verbose: 0 });
    const end = ndarray(x.data.slice(4), [2, 2]);
    expect(split.history.valLoss[0]).toBeCloseTo((await net.evaluate(end, ids.slice(2))).loss, 6);
  });

  it("is refused where it can say nothing", async () => {
    const net = classifier("sparseCategoricalCrossentropy");
    const refused = (options: object, message: string) =>
      expectError(() => net.trainOnBatch(x, ids, untyped(options)), "RangeError", message);
    await refused(
      { classWeight: { 0: -1 } },
      "trainOnBatch classWeight of class 0: expected a finite number >= 0, got -1",
    );
    await refused(
      { classWeight: { first: 1 } },
      'trainOnBatch classWeight: expected classes, which are whole numbers, got "first"',
    );
    await refused(
      { classWeight: [1, 2, 3], sampleWeight },
      "trainOnBatch: expected sampleWeight or classWeight, got both; multiply them into sampleWeight",
    );
    await expectError(
      () => stepwise().trainOnBatch(numbers([N, T, 2]), y, { classWeight: [1, 2] }),
      "RangeError",
      "trainOnBatch classWeight: expected a model with one output, whose targets are classes; use sampleWeight",
    );
  });
});

it("weightedMetrics are saved apart from metrics", async () => {
  const loaded = loadModel(stepwise().save());
  const logs = await loaded.evaluate(x, y, { sampleWeight: [1, 0, 0, 0] });
  expect(logs.mae).not.toBeCloseTo(logs.weighted, 3);
  expect(logs).toEqual(await stepwise().evaluate(x, y, { sampleWeight: [1, 0, 0, 0] }));
});
