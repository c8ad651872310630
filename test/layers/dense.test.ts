import { describe, expect, it } from "vitest";
import { activations } from "../../src/activations.ts";
import { layers } from "../../src/index.ts";
import { type NDArrays, randomArray } from "../helpers/gradients.ts";
import { type DifferenceOptions, expectDifferences, expectReference, randomOuter } from "../helpers/nets.ts";
import { OneLayer } from "../helpers/oneLayer.ts";
import { seeded } from "../helpers/random.ts";
import { activationReference, denseReference } from "../helpers/references.ts";
import { isSmooth } from "../reference/activations.ts";

/** With these numbers the short steps below meet no kink of an activation. */
const SEED = 5;
const kinks: DifferenceOptions = { h: 2 ** -9, tolerance: { relative: 1e-3, absolute: 1e-3 } };
const optionsFor = (activation: string) => (isSmooth(activation) ? {} : kinks);

const sizes: [leading: number[], C: number, units: number][] = [
  [[3], 5, 6],
  [[2, 3], 3, 9],
  [[2, 3, 2], 4, 3],
  [[1], 1, 1],
];

describe("dense", () => {
  describe.each(activations)("%s", activation => {
    it.each(sizes.flatMap(size => [true, false].map(useBias => [...size, useBias] as const)))(
      "%j, C = %i, units = %i, bias %s",
      (leading, C, units, useBias) => {
        const random = seeded(SEED);
        const made = layers.dense({ units, activation, useBias });
        const layer = new OneLayer(made, { x: [...leading.slice(1), C] });
        const arrays: Record<string, NDArrays[string]> = { x: randomArray(random, [...leading, C]) };
        for (const [name, shape] of Object.entries(layer.weightShapes)) arrays[name] = randomArray(random, shape, 0.7);
        expect(Object.keys(arrays)).toEqual(["x", "kernel", ...(useBias ? ["bias"] : [])]);
        const rows = leading.reduce((a, b) => a * b, 1);
        const reference = denseReference({ rows, C, units }, activation);
        const outer = randomOuter(random, layer.forward(arrays));
        expectReference(layer, arrays, reference, outer);
        expectDifferences(layer, arrays, reference, outer, random, optionsFor(activation));
      },
    );
  });
});

describe("activation", () => {
  it.each(
    activations.flatMap(activation =>
      [
        [4, 5],
        [2, 3, 7],
        [3, 1],
      ].map(shape => [activation, shape] as const),
    ),
  )("%s of %j", (activation, shape) => {
    const random = seeded(SEED);
    const layer = new OneLayer(layers.activation({ activation }), { x: shape.slice(1) });
    const arrays = { x: randomArray(random, shape, 2) };
    const reference = activationReference(activation, shape[shape.length - 1]);
    const outer = randomOuter(random, layer.forward(arrays));
    expectReference(layer, arrays, reference, outer);
    expectDifferences(layer, arrays, reference, outer, random, optionsFor(activation));
  });
});
