/** Layers of several models in one: the models become parts of it, and go on as they were. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  input,
  layers,
  loadModel,
  type Model,
  metrics,
  model,
  modelMemory,
  optimizers,
  sequential,
} from "../../src/index.ts";
import { bits, expectError, numbers, weightBits } from "../helpers/models.ts";

const { average, dense, dropout, embedding, lstm, repeatVector, tiedDense } = layers;

let warnings: string[] = [];
beforeEach(() => {
  warnings = [];
  vi.spyOn(console, "warn").mockImplementation(text => void warnings.push(String(text)));
});
afterEach(() => void vi.restoreAllMocks());

const [T, C] = [5, 3];
const x = numbers([6, T, C], 4);
const code = numbers([6, 4], 5);

const encoderOf = () => sequential([lstm({ units: 8, inputShape: [T, C] }), dense({ units: 4, activation: "tanh" })]);
const decoderOf = () =>
  sequential([repeatVector({ n: T, inputShape: [4] }), lstm({ units: 8, returnSequences: true }), dense({ units: C })]);

describe("an encoder and a decoder in an autoencoder", () => {
  it("learn with it, and it with them", () => {
    const [encoder, decoder] = [encoderOf(), decoderOf()];
    const before = decoder.predict(code);
    const both = sequential([encoder, decoder]);
    expect(bits(decoder.predict(code).data)).toEqual(bits(before.data));
    both.compile({ optimizer: "adam", loss: "mse" });
    const compare = () => {
      const y = both.predict(x);
      expect(bits(decoder.predict(encoder.predict(x)).data)).toEqual(bits(y.data));
      expect(weightBits(both)).toEqual([...weightBits(encoder), ...weightBits(decoder)]);
      return bits(y.data);
    };
    const all = [compare()];
    for (let i = 0; i < 2; i++) both.trainOnBatch(x, x);
    all.push(compare());
    decoder.compile({ optimizer: "sgd", loss: "mse" });
    decoder.trainOnBatch(code, x);
    all.push(compare());
    expect(new Set(all.map(String)).size).toBe(3);
    expect(both.layers.map(({ name }) => name)).toEqual(["lstm", "dense", "repeatVector", "lstm_1", "dense_1"]);
    expect(decoder.layer("dense_1").getWeights()).toEqual(both.layer("dense_1").getWeights());
    expect(bits(loadModel(decoder.save()).predict(code).data)).toEqual(bits(decoder.predict(code).data));
    expect(decoder.summary()).toContain("lstm_1");
    expect(warnings).toEqual([]);
  });

  it("are what one graph of new layers is", () => {
    const [encoder, decoder] = [encoderOf(), decoderOf()];
    const both = sequential([encoder, decoder]);
    const flat = sequential([
      lstm({ units: 8, inputShape: [T, C] }),
      dense({ units: 4, activation: "tanh" }),
      repeatVector({ n: T }),
      lstm({ units: 8, returnSequences: true }),
      dense({ units: C }),
    ]);
    flat.setWeights(both.getWeights());
    for (const net of [both, flat]) net.compile({ optimizer: "adam", loss: "mse" });
    for (let i = 0; i < 3; i++) expect(both.trainOnBatch(x, x)).toEqual(flat.trainOnBatch(x, x));
    expect(weightBits(both)).toEqual(weightBits(flat));
  });
});

describe("a generator under a discriminator that was compiled before", () => {
  const build = () => {
    const discriminator = sequential([lstm({ units: 6, inputShape: [T, C] }), dense({ units: 1, name: "real" })]);
    discriminator.compile({ optimizer: optimizers.adam({ learningRate: 0.01 }), loss: "mse", metrics: ["mae"] });
    return { discriminator, generator: decoderOf() };
  };
  const goal = numbers([6, 1], 8);

  it("goes on with its optimizer, and trains what it did", () => {
    const [alone, joined] = [build(), build()];
    joined.discriminator.setWeights(alone.discriminator.getWeights());
    for (const { discriminator } of [alone, joined]) {
      for (let i = 0; i < 3; i++) discriminator.trainOnBatch(x, goal);
      discriminator.trainable = false; // which counts from the next compile on
    }
    const { generator, discriminator } = joined;
    const gan = sequential([generator, discriminator]);
    gan.compile({ optimizer: "adam", loss: "mse" });
    for (let i = 0; i < 3; i++) {
      expect(discriminator.trainOnBatch(x, goal)).toEqual(alone.discriminator.trainOnBatch(x, goal));
    }
    expect(weightBits(discriminator)).toEqual(weightBits(alone.discriminator));
    const before = [weightBits(generator), weightBits(discriminator)];
    gan.trainOnBatch(code, goal);
    const after = [weightBits(generator), weightBits(discriminator)];
    expect(after[0]).not.toEqual(before[0]);
    expect(after[1]).toEqual(before[1]);
    expect(discriminator.trainable).toBe(false);
    expect(warnings.filter(text => !/has trainable: false since/.test(text))).toEqual([
      'wasm-lstm: model: the model of "lstm" and "real" is part of the model of "repeatVector", "lstm" and "dense" from now on: ' +
        "it has that one's seed, threads, memory and count of steps",
    ]);
  });
});

describe("a model that becomes part of another", () => {
  it("keeps losses and metrics by name, states, and what callbacks saved", async () => {
    const v = input({ shape: [T, C] });
    const h = lstm({ units: 4, stateful: true }).apply(v);
    const heads = [dense({ units: 1 }), dense({ units: 2 })].map(head => head.apply(h));
    const net = model({ inputs: v, outputs: heads });
    net.compile({
      loss: { dense: "mse", dense_1: "mae" },
      lossWeights: { dense: 3, dense_1: 1 },
      metrics: { dense_1: [metrics.meanSquaredError({ name: "squares" })] },
      weightedMetrics: ["mae"],
    });
    const other = sequential([dense({ units: C, inputShape: [T, C] })]);
    const goals = [numbers([6, 1], 2), numbers([6, 2], 3)];
    const [before, states] = [await net.evaluate(x, goals), net.predictAll(x)];
    const [copy] = [loadModel(net.save())];
    copy.network.states = new Map([...net.network.states].map(([name, own]) => [name, own.map(each => each.slice())]));
    const u = input({ shape: [T, C] });
    const whole = model({ inputs: u, outputs: net.applyAll(other.apply(u)) });
    expect(whole.layers.map(({ name }) => name)).toEqual(["dense", "lstm", "dense_1", "dense_2"]);
    expect(net.predictAll(x).map(({ data }) => bits(data))).toEqual(copy.predictAll(x).map(({ data }) => bits(data)));
    expect(states).not.toEqual(net.predictAll(x));
    net.resetStates();
    const after = await net.evaluate(x, goals);
    expect(Object.keys(after)).toEqual([
      "loss",
      "dense_1Loss",
      "dense_1Mae",
      "dense_2Loss",
      "dense_2Squares",
      "dense_2Mae",
    ]);
    expect(Object.values(after)).toEqual(Object.values(before));
  });

  it("lets its streams of before end, with what to do", async () => {
    const [encoder, decoder] = [encoderOf(), decoderOf()];
    const part = encoder.part({ outputs: "lstm" });
    const streams = [encoder.stream(), part.stream()];
    for (const stream of streams) stream.step([1, 2, 3]);
    const joined = sequential([decoder, encoder]);
    for (const stream of streams) {
      await expectError(
        () => stream.step([1, 2, 3]),
        "Error",
        'the model of "lstm" and "dense" has become part of the model of "repeatVector", "lstm", "dense", "lstm_1" and 1 more; ' +
          "make its streams again, with stream()",
      );
    }
    const again = encoder.stream();
    let last = again.step(x.data.subarray(0, C));
    for (let t = 1; t < T; t++) last = again.step(x.data.subarray(t * C, (t + 1) * C));
    expect(bits(last)).toEqual(bits(encoder.predict(x).data.subarray(0, 4)));
    expect(part.predict(x).shape).toEqual([6, 8]);
    expect(joined.predict(code).shape).toEqual([6, 4]);
  });

  it("may be one of several, and go on into a third", () => {
    const members = [1, 2, 3].map(seed =>
      sequential([lstm({ units: 3, inputShape: [T, C] }), dense({ units: 2 })], { seed }),
    );
    const alone = members.map(member => member.predict(x).data);
    const v = input({ shape: [T, C] });
    const pair = model({ inputs: v, outputs: average().apply(members.slice(0, 2).map(member => member.apply(v))) });
    const u = input({ shape: [T, C] });
    const all = model({ inputs: u, outputs: average().apply([members[2].apply(u), pair.apply(u)]) });
    members.forEach((member, i) => {
      expect(bits(member.predict(x).data)).toEqual(bits(alone[i]));
    });
    all.compile({ optimizer: "sgd", loss: "mse" });
    const before = members.map(weightBits);
    all.trainOnBatch(x, numbers([6, 2], 7));
    members.forEach((member, i) => {
      expect(weightBits(member)).not.toEqual(before[i]);
    });
    expect(bits(all.predict(x).data)).toEqual(bits(loadModel(all.save()).predict(x).data));
    expect(warnings).toEqual([1, 2].map(() => expect.stringMatching(/has that one's seed/)));
  });

  it("trains on while the whole does, by turns, and neither disturbs the other's optimizer", () => {
    const run = (nested: boolean) => {
      const [encoder, decoder] = [encoderOf(), decoderOf()];
      encoder.compile({ optimizer: "adam", loss: "mse" });
      const both = nested ? sequential([encoder, decoder]) : undefined;
      both?.compile({ optimizer: optimizers.adam({ learningRate: 0 }), loss: "mse" });
      for (let i = 0; i < 4; i++) {
        encoder.trainOnBatch(x, code);
        both?.trainOnBatch(x, x);
      }
      return weightBits(encoder);
    };
    expect(run(true)).toEqual(run(false));
  });

  it("brings kernels that the first has not, on one thread and on two", async () => {
    for (const threads of [1, 2]) {
      const first = sequential([dense({ units: C, inputShape: [T, C] })], { threads });
      const more = sequential([layers.gru({ units: 64, inputShape: [T, C] }), layers.layerNormalization({})]);
      const expected = more.predict(first.predict(x));
      const both = sequential([first, more]);
      await both.ready();
      expect(bits(both.predict(x).data)).toEqual(bits(expected.data));
      const many = numbers([256, T, C], 3);
      expect(bits(both.predict(many, { batchSize: 256 }).data)).toEqual(
        bits(loadModel(both.save()).predict(many, { batchSize: 256 }).data),
      );
    }
  });

  it("is refused while it trains or computes", async () => {
    const [encoder, decoder] = [encoderOf(), decoderOf()];
    encoder.compile({ optimizer: "adam", loss: "mse" });
    const fitting = encoder.fit(x, code, { epochs: 2, verbose: 0 });
    await expectError(
      () => sequential([decoder, encoder]),
      "Error",
      /model: the model of "lstm" and "dense" is in training/,
    );
    await fitting;
    expect(sequential([decoder, encoder]).predict(code).shape).toEqual([6, 4]);
  });

  it("is refused with two layers of one name, and without what a layer is tied to", async () => {
    const named = () => sequential([dense({ units: 4, name: "same", inputShape: [4] })]);
    await expectError(
      () => sequential([named(), named()]),
      "RangeError",
      'model: two layers are named "same"; give each a name of its own',
    );
    const table = embedding({ inputDim: 7, outputDim: 4, inputShape: [T] });
    const words = sequential([table, tiedDense({ tiedTo: table })]);
    const [a, b] = [input({ shape: [4] }), dense({ units: 4 })];
    const other = model({ inputs: a, outputs: b.apply(a) });
    await expectError(
      () => model({ inputs: other.inputs, outputs: words.layers[1].apply(other.outputs) }),
      "RangeError",
      /tied.*embedding|embedding of the same model/,
    );
  });
});

describe("new layers among those of a model", () => {
  const head = () => dense({ units: 2, activation: "softmax" });

  it("by tensors of the model, as base.output is used in Keras", () => {
    const base: Model = sequential([lstm({ units: 4, inputShape: [T, C] }), dense({ units: 3 })]);
    const net = model({ inputs: base.inputs, outputs: head().apply(base.layers[0].apply(base.inputs)), seed: 3 });
    expect(net.layers.map(({ name }) => name)).toEqual(["lstm", "dense_1"]);
    net.compile({ optimizer: "adam", loss: "categoricalCrossentropy" });
    const before = weightBits(base);
    net.trainOnBatch(
      x,
      Array.from({ length: 6 }, (_, i) => [i % 2, 1 - (i % 2)]),
    );
    expect(weightBits(base).slice(0, 3)).not.toEqual(before.slice(0, 3));
    expect(weightBits(base).slice(3)).toEqual(before.slice(3));
  });

  it("in a sequential model, as layers of another or as that itself", () => {
    const base = sequential([lstm({ units: 4, inputShape: [T, C] }), dropout({ rate: 0.2 }), dense({ units: 3 })]);
    const some = sequential([...base.layers.slice(0, 2), head()]);
    const all = sequential().add(base).add(head());
    expect([some, all].map(net => net.layers.length)).toEqual([3, 4]);
    expect(weightBits(some).slice(0, 3)).toEqual(weightBits(base).slice(0, 3));
    expect(all.predict(x).shape).toEqual([6, 2]);
  });

  it.each([{ threads: 1 }, { simd: "baseline" }, { memory: modelMemory() }] as const)(
    "take no %o of their own",
    async settings => {
      const base = sequential([lstm({ units: 4, inputShape: [T, C] })]);
      await expectError(
        () => sequential([base, head()], settings),
        "RangeError",
        /expected none, since this is a part of the model of "lstm" and computes as that does/,
      );
    },
  );
});
