/** `wasm-lstm/inference` of the built package, with `cells` and `scaling`: the same predictions and streams, in little. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "rolldown";
import { beforeAll, describe, expect, it } from "vitest";
import * as index from "../src/index.ts";
import { type Layer, layers, type Model, sequential, standardScaler } from "../src/index.ts";
import type * as Inference from "../src/inference.ts";
import { expectError, numbers, scramble } from "./helpers/models.ts";
import { recurrentForms } from "./helpers/recurrentForms.ts";

const dist = join(import.meta.dirname, "../dist");
const [T, C] = [5, 3];

let loadModel: typeof Inference.loadModel;
beforeAll(async () => {
  ({ loadModel } = await import(/* @vite-ignore */ join(dist, "inference.js")));
});

/** A model as its file has it, which here predicts and streams as it does there. */
function expectSame(net: Model, x = numbers([4, T, C])): void {
  const loaded = loadModel(net.save());
  expect(loaded.predict(x)).toEqual(net.predict(x));
  const [ours, theirs] = [loaded.stream(), net.stream()];
  for (let t = 0; t < T; t++) {
    const step = x.data.slice(C * t, C * (t + 1));
    expect(ours.step(step)).toEqual(theirs.step(step));
  }
  expect(ours.state).toEqual(theirs.state);
}

const over = (layer: Layer) => {
  const net = sequential([layer, layers.dense({ units: 2 })], { seed: 7 });
  scramble(net);
  return net;
};
const plain = ["lstm", "gru", "gru, reset before", "simpleRNN"];
const inputShape = [T, C];

describe("without anything else", () => {
  it.each(Object.entries(recurrentForms).filter(([name]) => plain.includes(name)))("runs %s", (_, { layer }) => {
    expectSame(over(layer({ units: 6, returnSequences: true, inputShape })));
    expectSame(over(layer({ units: 6, goBackwards: false, stateful: false, useBias: false, inputShape })));
  });

  it("runs embeddings, masks, both directions and steps", () => {
    const ids = sequential([
      layers.embedding({ inputDim: 9, outputDim: 4, maskZero: true, inputShape: [T] }),
      layers.bidirectional({ layer: layers.gru({ units: 3, returnSequences: true }) }),
      layers.timeDistributed({ layer: layers.dense({ units: 4, activation: "relu" }) }),
      layers.dropout({ rate: 0.5 }),
      layers.bidirectional({ layer: layers.lstm({ units: 3 }), mergeMode: "sum" }),
      layers.activation({ activation: "softmax" }),
    ]);
    const x = { shape: [2, T], data: Int32Array.of(1, 2, 8, 0, 0, 4, 4, 3, 2, 1) };
    expect(loadModel(ids.save()).predict(x)).toEqual(ids.predict(x));
    const masked = sequential([
      layers.masking({ maskValue: 2, inputShape }),
      layers.lstm({ units: 3 }),
      layers.dense({ units: 1 }),
    ]);
    const held = numbers([3, T, C]);
    held.data.fill(2, C, 3 * C);
    expectSame(masked, held);
  });

  it("says what a file needs beside it", async () => {
    const lacks = (layer: Layer, Type: "Error" | "RangeError", text: string) =>
      expectError(() => loadModel(over(layer).save()), Type, text);
    await lacks(
      layers.mLSTM({ units: 4, inputShape }),
      "RangeError",
      'model file: the layer mLSTM is not in this entry of the package; import "wasm-lstm/cells" too',
    );
    for (const option of [
      { peephole: "gers" },
      { layerNorm: true },
      { coupledGates: true, unitForgetBias: false },
      { projection: 2 },
    ] as const) {
      const [name] = Object.keys(option);
      await lacks(
        layers.lstm({ units: 4, ...option, inputShape }),
        "Error",
        `lstm ${name}: this entry of the package has the plain cell alone; import "wasm-lstm/cells" too`,
      );
    }
    await lacks(
      layers.gru({ units: 4, layerNorm: true, inputShape }),
      "Error",
      'gru layerNorm: this entry of the package has the plain cell alone; import "wasm-lstm/cells" too',
    );
    for (const [activation, got] of [
      ["gelu", "gelu"],
      [{ name: "elu", alpha: 0.3 }, "elu with numbers"],
    ] as const) {
      await lacks(
        layers.dense({ units: 2, activation, inputShape }),
        "RangeError",
        "dense activation: expected one of linear, relu, tanh, sigmoid, hardSigmoid, softplus, softsign, elu, selu, leakyRelu, " +
          `exponential, softmax, got "${got}"; for more import "wasm-lstm/cells" too`,
      );
    }
    const scaled = over(layers.gru({ units: 2, inputShape }));
    scaled.setScaling({
      target: standardScaler().fit([
        [1, 2],
        [3, 5],
      ]),
    });
    await expectError(
      () => loadModel(scaled.save()),
      "Error",
      'model file: scalers: this entry of the package leaves scaling out; import "wasm-lstm/scaling" too',
    );
    const loaded = loadModel(over(layers.gru({ units: 2, inputShape })).save());
    await expectError(
      () => loaded.compile({ loss: "mse" }),
      "Error",
      'compile: this entry of the package leaves training out; import "wasm-lstm", which has everything',
    );
  });
});

