import { describe, expect, it } from "vitest";
import { input, layers, model, sequential } from "../../src/index.ts";
import { bits, numbers, scramble } from "../helpers/models.ts";

const { activation, bidirectional, dense, dropout, embedding, lstm } = layers;

describe("sequential", () => {
  it("infers shapes, names layers by kind and number, keeps names that were given", () => {
    const net = sequential([
      lstm({ units: 5, returnSequences: true, inputShape: [4, 3] }),
      dropout({ rate: 0.5 }),
      lstm({ units: 2, name: "top" }),
      dense({ units: 6, activation: "tanh" }),
      dense({ units: 1 }),
    ]);
    expect(net.layers.map(layer => layer.name)).toEqual(["lstm", "dropout", "top", "dense", "dense_1"]);
    expect(net.layers.map(layer => layer.kind)).toEqual(["lstm", "dropout", "lstm", "dense", "dense"]);
    expect(net.getWeights().map(weight => weight.shape)).toEqual([
      [3, 20],
      [5, 20],
      [20],
      [5, 8],
      [2, 8],
      [8],
      [2, 6],
      [6],
      [6, 1],
      [1],
    ]);
    expect(net.predict(numbers([7, 4, 3])).shape).toEqual([7, 1]);
  });

  it("does not give a number that a name has taken", () => {
    const net = sequential([
      dense({ units: 2, inputShape: [2] }),
      dense({ units: 2 }),
      dense({ units: 2, name: "dense" }),
    ]);
    expect(net.layers.map(layer => layer.name)).toEqual(["dense_1", "dense_2", "dense"]);
  });

  it("takes sequences of any length where the shape says null", () => {
    const net = sequential([lstm({ units: 2, inputShape: [null, 3] }), dense({ units: 1 })]);
    for (const T of [1, 2, 9]) expect(net.predict(numbers([2, T, 3])).shape).toEqual([2, 1]);
  });

  it("takes nested arrays, { shape, data } and NDArrays, and lets a last axis of one be left out", () => {
    const net = sequential([lstm({ units: 3, inputShape: [4, 1] }), dense({ units: 1 })]);
    const x = numbers([2, 4, 1]);
    const expected = bits(net.predict(x).data);
    const nested = x.toArray() as number[][][];
    for (const form of [
      nested,
      { shape: [2, 4, 1], data: [...x.data] },
      { shape: [2, 4], data: x.data },
      nested.map(rows => rows.map(row => row[0])),
      nested.map(rows => Float32Array.from(rows.flat())),
    ]) {
      expect(bits(net.predict(form).data)).toEqual(expected);
    }
  });

  it("starts with Keras' initial weights: glorot bounds, orthogonal rows, forget bias of one", () => {
    const [kernel, recurrent, bias, table] = sequential([
      lstm({ units: 3, inputShape: [4, 5], returnSequences: true }),
      lstm({ units: 2, unitForgetBias: false, biasInitializer: { name: "constant", value: 0.25 } }),
    ])
      .getWeights()
      .filter((_, i) => i < 3 || i === 5);
    const bound = Math.sqrt(6 / (5 + 12));
    expect(Math.max(...kernel.data.map(Math.abs))).toBeLessThan(bound);
    expect(Math.max(...kernel.data.map(Math.abs))).toBeGreaterThan(0.8 * bound);
    const rows = recurrent.toArray() as number[][];
    for (let i = 0; i < 3; i++) {
      for (let j = 0; j < 3; j++) {
        const product = rows[i].reduce((sum, value, k) => sum + value * rows[j][k], 0);
        expect(Math.abs(product - (i === j ? 1 : 0))).toBeLessThan(1e-6);
      }
    }
    expect([...bias.data]).toEqual([0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0]);
    expect([...table.data]).toEqual(new Array(8).fill(0.25));
  });
});

