/** Graphs of several inputs, outputs and models against Keras: ten steps with masks and weights of samples, then predictions. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  constraints,
  input,
  layers,
  loadModel,
  type Model,
  model,
  type NDArray,
  ndarray,
  optimizers,
  regularizers,
  type SymbolicTensor,
} from "../../src/index.ts";
import { expectClose } from "../helpers/compare.ts";
import { bits, weightBits } from "../helpers/models.ts";
import { untyped } from "../helpers/untyped.ts";

type ByName = Record<string, NDArray>;

interface Fixture {
  weights: ByName;
  batches: { x: ByName; y: ByName; w: ByName }[];
  losses: number[];
  finalPredictions: ByName[];
  finalWeights: ByName;
}

const fixtures: Record<string, Fixture> = JSON.parse(
  readFileSync(new URL("../fixtures/graphs.json", import.meta.url), "utf8"),
  (_, value) =>
    value?.data ? ndarray((value.dtype ? Int32Array : Float32Array).from(value.data), value.shape) : value,
);

const { bidirectional, concatenate, dense, gru, lstm, masking } = layers;
const { l1, l1L2, l2 } = regularizers;
const { maxNorm, nonNeg, unitNorm } = constraints;
const T = 4;
const steps = (x: SymbolicTensor) => masking({ maskValue: -1 }).apply(x);

interface Made {
  net: Model;
  loss: Record<string, unknown>;
  lossWeights?: Record<string, number>;
}

/** A source, and a target of three steps. */
function translator(
  decode: (source: SymbolicTensor, target: SymbolicTensor) => SymbolicTensor,
  loss = "meanSquaredError",
): Made {
  const [source, target] = [input({ shape: [T, 2], name: "source" }), input({ shape: [3, 2], name: "target" })];
  const out = dense({ units: 2, name: "out" }).apply(decode(steps(source), target));
  return { net: model({ inputs: [source, target], outputs: out }), loss: { out: loss } };
}

function attending(attention: ReturnType<typeof dense>): Made {
  return translator((source, target) => {
    const encoder = lstm({ units: 3, returnSequences: true, returnState: true, name: "encoder" });
    const [seen, h, c] = encoder.applyAll(source);
    const y = lstm({ units: 3, returnSequences: true, name: "decoder" }).apply([target, h, c]);
    return concatenate().apply([y, attention.apply([y, seen])]);
  });
}

