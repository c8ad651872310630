/** The LSTM's options wherever an LSTM can stand: streams, directions, lookups, states, threads, files; and what is refused. */
import { describe, expect, it } from "vitest";
import { layers, loadModel, type Model, type ModelOptions, optimizers, sequential } from "../../src/index.ts";
import type { LstmLayerOptions } from "../../src/layers/recurrent/lstm.ts";
import { expectClose } from "../helpers/compare.ts";
import { bits, expectError, ids, numbers, scramble, weightBits } from "../helpers/models.ts";

const { bidirectional, dense, embedding, lstm } = layers;
type Options = Partial<LstmLayerOptions>;

const VARIANTS: Record<string, Options> = {
  "peephole gers": { peephole: "gers" },
  "peephole previous": { peephole: "previous", useBias: false },
  "squared input gate": { inputGate: "squared" },
  "coupled gates": { coupledGates: true },
  "clip and cellClip": { clip: 0.5, cellClip: 0.4 },
  projection: { projection: 5 },
  together: { peephole: "gers", inputGate: "squared", coupledGates: true, projection: 3, cellClip: 0.5 },
};

const [T, C] = [7, 3];
const one = (options: Options, more: ModelOptions = {}) =>
  sequential([lstm({ units: 9, returnSequences: true, ...options, inputShape: [null, C] }), dense({ units: 2 })], {
    seed: 4,
    ...more,
  });

describe.each(Object.entries(VARIANTS))("%s", (_, options) => {
  it("streams to the same bits as predict, also after the weights have changed", () => {
    const net = one(options);
    const x = numbers([1, T, C]);
    const stream = net.stream();
    for (const seed of [9, 10]) {
      scramble(net, seed);
      stream.reset();
      const steps = Array.from({ length: T }, (_, t) => bits(stream.step(x.data.subarray(t * C, (t + 1) * C))));
      expect(steps.flat()).toEqual(bits(net.predict(x).data));
    }
  });

  it("streams tokens to the same bits as predict", () => {
    const net = sequential([
      embedding({ inputDim: 7, outputDim: 4, inputShape: [null] }),
      lstm({ units: 6, ...options, returnSequences: true }),
    ]);
    scramble(net);
    const tokens = ids([1, T], 7);
    const stream = net.stream();
    const steps = [...tokens.data].map(token => bits(stream.step(token)));
    expect(steps.flat()).toEqual(bits(net.predict(tokens).data));
  });

  it("is saved and loaded", () => {
    const net = one(options);
    scramble(net);
    const again = loadModel(net.save());
    expect(weightBits(again)).toEqual(weightBits(net));
    expect(again.layers[0].options).toEqual({ ...net.layers[0].options, name: "lstm" });
    const x = numbers([4, T, C]);
    expect(bits(again.predict(x).data)).toEqual(bits(net.predict(x).data));
  });

  it("runs both ways: each direction is the layer by itself", () => {
    const inner = () => lstm({ units: 6, ...options });
    const both = sequential([bidirectional({ layer: inner(), inputShape: [T, C] })]);
    scramble(both);
    const all = both.getWeights();
    const x = numbers([3, T, C]);
    const parts = [false, true].map((goBackwards, i) => {
      const net = sequential([lstm({ units: 6, ...options, goBackwards, inputShape: [T, C] })]);
      net.setWeights(all.slice((i * all.length) / 2, ((i + 1) * all.length) / 2));
      return net.predict(x).data;
    });
    const F = parts[0].length / 3;
    const joined = Array.from({ length: 3 }, (_, n) => parts.flatMap(part => [...part.slice(n * F, (n + 1) * F)]));
    expect(bits(both.predict(x).data)).toEqual(bits(joined.flat()));
  });

  it("stateful: two halves are the whole", () => {
    const net = one({ ...options, stateful: true });
    scramble(net);
    const whole = one(options);
    whole.setWeights(net.getWeights());
    const x = numbers([2, T, C]);
    const half = (from: number, to: number) => ({
      shape: [2, to - from, C],
      data: Float32Array.from([0, 1].flatMap(n => [...x.data.subarray((n * T + from) * C, (n * T + to) * C)])),
    });
    const [first, second] = [net.predict(half(0, 4)), net.predict(half(4, T))];
    const expected = whole.predict(x).data;
    const rows = (n: number) => [
      ...first.data.subarray(n * 8, (n + 1) * 8),
      ...second.data.subarray(n * 6, (n + 1) * 6),
    ];
    expectClose([...rows(0), ...rows(1)], expected, { absolute: 1e-6 });
  });

  it("ignores padding", () => {
    const build = (maskZero: boolean) =>
      sequential(
        [
          embedding({ inputDim: 7, outputDim: 4, maskZero, inputShape: [null] }),
          bidirectional({ layer: lstm({ units: 6, ...options, returnSequences: true }) }),
          lstm({ units: 7, ...options }),
        ],
        { seed: 2 },
      );
    const padded = build(true).predict([[0, 0, 3, 0, 5, 1, 6, 0]]);
    const short = build(false).predict([[3, 5, 1, 6]]);
    expectClose(padded.data, short.data, { absolute: 1e-7 });
  });

  it("trains to the same bits on two threads", async () => {
    const trained = async (threads: number) => {
      // As large as it must be for all kernels to be cut in two.
      const layer = lstm({ units: 53, ...options, returnSequences: true, inputShape: [18, 8] });
      const net = sequential([layer, dense({ units: 1 })], { seed: 4, threads });
      net.compile({ optimizer: optimizers.adam({ learningRate: 0.01 }), loss: "mse" });
      await net.ready();
      const losses = [0, 1, 2].map(step => net.trainOnBatch(numbers([30, 18, 8], step), numbers([30, 18, 1], 7)).loss);
      return { losses, weights: weightBits(net), threads: net.threads };
    };
    const [alone, together] = [await trained(1), await trained(2)];
    expect(together.threads).toBe(2);
    expect(together.losses).toEqual(alone.losses);
    expect(together.weights).toEqual(alone.weights);
  });
});

