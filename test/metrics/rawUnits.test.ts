/** With a scaler of targets in the model, metrics are in the units of y, and the loss is that of the scaled numbers. */
import { describe, expect, it } from "vitest";
import {
  defineMetric,
  type Logs,
  layers,
  loadModel,
  type MetricBatch,
  minMaxScaler,
  type NDArray,
  ndarray,
  type Scaler,
  sequential,
  standardScaler,
} from "../../src/index.ts";
import { expectClose } from "../helpers/compare.ts";
import { numbers } from "../helpers/models.ts";

const [N, T, C, K] = [10, 4, 2, 2];
const x = numbers([N, T, C]);
/** One output near 1.7e9, off by seconds; one near 0.02. */
const y = ndarray(
  Float64Array.from(numbers([N, K], 2).data, (v, i) => (i % 2 ? 0.02 * v : 1_700_000_000 + 50 * v)),
  [N, K],
);

function build(
  target: Scaler | undefined,
  metrics: Parameters<ReturnType<typeof sequential>["compile"]>[0]["metrics"],
) {
  const net = sequential([layers.lstm({ units: 3, inputShape: [null, C] }), layers.dense({ units: K })], { seed: 3 });
  net.compile({ loss: "huber", metrics, optimizer: "sgd" });
  if (target) net.setScaling({ target });
  return net;
}

const mean = (data: ArrayLike<number>, of: (p: number, i: number) => number) =>
  Array.from(data, of).reduce((sum, v) => sum + v / data.length, 0);

describe.each([
  ["standardScaler", standardScaler().fit(y)],
  ["minMaxScaler", minMaxScaler({ range: [-1, 1] }).fit(y)],
])("%s", (_, scaler) => {
  const errors = (p: NDArray, from = 0) => ({
    mae: mean(p.data, (v, i) => Math.abs(v - y.data[from * K + i])),
    mse: mean(p.data, (v, i) => (v - y.data[from * K + i]) ** 2),
  });

  it("evaluate and trainOnBatch: the mean over outputs, raw; the loss scaled", async () => {
    const net = build(scaler, ["mae", "mse"]);
    const exact = errors(net.predict(x));
    const scaled = build(undefined, []);
    const { loss } = await scaled.evaluate(x, scaler.transform(y));
    const seen: Logs[] = [];
    for (const batchSize of [3, 32]) seen.push(await net.evaluate(x, y, { batchSize }));
    seen.push(await loadModel(net.save()).evaluate(x, y), net.trainOnBatch(x, y));
    for (const logs of seen) {
      expectClose([logs.mae, logs.mse], [exact.mae, exact.mse], { relative: 1e-6 });
      expectClose([logs.loss], [loss], { relative: 1e-6 });
    }
    expect(exact.mae).toBeGreaterThan(5);
  });

  it("fit: logs, validation and callbacks", async () => {
    const net = build(scaler, ["mae", "mse"]);
    net.optimizer.learningRate = 0;
    const p = net.predict(x);
    const [train, validation] = [p.data.subarray(0, 8 * K), p.data.subarray(8 * K)];
    const [own, other] = [errors(ndarray(train, [8, K])), errors(ndarray(validation, [2, K]), 8)];
    const batches: number[] = [];
    const { history } = await net.fit(x, y, {
      verbose: 0,
      validationSplit: 0.2,
      shuffle: true,
      batchSize: 3,
      epochs: 2,
      callbacks: [{ onBatchEnd: (_, logs) => void batches.push(logs.mae) }],
    });
    for (const epoch of [0, 1]) {
      expectClose([history.mae[epoch], history.mse[epoch]], [own.mae, own.mse], { relative: 1e-6 });
      expectClose([history.valMae[epoch], history.valMse[epoch]], [other.mae, other.mse], { relative: 1e-6 });
      expectClose([batches[3 * epoch + 2]], [own.mae], { relative: 1e-6 });
    }
  });

  it("steps without padding alone, and metrics of one's own", async () => {
    const seen: MetricBatch[] = [];
    const spy = defineMetric({
      name: "spy",
      start: () => ({}),
      add: (_, batch) => void seen.push({ ...batch }),
      result: () => 0,
    });
    const net = sequential([
      layers.lstm({ units: 3, returnSequences: true, inputShape: [null, C] }),
      layers.dense({ units: K }),
    ]);
    net.compile({ loss: "mse", metrics: [spy(), "mae"] });
    net.setScaling({ target: scaler });
    const sequences = numbers([2, 3, C]);
    const targets = ndarray(y.data.slice(0, 6 * K), [2, 3, K]);
    const padded = { x: sequences, lengths: [3, 1] };
    const { mae } = await net.evaluate(padded, targets);
    const p = net.predict(padded).data.slice(0, 4 * K);
    expectClose([mae], [mean(p, (v, i) => Math.abs(v - targets.data[i]))], { relative: 1e-6 });
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject({ width: K, ids: false, binary: false });
    expect(seen[0].prediction).toEqual(p);
    expectClose(seen[0].target, targets.data.slice(0, 4 * K), { absolute: 2e-5 }); // of float32, near 1.7e9
    await net.evaluate({ x: sequences, lengths: [0, 0] }, targets); // nothing at all
    expect(seen).toHaveLength(2);
    expect(seen[1].prediction).toHaveLength(0);
  });
});

it("accuracy of labels that are scaled counts what predict says", async () => {
  const net = sequential([layers.dense({ units: 1, inputShape: [1] })]);
  const labels = [[0], [1], [1], [0], [1], [1]];
  net.setWeights([[[1]], [0]]);
  net.compile({ loss: "mse", metrics: ["accuracy"] });
  net.setScaling({ target: standardScaler().fit(labels) });
  const inputs = [[-2], [3], [-2], [0.1], [0.5], [0.9]];
  const raw = net.predict(inputs).data;
  const right = labels.filter(([label], i) => Number(raw[i] > 0.5) === label).length;
  expect((await net.evaluate(inputs, labels)).accuracy).toBe(right / 6);
  expect(right).toBeGreaterThan(2);
});
