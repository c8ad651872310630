/** GRU, simple RNN and IndRNN in whole models: streams, files, threads, long sequences. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { layers, ndarray, sequential } from "../../src/index.ts";
import { bits, numbers, scramble } from "../helpers/models.ts";
import { OneLayer } from "../helpers/oneLayer.ts";
import { seeded } from "../helpers/random.ts";
import {
  expectIdStreamBits,
  expectSameTraining,
  expectStreamBits,
  type MakeLayer,
} from "../helpers/recurrentModels.ts";

const CELLS: [string, MakeLayer][] = [
  ["gru", layers.gru],
  ["gru, reset before", options => layers.gru({ ...options, resetAfter: false })],
  ["simpleRNN", layers.simpleRNN],
  ["indRNN", options => layers.indRNN({ ...options, activation: "tanh" })],
];

beforeEach(() => {
  vi.stubGlobal("navigator", { hardwareConcurrency: 2 });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

describe.each(CELLS)("%s", (_, cell) => {
  const [T, C] = [9, 5];

  // Sizes below, at and above whole panels for one row (28 columns) and for many (8).
  it.each([
    [1, true],
    [4, false],
    [7, true],
    [14, true],
    [28, false],
    [33, true],
  ])("a stream gives predict's bits, %i units, useBias %s", (units, useBias) => {
    const net = sequential([
      cell({ units, useBias, returnSequences: true, inputShape: [null, C] }),
      cell({ units: 6, useBias, activation: "sigmoid", returnSequences: true }),
    ]);
    scramble(net);
    expectStreamBits(net, numbers([1, T, C]));
  });

  // 2^20 projected numbers are kept; more are made step by step.
  it.each([
    ["small", 7],
    ["large", 2 ** 19],
  ])("a stream of ids of a %s table gives predict's bits", (_size, V) => {
    for (const useBias of [true, false]) expectIdStreamBits(cell, V, T, useBias);
  });

  it("a stream sees weights that change, and goes on from a saved state", () => {
    const net = sequential([cell({ units: 5, inputShape: [null, C] })]);
    scramble(net, 3);
    const stream = net.stream();
    stream.step(numbers([C]).data);
    const state = JSON.parse(JSON.stringify(stream.state));
    const before = bits(stream.step(numbers([C], 2).data));
    stream.state = state;
    expect(bits(stream.step(numbers([C], 2).data))).toEqual(before);
    scramble(net, 4);
    stream.state = state;
    expect(bits(stream.step(numbers([C], 2).data))).not.toEqual(before);
  });

  it("trains to the same bits with two threads, and a saved model goes on to them", () => expectSameTraining(cell));

  it("neither states nor gradients become subnormal as they decay", () => {
    const [N, steps, H] = [2, 300, 6];
    const layer = new OneLayer(cell({ units: H, returnSequences: true, useBias: false }), { x: [steps, 3], h: [H] });
    const random = seeded(1);
    const arrays = Object.fromEntries(
      Object.entries(layer.weightShapes).map(([name, shape]) => {
        const size = shape.reduce((a, b) => a * b, 1);
        return [name, ndarray(Float32Array.from(random.array(size, 0.1)), [...shape])];
      }),
    );
    const inputs = { x: ndarray(new Float32Array(N * steps * 3), [N, steps, 3]), h: numbers([N, H]) };
    const outer = new Float32Array(N * steps * H);
    for (let n = 0; n < N; n++) outer.set(numbers([H]).data, ((n + 1) * steps - 1) * H);
    const { outputs, gradients } = layer.differentiate({ ...inputs, ...arrays }, [outer]);
    for (const values of [outputs[0], gradients.h, gradients.x]) {
      expect(values.filter(v => v !== 0 && Math.abs(v) < 2 ** -126)).toHaveLength(0);
    }
    expect(outputs[0].some(v => v !== 0 && Math.abs(v) < 1e-15)).toBe(true);
    expect(gradients.x.some(v => v !== 0 && Math.abs(v) < 1e-15)).toBe(true);
  });
});
