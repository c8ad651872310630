/** Kernels that come with a loss or an optimizer: whatever memory a model has, it trains to the same bits. */
import { expect, it } from "vitest";
import { layers, losses, type Model, type ModelOptions, modelMemory, optimizers, sequential } from "../../src/index.ts";
import { hashOfWeights, numbers } from "../helpers/models.ts";

const [x, y] = [numbers([4, 5, 2]), numbers([4, 1], 3)];

function build(options: ModelOptions = {}): Model {
  return sequential([layers.lstm({ units: 6, inputShape: [5, 2] }), layers.dense({ units: 3 })], {
    seed: 1,
    ...options,
  });
}

/** Trains by a loss and an optimizer of all models first, then by some with kernels of their own. */
function trained(net: Model): string {
  net.compile({ loss: "mse", optimizer: "adam" });
  net.trainOnBatch(x, numbers([4, 3], 4));
  net.predict(x);
  net.compile({ loss: losses.quantile({ quantiles: [0.1, 0.5, 0.9] }), optimizer: optimizers.nadam() });
  for (let step = 0; step < 3; step++) net.trainOnBatch(x, y);
  net.stream().step([0.1, 0.2]);
  return hashOfWeights(net);
}

it("is the same in a memory of its own, in one that models share, and with threads", async () => {
  const expected = trained(build());
  const memory = modelMemory();
  const [first, second] = [build({ memory }), build({ memory })];
  expect(trained(first)).toBe(expected);
  expect(trained(second)).toBe(expected);
  first.trainOnBatch(x, y);
  expect(second.predict(x).data).not.toEqual(first.predict(x).data);
  const threaded = build({ threads: 2 });
  await threaded.ready();
  expect(trained(threaded)).toBe(expected);
});
