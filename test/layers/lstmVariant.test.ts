/** The LSTM's options against the f64 reference and finite differences; PyTorch's and ONNX' numbers: keras.test.ts, onnx.test.ts. */
import { describe, expect, it } from "vitest";
import { layers } from "../../src/index.ts";
import type { LstmLayerOptions } from "../../src/recurrent/lstm.ts";
import { type NDArrays, randomArray } from "../helpers/gradients.ts";
import { type DifferenceOptions, expectDifferences, expectReference, randomOuter } from "../helpers/nets.ts";
import { OneLayer } from "../helpers/oneLayer.ts";
import { type Random, seeded } from "../helpers/random.ts";
import type { LstmSizes } from "../reference/lstm.ts";
import { lstmVariantReference } from "../reference/lstmVariant.ts";

interface Case extends DifferenceOptions {
  options: Partial<LstmLayerOptions>;
  sizes?: LstmSizes;
  initial?: boolean;
}

const usual: LstmSizes = { N: 3, T: 3, C: 2, H: 5 };

function make(random: Random, { options, sizes = usual, initial = false }: Case) {
  const { N, T, C, H } = sizes;
  const inputs = { x: [T, C], ...(initial ? { h: [options.projection ?? H], c: [H] } : {}) };
  const layer = new OneLayer(layers.lstm({ units: H, ...options }), inputs);
  const arrays: Record<string, NDArrays[string]> = {};
  for (const [name, shape] of Object.entries(inputs)) arrays[name] = randomArray(random, [N, ...shape]);
  for (const [name, shape] of Object.entries(layer.weightShapes)) arrays[name] = randomArray(random, shape, 0.7);
  const whole = lstmVariantReference(sizes, options);
  const reference: typeof whole = values => {
    const run = whole(values);
    return { ...run, outputs: options.returnState ? run.outputs : run.outputs.slice(0, 1) };
  };
  return { layer, arrays, reference };
}

/** Differences must not step over the place where a number is cut off: with these seeds and steps they do not. */
const kinks: DifferenceOptions = { h: 2 ** -9, tolerance: { relative: 1e-3, absolute: 1.5e-3 } };
const sequences = { returnSequences: true, returnState: true };
const everything = { peephole: "gers", inputGate: "squared", coupledGates: true, projection: 3 } as const;

const cases: [string, Case][] = [
  ["peephole gers, last output", { options: { peephole: "gers" } }],
  ["peephole previous, states", { initial: true, options: { peephole: "previous", ...sequences } }],
  ["peephole without bias", { options: { peephole: "gers", useBias: false, goBackwards: true } }],
  ["coupled gates without bias", { initial: true, options: { coupledGates: true, useBias: false, ...sequences } }],
  ["squared input gate, backwards", { options: { inputGate: "squared", goBackwards: true, ...sequences } }],
  ["projection to one number", { initial: true, options: { projection: 1, ...sequences } }],
  ["projection, H = 9", { sizes: { N: 5, T: 2, C: 3, H: 9 }, options: { projection: 6, goBackwards: true } }],
  ["projection, H = 8 to 7", { sizes: { N: 1, T: 3, C: 4, H: 8 }, options: { projection: 7, useBias: false } }],
  ["other activations", { options: { peephole: "gers", activation: "sigmoid", recurrentActivation: "tanh" } }],
  [
    "hardSigmoid",
    { initial: true, options: { ...everything, activation: "linear", recurrentActivation: "hardSigmoid" }, ...kinks },
  ],
  ["cellActivation", { initial: true, options: { cellActivation: "sigmoid", ...sequences } }],
  ["clip", { options: { clip: 0.8, ...sequences }, ...kinks }],
  ["clip, peephole gers", { initial: true, options: { clip: 0.6, peephole: "gers", ...sequences }, ...kinks }],
  ["clip, linear", { options: { clip: 0.5, activation: "linear", recurrentActivation: "tanh" }, ...kinks }],
  ["cellClip", { initial: true, options: { cellClip: 0.4, ...sequences }, ...kinks }],
  ["cellClip, peephole gers", { initial: true, options: { cellClip: 0.35, peephole: "gers", ...sequences }, ...kinks }],
  ["cellClip, peephole previous", { initial: true, options: { cellClip: 0.45, peephole: "previous" }, ...kinks }],
  [
    "everything together",
    { initial: true, options: { ...everything, clip: 0.9, cellClip: 0.6, useBias: false, ...sequences }, ...kinks },
  ],
  ["all sizes 1", { initial: true, sizes: { N: 1, T: 1, C: 1, H: 1 }, options: { peephole: "gers" } }],
];

describe.each(cases)("%s", (_, given) => {
  const SEED = 5;

  it("equals the reference and finite differences", () => {
    const random = seeded(SEED);
    const { layer, arrays, reference } = make(random, given);
    const outer = randomOuter(random, layer.forward(arrays));
    expectReference(layer, arrays, reference, outer);
    expectDifferences(layer, arrays, reference, outer, random, given);
  });
});

describe("numbers are cut off in these tests, and others are not", () => {
  it("clip", () => {
    const { layer, arrays } = make(seeded(5), { options: { clip: 0.8, recurrentActivation: "linear", ...sequences } });
    const [, h, c] = layer.forward(arrays);
    const { layer: free } = make(seeded(5), { options: { recurrentActivation: "linear", ...sequences } });
    const [, hFree, cFree] = free.forward(arrays);
    expect(Math.max(...h.map((value, i) => Math.abs(value - hFree[i])))).toBeGreaterThan(0.1);
    expect(Math.max(...c.map((value, i) => Math.abs(value - cFree[i])))).toBeGreaterThan(0.1);
  });

  it("cellClip", () => {
    const limit = Math.fround(0.4);
    const { layer, arrays } = make(seeded(5), { initial: true, options: { cellClip: 0.4, ...sequences } });
    const [, , c] = layer.forward(arrays);
    expect(c.every(value => Math.abs(value) <= limit)).toBe(true);
    const cut = c.filter(value => Math.abs(value) === limit).length;
    expect(cut).toBeGreaterThan(1);
    expect(cut).toBeLessThan(c.length);
  });
});

it("has the shapes of its options", () => {
  const shapes = (options: object) => make(seeded(1), { options }).layer.weightShapes;
  const [kernel, bias] = [[2, 20], [20]];
  expect(shapes({ peephole: "gers" })).toEqual({ kernel, recurrentKernel: [5, 20], bias, peephole: [3, 5] });
  expect(shapes({ projection: 3 })).toEqual({ kernel, recurrentKernel: [3, 20], bias, projectionKernel: [5, 3] });
  expect(shapes({ ...everything, useBias: false })).toEqual({
    kernel: [2, 15],
    recurrentKernel: [3, 15],
    peephole: [2, 5],
    projectionKernel: [5, 3],
  });
});
