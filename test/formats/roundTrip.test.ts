import { describe, expect, it } from "vitest";
import {
  input,
  layers,
  loadModel,
  losses,
  type Model,
  minMaxScaler,
  model,
  type NDArray,
  ndarray,
  optimizers,
  sequential,
  standardScaler,
} from "../../src/index.ts";
import { bits, expectError, ids, numbers, scramble, weightBits } from "../helpers/models.ts";
import { untyped } from "../helpers/untyped.ts";

const { activation, bidirectional, dense, dropout, embedding, lstm, masking, missing, timeDistributed } = layers;

const x = numbers([5, 4, 3]);
const withHoles = ({ data, shape }: NDArray) =>
  ndarray(
    data.map((v, i) => (i % 5 > 2 ? Number.NaN : v)),
    shape,
  );
const MODELS: Record<string, { net: () => Model; x: NDArray | NDArray[] }> = {
  dense: {
    net: () =>
      sequential([
        dense({ units: 3, activation: "relu", useBias: false, inputShape: [4, 3] }),
        dense({ units: 2, kernelInitializer: "heNormal", biasInitializer: { name: "uniform", maximum: 2, seed: 3 } }),
      ]),
    x,
  },
  lstm: { net: () => sequential([lstm({ units: 5, inputShape: [4, 3] })]), x },
  "lstm with every option": {
    net: () =>
      sequential([
        lstm({
          units: 5,
          activation: "relu",
          recurrentActivation: "hardSigmoid",
          useBias: false,
          returnSequences: true,
          returnState: true,
          goBackwards: true,
          stateful: true,
          dropout: 0.25,
          kernelInitializer: { name: "normal", deviation: 0.3 },
          recurrentInitializer: { name: "orthogonal", gain: 0.5 },
          biasInitializer: "ones",
          unitForgetBias: false,
          name: "all-options_1",
          inputShape: [null, 3],
        }),
      ]),
    x,
  },
  "dropout and activation": {
    net: () =>
      sequential([
        dropout({ rate: 0.5, inputShape: [4, 3] }),
        activation({ activation: "softmax" }),
        activation({ activation: "tanh" }),
      ]),
    x,
  },
  bidirectional: {
    net: () =>
      sequential([
        bidirectional({ layer: lstm({ units: 3, returnSequences: true, name: "inner" }), inputShape: [4, 3] }),
        bidirectional({ layer: lstm({ units: 2, returnSequences: true }), mergeMode: "mul" }),
        bidirectional({
          layer: lstm({ units: 2, dropout: 0.5, goBackwards: true, returnState: true }),
          mergeMode: null,
          name: "last",
        }),
      ]),
    x,
  },
  embedding: {
    net: () =>
      sequential([embedding({ inputDim: 9, outputDim: 4, inputShape: [6] }), lstm({ units: 3 }), dense({ units: 9 })]),
    x: ids([5, 6], 9),
  },
  "masks and a frozen table": {
    net: () =>
      sequential([
        embedding({
          inputDim: 9,
          outputDim: 4,
          maskZero: true,
          trainable: false,
          weights: numbers([9, 4]),
          inputShape: [6],
        }),
        masking({ maskValue: -2.5 }),
        dense({ units: 3 }),
      ]),
    x: ids([5, 6], 9),
  },
  "missing values": {
    net: () =>
      sequential([
        missing({ strategy: "decay", intervals: true, means: [1, -2, 0.5], stateful: true, inputShape: [null, 3] }),
        lstm({ units: 3 }),
      ]),
    x: withHoles(x),
  },
  timeDistributed: {
    net: () =>
      sequential([
        timeDistributed({ layer: bidirectional({ layer: lstm({ units: 3 }) }), inputShape: [2, 4, 3] }),
        timeDistributed({ layer: dense({ units: 2, activation: "softmax", name: "inner" }), name: "outer" }),
      ]),
    x: numbers([5, 2, 4, 3]),
  },
  "functional graph with a shared layer": {
    net: () => {
      const a = input({ shape: [null, 3] });
      const b = input({ shape: [null, 3] });
      const shared = dense({ units: 4, activation: "tanh", name: "shared" });
      const [, h, c] = lstm({ units: 4, returnState: true }).applyAll(shared.apply(a));
      const y = lstm({ units: 4, returnSequences: true }).apply([shared.apply(b), h, c]);
      return model({ inputs: [b, a], outputs: [dense({ units: 1 }).apply(y), c, y], seed: 11 });
    },
    x: [x, numbers([5, 2, 3], 2)],
  },
};

