/** Recurrent dropout, zoneout and layer normalization in whole models: streams, files, threads, resuming. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { layers, optimizers, sequential } from "../../src/index.ts";
import { bits, numbers, scramble } from "../helpers/models.ts";
import {
  expectIdStreamBits,
  expectSameTraining,
  expectStreamBits,
  type MakeLayer,
  maskedData,
  maskedModel,
} from "../helpers/recurrentModels.ts";

const CELLS: [string, MakeLayer][] = [
  ["lstm, recurrentDropout", o => layers.lstm({ ...o, recurrentDropout: 0.3 })],
  ["lstm, zoneout", o => layers.lstm({ ...o, zoneout: { hidden: 0.2, cell: 0.3 } })],
  ["lstm, layerNorm", o => layers.lstm({ ...o, layerNorm: true })],
  [
    "lstm, all",
    o => layers.lstm({ ...o, layerNorm: true, recurrentDropout: 0.2, zoneout: { hidden: 0.1, cell: 0.1 } }),
  ],
  [
    "lstm, projection",
    o => layers.lstm({ ...o, projection: 3, peephole: "gers", recurrentDropout: 0.3, zoneout: 0.2 }),
  ],
  ["gru", o => layers.gru({ ...o, recurrentDropout: 0.3, zoneout: 0.2 })],
  ["gru, reset before", o => layers.gru({ ...o, resetAfter: false, recurrentDropout: 0.3, zoneout: 0.2 })],
  ["indRNN, zoneout", o => layers.indRNN({ ...o, zoneout: 0.2, activation: "tanh" })],
  ["simpleRNN", o => layers.simpleRNN({ ...o, recurrentDropout: 0.3, zoneout: 0.2 })],
];

beforeEach(() => {
  vi.stubGlobal("navigator", { hardwareConcurrency: 2 });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

describe.each(CELLS)("%s", (_, cell) => {
  const [T, C] = [7, 5];

  it.each([4, 7, 14, 29])("a stream gives predict's bits, %i units", units => {
    for (const useBias of [true, false]) {
      const net = sequential([
        cell({ units, useBias, returnSequences: true, inputShape: [null, C] }),
        cell({ units: 6, returnSequences: true }),
      ]);
      scramble(net);
      expectStreamBits(net, numbers([1, T, C]));
    }
  });

  // 2^20 projected numbers are kept; more are made step by step.
  it.each([7, 2 ** 16])("a stream of ids of a table of %i gives predict's bits", V =>
    expectIdStreamBits(cell, V, T, false),
  );

  it("trains to the same bits with two threads, and a saved model goes on to them", () => expectSameTraining(cell));

  it("learns", () => {
    const net = maskedModel(cell);
    const { x, y } = maskedData();
    const before = net.trainOnBatch(x, y).loss;
    for (let step = 0; step < 60; step++) net.trainOnBatch(x, y);
    expect(net.trainOnBatch(x, y).loss).toBeLessThan(0.7 * before);
  });

  it("a stateful layer goes on in the next batch", () => {
    const net = sequential([cell({ units: 6, stateful: true, inputShape: [null, C] })]);
    const whole = sequential([cell({ units: 6, inputShape: [null, C] })]);
    scramble(net);
    scramble(whole);
    const all = numbers([1, 8, C]);
    const half = (from: number) => ({ shape: [1, 4, C], data: all.data.subarray(from * C, (from + 4) * C) });
    net.predict(half(0));
    expect(bits(net.predict(half(4)).data)).toEqual(bits(whole.predict(all).data));
  });
});

it("the directions of a bidirectional layer have masks of their own", () => {
  const layer = layers.lstm({ units: 8, recurrentDropout: 0.5, returnSequences: true });
  const net = sequential([layers.bidirectional({ layer, inputShape: [5, 2] }), layers.dense({ units: 1 })]);
  const weights = net.getWeights();
  // Equal weights, and sequences that are the same from both ends: only the masks can make a difference.
  const half = (weights.length - 2) / 2;
  net.setWeights(weights.map((weight, i) => (i >= half && i < 2 * half ? weights[i - half] : weight)));
  net.compile({ optimizer: optimizers.sgd({ learningRate: 0 }), loss: "meanSquaredError" });
  const row = numbers([5, 2]).data;
  for (let t = 3; t < 5; t++) row.copyWithin(t * 2, (4 - t) * 2, (5 - t) * 2);
  const gradients = net.gradients({ shape: [1, 5, 2], data: row }, numbers([1, 5, 1]));
  expect(bits(gradients[1].data)).not.toEqual(bits(gradients[1 + half].data));
});
