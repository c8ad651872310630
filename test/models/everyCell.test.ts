/** Every cell with each of its options in whole models: streams, ids below, files, threads. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Layer, layers, loadModel, ndarray, sequential } from "../../src/index.ts";
import { expectClose } from "../helpers/compare.ts";
import { customCells } from "../helpers/customCells.ts";
import { bits, ids, numbers, scramble } from "../helpers/models.ts";
import { recurrentForms } from "../helpers/recurrentForms.ts";
import { expectIdStreamBits, expectSameTraining, expectStreamBits } from "../helpers/recurrentModels.ts";

beforeEach(() => {
  vi.stubGlobal("navigator", { hardwareConcurrency: 2 });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

describe.each(Object.entries(recurrentForms))("%s", (_, { layer, heads = 1 }) => {
  const [T, C] = [9, 5];

  // Sizes below, at and above whole panels for one row (28 columns) and for many (8).
  it.each([
    [4, false],
    [7, true],
    [14, true],
    [28, false],
    [33, true],
  ])("a stream gives predict's bits, %i units a head, useBias %s", (units, useBias) => {
    const net = sequential([
      layer({ units: units * heads, useBias, returnSequences: true, inputShape: [null, C] }),
      layer({ units: 6 * heads, useBias, returnSequences: true }),
    ]);
    for (const seed of [9, 10]) {
      scramble(net, seed); // and sees weights that change
      expectStreamBits(net, numbers([1, T, C]));
    }
  });

  it("a stream goes on from a saved state", () => {
    const net = sequential([layer({ units: 5 * heads, inputShape: [null, C] }), layers.dense({ units: 2 })]);
    scramble(net);
    const [stream, other] = [net.stream(), net.stream()];
    for (let t = 0; t < 3; t++) stream.step(numbers([C], t).data);
    other.state = JSON.parse(JSON.stringify(stream.state));
    const y = bits(stream.step(numbers([C], 3).data));
    expect(bits(other.step(numbers([C], 3).data))).toEqual(y);
    expect(bits(net.stream().step(numbers([C], 3).data))).not.toEqual(y);
  });

  // 2^20 projected numbers are kept; more are made step by step.
  it.each([
    ["all real", 7, false],
    ["padded", 7, true],
    ["of a large table", 2 ** 17, false],
  ])("a stream of ids gives predict's bits, %s", (_name, V, maskZero) => {
    for (const useBias of [true, false]) expectIdStreamBits(layer, { V, T, heads, useBias, maskZero });
  });

  it("above an embedding has the gradients of one-hot rows times its table", () => {
    const [N, V] = [6, 5];
    const tokens = ids([N, T], V);
    const oneHot = new Float32Array(N * T * V);
    tokens.data.forEach((id, row) => {
      if (id) oneHot[row * V + id] = 1; // 0 is padding, to be hidden
    });
    const below: Layer[][] = [
      [layers.embedding({ inputDim: V, outputDim: C, maskZero: true, inputShape: [T] })],
      [layers.masking({ inputShape: [T, V] }), layers.dense({ units: C, useBias: false })],
    ];
    const [looked, multiplied] = below.map((first, i) => {
      const recurrent = layer({ units: 5 * heads, returnSequences: true });
      const net = sequential([...first, recurrent, layers.dense({ units: 2 })], { seed: 3 });
      recurrent.stream = 99; // the same random numbers in both
      net.compile({ loss: "meanSquaredError" });
      scramble(net);
      return net.gradients(i ? ndarray(oneHot, [N, T, V]) : tokens, numbers([N, T, 2]));
    });
    looked.forEach(({ data }, i) => {
      expect(Math.hypot(...data)).toBeGreaterThan(1e-3);
      expectClose(data, multiplied[i].data, { relative: 1e-5, absolute: 1e-7 }, `weight ${i}`);
    });
  });

  it("comes back from a file with its options", () => {
    const net = sequential([layer({ units: 5 * heads, inputShape: [T, C] })]);
    const again = loadModel(net.save(), { cells: customCells });
    expect(again.layers[0].options).toEqual({ ...net.layers[0].options, name: again.layers[0].name });
  });

  it("trains to the same bits with two threads, and a saved model goes on to them", () =>
    expectSameTraining(layer, heads));
});

// A projection is to fewer units than the layer has.
const unprojected = Object.entries(recurrentForms).filter(([name]) => !/projection|variants/.test(name));

it.each(unprojected)("%s: a stream gives predict's bits, one unit a head", (_, { layer, heads = 1 }) => {
  const net = sequential([layer({ units: heads, returnSequences: true, inputShape: [null, 5] })]);
  scramble(net);
  expectStreamBits(net, numbers([1, 9, 5]));
});
