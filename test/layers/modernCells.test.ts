/** minGRU, minLSTM, sLSTM and mLSTM as layers: over more steps than are taken together, with large gates, and as they begin. */
import { describe, expect, it } from "vitest";
import { input, type Layer, layers, model, sequential } from "../../src/index.ts";
import { expectClose } from "../helpers/compare.ts";
import { type NDArrays, randomArray } from "../helpers/gradients.ts";
import { errorOf, expectError, numbers } from "../helpers/models.ts";
import { expectReference, inOtherOrder, randomOuter } from "../helpers/nets.ts";
import { OneLayer } from "../helpers/oneLayer.ts";
import { type Random, seeded } from "../helpers/random.ts";
import { type ModernCell, type ModernOptions, modernReference, statesOf } from "../reference/modernCells.ts";

type Options = Record<string, unknown>;

const forms: [string, ModernCell, Options][] = [
  ["minGRU", "minGRU", {}],
  ["minGRU, positive", "minGRU", { positive: true }],
  ["minLSTM", "minLSTM", {}],
  ["minLSTM, positive", "minLSTM", { positive: true }],
  ["sLSTM", "sLSTM", {}],
  ["mLSTM", "mLSTM", {}],
  ["mLSTM, two heads", "mLSTM", { heads: 2 }],
  ["mLSTM, not normalized", "mLSTM", { layerNorm: false }],
];

const layerOf = (cell: ModernCell, options: Options): Layer =>
  (layers[cell] as (options: object) => Layer)({ units: 6, ...options });

function make(random: Random, cell: ModernCell, options: Options, initial: boolean, [T, H] = [5, 10]) {
  const [N, C] = [3, 4];
  const states = Object.entries(statesOf(cell, H, options.heads as number)).map(([name, size]) => [name, [size]]);
  const inputs: Record<string, number[]> = { x: [T, C], ...(initial ? Object.fromEntries(states) : {}) };
  const layer = new OneLayer(layerOf(cell, { ...options, units: H }), inputs);
  const arrays: Record<string, NDArrays[string]> = {};
  for (const [name, shape] of Object.entries(inputs)) arrays[name] = randomArray(random, [N, ...shape], 0.7);
  if (arrays.n) arrays.n = { ...arrays.n, data: arrays.n.data.map(value => value + 3) };
  for (const [name, shape] of Object.entries(layer.weightShapes)) arrays[name] = randomArray(random, shape, 0.6);
  const whole = modernReference(cell, { N, T, C, H }, options as ModernOptions);
  const reference: typeof whole = values => {
    const run = whole(values);
    return { ...run, outputs: options.returnState ? run.outputs : run.outputs.slice(0, 1) };
  };
  return { layer, arrays, reference };
}

describe.each(forms)("%s", (_, cell, own) => {
  it.each<[string, Options, boolean, [number, number]?]>([
    ["last output", {}, false],
    ["sequences", { returnSequences: true }, false],
    ["states in and out", { returnSequences: true, returnState: true }, true],
    ["backwards", { goBackwards: true, returnState: true }, true],
    ["without bias", { useBias: false, returnSequences: true }, true],
    ["more steps than are taken together", { returnSequences: true, returnState: true }, true, [35, 10]],
    ["the same, whole vectors", { returnSequences: true, returnState: true }, true, [35, 16]],
  ])("equals the reference: %s", (_, options, initial, sizes) => {
    // Larger and smaller of two scales in turn, divisors on both sides of their least: all kinks are met.
    for (const seed of [1, 2, 3]) {
      const random = seeded(seed);
      const { layer, arrays, reference } = make(random, cell, { ...own, ...options }, initial, sizes);
      const outer = randomOuter(random, layer.forward(arrays));
      const untaped = cell === "mLSTM" ? inOtherOrder : {};
      expectReference(layer, arrays, reference, outer, { relative: 2e-5, absolute: 2e-5 }, untaped);
    }
  });
});

describe("exponential gates", () => {
  it.each(["sLSTM", "mLSTM"] as const)("of %s do not overflow, and no state becomes subnormal", cell => {
    const [x, T] = [input({ shape: [null, 2] }), 200];
    const made = layerOf(cell, { returnSequences: true, returnState: true });
    const net = model({ inputs: x, outputs: made.applyAll(x), seed: 3 });
    for (const scale of [0, 1, 100, 1e4]) {
      const data = numbers([3, T, 2], 4).data.map((value, i) => (Math.floor(i / 2) % T < 100 ? scale * value : 0));
      for (const output of net.predictAll({ shape: [3, T, 2], data })) {
        expect(Array.from(output.data).every(Number.isFinite)).toBe(true);
        expect(Array.from(output.data).filter(value => value !== 0 && Math.abs(value) < 2 ** -126)).toEqual([]);
      }
    }
  });

  it.each(["sLSTM", "mLSTM"] as const)("of %s have finite gradients", cell => {
    const net = sequential([layerOf(cell, { inputShape: [20, 2] }), layers.dense({ units: 1 })], { seed: 3 });
    net.compile({ optimizer: "sgd", loss: "mse" });
    for (const scale of [0, 1, 100, 1e4]) {
      const x = { shape: [3, 20, 2], data: numbers([3, 20, 2], 4).data.map(value => scale * value) };
      for (const { data } of net.gradients(x, numbers([3, 1], 5))) {
        expect(Array.from(data).every(Number.isFinite)).toBe(true);
      }
    }
  });
});

