/** Recurrent dropout where gradients are summed over several pieces of rows, whose sequences are of all lengths. */
import { expect, it } from "vitest";
import { type NDArrays, randomArray } from "../helpers/gradients.ts";
import { expectReference, randomOuter } from "../helpers/nets.ts";
import { OneLayer } from "../helpers/oneLayer.ts";
import { seeded } from "../helpers/random.ts";
import { recurrentForms, regularizersOf } from "../helpers/recurrentForms.ts";

// Pieces have 1280 rows or more: here the second one begins in the middle of the steps.
const [N, T, C, H] = [90, 20, 1, 5];
const mask = Array.from({ length: N * T }, (_, i) => Number(i % T < T - (Math.floor(i / T) % 7)));

it.each([
  "lstm, recurrentDropout",
  "lstm, layerNorm, regularized",
  "gru, regularized",
  "gru, reset before, regularized",
])("%s", name => {
  const { layer: layerOf, reference } = recurrentForms[name];
  const random = seeded(8);
  const layer = layerOf({ units: H, returnSequences: true });
  const one = new OneLayer(layer, { x: [T, C] }, { training: true, mask });
  const arrays: Record<string, NDArrays[string]> = { x: randomArray(random, [N, T, C]) };
  for (const [weight, shape] of Object.entries(one.weightShapes)) arrays[weight] = randomArray(random, shape, 0.5);
  const sizes = { N, T, C, H };
  const regularizers = regularizersOf(one, layer, sizes, { training: true });
  expect(new Set(Array.from(regularizers.recurrentMask ?? [])).size).toBe(2);
  const whole = reference(sizes, { returnSequences: true, mask, ...regularizers });
  const outer = randomOuter(random, one.forward(arrays));
  const outputAlone = (values: Parameters<typeof whole>[0]) => {
    const run = whole(values);
    return { ...run, outputs: run.outputs.slice(0, 1) };
  };
  expectReference(one, arrays, outputAlone, outer, { relative: 1e-4, absolute: 1e-4 });
});