const MADE: Record<string, () => Made> = {
  states: () =>
    translator((source, target) => {
      const [, h, c] = lstm({ units: 3, returnState: true, name: "encoder" }).applyAll(source);
      return lstm({ units: 3, returnSequences: true, name: "decoder" }).apply([target, h, c]);
    }),
  attention: () => attending(layers.attention({ useScale: true, name: "attention" })),
  "additive attention": () => attending(layers.additiveAttention({ name: "additive" })),
  "both ways": () =>
    translator((source, target) => {
      const encoder = bidirectional({ layer: lstm({ units: 2, returnState: true }), name: "encoder" });
      const [, h, c, k, d] = encoder.applyAll(source);
      const begin = [concatenate().apply([h, k]), concatenate().apply([c, d])];
      return lstm({ units: 4, returnSequences: true, name: "decoder" }).apply([target, ...begin]);
    }, "meanAbsoluteError"),
  siamese() {
    const x = input({ shape: [T, 2] });
    const code = dense({ units: 3, activation: "tanh", name: "code" });
    const encoder = model({ inputs: x, outputs: code.apply(lstm({ units: 3, name: "body" }).apply(steps(x))) });
    const [a, b] = ["a", "b"].map(name => input({ shape: [T, 2], name }));
    const [p, q] = [encoder.apply(a), encoder.apply(b)];
    const near = concatenate().apply([layers.subtract().apply([p, q]), layers.multiply().apply([p, q])]);
    const same = dense({ units: 1, activation: "sigmoid", name: "same" }).apply(near);
    return { net: model({ inputs: [a, b], outputs: same }), loss: { same: "binaryCrossentropy" } };
  },
  static() {
    const [series, facts] = [input({ shape: [T, 2], name: "series" }), input({ shape: [3], name: "facts" })];
    const known = dense({ units: 2, activation: "relu", name: "known" }).apply(facts);
    const seen = concatenate().apply([lstm({ units: 3, name: "body" }).apply(steps(series)), known]);
    const price = dense({ units: 1, name: "price" }).apply(seen);
    return { net: model({ inputs: [series, facts], outputs: price }), loss: { price: "mse" } };
  },
  heads() {
    const series = input({ shape: [T, 2], name: "series" });
    const body = lstm({ units: 4, returnSequences: true, name: "body" }).apply(steps(series));
    const kind = dense({ units: 3, activation: "softmax", name: "kind" }).apply(body);
    const price = dense({ units: 1, name: "price" }).apply(gru({ units: 3, name: "top" }).apply(body));
    return {
      net: model({ inputs: series, outputs: [price, kind] }),
      loss: { kind: "sparseCategoricalCrossentropy", price: "mse" },
      lossWeights: { kind: 0.2, price: 1.7 },
    };
  },
  nested() {
    const x = input({ shape: [T, 3] });
    const first = dense({ units: 3, activation: "tanh", name: "first", trainable: false }).apply(x);
    const inner = model({ inputs: x, outputs: gru({ units: 3, returnSequences: true, name: "inner" }).apply(first) });
    const series = input({ shape: [T, 2], name: "series" });
    const y = inner.apply(dense({ units: 3, name: "before" }).apply(steps(series)));
    const out = dense({ units: 2, name: "out" }).apply(lstm({ units: 3, name: "after" }).apply(y));
    return { net: model({ inputs: series, outputs: out }), loss: { out: "mse" } };
  },
  rules() {
    const ids = input({ shape: [6], name: "ids" });
    const chain = [
      layers.embedding({
        inputDim: 7,
        outputDim: 3,
        name: "words",
        embeddingsRegularizer: l2({ l2: 0.02 }),
        embeddingsConstraint: unitNorm({ axis: 1 }),
      }),
      layers.conv1D({
        filters: 4,
        kernelSize: 2,
        name: "conv",
        activation: "tanh",
        kernelConstraint: maxNorm({ maxValue: 0.6, axis: [0, 1] }),
        biasRegularizer: l1(),
      }),
      lstm({
        units: 3,
        returnSequences: true,
        name: "lstm",
        kernelRegularizer: l1L2({ l1: 0.003, l2: 0.02 }),
        recurrentConstraint: maxNorm({ maxValue: 0.5 }),
        biasRegularizer: l2({ l2: 0.03 }),
        activityRegularizer: l2({ l2: 0.05 }),
      }),
      layers.multiHeadAttention({
        numHeads: 2,
        keyDim: 2,
        name: "heads",
        kernelRegularizer: l2(),
        biasConstraint: nonNeg(),
      }),
      bidirectional({
        layer: gru({
          units: 2,
          returnSequences: true,
          kernelConstraint: nonNeg(),
          recurrentRegularizer: l1({ l1: 0.01 }),
        }),
        name: "both",
      }),
      layers.layerNormalization({
        name: "norm",
        gammaRegularizer: l2({ l2: 0.02 }),
        betaConstraint: maxNorm({ maxValue: 0.1 }),
      }),
      dense({ units: 3, name: "frozen", kernelRegularizer: l2({ l2: 9 }), trainable: false }),
      gru({
        units: 3,
        name: "last",
        activityRegularizer: l1({ l1: 0.02 }),
        biasConstraint: maxNorm({ maxValue: 0.4, axis: -1 }),
      }),
      dense({ units: 2, name: "out", kernelConstraint: unitNorm(), activityRegularizer: l1L2({ l1: 0.01, l2: 0.02 }) }),
    ];
    const out = chain.reduce((x, layer) => layer.apply(x), ids);
    return { net: model({ inputs: ids, outputs: out }), loss: { out: "mse" } };
  },
};

const pathsOf = (net: Model): string[] => net.network.plan.specs.map(({ path }) => path);

