/** Recurrent dropout, zoneout and layer normalization in whole models: they learn, and directions draw their own. */
import { expect, it } from "vitest";
import { layers, optimizers, sequential } from "../../src/index.ts";
import { bits, numbers } from "../helpers/models.ts";
import { recurrentForms } from "../helpers/recurrentForms.ts";
import { maskedData, maskedModel } from "../helpers/recurrentModels.ts";

const REGULARIZED = Object.entries(recurrentForms).filter(([name]) =>
  /^(lstm|gru|.*RNN),.*(dropout|zoneout|layerNorm|regular)/i.test(name),
);

it.each(REGULARIZED)("learns: %s", (_, { layer, heads = 1 }) => {
  const net = maskedModel(layer, {}, heads);
  const { x, y } = maskedData();
  const before = net.trainOnBatch(x, y).loss;
  for (let step = 0; step < 60; step++) net.trainOnBatch(x, y);
  expect(net.trainOnBatch(x, y).loss).toBeLessThan(0.7 * before);
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
