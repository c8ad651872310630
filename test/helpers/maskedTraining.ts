/** Models with a mask, trained as Keras trained them. */
import { expect } from "vitest";
import { type Model, optimizers, sequential } from "../../src/index.ts";
import type { MaskedFixture } from "../fixtures/load.ts";
import { expectClose } from "./compare.ts";
import { layerOf } from "./fixtureLayers.ts";

/** The model of a fixture, with its first weights. */
export function maskedModel(f: MaskedFixture): Model {
  const net = sequential(f.layers.map(layerOf), { seed: 3 });
  expect(net.network.plan.specs.map(spec => spec.path.replaceAll("/", "."))).toEqual(Object.keys(f.weights));
  net.setWeights(Object.values(f.weights));
  net.compile({
    optimizer: optimizers.adam(f.optimizer.config),
    loss: f.loss,
    metrics: Object.keys(f.metrics),
  });
  return net;
}

/** Losses and metrics of every step, then weights and predictions. Both sides are float32, off by about 3e-7. */
export function expectMaskedTraining(f: MaskedFixture): void {
  const net = maskedModel(f);
  const logs = f.losses.map((_, step) => {
    const { x, y } = f.batches[step % f.batches.length];
    return net.trainOnBatch(x, y);
  });
  const column = (name: string) => logs.map(log => log[name]);
  expectClose(column("loss"), f.losses, { relative: 3e-6 }, "losses");
  for (const [name, values] of Object.entries(f.metrics)) expectClose(column(name), values, { relative: 3e-6 }, name);
  const weights = net.getWeights();
  Object.entries(f.finalWeights ?? {}).forEach(([name, { data }], i) => {
    expectClose(weights[i].data, data, { absolute: 5e-6 }, name);
  });
  f.batches.forEach(({ x }, i) => {
    expectClose(net.predict(x).data, f.finalPredictions[i].data, { absolute: 5e-6 }, `predictions of batch ${i}`);
  });
}
