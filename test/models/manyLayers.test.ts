/** Graphs of thousands of layers: building, using, saving and loading them takes time that grows with their number alone. */
import { describe, expect, it } from "vitest";
import { Names } from "../../src/graph/names.ts";
import { input, type Layer, layers, loadModel, type Model, model, ndarray, ops, sequential } from "../../src/index.ts";

const { concatenate, dense, dropout, lstm } = layers;

/** Far more than any of this takes on busy cores; where time grows with the square, it takes minutes. */
const SECONDS = 8;

function timed<Result>(what: () => Result): Result {
  const begin = performance.now();
  const result = what();
  expect((performance.now() - begin) / 1000).toBeLessThan(SECONDS);
  return result;
}

const N = 12_000;
const sequence = { shape: [null, 1] };
const many = <Made>(make: (i: number) => Made, count = N): Made[] => Array.from({ length: count }, (_, i) => make(i));

const GRAPHS: Record<string, () => Model> = {
  "a chain": () => sequential(many(i => dropout({ rate: 0, ...(i === 0 ? { inputShape: [null, 1] } : {}) }))),
  "a chain of weights": () => {
    const x = input(sequence);
    const y = many(() => dense({ units: 1, kernelInitializer: "ones" })).reduce((y, layer) => layer.apply(y), x);
    return model({ inputs: x, outputs: y });
  },
  "many inputs": () => {
    const inputs = many(() => input(sequence));
    return model({ inputs, outputs: concatenate().apply(inputs) });
  },
  "many layers side by side": () => {
    const x = input(sequence);
    return model({ inputs: x, outputs: concatenate().apply(many(() => dropout({ rate: 0 }).apply(x))) });
  },
  "many outputs": () => {
    const x = input(sequence);
    return model({ inputs: x, outputs: many(() => dropout({ rate: 0 }).apply(x), N / 4) });
  },
  "two ways at every step": () => {
    const x = input(sequence);
    return model({ inputs: x, outputs: many(() => 0, N / 2).reduce(y => ops.multiply(ops.add(y, y), 0.5), x) });
  },
  "one layer used often": () => {
    const [x, layer] = [input(sequence), lstm({ units: 1, returnSequences: true })];
    return model({ inputs: x, outputs: many((): Layer => layer, N / 4).reduce((y, each) => each.apply(y), x) });
  },
};

describe("a model of thousands of layers", () => {
  it.each(Object.entries(GRAPHS))("is built, used, saved and loaded in time: %s", (_, make) => {
    const net = timed(make);
    const data = ndarray(Float32Array.of(0.5, 0.25), [1, 2, 1]);
    const x = net.inputs.map(() => data);
    const outputs = timed(() => net.predictAll(x));
    expect(outputs).toHaveLength(net.outputs.length);
    expect(timed(() => net.summary()).split("\n").length).toBeGreaterThan(N / 5);
    timed(() => net.setWeights(net.getWeights()));
    timed(() => net.compile({ loss: "mse", optimizer: "sgd" }));
    timed(() => net.trainOnBatch(x, outputs.length > 1 ? outputs : outputs[0]));
    const loaded = timed(() => loadModel(timed(() => net.save())));
    expect(loaded.layers.map(({ name }) => name)).toEqual(net.layers.map(({ name }) => name));
    const last = net.layers[net.layers.length - 1];
    if (net.layers.length > 1) timed(() => net.part({ outputs: last.name }));
    timed(() => net.applyAll(net.inputs.map(() => input(sequence))));
    const stream = timed(() => net.stream());
    const [step] = timed(() => stream.stepAll(net.inputs.length > 1 ? x.map(() => [0.5]) : [0.5]));
    expect(step).toHaveLength(outputs[0].shape[2]);
    timed(() => {
      stream.state = { ...stream.state };
    });
  });

  it("has parts with thousands of outputs", () => {
    const net = GRAPHS["many layers side by side"]();
    const outputs = net.layers.slice(0, -1).map(({ name }) => name);
    expect(timed(() => net.part({ outputs })).outputs).toHaveLength(N);
  });

  it("is compiled with thousands of metrics", () => {
    const net = sequential([dense({ units: 1, inputShape: [1] })]);
    timed(() => net.compile({ loss: "mse", optimizer: "sgd", metrics: many(() => "mae" as const) }));
    const logs = timed(() => net.trainOnBatch([[1]], [[1]]));
    expect(Object.keys(logs)).toHaveLength(N + 1);
    expect(logs).toHaveProperty(`mae_${N - 1}`);
    timed(() => loadModel(net.save()));
  });
});

describe("names", () => {
  it("are given once each: one that is taken gets the next number that is free", () => {
    const names = new Names(["dense", "dense_2", "dense_1_1"]);
    const given = ["dense", "dense", "dense_1", "dense", "lstm", "lstm", "dense_1"].map(base => names.add(base));
    expect(given).toEqual(["dense_1", "dense_3", "dense_1_2", "dense_4", "lstm", "lstm_1", "dense_1_3"]);
  });
});
