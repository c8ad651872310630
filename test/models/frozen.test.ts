/** `trainable` of any layer: a property that counts at compile, and an option. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { decodeSafetensors } from "../../src/formats/safetensors.ts";
import { defineCell, type Layer, layers, loadModel, ops, optimizers, sequential } from "../../src/index.ts";
import { bits, expectError, ids, numbers, scramble, weightBits } from "../helpers/models.ts";
import { batch, recurrentForms } from "../helpers/recurrentForms.ts";

const { bidirectional, dense, dropout, embedding, lstm, missing, timeDistributed } = layers;

let warnings: string[] = [];
beforeEach(() => {
  warnings = [];
  vi.spyOn(console, "warn").mockImplementation(text => void warnings.push(String(text)));
});
afterEach(() => void vi.restoreAllMocks());

const [N, T, C] = [6, 5, 3];
const x = numbers([N, T, C], 4);
const y = numbers([N, 2], 5);

const OPTIMIZERS = {
  sgd: () => optimizers.sgd({ learningRate: 0.1, momentum: 0.9 }),
  rmsprop: () => optimizers.rmsprop({ learningRate: 0.01, momentum: 0.5, centered: true }),
  adam: () => optimizers.adam({ learningRate: 0.01 }),
  "adam, clipNorm": () => optimizers.adam({ learningRate: 0.01, clipNorm: 0.02 }),
  "adam, globalClipNorm": () => optimizers.adam({ learningRate: 0.01, globalClipNorm: 0.02 }),
  "adamW, clipValue": () => optimizers.adamW({ learningRate: 0.01, weightDecay: 0.3, clipValue: 0.01 }),
};

describe.each(Object.entries(OPTIMIZERS))("with %s", (_, optimizer) => {
  it("the others train to the bits of a model whose first layer is data", () => {
    const build = () =>
      sequential([
        lstm({ units: 4, returnSequences: true, inputShape: [T, C] }),
        lstm({ units: 3 }),
        dense({ units: 2 }),
      ]);
    const net = build();
    net.layers[0].trainable = false;
    const before = weightBits(net);
    const head = sequential([lstm({ units: 3, inputShape: [T, 4] }), dense({ units: 2 })]);
    head.setWeights(net.getWeights().slice(3));
    const inner = net.part({ outputs: "lstm" }).predict(x);
    for (const each of [net, head]) each.compile({ optimizer: optimizer(), loss: "mse" });
    for (let i = 0; i < 4; i++) expect(net.trainOnBatch(x, y)).toEqual(head.trainOnBatch(inner, y));
    expect(weightBits(net).slice(3)).toEqual(weightBits(head));
    expect(weightBits(net).slice(0, 3)).toEqual(before.slice(0, 3));
  });

  it("in the middle they train to the bits of a model whose weights there are never trained", () => {
    const cell = (trainable: boolean) =>
      defineCell({
        name: "leaky",
        weights: ({ features, units }) => ({
          kernel: { shape: [features, units], trainable },
          gain: { shape: [units], trainable },
        }),
        states: ({ units }) => ({ h: units }),
        step({ x: input, states, weights }) {
          const h = ops.tanh(ops.add(ops.matmul(input, weights.kernel), ops.multiply(states.h, weights.gain)));
          return { output: h, states: { h } };
        },
      });
    const [frozen, fixed] = [true, false].map(trainable => {
      const net = sequential([
        lstm({ units: 4, returnSequences: true, inputShape: [T, C] }),
        layers.rnn(cell(trainable), { units: 5 }),
        dense({ units: 2 }),
      ]);
      scramble(net);
      if (trainable) net.layers[1].trainable = false;
      net.compile({ optimizer: optimizer(), loss: "mse" });
      return net;
    });
    const before = weightBits(frozen);
    for (let i = 0; i < 4; i++) expect(frozen.trainOnBatch(x, y)).toEqual(fixed.trainOnBatch(x, y));
    expect(weightBits(frozen)).toEqual(weightBits(fixed));
    weightBits(frozen).forEach((weight, i) => {
      if (i === 3 || i === 4) expect(weight).toEqual(before[i]);
      else expect(weight).not.toEqual(before[i]);
    });
    const [a, b] = [frozen, fixed].map(net => decodeSafetensors(net.save({ optimizer: true })).tensors);
    expect([...a.keys()]).toEqual([...b.keys()]);
  });
});

describe.each(Object.entries(recurrentForms))("a frozen %s", (_, { layer, heads = 1 }) => {
  it.each([
    [
      "behind a dense layer",
      (): Layer => dense({ units: 4, inputShape: [batch.T, batch.C] }),
      numbers([batch.N, batch.T, batch.C]),
    ],
    [
      "behind an embedding",
      (): Layer => embedding({ inputDim: 6, outputDim: 4, inputShape: [batch.T] }),
      ids([batch.N, batch.T], 6),
    ],
  ])("passes gradients on as ever, and stays: %s", (_name, below, data) => {
    const goal = numbers([batch.N, 2], 3);
    const build = (frozen: boolean) => {
      const net = sequential([below(), layer({ units: 4 * heads }), dense({ units: 2 })], { seed: 2 });
      scramble(net);
      if (frozen) net.layers[1].trainable = false;
      net.compile({ optimizer: "sgd", loss: "mse" });
      return net;
    };
    const [frozen, free] = [build(true), build(false)];
    const { memory, kernels } = frozen.network.engine;
    const constants = () => bits(memory.floats.subarray(0, kernels.memoryBase() >> 2));
    const nowhere = constants(); // a gradient for which there is no place would land there
    const expected = free.gradients(data, goal);
    const got = frozen.gradients(data, goal);
    expect(constants()).toEqual(nowhere);
    const { specs } = frozen.network.plan;
    got.forEach(({ data: gradient }, i) => {
      if (specs[i].layer === frozen.layers[1]) expect(gradient.every(d => d === 0)).toBe(true);
      else expect(bits(gradient)).toEqual(bits(expected[i].data));
    });
    const before = weightBits(frozen);
    frozen.trainOnBatch(data, goal);
    weightBits(frozen).forEach((weight, i) => {
      if (specs[i].layer === frozen.layers[1]) expect(weight).toEqual(before[i]);
      else expect(weight).not.toEqual(before[i]);
    });
  });
});

describe("a frozen layer", () => {
  it("drops inputs in training all the same", () => {
    const build = (trainable: boolean) => {
      const net = sequential([lstm({ units: 4, dropout: 0.5, trainable, inputShape: [T, C] }), dense({ units: 2 })]);
      net.compile({ optimizer: "sgd", loss: "mse" });
      return net;
    };
    const [frozen, free] = [build(false), build(true)];
    expect(frozen.trainOnBatch(x, y)).toEqual(free.trainOnBatch(x, y));
    const { loss } = free.trainOnBatch(x, y);
    expect(frozen.trainOnBatch(x, y).loss).not.toBe(loss);
  });

  it("is counted in the summary", () => {
    const net = sequential([lstm({ units: 4, inputShape: [T, C] }), dense({ units: 2 })]);
    expect(net.summary()).not.toContain("not trained");
    net.layers[0].trainable = false;
    expect(net.summary()).toMatch(/^138 weights, 552 B, 128 of them not trained$/m);
    net.trainable = false;
    expect(net.summary()).toContain("138 of them not trained");
    expect(net.trainable).toBe(false);
    net.layers[1].trainable = true;
    expect(net.trainable).toBe(true);
  });

  it("is frozen by its model's list of layers, before compile", () => {
    const base = lstm({ units: 4, inputShape: [3, 1] });
    const net = sequential([base, dense({ units: 1 })], { seed: 1 });
    base.trainable = false;
    net.layers[0].trainable = false;
    net.compile({ loss: "mse" });
    const before = weightBits(net);
    net.trainOnBatch([[1, 2, 3]], [5]);
    const after = weightBits(net);
    expect(after.slice(0, 3)).toEqual(before.slice(0, 3));
    expect(after[3]).not.toEqual(before[3]);
  });

  it("thaws at the next compile", () => {
    const net = sequential([dense({ units: 4, trainable: false, inputShape: [3] }), dense({ units: 2 })]);
    const v = numbers([N, 3]);
    net.compile({ optimizer: "adam", loss: "mse" });
    const before = weightBits(net);
    net.layers[0].trainable = true;
    net.trainOnBatch(v, y);
    expect(weightBits(net).slice(0, 2)).toEqual(before.slice(0, 2));
    net.compile({ optimizer: "adam", loss: "mse" });
    net.trainOnBatch(v, y);
    expect(weightBits(net)[0]).not.toEqual(before[0]);
  });

  it("said after compile is said to count later, once", async () => {
    const net = sequential([dense({ units: 4, name: "late", inputShape: [3] }), dense({ units: 2 })]);
    const v = numbers([N, 3]);
    net.compile({ optimizer: "adam", loss: "mse" });
    net.layers[0].trainable = false;
    await net.fit(v, y, { verbose: 0 });
    await net.fit(v, y, { verbose: 0 });
    expect(warnings).toEqual([
      'wasm-lstm: fit: layer "late" has trainable: false since the model was compiled; that counts from the next compile() on',
    ]);
    net.compile({ optimizer: "adam", loss: "mse" });
    await net.fit(v, y, { verbose: 0 });
    expect(warnings).toHaveLength(1);
  });

  it("of all layers is said by what would train", async () => {
    const net = sequential([dense({ units: 2, inputShape: [3] })]);
    net.trainable = false;
    net.compile({ optimizer: "adam", loss: "mse" });
    const v = numbers([N, 3]);
    await net.evaluate(v, y);
    expect(warnings).toEqual([]);
    await net.fit(v, y, { verbose: 0 });
    net.trainOnBatch(v, y);
    expect(warnings).toEqual(["fit", "trainOnBatch"].map(what => `wasm-lstm: ${what}: nothing is trainable`));
  });

  it("leaves what is never trained to itself", () => {
    const net = sequential([
      missing({ strategy: "decay", inputShape: [T, C] }),
      dense({ units: 2 }),
      lstm({ units: 2 }),
    ]);
    const means = (model: typeof net) => weightBits(model).slice(2, 4); // behind the kernel and bias of the decay
    net.trainable = true;
    net.compile({ loss: "mse" });
    const before = means(net);
    net.trainOnBatch(x, y); // learns the means from data, no gradient
    const learned = means(net);
    expect(learned).not.toEqual(before);
    net.trainOnBatch(x, y);
    expect(means(net)).toEqual(learned);
  });

  it.each([false, true])("travels in a file: an option, and a flag changed to %s", trainable => {
    const net = sequential([
      lstm({ units: 2, returnSequences: true, trainable: !trainable, inputShape: [T, C] }),
      bidirectional({ layer: lstm({ units: 2, returnSequences: true }), trainable: !trainable }),
      timeDistributed({ layer: dense({ units: 3, trainable: !trainable }) }),
      dropout({ rate: 0.1, trainable: false }),
      dense({ units: 2, trainable: false }),
    ]);
    const flags = () => loadModel(net.save()).layers.map(layer => layer.trainable);
    expect(flags()).toEqual([!trainable, !trainable, !trainable, false, false]);
    for (const layer of net.layers.slice(0, 3)) layer.trainable = trainable;
    expect(flags()).toEqual([trainable, trainable, trainable, false, false]);
  });

  it("of a file trains on to the same bits, though a flag has changed since compile", () => {
    const net = sequential([
      dense({ units: 4, inputShape: [3] }),
      dense({ units: 3 }),
      dense({ units: 2, trainable: false }),
    ]);
    const v = numbers([N, 3]);
    net.compile({ optimizer: "adam", loss: "mse" });
    for (let i = 0; i < 3; i++) net.trainOnBatch(v, y);
    net.layers[0].trainable = false;
    net.layers[2].trainable = true;
    const again = loadModel(net.save({ optimizer: true }));
    const before = weightBits(again);
    again.trainOnBatch(v, y);
    const after = weightBits(again);
    expect(after.map((weight, i) => weight.join() === before[i].join())).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});

describe("wrappers", () => {
  it.each([
    ["bidirectional", () => bidirectional({ layer: lstm({ units: 2, trainable: false }), inputShape: [T, C] })],
    ["its own option", () => bidirectional({ layer: lstm({ units: 2 }), trainable: false, inputShape: [T, C] })],
    ["timeDistributed", () => timeDistributed({ layer: dense({ units: 2, trainable: false }), inputShape: [T, C] })],
    ["its own option", () => timeDistributed({ layer: dense({ units: 2 }), trainable: false, inputShape: [T, C] })],
  ])("are frozen with what is inside, and thaw with it: %s", (_, make) => {
    const net = sequential([make(), dense({ units: 2 })]);
    expect(net.layers[0].trainable).toBe(false);
    const count = Object.keys(net.layers[0].weights).length;
    const goal = numbers([N, ...(net.outputs[0].shape as number[])]);
    const moved = () => {
      net.compile({ optimizer: "sgd", loss: "mse" });
      const before = weightBits(net);
      net.trainOnBatch(x, goal);
      return weightBits(net).map((weight, i) => weight.join() !== before[i].join());
    };
    expect(moved()).toEqual([...new Array(count).fill(false), true, true]);
    net.layers[0].trainable = true;
    expect(moved()).toEqual([...new Array(count).fill(true), true, true]);
  });

  it("timeDistributed hears of a change to its layer", () => {
    const inner = dense({ units: 2 });
    const outer = timeDistributed({ layer: inner });
    inner.trainable = false;
    expect(outer.trainable).toBe(false);
  });
});

describe("Adam", () => {
  it("compiled again takes its first step as a new one does", () => {
    const build = () => sequential([dense({ units: 2, inputShape: [3] })], { seed: 1 });
    const [old, fresh] = [build(), build()];
    const v = numbers([N, 3]);
    old.compile({ optimizer: "adam", loss: "mse" });
    for (let i = 0; i < 20; i++) old.trainOnBatch(v, y);
    fresh.setWeights(old.getWeights());
    for (const net of [old, fresh]) {
      net.compile({ optimizer: "adam", loss: "mse" });
      net.trainOnBatch(v, y);
    }
    expect(weightBits(old)).toEqual(weightBits(fresh));
  });
});

it.each([
  [() => dense({ units: 1, trainable: 0 as never }), "dense trainable: expected true or false, got 0"],
  [
    () => {
      dense({ units: 1 }).trainable = null as never;
    },
    "layer trainable: expected true or false, got null",
  ],
])("trainable is true or false: case %#", async (act, message) => {
  await expectError(act, "TypeError", message);
});