function compiled(name: string): Model {
  const { net, loss, lossWeights } = MADE[name]();
  net.setWeights(pathsOf(net).map(path => fixtures[name].weights[path]));
  net.compile(
    untyped({ optimizer: optimizers.adam({ learningRate: 0.01 }), loss, ...(lossWeights ? { lossWeights } : {}) }),
  );
  return net;
}

describe.each(Object.keys(MADE))("%s", name => {
  const f = fixtures[name];
  const step = (net: Model, k: number): number => {
    const { x, y, w } = f.batches[k % 2];
    return net.trainOnBatch(x, y, { sampleWeight: w }).loss;
  };

  it("trains as Keras does", () => {
    const net = compiled(name);
    expect([...pathsOf(net)].sort()).toEqual(Object.keys(f.weights).sort());
    const losses = f.losses.map((_, k) => step(net, k));
    losses.forEach((loss, k) => {
      expect(Math.abs(loss - f.losses[k]), `loss ${k}`).toBeLessThan(Math.max(1e-7, 1e-4 * Math.abs(f.losses[k])));
    });
    f.batches.forEach(({ x, y }, b) => {
      const outputs = net.predictAll(x);
      Object.keys(y).forEach((output, i) => {
        expectClose(outputs[i].data, f.finalPredictions[b][output].data, { absolute: 1e-5 }, output);
      });
    });
    net.getWeights().forEach(({ data }, i) => {
      const path = pathsOf(net)[i];
      expectClose(data, f.finalWeights[path].data, { absolute: 2e-5 }, path);
    });
  });

  it("goes on to the same bits from a file", () => {
    const net = compiled(name);
    for (let k = 0; k < 3; k++) step(net, k);
    const loaded = loadModel(net.save({ optimizer: true }));
    for (let k = 3; k < 6; k++) expect(step(loaded, k)).toBe(step(net, k));
    expect(weightBits(loaded)).toEqual(weightBits(net));
  });
});

/** The last step of a stream, and what `predict` gives: of the only output. */
function streamed(net: Model, x: Record<string, number[][]>, inputs?: Record<string, ArrayLike<number>>): number[][] {
  const stream = net.stream(untyped(inputs ? { inputs } : {}));
  const fed = Object.keys(x);
  const T = x[fed[0]].length;
  let last: ArrayLike<number> = [];
  for (let t = 0; t < T; t++) {
    const step = Object.fromEntries(fed.map(name => [name, x[name][t]]));
    last = stream.stepAll(untyped(fed.length > 1 ? step : step[fed[0]]))[0];
  }
  const all = { ...x, ...inputs };
  const whole = net.predictAll(untyped(Object.fromEntries(Object.entries(all).map(([key, own]) => [key, [own]]))))[0];
  return [bits(last), bits(whole.data.slice(-last.length))];
}

it("streams give the bits of predict", () => {
  const rows = (name: string, of: string, n: number) => (fixtures[name].batches[0].x[of].toArray() as number[][][])[n];
  for (const n of [0, 1, 3]) {
    for (const [got, wanted] of [
      streamed(compiled("siamese"), { a: rows("siamese", "a", n), b: rows("siamese", "b", n) }),
      streamed(
        compiled("static"),
        { series: rows("static", "series", n) },
        { facts: (fixtures.static.batches[0].x.facts.toArray() as number[][])[n] },
      ),
      streamed(compiled("heads"), { series: rows("heads", "series", n) }),
      streamed(compiled("nested"), { series: rows("nested", "series", n) }),
    ]) {
      expect(got).toEqual(wanted);
    }
    const net = compiled("states");
    const [h, c] = ["h", "c"].map(name => input({ shape: [3], name }));
    const target = input({ shape: [null, 2], name: "target" });
    const out = net.layer("out").apply(net.layer("decoder").apply([target, h, c]));
    const decoder = model({ inputs: [target, h, c], outputs: out });
    const begin = { h: [0.1, -0.2, 0.3], c: [0.5, 0.4, -0.6] };
    const [got, wanted] = streamed(decoder, { target: rows("states", "target", n) }, begin);
    expect(got).toEqual(wanted);
  }
});
