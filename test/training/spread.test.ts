/** Inputs and targets that want a scaler: said once, with the line that gives one. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  defineLayer,
  input,
  type Layer,
  layers,
  losses,
  type Model,
  model,
  type NDArray,
  ndarray,
  ops,
  sequential,
  standardScaler,
} from "../../src/index.ts";
import { farSpread } from "../../src/training/spread.ts";
import { numbers } from "../helpers/models.ts";
import { seeded } from "../helpers/random.ts";

const { bidirectional, dense, embedding, gru, layerNormalization, lstm, masking, missing } = layers;

let said: string[] = [];
beforeEach(() => {
  said = [];
  vi.spyOn(console, "warn").mockImplementation(text => void said.push(String(text)));
});
afterEach(() => vi.restoreAllMocks());

/** Each test has spreads of its own, since what is said once is said once. */
const line = (what: string, spread: number | string, remedy: string) =>
  `wasm-lstm: the spread (standard deviation) of ${what} is about ${spread}, and networks learn best where it is near 1: ${remedy}`;
const scaler = (which: string, what: string) =>
  `net.setScaling({ ...net.scaling, ${which}: standardScaler().fit(${what}) })`;

/** Numbers of a uniform distribution with this standard deviation, around a mean. */
function spread(shape: number[], deviation: number, mean = 0): NDArray {
  const array = numbers(shape);
  array.data.forEach((v, i) => {
    array.data[i] = mean + v * deviation * Math.sqrt(3);
  });
  return array;
}

function build(first: Layer, units = 1, activation: "linear" | "sigmoid" | "exponential" = "linear"): Model {
  const net = sequential([first, dense({ units, activation })]);
  net.compile({ loss: activation === "sigmoid" ? "binaryCrossentropy" : "mse", optimizer: "sgd" });
  net.optimizer.learningRate = 0;
  return net;
}

const [N, T, C] = [30, 4, 2];
const y = numbers([N, 1], 3);
const first = () => dense({ units: 2, inputShape: [C] });

