import { describe, expect, it } from "vitest";
import { layers } from "../../src/index.ts";
import type { LstmLayerOptions } from "../../src/layers/recurrent/lstm.ts";
import { ndarray } from "../../src/ndarray.ts";
import { type NDArrays, randomArray } from "../helpers/gradients.ts";
import { expectDifferences, expectReference, randomOuter } from "../helpers/nets.ts";
import { OneLayer } from "../helpers/oneLayer.ts";
import { type Random, seeded } from "../helpers/random.ts";
import { bidirectionalReference } from "../helpers/references.ts";
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