describe("with wasm-lstm/cells and wasm-lstm/scaling", () => {
  let cells: typeof import("../src/cells.ts");
  beforeAll(async () => {
    cells = await import(/* @vite-ignore */ join(dist, "cells.js"));
    await import(/* @vite-ignore */ join(dist, "scaling.js"));
  });

  const fused = Object.entries(recurrentForms).filter(([, { custom }]) => !custom);
  it.each(fused)("runs %s", (_, { layer, heads = 1 }) => {
    expectSame(over(layer({ units: 6 * heads, returnSequences: true, inputShape })));
  });

  it.each(["gelu", { name: "elu", alpha: 0.3 }] as const)("runs the activation %j", activation => {
    expectSame(over(layers.dense({ units: 2, activation, inputShape })));
  });

  it("runs missing values, scalers, and layers that files alone name", () => {
    const net = sequential(
      [
        layers.missing({ strategy: "decay", indicators: true, intervals: true, inputShape }),
        layers.lstm({ units: 4 }),
        layers.layerNormalization(),
        layers.dense({ units: 1 }),
      ],
      { seed: 3 },
    );
    net.setScaling({ input: standardScaler().fit(numbers([9, C])), target: standardScaler().fit([[1], [4]]) });
    const x = numbers([4, T, C]);
    x.data[7] = x.data[20] = Number.NaN;
    expectSame(net, x);
  });

  it("runs a cell of the user's, written with this entry", () => {
    const make = ({ defineCell, ops }: Pick<typeof cells, "defineCell" | "ops">) =>
      defineCell({
        name: "elman",
        weights: ({ features, units }) => ({ kernel: [features, units], recurrent: [units, units] }),
        states: ({ units }) => ({ h: units }),
        step({ x, states, weights }) {
          const h = ops.tanh(ops.add(ops.matmul(x, weights.kernel), ops.matmul(states.h, weights.recurrent)));
          return { output: h, states: { h } };
        },
      });
    const net = over(layers.rnn(make(index), { units: 3, inputShape }));
    const x = numbers([2, T, C]);
    expect(loadModel(net.save(), { cells: { elman: make(cells) } }).predict(x)).toEqual(net.predict(x));
  });
});

describe("a bundle", () => {
  const bundle = async (folder: string) => {
    const input = join(dist, folder, "inference.js");
    const external = /\.wasm\?module$/;
    const { output } = await build({
      input,
      external,
      platform: "browser",
      write: false,
      output: { minify: true, codeSplitting: false },
    });
    return { code: output[0].code, bytes: gzipSync(output[0].code, { level: 9 }).length };
  };

  it("is at most 49.3 kB in one file, and 48.3 with a .wasm beside it", async () => {
    const { code, bytes } = await bundle("");
    expect(bytes).toBeLessThanOrEqual(49_300);
    // Nothing that goes back, and nothing of other cells.
    expect(code).not.toMatch(/mLstmForward|lstmCoupled|recurrentAddUnpadded|weightGradient/);
    const edge = await bundle("edge");
    const wasm = gzipSync(readFileSync(join(dist, "kernels/inference.wasm")), { level: 9 }).length;
    expect(edge.bytes + wasm).toBeLessThanOrEqual(48_300);
    expect(edge.code).toContain("kernels/inference.wasm?module");
  });
});
