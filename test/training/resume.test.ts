import { describe, expect, it } from "vitest";
import { layers, loadModel, type Optimizer, optimizers, sequential } from "../../src/index.ts";
import { hashOfWeights, numbers } from "../helpers/models.ts";

const { bidirectional, dense, dropout, lstm } = layers;
const x = numbers([21, 5, 3]);
const y = numbers([21, 1], 2);

function build(optimizer: Optimizer) {
  const net = sequential(
    [
      bidirectional({ layer: lstm({ units: 4, returnSequences: true, dropout: 0.25 }), inputShape: [5, 3] }),
      dropout({ rate: 0.4 }),
      lstm({ units: 5 }),
      dense({ units: 1 }),
    ],
    { seed: 17 },
  );
  net.compile({ optimizer, loss: "huber", metrics: ["mae"] });
  return net;
}

const OPTIMIZERS: Record<string, () => Optimizer> = {
  adam: () => optimizers.adam({ learningRate: 0.01, globalClipNorm: 0.1 }),
  adamW: () => optimizers.adamW({ weightDecay: 0.1 }),
  "sgd with momentum": () => optimizers.sgd({ learningRate: 0.1, momentum: 0.9 }),
  "sgd with Nesterov momentum": () => optimizers.sgd({ learningRate: 0.1, momentum: 0.8, nesterov: true }),
  rmsprop: () => optimizers.rmsprop(),
  "rmsprop centered with momentum": () => optimizers.rmsprop({ centered: true, momentum: 0.5 }),
};
const options = { batchSize: 8, validationSplit: 0.2, verbose: 0 } as const;

describe("training that was stopped, saved and loaded", () => {
  it.each(Object.keys(OPTIMIZERS))("gives the bits of training that never stopped: %s", async name => {
    const straight = build(OPTIMIZERS[name]());
    const whole = await straight.fit(x, y, { ...options, epochs: 4 });

    const before = build(OPTIMIZERS[name]());
    const first = await before.fit(x, y, { ...options, epochs: 2 });
    const after = loadModel(before.save({ optimizer: true }));
    const second = await after.fit(x, y, { ...options, epochs: 2 });

    expect(hashOfWeights(after)).toBe(hashOfWeights(straight));
    expect(after.save({ optimizer: true }).length).toBeGreaterThan(0);
    for (const log of Object.keys(whole.history)) {
      expect([...first.history[log], ...second.history[log]]).toEqual(whole.history[log]);
    }
    expect([...first.epoch, ...second.epoch]).toEqual(whole.epoch);
    expect(whole.epoch).toEqual([1, 2, 3, 4]);
  });

  it("goes on in the middle of an epoch's worth of single steps", () => {
    const [straight, before] = [build(OPTIMIZERS.adam()), build(OPTIMIZERS.adam())];
    for (let i = 0; i < 7; i++) straight.trainOnBatch(x, y);
    for (let i = 0; i < 3; i++) before.trainOnBatch(x, y);
    const after = loadModel(before.save({ optimizer: true }));
    for (let i = 3; i < 7; i++) after.trainOnBatch(x, y);
    expect(hashOfWeights(after)).toBe(hashOfWeights(straight));
  });

  it("does without the optimizer's state differ", async () => {
    const straight = build(OPTIMIZERS.adam());
    const before = build(OPTIMIZERS.adam());
    await straight.fit(x, y, { ...options, epochs: 2 });
    await before.fit(x, y, { ...options, epochs: 1 });
    const after = loadModel(before.save());
    await after.fit(x, y, { ...options, epochs: 1 });
    expect(hashOfWeights(after)).not.toBe(hashOfWeights(straight));
  });

  it("keeps the learning rate that was set last", () => {
    const [straight, before] = [build(OPTIMIZERS.rmsprop()), build(OPTIMIZERS.rmsprop())];
    for (const net of [straight, before]) {
      net.trainOnBatch(x, y);
      net.optimizer.learningRate = 0.05;
    }
    const after = loadModel(before.save({ optimizer: true }));
    after.trainOnBatch(x, y);
    straight.trainOnBatch(x, y);
    expect(hashOfWeights(after)).toBe(hashOfWeights(straight));
  });
});