describe("inputs", () => {
  it("far spread or near together are said in fit, evaluate and trainOnBatch, once", async () => {
    const net = build(first());
    const x = spread([N, C], 5);
    for (let n = 0; n < N; n++) x.data[n * C + 1] *= 1000;
    await net.fit(x, y, { verbose: 0, epochs: 2, batchSize: 8 });
    await net.evaluate(x, y);
    expect(said).toEqual([line("feature 1 of x", 5000, scaler("input", "x"))]);
    said = [];
    await net.evaluate(spread([N, C], 0.0007, 100), y);
    net.trainOnBatch(spread([N, C], 3e6), y);
    net.trainOnBatch(spread([N, C], 3e7), y); // of batches the first alone
    expect(said).toEqual([
      line("feature 0 of x", 0.0007, scaler("input", "x")),
      line("feature 0 of x", 3000000, scaler("input", "x")),
    ]);
  });

  it("the line works, and then nothing is said; a scaler that is there stays", async () => {
    const net = build(lstm({ units: 2, inputShape: [T, C] }));
    const x = spread([N, T, C], 200);
    net.setScaling({ target: standardScaler().fit(y) });
    net.setScaling({ ...net.scaling, input: standardScaler().fit(x) });
    await net.fit(x, y, { verbose: 0 });
    expect(net.scaling.target).toBeDefined();
    expect(said).toEqual([]);
  });

  it("near 1, constant, rare, few or padded ones are not said", async () => {
    const net = build(first());
    for (const deviation of [0.02, 1, 90]) await net.evaluate(spread([N, C], deviation), y);
    await net.evaluate(ndarray(new Float32Array(N * C).fill(12345), [N, C]), y);
    await net.evaluate(ndarray(new Float32Array(N * C), [N, C]), y);
    const wobble = ndarray(
      Float32Array.from({ length: N * C }, (_, i) => 0.3 + (i % 2) * 2e-8 + (i % 3) * 3e-8),
      [N, C],
    );
    await net.evaluate(wobble, y);
    await net.evaluate(
      [
        [0.5, 0.5],
        [0.501, 0.502],
      ],
      [[1], [2]],
    ); // prettier-ignore
    const many = 20_000;
    const rare = ndarray(new Float32Array(many * C), [many, C]);
    rare.data[77] = 1; // deviation 0.007
    await net.evaluate(rare, ndarray(numbers([many, 1]).data, [many, 1]), { batchSize: many });
    expect(said).toEqual([]);

    const padded = spread([N, T, C], 1);
    for (let n = 0; n < N; n++) padded.data.fill(-9999, (n * T + 2) * C, (n + 1) * T * C);
    await build(masking({ maskValue: -9999, inputShape: [T, C] })).evaluate(padded, numbers([N, T, 1]));
    const sequences = () => lstm({ units: 1, inputShape: [T, C] });
    await build(sequences()).evaluate({ x: padded, lengths: new Array(N).fill(2) }, y);
    expect(said).toEqual([]);
    await build(sequences()).evaluate(padded, y);
    expect(said).toEqual([
      expect.stringMatching(/^wasm-lstm: the spread \(standard deviation\) of feature 0 of x is about 5000, /),
    ]);
  });

  it("that are ids, or normalized or read by layers of one's own, are not said", async () => {
    const x = spread([N, T, C], 400);
    const own = defineLayer({
      name: "thousandth",
      weights: () => ({ kernel: [C, C] }),
      call: ({ x, weights }) => ops.matmul(ops.scale(x, 1e-3), weights.kernel),
    });
    const last = () => lstm({ units: 1 });
    for (const layersOf of [
      [layerNormalization({ inputShape: [T, C] }), last()],
      [own({ inputShape: [T, C] }), last()],
      [lstm({ units: 2, layerNorm: true, inputShape: [T, C] })],
    ]) {
      const net = sequential([...layersOf, dense({ units: 1 })]);
      net.compile({ loss: "mse" });
      await net.evaluate(x, y);
    }
    const words = sequential([embedding({ inputDim: 5000, outputDim: 2, inputShape: [T] }), last()]);
    words.compile({ loss: "mse" });
    await words.evaluate(
      ndarray(
        Int32Array.from({ length: N * T }, (_, i) => (i * 37) % 5000),
        [N, T],
      ),
      y,
    );
    expect(said).toEqual([]);
  });

  it("behind layers that pass numbers on, in wrappers, with NaN for missing values, but the time", async () => {
    const x = spread([N, T, C], 1);
    for (let row = 0; row < N * T; row++) {
      x.data[row * C] = 1e5 * (row % T); // the time of each step
      if (row % 3 === 0) x.data[row * C + 1] = Number.NaN;
    }
    const timed = () => missing({ strategy: "last", time: 0, inputShape: [T, C] });
    const net = sequential([timed(), bidirectional({ layer: gru({ units: 1 }) }), dense({ units: 1 })]);
    net.compile({ loss: "mse" });
    await net.evaluate(x, y);
    expect(said).toEqual([]);
    for (let row = 0; row < N * T; row++) x.data[row * C + 1] *= 6e4;
    await net.evaluate(x, y);
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(/^wasm-lstm: the spread \(standard deviation\) of feature 1 of x is about \d+, /);
  });

  it("one of several is named, and scaled outside", async () => {
    const [a, b] = [input({ shape: [C] }), input({ shape: [C] })];
    const net = model({ inputs: [a, b], outputs: ops.add(dense({ units: 1 }).apply(a), dense({ units: 1 }).apply(b)) });
    net.compile({ loss: "mse" });
    await net.evaluate([spread([N, C], 1), spread([N, C], 700)], y);
    expect(said).toEqual([line("feature 0 of x[1]", 700, "standardScaler().fitTransform(x[1])")]);
  });
});