const outputsOf = (net: Model, data: unknown) =>
  net.predictAll(untyped(data)).map(output => ({ shape: output.shape, bits: bits(output.data) }));

describe("save and loadModel", () => {
  it.each(Object.keys(MODELS))("give the same bits of weights and predictions: %s", name => {
    const { net: build, x: data } = MODELS[name];
    const net = build();
    scramble(net);
    const again = loadModel(net.save());
    expect(weightBits(again)).toEqual(weightBits(net));
    expect(outputsOf(again, data)).toEqual(outputsOf(net, data));
    expect(again.summary()).toBe(net.summary());
    expect(again.layers.map(layer => layer.name)).toEqual(net.layers.map(layer => layer.name));
    // Names given by default have become names of their own; the layer inside bidirectional is named by that one.
    const optionsOf = (model: Model) =>
      model.layers.map(layer => {
        const { layer: inner, ...options } = layer.toJSON().options as { layer?: { options: object } };
        return { ...options, name: layer.name, inner: inner && { ...inner.options, name: undefined } };
      });
    expect(optionsOf(again)).toEqual(optionsOf(net));
    // From then on the file stays the same.
    expect(loadModel(again.save()).save()).toEqual(again.save());
  });

  it.each(Object.keys(MODELS))("train on to the same bits, optimizer included: %s", name => {
    const { net: build, x: data } = MODELS[name];
    const net = build();
    net.compile({ optimizer: "adam", loss: "mse", metrics: ["mae"] });
    const outputs = net.predictAll(data).map((output, i) => numbers(output.shape, 20 + i));
    const y = outputs.length === 1 ? outputs[0] : outputs;
    net.resetStates();
    net.trainOnBatch(data, y);
    const again = loadModel(net.save({ optimizer: true }));
    net.resetStates(); // states are not part of the file
    for (let i = 0; i < 3; i++) expect(again.trainOnBatch(data, y)).toEqual(net.trainOnBatch(data, y));
    expect(weightBits(again)).toEqual(weightBits(net));
  });

  it("keep odd numbers: -0, subnormals, the largest", () => {
    const net = sequential([dense({ units: 3, useBias: false, inputShape: [2] })]);
    net.setWeights([{ shape: [2, 3], data: [-0, 1e-45, -1.2e-38, 3.4028234e38, 1 / 3, 0] }]);
    expect(weightBits(loadModel(net.save()))).toEqual(weightBits(net));
  });

  it("keep scalers, metadata, seed and the compile options", async () => {
    const net = sequential([lstm({ units: 3, inputShape: [4, 2] }), dense({ units: 1 })], { seed: 123 });
    const raw = { shape: [6, 4, 2], data: [...numbers([6, 4, 2]).data].map(v => 40 + 9 * v) };
    const target = { shape: [6, 1], data: [...numbers([6, 1], 3).data].map(v => 7 * v) };
    net.setScaling({
      input: standardScaler().fit(raw),
      target: minMaxScaler({ range: [-1, 1] }).fit(target),
    });
    net.metadata = { note: "ein Text, 数, \u0000 \n", list: [1, [2.5, null]], nested: { ok: true } };
    net.compile({
      optimizer: optimizers.rmsprop({ learningRate: 0.01, momentum: 0.5, centered: true, globalClipNorm: 2 }),
      loss: losses.huber({ delta: 0.5 }),
      metrics: ["mae", "mse"],
    });
    net.trainOnBatch(raw, target);
    net.optimizer.learningRate = 0.005;
    const again = loadModel(net.save());
    expect(again.metadata).toEqual(net.metadata);
    expect(again.scaling.input?.toJSON()).toEqual(net.scaling.input?.toJSON());
    expect(again.scaling.target?.toJSON()).toEqual(net.scaling.target?.toJSON());
    expect(bits(again.predict(raw).data)).toEqual(bits(net.predict(raw).data));
    expect(await again.evaluate(raw, target)).toEqual(await net.evaluate(raw, target));
    expect(again.optimizer.toJSON()).toEqual(net.optimizer.toJSON());
    expect(again.optimizer.learningRate).toBe(0.005);
    expect(again.network.parameters.seed).toBe(123);
    expect([again.network.parameters.step, again.network.parameters.epoch]).toEqual([1, 0]);
  });

  it.each([
    ["sgd", optimizers.sgd({ momentum: 0.9, nesterov: true, clipValue: 1 })],
    ["adam", optimizers.adam({ beta1: 0.8, beta2: 0.99, epsilon: 1e-5, clipNorm: 3 })],
    ["adamW", optimizers.adamW({ weightDecay: 0.1 })],
    ["rmsprop", optimizers.rmsprop({ rho: 0.8 })],
  ])("keep every optimizer: %s", (name, optimizer) => {
    const net = sequential([dense({ units: 1, inputShape: [2] })]);
    net.compile({ optimizer, loss: "mse" });
    const again = loadModel(net.save());
    expect(again.optimizer.name).toBe(name);
    expect(again.optimizer.toJSON()).toEqual(optimizer.toJSON());
  });

  it.each([
    losses.meanSquaredError(),
    losses.meanAbsoluteError(),
    losses.huber({ delta: 2 }),
    losses.binaryCrossentropy({ fromLogits: true }),
    losses.categoricalCrossentropy({ fromLogits: true }),
    losses.sparseCategoricalCrossentropy(),
  ])("keep every loss: $name", loss => {
    const net = sequential([dense({ units: 2, inputShape: [2] })]);
    net.compile({ loss });
    expect(loadModel(net.save()).trainer?.losses.map(kept => kept.toJSON())).toEqual([loss.toJSON()]);
  });

  it("keep a model that was not compiled as such", async () => {
    const again = loadModel(sequential([dense({ units: 1, inputShape: [2] })]).save());
    await expectError(
      () => again.trainOnBatch([[1, 2]], [[1]]),
      "Error",
      "trainOnBatch: the model has no loss and optimizer yet; call compile() first",
    );
  });

  it("read bytes that do not begin at a multiple of four", () => {
    const net = sequential([dense({ units: 2, inputShape: [3] })]);
    const file = net.save();
    for (const offset of [1, 2, 3, 5]) {
      const room = new Uint8Array(file.length + offset);
      room.set(file, offset);
      expect(weightBits(loadModel(room.subarray(offset)))).toEqual(weightBits(net));
    }
  });

  it("do not mistake a layer named optimizer for an optimizer's state", () => {
    const net = sequential([dense({ units: 2, name: "optimizer", inputShape: [3] })]);
    net.compile({ optimizer: "adam", loss: "mse" });
    expect(weightBits(loadModel(net.save()))).toEqual(weightBits(net));
    expect(loadModel(net.save({ optimizer: true })).optimizer.name).toBe("adam");
  });

  it("write a safetensors file: aligned header, tensors under their names, in order", () => {
    const net = sequential([dense({ units: 2, inputShape: [3] })]);
    const file = net.save();
    const length = Number(new DataView(file.buffer).getBigUint64(0, true));
    expect(length % 8).toBe(0);
    const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length)));
    expect(header["dense/kernel"]).toEqual({ dtype: "F32", shape: [3, 2], data_offsets: [0, 24] });
    expect(header["dense/bias"]).toEqual({ dtype: "F32", shape: [2], data_offsets: [24, 32] });
    expect(header.__metadata__.format).toBe("wasm-lstm/1");
    expect(file.length).toBe(8 + length + 32);
    expect([...new Float32Array(file.slice(8 + length).buffer)]).toEqual([
      ...net.getWeights()[0].data,
      ...net.getWeights()[1].data,
    ]);
  });
});