it("limits that nothing reaches change no bit of the plain LSTM", () => {
  const trained = (options: Options) => {
    const net: Model = one(options);
    net.compile({ optimizer: optimizers.adam(), loss: "mse" });
    for (let step = 0; step < 3; step++) net.trainOnBatch(numbers([5, T, C], step), numbers([5, T, 2], 9));
    return weightBits(net);
  };
  expect(trained({ clip: 1000, cellClip: 1000 })).toEqual(trained({}));
});

it("begins as a plain LSTM does, the new weights by kernelInitializer", () => {
  const weights = (options: Options) => sequential([lstm({ units: 8, ...options, inputShape: [T, C] })]).getWeights();
  const [, , bias, peephole] = weights({ peephole: "gers", kernelInitializer: { name: "constant", value: 0.25 } });
  expect([...bias.data]).toEqual(Array.from({ length: 32 }, (_, i) => Number(i >= 8 && i < 16)));
  expect([...peephole.data]).toEqual(new Array(24).fill(0.25));
  const [, , coupled] = weights({ coupledGates: true });
  expect([...coupled.data]).toEqual(new Array(24).fill(0));
  const [, , , projection] = weights({ projection: 4 });
  expect(new Set(projection.data).size).toBe(32);
  expect(Math.max(...projection.data.map(Math.abs))).toBeLessThanOrEqual(Math.sqrt(6 / 12));
});

describe("refuses", () => {
  // biome-ignore lint/suspicious/noExplicitAny: the wrong types are the point
  const wrong = (options: object): any => ({ units: 8, ...options });
  it.each<[object, "TypeError" | "RangeError", string]>([
    [{ peephole: "all" }, "RangeError", 'lstm peephole: expected one of gers, previous, got "all"'],
    [{ peephole: true }, "TypeError", "lstm peephole: expected one of gers, previous, got true"],
    [{ inputGate: "cubed" }, "RangeError", 'lstm inputGate: expected one of plain, squared, got "cubed"'],
    [{ coupledGates: 1 }, "TypeError", "lstm coupledGates: expected true or false, got 1"],
    [{ cellClip: 0 }, "RangeError", "lstm cellClip: expected a number > 0, got 0"],
    [{ clip: -1 }, "RangeError", "lstm clip: expected a number in [0, Infinity], got -1"],
    [{ clip: "1" }, "TypeError", 'lstm clip: expected a number in [0, Infinity], got "1"'],
    [{ projection: 2.5 }, "RangeError", "lstm projection: expected a whole number >= 1, got 2.5"],
    [
      { projection: 8 },
      "RangeError",
      "lstm projection: expected fewer than units (8), got 8; without it the hidden state has all units",
    ],
    [
      { coupledGates: true, unitForgetBias: true },
      "RangeError",
      "lstm unitForgetBias: expected false with coupledGates, got true; that cell has no forget gate, leave it out",
    ],
  ])("%j", async (options, type, message) => {
    await expectError(() => lstm(wrong(options)), type, message);
  });

  it("an initial state of the wrong size", async () => {
    const { input, model } = await import("../../src/index.ts");
    const [x, h, c] = [input({ shape: [T, C] }), input({ shape: [8] }), input({ shape: [8] })];
    await expectError(
      () => model({ inputs: [x, h, c], outputs: lstm({ units: 8, projection: 4 }).apply([x, h, c]) }),
      "RangeError",
      /expected an initial state h of \[N, 4\], got \[N, 8\]/,
    );
  });
});