describe("begin as their papers do", () => {
  const weights = (cell: ModernCell, options: Options = {}) =>
    sequential([layerOf(cell, { ...options, inputShape: [2, 5] })])
      .getWeights()
      .map(({ data }) => [...data]);
  const zeros = (n: number): number[] => new Array(n).fill(0);

  it("minGRU with zeros, minLSTM with ones for the forget gate", () => {
    expect(weights("minGRU")[1]).toEqual(zeros(12));
    expect(weights("minLSTM")[1]).toEqual([...zeros(6), ...new Array(6).fill(1), ...zeros(6)]);
    expect(weights("minLSTM", { unitForgetBias: false })[1]).toEqual(zeros(18));
  });

  it("sLSTM without the hidden state, forget biases from 5 to -7", () => {
    const [, recurrent, bias] = weights("sLSTM");
    expect(new Set(recurrent)).toEqual(new Set([0]));
    const spread = [0, 1, 2, 3, 4, 5].map(j => 5 - 12 * (j / 5) ** 0.3);
    expectClose(bias, [...zeros(6), ...spread, ...zeros(12)], { absolute: 1e-6 });
    expect(weights("sLSTM", { spreadForgetBias: false })[2]).toEqual(zeros(24));
    expect(new Set(weights("sLSTM", { recurrentInitializer: "orthogonal" })[1]).size).toBeGreaterThan(100);
    expect(weights("sLSTM", { units: 1 })[2]).toEqual([0, 5, 0, 0]);
  });

  it("mLSTM with forget biases from 3 to 6 over the heads", () => {
    expect(weights("mLSTM", { heads: 3 })[1]).toEqual([...zeros(27), 3, 4.5, 6]);
    expect(weights("mLSTM")[1]).toEqual([...zeros(25), 3]);
    expect(weights("mLSTM", { spreadForgetBias: false })[1]).toEqual(zeros(26));
  });
});

it.each<[string, () => unknown, "TypeError" | "RangeError", string]>([
  [
    "recurrentInitializer where there is no recurrentKernel",
    () => layers.minGRU({ units: 3, recurrentInitializer: "zeros" } as never),
    "RangeError",
    "minGRU recurrentInitializer: expected none, since the gates do not see the hidden state and there is no " +
      'recurrentKernel, got "zeros"; leave it out',
  ],
  [
    "recurrentDropout there",
    () => sequential([layers.minLSTM({ units: 3, recurrentDropout: 0.1, inputShape: [2, 2] } as never)]),
    "RangeError",
    "minLSTM: expected recurrentDropout 0, since no gate multiplies the hidden state with a matrix, got 0.1; use zoneout",
  ],
  [
    "heads that do not divide the units",
    () => layers.mLSTM({ units: 12, heads: 5 }),
    "RangeError",
    "mLSTM heads: expected a number that divides units 12, got 5; try 1, 2, 3, 4, 6, 12",
  ],
  [
    "zoneout of states that belong together",
    () => layers.sLSTM({ units: 3, zoneout: { cell: 0.1 } }),
    "RangeError",
    "sLSTM zoneout.cell: expected 0, since its states c, n and m belong together, got 0.1; use zoneout.hidden",
  ],
  [
    "an unknown option",
    () => layers.minGRU({ units: 3, activation: "relu" } as never),
    "TypeError",
    'minGRU: unknown option "activation"; known options are units, positive, ',
  ],
])("refuses %s", async (_, action, type, text) => {
  if (text.endsWith(", ")) expect((await errorOf(action)).message.startsWith(text)).toBe(true);
  else await expectError(action, type, text);
});

it("an initial state of mLSTM has the sizes of its matrices", async () => {
  const [x, h] = [input({ shape: [2, 2] }), input({ shape: [4] })];
  const mLstm = layers.mLSTM({ units: 4, heads: 2, name: "m" });
  await expectError(
    () => mLstm.apply([x, h, h, h, h]),
    "RangeError",
    "m: expected an initial state c of [N, 8], got [N, 4]; make it with that size, by a dense layer for instance",
  );
});
