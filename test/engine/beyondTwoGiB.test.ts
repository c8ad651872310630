/**
 * Memory beyond 2 GiB, where a pointer is negative as a signed number: every kind of layer computes there what it computes
 * near 0. Its memory is moved up, which costs addresses and no bytes; one test fills it in truth.
 */
import { freemem } from "node:os";
import { afterEach, describe, expect, it, vi } from "vitest";
import { layers, loadModel, type Model, ndarray, sequential } from "../../src/index.ts";
import { expectError, ids, numbers, weightBits } from "../helpers/models.ts";
import { moveMemory } from "../helpers/moveMemory.ts";
import { recurrentForms } from "../helpers/recurrentForms.ts";
import { untyped } from "../helpers/untyped.ts";

const GiB = 2 ** 30;

/** Whether the machine can have so many bytes; in CI it must. */
const hasRoom = (bytes: number) => Boolean(process.env.CI) || freemem() > bytes;

afterEach(() => {
  vi.restoreAllMocks();
});

interface Task {
  make(): Model;
  x: unknown;
  y: unknown;
  stream?: readonly unknown[];
}

/** All that a model computes: outputs, gradients, weights after steps, and those of a copy that was saved. */
async function everything({ make, x, y, stream = [] }: Task) {
  const net = make();
  const before = net.predictAll(untyped(x));
  const gradients = net.gradients(untyped(x), untyped(y));
  const logs = [net.trainOnBatch(untyped(x), untyped(y)), net.trainOnBatch(untyped(x), untyped(y))];
  const scores = await net.evaluate(untyped(x), untyped(y));
  const loaded = loadModel(net.save({ optimizer: true }));
  loaded.trainOnBatch(untyped(x), untyped(y));
  const one = stream.length > 0 ? net.stream() : undefined;
  const steps = stream.map(step => [...(one?.step(step as number[]) ?? [])]);
  return {
    before,
    gradients,
    logs,
    scores,
    weights: weightBits(net),
    loaded: weightBits(loaded),
    steps,
    state: one?.state,
  };
}

const T = 7;
const recurrent = Object.entries(recurrentForms)
  .filter(([, { custom }]) => !custom)
  .map(([name, { layer, heads = 1 }]): [string, () => Task] => [
    name,
    () => ({
      make: () => {
        const model = sequential(
          [
            layer({ units: 6 * heads, returnSequences: true, inputShape: [null, 3] }),
            layer({ units: 5 * heads }),
            layers.dense({ units: 2 }),
          ],
          { seed: 4 },
        );
        model.compile({ optimizer: "adam", loss: "mse", metrics: ["mae"] });
        return model;
      },
      x: { x: numbers([4, T, 3]), lengths: [7, 3, 0, 5] },
      y: numbers([4, 2], 2),
      stream: [
        [1, 2, 3],
        [0.5, 0, -1],
      ],
    }),
  ]);

