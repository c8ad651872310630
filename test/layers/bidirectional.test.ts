import { describe, expect, it } from "vitest";
import { input, layers, model, sequential } from "../../src/index.ts";
import { ndarray } from "../../src/ndarray.ts";
import type { LstmLayerOptions } from "../../src/recurrent/lstm.ts";
import { expectClose } from "../helpers/compare.ts";
import { type NDArrays, randomArray } from "../helpers/gradients.ts";
import { expectError } from "../helpers/models.ts";
import { expectDifferences, expectReference, randomOuter } from "../helpers/nets.ts";
import { OneLayer } from "../helpers/oneLayer.ts";
import { type Random, seeded } from "../helpers/random.ts";
import { bidirectionalReference, mergedReference } from "../helpers/references.ts";
import type { LstmSizes } from "../reference/lstm.ts";

/** How far the backward direction's stream of random numbers is from the layer's own. */
const BACKWARD_STREAM = 0x8000;

function make(random: Random, options: Partial<LstmLayerOptions>, sizes: LstmSizes) {
  const { N, T, C, H } = sizes;
  const inner = layers.lstm({ units: H, ...options });
  const layer = new OneLayer(layers.bidirectional({ layer: inner }), { x: [T, C] }, { training: true });
  const arrays: Record<string, NDArrays[string]> = { x: randomArray(random, [N, T, C]) };
  for (const [name, shape] of Object.entries(layer.weightShapes)) arrays[name] = randomArray(random, shape, 0.5);
  const { dropout = 0 } = options;
  const masks = {
    forward: layer.mask(dropout, N * C),
    backward: layer.mask(dropout, N * C, BACKWARD_STREAM),
  };
  return { layer, arrays, masks, reference: bidirectionalReference(sizes, options, masks) };
}

const usual: LstmSizes = { N: 3, T: 4, C: 3, H: 5 };

describe.each<[string, Partial<LstmLayerOptions>, LstmSizes]>([
  ["last output", {}, usual],
  ["returnSequences", { returnSequences: true }, usual],
  ["without bias", { useBias: false, returnSequences: true }, usual],
  ["dropout", { dropout: 0.4 }, usual],
  ["dropout, returnSequences", { dropout: 0.4, returnSequences: true }, usual],
  ["other activations", { activation: "sigmoid", recurrentActivation: "tanh" }, usual],
  ["one step", { returnSequences: true }, { N: 2, T: 1, C: 5, H: 1 }],
  ["whole vectors", { returnSequences: true }, { N: 4, T: 2, C: 4, H: 4 }],
])("%s", (_, options, sizes) => {
  it("equals the reference and finite differences", () => {
    const random = seeded(11);
    const { layer, arrays, reference } = make(random, options, sizes);
    const outer = randomOuter(random, layer.forward(arrays));
    expectReference(layer, arrays, reference, outer);
    expectDifferences(layer, arrays, reference, outer, random);
  });
});

const MODES = ["concat", "sum", "mul", "ave", null] as const;

describe.each(MODES)("mergeMode %s", mergeMode => {
  it.each<[string, Partial<LstmLayerOptions>]>([
    ["last output", {}],
    ["sequences", { returnSequences: true }],
    ["states", { returnState: true, returnSequences: true }],
  ])("%s: equals the reference and finite differences, with initial states", (_, options) => {
    const { N, T, C, H } = usual;
    const random = seeded(13);
    const inner = layers.lstm({ units: H, ...options });
    const states = { forwardH: [H], forwardC: [H], backwardH: [H], backwardC: [H] };
    const layer = new OneLayer(layers.bidirectional({ layer: inner, mergeMode }), { x: [T, C], ...states });
    const arrays: Record<string, NDArrays[string]> = { x: randomArray(random, [N, T, C]) };
    for (const name of Object.keys(states)) arrays[name] = randomArray(random, [N, H], 0.7);
    for (const [name, shape] of Object.entries(layer.weightShapes)) arrays[name] = randomArray(random, shape, 0.5);
    const outer = randomOuter(random, layer.forward(arrays));
    expect(outer.length).toBe((mergeMode === null ? 2 : 1) + (options.returnState ? 4 : 0));
    const reference = mergedReference(usual, { ...options, mergeMode });
    expectReference(layer, arrays, reference, outer);
    expectDifferences(layer, arrays, reference, outer, random);
  });

  it("hides the same steps in both directions", () => {
    const inner = layers.lstm({ units: 2, returnSequences: true });
    const both = layers.bidirectional({ layer: inner, mergeMode });
    const x = input({ shape: [null, 3] });
    const outputs = both.applyAll(layers.masking().apply(x));
    const net = model({ inputs: x, outputs, seed: 3 });
    const data = randomArray(seeded(14), [1, 4, 3]);
    data.data.fill(0, 6, 9);
    const short = model({
      inputs: x,
      outputs: layers.bidirectional({ layer: inner, mergeMode }).applyAll(x),
      seed: 3,
    });
    const real = ndarray([...data.data.slice(0, 6), ...data.data.slice(9)], [1, 3, 3]);
    const shorter = short.predictAll(real);
    net.predictAll(data).forEach(({ shape, data: y }, i) => {
      const width = shape[2];
      const at = 2 * width;
      expect([...y.slice(at, at + width)]).toEqual(new Array(width).fill(0));
      expectClose([...y.slice(0, at), ...y.slice(at + width)], shorter[i].data, { absolute: 1e-7 });
    });
  });
});

