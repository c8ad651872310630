import { expect, it } from "vitest";
import { layers } from "../../src/index.ts";
import { ndarray } from "../../src/ndarray.ts";
import { randomArray } from "../helpers/gradients.ts";
import { expectDifferences, expectReference, randomOuter } from "../helpers/nets.ts";
import { OneLayer } from "../helpers/oneLayer.ts";
import { seeded } from "../helpers/random.ts";
import { embeddingReference } from "../helpers/references.ts";

it.each([
  { V: 6, C: 5, shape: [3, 4], ids: [2, 0, 2, 5, 2, 4, 0, 1, 5, 5, 2, 0] },
  { V: 9, C: 4, shape: [2, 3], ids: [8, 7, 8, 0, 1, 8] },
  { V: 1, C: 1, shape: [1, 2], ids: [0, 0] },
])("$V ids of $C numbers equal the reference and finite differences", ({ V, C, shape, ids }) => {
  const random = seeded(1);
  const layer = new OneLayer(layers.embedding({ inputDim: V, outputDim: C }), { ids: shape.slice(1) });
  const arrays = { ids: ndarray(Int32Array.from(ids), shape), embeddings: randomArray(random, [V, C]) };
  const outer = randomOuter(random, layer.forward(arrays));
  const reference = embeddingReference(V, C);
  expectReference(layer, arrays, reference, outer);
  expectDifferences(layer, arrays, reference, outer, random);

  const { gradients } = layer.differentiate(arrays, outer);
  for (let v = 0; v < V; v++) {
    const row = gradients.embeddings.subarray(v * C, (v + 1) * C);
    expect(row.every(d => d === 0)).toBe(!ids.includes(v));
  }
});