describe("functional models", () => {
  it("connects initial states: [x, h, c] equals the same layer on the whole sequence", () => {
    const x = numbers([3, 6, 2]);
    const whole = sequential([lstm({ units: 5, returnSequences: true, inputShape: [6, 2] })]);
    scramble(whole);

    const head = input({ shape: [4, 2] });
    const tail = input({ shape: [2, 2] });
    const shared = lstm({ units: 5, returnSequences: true, returnState: true });
    const [first, h, c] = shared.applyAll(head);
    const [second] = shared.applyAll([tail, h, c]);
    const halves = model({ inputs: [head, tail], outputs: [first, second] });
    expect(halves.layers).toHaveLength(1);
    halves.setWeights(whole.getWeights());

    const part = (from: number, to: number) => {
      const rows = x.toArray() as number[][][];
      return rows.map(row => row.slice(from, to));
    };
    const expected = whole.predict(x).toArray() as number[][][];
    const [a, b] = halves.predictAll([part(0, 4), part(4, 6)]).map(y => y.toArray() as number[][][]);
    expect(a.map((row, n) => [...row, ...b[n]])).toEqual(expected);
  });

  it("returns the states after the last step", () => {
    const net = sequential([lstm({ units: 3, returnSequences: true, returnState: true, inputShape: [4, 2] })]);
    scramble(net);
    const [y, h, c] = net.predictAll(numbers([2, 4, 2]));
    expect([y.shape, h.shape, c.shape]).toEqual([
      [2, 4, 3],
      [2, 3],
      [2, 3],
    ]);
    expect(h.toArray()).toEqual((y.toArray() as number[][][]).map(rows => rows[3]));
    expect(c.toArray()).not.toEqual(h.toArray());
  });

  it("reads inputs in the order of the list, whatever the order of the graph", () => {
    const a = input({ shape: [2] });
    const b = input({ shape: [2] });
    const identity = () => dense({ units: 2, useBias: false });
    const [left, right] = [identity().apply(b), identity().apply(a)];
    const net = model({ inputs: [a, b], outputs: [left, right] });
    net.setWeights([
      [
        [1, 0],
        [0, 1],
      ],
      [
        [2, 0],
        [0, 2],
      ],
    ]);
    const [fromB, fromA] = net.predictAll([[[1, 2]], [[3, 4]]]);
    expect([fromB.toArray(), fromA.toArray()]).toEqual([[[3, 4]], [[2, 4]]]);
  });

  it("learns with several inputs and outputs, and names logs after the layers", async () => {
    const a = input({ shape: [3, 2] });
    const b = input({ shape: [3] });
    const [, h, c] = lstm({ units: 4, returnState: true, name: "encoder" }).applyAll(a);
    const sequence = lstm({ units: 4, returnSequences: true, name: "decoder" }).apply([a, h, c]);
    const value = dense({ units: 1, name: "value" }).apply(h);
    const kind = dense({ units: 3, activation: "softmax", name: "kind" }).apply(b);
    const net = model({ inputs: [a, b], outputs: [sequence, value, kind], seed: 4 });
    net.compile({
      optimizer: "adam",
      loss: ["mse", "huber", "sparseCategoricalCrossentropy"],
      metrics: ["mae"],
    });
    const x = [numbers([10, 3, 2]), numbers([10, 3], 2)];
    const y = [numbers([10, 3, 4], 3), numbers([10], 4), { shape: [10], data: [0, 1, 2, 0, 1, 2, 0, 1, 2, 0] }];
    const { history } = await net.fit(x, y, { epochs: 3, batchSize: 4, validationSplit: 0.2, verbose: 0 });
    const names = ["loss", "decoderLoss", "decoderMae", "valueLoss", "valueMae", "kindLoss"]; // no mae of class ids
    const validation = names.map(name => `val${name[0].toUpperCase()}${name.slice(1)}`);
    expect(Object.keys(history).sort()).toEqual([...names, ...validation].sort());
    for (const values of Object.values(history)) expect(values).toHaveLength(3);
    history.loss.forEach((loss, epoch) => {
      const parts = history.decoderLoss[epoch] + history.valueLoss[epoch] + history.kindLoss[epoch];
      expect(Math.abs(loss - parts)).toBeLessThan(1e-9);
    });
    expect(history.loss[2]).toBeLessThan(history.loss[0]);
    const gradients = net.gradients(x, y);
    expect(gradients.every(gradient => gradient.data.some(value => value !== 0))).toBe(true);
  });

  it("numbers the logs of outputs that come from one layer", () => {
    const net = sequential([lstm({ units: 1, returnState: true, inputShape: [2, 1] })]);
    net.compile({ loss: "mse" });
    const logs = net.trainOnBatch([[[1], [2]]], [[[2]], [[1]], [[7]]]);
    expect(Object.keys(logs)).toEqual(["loss", "lstmLoss", "lstm_1Loss", "lstm_2Loss"]);
    expect(Math.abs(logs.loss - logs.lstmLoss - logs.lstm_1Loss - logs.lstm_2Loss)).toBeLessThan(1e-6);
  });

  it("sums the gradients of all uses of a shared layer", () => {
    const build = (first: boolean, second: boolean) => {
      const a = input({ shape: [3] });
      const b = input({ shape: [3] });
      const layer = dense({ units: 2, kernelInitializer: { name: "constant", value: 0.5 } });
      const used = [first ? layer.apply(a) : undefined, second ? layer.apply(b) : undefined];
      const net = model({
        inputs: [a, b].filter((_, i) => used[i]),
        outputs: used.filter(output => output !== undefined),
      });
      net.compile({ loss: "mse" });
      return net;
    };
    const [x1, x2, y1, y2] = [numbers([4, 3], 1), numbers([4, 3], 2), numbers([4, 2], 3), numbers([4, 2], 4)];
    const [kernel, bias] = build(true, true).gradients([x1, x2], [y1, y2]);
    const parts = [build(true, false).gradients(x1, y1), build(false, true).gradients(x2, y2)];
    kernel.data.forEach((value, i) => {
      expect(Math.abs(value - parts[0][0].data[i] - parts[1][0].data[i])).toBeLessThan(1e-6);
    });
    bias.data.forEach((value, i) => {
      expect(Math.abs(value - parts[0][1].data[i] - parts[1][1].data[i])).toBeLessThan(1e-6);
    });
  });

  it("builds and trains chains longer than the call stack allows to recurse", () => {
    const x = input({ shape: [2] });
    let y = dense({ units: 1 }).apply(x);
    const relu = activation({ activation: "linear" });
    for (let i = 0; i < 20_000; i++) y = relu.apply(y);
    expect(model({ inputs: x, outputs: y }).predict([[1, 2]]).shape).toEqual([1, 1]);
  });

  it("trains a model without weights without touching anything", () => {
    const net = sequential([activation({ activation: "relu", inputShape: [3] })]);
    net.compile({ loss: "mse" });
    const { memory } = net.network.engine;
    const kept = memory.floats.subarray(0, memory.mark() >> 2);
    for (const [i, word] of kept.entries()) if (word === 0) kept[i] = i; // so that zeros that are written show
    const before = bits(kept);
    expect(net.trainOnBatch([[1, -2, 3]], [[1, 1, 1]])).toEqual({ loss: 5 / 3 });
    expect(bits(memory.floats.subarray(0, kept.length))).toEqual(before);
  });
});

describe("summary", () => {
  it("is a table of layers, shapes and numbers of weights", () => {
    const net = sequential([
      embedding({ inputDim: 1000, outputDim: 8, inputShape: [null] }),
      bidirectional({ layer: lstm({ units: 16, returnSequences: true }) }),
      lstm({ units: 4, name: "top" }),
      dense({ units: 1, activation: "sigmoid" }),
    ]);
    expect(net.summary()).toBe(
      [
        "layer          kind           output        weights",
        "───────────────────────────────────────────────────",
        "input                         [N, any]            0",
        "embedding      embedding      [N, any, 8]     8,000",
        "bidirectional  bidirectional  [N, any, 32]    3,200",
        "top            lstm           [N, 4]            592",
        "dense          dense          [N, 1]              5",
        "",
        "11,797 weights, 46.1 kB",
      ].join("\n"),
    );
  });

  it("lists all outputs of a layer", () => {
    const net = sequential([lstm({ units: 2, returnState: true, inputShape: [3, 1] })]);
    expect(net.summary()).toContain("lstm   lstm  [N, 2], [N, 2], [N, 2]       32");
    expect(net.summary()).toContain("32 weights, 128 B");
  });
});