it.each<[string, () => unknown, "TypeError" | "RangeError", string]>([
  [
    "an unknown way of merging",
    () => layers.bidirectional({ layer: layers.lstm({ units: 2 }), mergeMode: "max" as never }),
    "RangeError",
    'bidirectional mergeMode (or null for both outputs): expected one of concat, sum, mul, ave, got "max"',
  ],
  [
    "the initial state of one direction",
    () => {
      const [x, h] = [input({ shape: [4, 3] }), input({ shape: [2] })];
      return layers.bidirectional({ layer: layers.lstm({ units: 2 }), name: "both" }).apply([x, h, h]);
    },
    "RangeError",
    "both: expected an initial state of 4 tensors [forward h, forward c, backward h, backward c], got 2; " +
      "give all of them or none",
  ],
  [
    "an initial state of another size",
    () => {
      const [x, h, wrong] = [input({ shape: [4, 3] }), input({ shape: [2] }), input({ shape: [3] })];
      return layers.bidirectional({ layer: layers.lstm({ units: 2 }), name: "both" }).apply([x, h, h, h, wrong]);
    },
    "RangeError",
    "both.backward: expected an initial state c of [N, 2], got [N, 3]; make it with that size, by a dense layer for instance",
  ],
])("refuses %s", async (_, action, type, text) => {
  await expectError(action, type, text);
});

it("carries the states of both directions from batch to batch", () => {
  const inner = layers.lstm({ units: 3, stateful: true, returnState: true });
  const net = sequential([layers.bidirectional({ layer: inner, inputShape: [4, 2] })], { seed: 4 });
  const x = input({ shape: [4, 2] });
  const states = [1, 2, 3, 4].map(() => input({ shape: [3] }));
  const given = layers.bidirectional({ layer: layers.lstm({ units: 3, returnState: true }) });
  const twin = model({ inputs: [x, ...states], outputs: given.applyAll([x, ...states]) });
  twin.setWeights(net.getWeights());
  const [a, b] = [randomArray(seeded(15), [2, 4, 2]), randomArray(seeded(16), [2, 4, 2])];
  const [, ...first] = net.predictAll(a);
  expect(net.predictAll(b).map(({ data }) => data)).toEqual(twin.predictAll([b, ...first]).map(({ data }) => data));
});

it("drops other inputs in either direction", () => {
  const { masks } = make(seeded(1), { dropout: 0.5 }, { N: 8, T: 2, C: 8, H: 2 });
  expect(masks.forward).not.toEqual(masks.backward);
});

it.each([false, true])(
  "of a layer that goes backwards is that of the reversed input, returnSequences %s",
  sequences => {
    const { N, T, C } = usual;
    const random = seeded(12);
    const { layer, arrays } = make(random, { returnSequences: sequences }, usual);
    const { layer: backwards } = make(random, { returnSequences: sequences, goBackwards: true }, usual);
    const { data } = arrays.x;
    const at = (n: number, t: number) => data.subarray((n * T + t) * C, (n * T + t + 1) * C);
    const reversed = Array.from({ length: N * T }, (_, i) => [...at(Math.floor(i / T), T - 1 - (i % T))]).flat();
    const x = ndarray(Float32Array.from(reversed), arrays.x.shape);
    expect(backwards.forward({ ...arrays, x })).toEqual(layer.forward(arrays));
  },
);
