/** GRU, simple RNN and IndRNN in whole models: streams, files, threads, long sequences. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Layer, layers, loadModel, type ModelOptions, ndarray, optimizers, sequential } from "../../src/index.ts";
import { bits, ids, numbers, scramble, weightBits } from "../helpers/models.ts";
import { OneLayer } from "../helpers/oneLayer.ts";
import { seeded } from "../helpers/random.ts";

type Options = Parameters<typeof layers.gru>[0];

const CELLS: [string, (options: Options) => Layer][] = [
  ["gru", layers.gru],
  ["gru, reset before", options => layers.gru({ ...options, resetAfter: false })],
  ["simpleRNN", layers.simpleRNN],
  ["indRNN", options => layers.indRNN({ ...options, activation: "tanh" })],
];

beforeEach(() => {
  vi.stubGlobal("navigator", { hardwareConcurrency: 2 });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

describe.each(CELLS)("%s", (_, cell) => {
  const [T, C] = [9, 5];

  // Sizes below, at and above whole panels for one row (28 columns) and for many (8).
  it.each([
    [1, true],
    [4, false],
    [7, true],
    [14, true],
    [28, false],
    [33, true],
  ])("a stream gives predict's bits, %i units, useBias %s", (units, useBias) => {
    const net = sequential([
      cell({ units, useBias, returnSequences: true, inputShape: [null, C] }),
      cell({ units: 6, useBias, activation: "sigmoid", returnSequences: true }),
    ]);
    scramble(net);
    const x = numbers([1, T, C]);
    const stream = net.stream();
    const steps = Array.from({ length: T }, (_, t) => bits(stream.step(x.data.subarray(t * C, (t + 1) * C))));
    expect(steps.flat()).toEqual(bits(net.predict(x).data));
  });

  // 2^20 projected numbers are kept; more are made step by step.
  it.each([
    ["small", 7],
    ["large", 2 ** 19],
  ])("a stream of ids of a %s table gives predict's bits", (_size, V) => {
    for (const useBias of [true, false]) {
      const net = sequential([
        layers.embedding({ inputDim: V, outputDim: 3, inputShape: [null] }),
        cell({ units: 9, useBias }),
      ]);
      scramble(net);
      const tokens = ids([1, T], V);
      const stream = net.stream();
      const outputs = [...tokens.data].map(token => stream.step(token));
      expect(bits(outputs[T - 1])).toEqual(bits(net.predict(tokens).data));
    }
  });

  it("a stream sees weights that change, and goes on from a saved state", () => {
    const net = sequential([cell({ units: 5, inputShape: [null, C] })]);
    scramble(net, 3);
    const stream = net.stream();
    stream.step(numbers([C]).data);
    const state = JSON.parse(JSON.stringify(stream.state));
    const before = bits(stream.step(numbers([C], 2).data));
    stream.state = state;
    expect(bits(stream.step(numbers([C], 2).data))).toEqual(before);
    scramble(net, 4);
    stream.state = state;
    expect(bits(stream.step(numbers([C], 2).data))).not.toEqual(before);
  });

  const build = (options?: ModelOptions) => {
    const net = sequential(
      [
        layers.masking({ inputShape: [6, 33] }),
        layers.bidirectional({ layer: cell({ units: 61, dropout: 0.2, returnSequences: true }) }),
        cell({ units: 37, goBackwards: true }),
        layers.dense({ units: 2 }),
      ],
      { seed: 4, ...options },
    );
    net.compile({ optimizer: optimizers.adam({ learningRate: 0.01 }), loss: "meanSquaredError" });
    return net;
  };
  const x = numbers([40, 6, 33]);
  for (let n = 0; n < 40; n++) x.data.fill(0, (n * 6 + (n % 7)) * 33, (n + 1) * 6 * 33);
  const y = numbers([40, 2], 2);

  it("trains to the same bits with two threads, and a saved model goes on to them", async () => {
    const [one, two] = [build(), build({ threads: 2 })];
    await two.ready();
    for (const net of [one, two]) for (let step = 0; step < 3; step++) net.trainOnBatch(x, y);
    expect(weightBits(two)).toEqual(weightBits(one));
    const again = loadModel(one.save({ optimizer: true }));
    expect(bits(again.predict(x).data)).toEqual(bits(one.predict(x).data));
    for (const net of [one, again]) net.trainOnBatch(x, y);
    expect(weightBits(again)).toEqual(weightBits(one));
  });

  it("neither states nor gradients become subnormal as they decay", () => {
    const [N, steps, H] = [2, 300, 6];
    const layer = new OneLayer(cell({ units: H, returnSequences: true, useBias: false }), { x: [steps, 3], h: [H] });
    const random = seeded(1);
    const arrays = Object.fromEntries(
      Object.entries(layer.weightShapes).map(([name, shape]) => {
        const size = shape.reduce((a, b) => a * b, 1);
        return [name, ndarray(Float32Array.from(random.array(size, 0.1)), [...shape])];
      }),
    );
    const inputs = { x: ndarray(new Float32Array(N * steps * 3), [N, steps, 3]), h: numbers([N, H]) };
    const outer = new Float32Array(N * steps * H);
    for (let n = 0; n < N; n++) outer.set(numbers([H]).data, ((n + 1) * steps - 1) * H);
    const { outputs, gradients } = layer.differentiate({ ...inputs, ...arrays }, [outer]);
    for (const values of [outputs[0], gradients.h, gradients.x]) {
      expect(values.filter(v => v !== 0 && Math.abs(v) < 2 ** -126)).toHaveLength(0);
    }
    expect(outputs[0].some(v => v !== 0 && Math.abs(v) < 1e-15)).toBe(true);
    expect(gradients.x.some(v => v !== 0 && Math.abs(v) < 1e-15)).toBe(true);
  });
});