const others: [string, () => Task][] = [
  [
    "ids, masks, both directions, classes",
    () => ({
      make: () => {
        const model = sequential(
          [
            layers.embedding({ inputDim: 40, outputDim: 5, maskZero: true, inputShape: [T] }),
            layers.bidirectional({ layer: layers.gru({ units: 6, returnSequences: true }) }),
            layers.dropout({ rate: 0.2 }),
            layers.timeDistributed({ layer: layers.dense({ units: 7, activation: "relu" }) }),
            layers.lstm({ units: 9, dropout: 0.1, recurrentDropout: 0.2, stateful: true }),
            layers.dense({ units: 3, activation: "softmax" }),
          ],
          { seed: 4 },
        );
        model.compile({ optimizer: "rmsprop", loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
        return model;
      },
      x: ids([5, T], 40),
      y: ids([5], 3, 2),
    }),
  ],
  [
    "missing values, long sequences in segments, sgd",
    () => ({
      make: () => {
        const model = sequential(
          [
            layers.missing({ strategy: "mask", inputShape: [T, 3] }),
            layers.lstm({ units: 5, checkpointSteps: 2, returnSequences: true }),
            layers.activation({ activation: "tanh" }),
            layers.dense({ units: 1, activation: "sigmoid" }),
          ],
          { seed: 4 },
        );
        model.compile({ optimizer: "sgd", loss: "binaryCrossentropy", metrics: ["mae"] });
        return model;
      },
      x: ndarray(
        numbers([3, T, 3]).data.map((value, i) => (i % 4 === 1 ? NaN : value)),
        [3, T, 3],
      ),
      y: ndarray(
        numbers([3, T, 1], 2).data.map(value => Number(value > 0)),
        [3, T, 1],
      ),
    }),
  ],
];

describe.each([...recurrent, ...others])("%s", (_, task) => {
  it("has the same bits near 0, across 2 GiB, and at the end of memory", async () => {
    const wanted = await everything(task());
    for (const base of [2 * GiB - 70_000, 4 * GiB - 2 ** 22]) {
      moveMemory(base);
      expect(await everything(task()), `${base}`).toEqual(wanted);
      vi.restoreAllMocks();
    }
  });
});

it("two threads do too", async () => {
  vi.stubGlobal("navigator", { hardwareConcurrency: 2 });
  const results = [];
  for (const base of [0, 2 * GiB - 70_000, 3 * GiB]) {
    moveMemory(base);
    const net = sequential(
      [layers.lstm({ units: 64, returnSequences: true, inputShape: [20, 8] }), layers.dense({ units: 1 })],
      { seed: 1, threads: 2 },
    );
    vi.restoreAllMocks();
    net.compile({ optimizer: "adam", loss: "mse" });
    await net.ready();
    for (let i = 0; i < 3; i++) net.trainOnBatch(numbers([16, 20, 8], i), numbers([16, 20, 1], i));
    results.push(weightBits(net));
  }
  vi.unstubAllGlobals();
  expect(results[1]).toEqual(results[0]);
  expect(results[2]).toEqual(results[0]);
});

it("what is beyond 4 GB is one clear error, and the model goes on", async () => {
  moveMemory(4 * GiB - 2 ** 21);
  const net = sequential([layers.dense({ units: 4, inputShape: [4] })]);
  vi.restoreAllMocks();
  const before = net.predict(numbers([2, 4]));
  await expectError(
    () => net.predict(numbers([2 ** 17, 4]), { batchSize: 2 ** 17 }),
    "RangeError",
    /out of memory: expected to hold \d+ MB in one model, .* at most 4096 MB; use a smaller batchSize/,
  );
  expect(net.predict(numbers([2, 4]))).toEqual(before);
});

describe("sizes whose product passes 2^31", () => {
  it("an operand that would be packed to more than there is memory is out of memory", async () => {
    const net = sequential([layers.dense({ units: 4, inputShape: [4] })]);
    const { kernels } = net.network.engine;
    expect(kernels.packedSize(2 ** 27, 9)).toBe(2 ** 31 - 1);
    expect(kernels.packedSize(2 ** 28, 1)).toBe(2 ** 31 - 1);
    expect(kernels.packedSize(2 ** 28 - 1, 8)).toBe(2 ** 31 - 8);
    expect(kernels.packedSize(2 ** 20, 2 ** 20)).toBe(2 ** 31 - 1);
    expect(() => net.network.engine.memory.allocate(kernels.packedSize(2 ** 20, 2 ** 20))).toThrow(/^out of memory/);
  });

  it("an mLSTM of 65,536 heads learns what one of 64 heads does", () => {
    // units · units, from which the size of the matrices is made, is 2^32.
    const [steps, few, many] = [40, 64, 65_536];
    const make = (units: number) => {
      const net = sequential([
        layers.mLSTM({ units, heads: units, layerNorm: false, returnSequences: true, inputShape: [steps, 1] }),
      ]);
      net.compile({ optimizer: "sgd", loss: "mse" });
      return net;
    };
    const small = make(few);
    const large = make(many);
    // The first heads of every block are those of the small one, the others are 0.
    const weights = small.getWeights().map((weight, i) => numbers(weight.shape, 5 + i));
    const blocks = (length: number) => length / few;
    large.setWeights(
      large.getWeights().map(({ shape }, i) => {
        const data = new Float32Array(shape.reduce((a, b) => a * b));
        const own = weights[i].data;
        for (let b = 0; b < blocks(own.length); b++) data.set(own.slice(b * few, (b + 1) * few), b * many);
        return ndarray(data, shape);
      }),
    );
    small.setWeights(weights);
    const x = numbers([1, steps, 1]);
    const y = numbers([1, steps, few], 2);
    const padded = new Float32Array(steps * many);
    for (let t = 0; t < steps; t++) padded.set(y.data.slice(t * few, (t + 1) * few), t * many);
    const wanted = small.gradients(x, y);
    const got = large.gradients(x, ndarray(padded, [1, steps, many]));
    wanted.forEach(({ data }, i) => {
      for (let b = 0; b < blocks(data.length); b++) {
        for (let j = 0; j < few; j++) {
          // The mean is over 1,024 times as many outputs.
          const value = got[i].data[b * many + j] * (many / few);
          expect(Math.abs(value - data[b * few + j]), `weight ${i}, block ${b}, head ${j}`).toBeLessThan(1e-5);
        }
      }
    });
  });
});

it.skipIf(!hasRoom(4 * GiB))("three gigabytes of numbers are right, every one", () => {
  const rows = 560_000;
  const net = sequential(
    [
      layers.dense({ units: 1024, useBias: false, kernelInitializer: "ones", inputShape: [rows, 1] }),
      layers.dense({ units: 1, useBias: false, kernelInitializer: "ones" }),
    ],
    { seed: 1 },
  );
  const { data } = net.predict(ndarray(new Float32Array(rows).fill(0.5), [1, rows, 1]));
  expect(data.length).toBe(rows);
  expect(data.every(value => value === 512)).toBe(true);
  expect(net.memoryBytes).toBeGreaterThan(2 * GiB);
});