describe("targets", () => {
  const x = spread([N, C], 1);

  it("are said as inputs are, of regression alone", async () => {
    const net = build(first());
    await net.fit(x, spread([N, 1], 2000, 1e5), { verbose: 0 });
    await net.evaluate(x, spread([N], 2000, -1e5));
    await net.evaluate(x, spread([N], 0.003));
    expect(said).toEqual([
      line("feature 0 of y", 2000, scaler("target", "y")),
      line("feature 0 of y", 0.003, scaler("target", "y")),
    ]);
    said = [];
    await build(first(), 1, "sigmoid").evaluate(
      x,
      new Array(N).fill(0).map((_, n) => +(n === 4) * 0.005),
    );
    await net.evaluate(x, new Array(N).fill(0));
    net.setScaling({ target: standardScaler().fit(spread([N, 1], 9000)) });
    await net.evaluate(x, spread([N], 9000));
    await net.evaluate(x, spread([N], 9e9)); // whatever the scaler makes of it
    net.setScaling({ ...net.scaling, input: standardScaler().fit(x) });
    await net.evaluate(spread([N, C], 9e9), spread([N], 9000));
    expect(said).toEqual([]);
  });

  it.each([
    ["tanh", 3000, "minMaxScaler({ range: [-1, 1] })"],
    ["sigmoid", 40000, "minMaxScaler()"],
    ["softplus", 500000, "minMaxScaler()"],
  ] as const)("get a scaler whose range %s can reach", async (activation, deviation, maker) => {
    const net = sequential([first(), dense({ units: 1, activation })]);
    net.compile({ loss: "mse" });
    await net.evaluate(x, spread([N, 1], deviation));
    const text = line("feature 0 of y", deviation, scaler("target", "y"));
    expect(said).toEqual([text.replace("standardScaler()", maker)]);
  });

  it("at padding do not count", async () => {
    const net = build(masking({ maskValue: 9, inputShape: [T, C] }));
    const steps = spread([N, T, C], 1);
    const targets = spread([N, T, 1], 1);
    for (let n = 0; n < N; n++) {
      steps.data.fill(9, (n * T + 3) * C, (n + 1) * T * C);
      targets.data[n * T + 3] = -9999;
    }
    await net.evaluate(steps, targets);
    expect(said).toEqual([]);
    targets.data.forEach((v, i) => {
      targets.data[i] = v * 4000;
    });
    await net.evaluate(steps, targets);
    expect(said).toEqual([line("feature 0 of y", 4000, scaler("target", "y"))]);
  });
});

it("of targets that no scaler in the model can be for is told by the scaler alone", async () => {
  const net = sequential([dense({ units: 3, inputShape: [2] })]);
  net.compile({ loss: losses.quantile({ quantiles: [0.1, 0.5, 0.9] }), optimizer: "sgd" });
  await net.evaluate(spread([64, 2], 1), spread([64, 1], 7000));
  expect(said).toEqual([line("feature 0 of y", 7000, "standardScaler().fitTransform(y)")]);
});

describe("farSpread", () => {
  it("finds the feature and its deviation, of data of any size in the same time", () => {
    const { uniform } = seeded(1);
    const data = Float32Array.from({ length: 3_000_000 }, (_, i) =>
      i % 3 === 2 ? 1e6 + 250 * (uniform() - 0.5) * Math.sqrt(12) : uniform(),
    );
    const far = farSpread(ndarray(data, [1_000_000, 3]));
    expect(far?.feature).toBe(2);
    expect(far?.spread).toBeCloseTo(250, -1);
    const begin = performance.now();
    farSpread(ndarray(new Float32Array(2 ** 24), [2 ** 24, 1]));
    expect(performance.now() - begin).toBeLessThan(200);
  });

  it("is exact where it sees all", () => {
    const far = farSpread(ndarray(Float32Array.of(1000, 3000), [2, 1]));
    expect(far).toEqual({ feature: 0, spread: 1000 });
    expect(farSpread(ndarray(Float32Array.of(Number.NaN, 7, Number.NaN), [3, 1]))).toBeUndefined();
    expect(farSpread(ndarray(new Float32Array(0), [0, 1]))).toBeUndefined();
  });
});
