/** Training whose learning rate follows a schedule. */
import { describe, expect, it } from "vitest";
import {
  layers,
  loadModel,
  type Optimizer,
  optimizers,
  type Schedule,
  schedules,
  sequential,
} from "../../src/index.ts";
import { scheduleRegistry } from "../../src/schedules/registry.ts";
import { expectError, numbers, weightBits } from "../helpers/models.ts";

const x = numbers([6, 2]);
const y = numbers([6, 1], 2);

function build(optimizer: Optimizer) {
  const net = sequential([layers.dense({ units: 1, inputShape: [2] })]);
  net.compile({ optimizer, loss: "mse" });
  return net;
}

const decay = schedules.exponentialDecay({ initialLearningRate: 0.1, decaySteps: 3, decayRate: 0.5 });

describe.each([
  ["adam", optimizers.adam],
  ["adamW", optimizers.adamW],
  ["rmsprop", optimizers.rmsprop],
  ["sgd", optimizers.sgd],
] as const)("%s with a schedule", (_, make) => {
  it("takes the steps that it takes with each rate set by hand", () => {
    const [followed, byHand] = [build(make({ learningRate: decay })), build(make())];
    for (let step = 0; step < 7; step++) {
      byHand.optimizer.learningRate = decay.at(step);
      byHand.trainOnBatch(x, y);
      followed.trainOnBatch(x, y);
      expect(followed.optimizer.learningRate).toBe(decay.at(step));
    }
    expect(weightBits(followed)).toEqual(weightBits(byHand));
  });

  it("goes on with it after loading, to the same bits", async () => {
    const options = { batchSize: 2, verbose: 0 } as const;
    const net = build(make({ learningRate: decay }));
    await net.fit(x, y, { ...options, epochs: 2 });
    const again = loadModel(net.save({ optimizer: true }));
    expect(again.optimizer.schedule?.toJSON()).toEqual(decay.toJSON());
    expect(again.optimizer.learningRate).toBe(decay.at(6));
    await net.fit(x, y, { ...options, epochs: 2 });
    await again.fit(x, y, { ...options, epochs: 2 });
    expect(weightBits(again)).toEqual(weightBits(net));
  });
});

it("says so when its rate is set by hand, and follows no more when it is taken off", async () => {
  const net = build(optimizers.sgd({ learningRate: decay }));
  net.optimizer.learningRate = 0.3;
  const weights = weightBits(net);
  await expectError(
    () => net.trainOnBatch(x, y),
    "Error",
    "optimizer learningRate: expected what the schedule exponentialDecay sets it to, 0.1, got 0.3; " +
      "to set it yourself, first say optimizer.schedule = undefined",
  );
  expect(weightBits(net)).toEqual(weights);
  net.optimizer.schedule = undefined;
  net.trainOnBatch(x, y);
  expect(net.optimizer.learningRate).toBe(0.3);
  expect(loadModel(net.save()).optimizer.learningRate).toBe(0.3);
});

it("may be one of the user's own, which comes back by name", async () => {
  const half = ({ every }: { every: number }): Schedule => ({
    name: "half",
    at: step => 0.5 ** Math.floor(step / every),
    toJSON: () => ({ name: "half", options: { every } }),
  });
  const net = build(optimizers.sgd({ learningRate: half({ every: 2 }) }));
  const bytes = net.save();
  expect(loadModel(bytes, { schedules: { half } }).optimizer.schedule?.at(4)).toBe(0.25);
  await expectError(
    () => loadModel(bytes),
    "RangeError",
    `model file: schedule: expected one of ${scheduleRegistry.names.join(", ")}, got "half"; ` +
      "a file holds no code: import the schedule and call loadModel(bytes, { schedules: { half } })",
  );
});

it("ends with a clear error where its rate is no number", async () => {
  const bad: Schedule = {
    name: "bad",
    at: step => (step > 0 ? Number.NaN : 1),
    toJSON: () => ({ name: "bad", options: {} }),
  };
  const net = build(optimizers.sgd({ learningRate: bad }));
  net.trainOnBatch(x, y);
  await expectError(() => net.trainOnBatch(x, y), "RangeError", /optimizer learningRate: expected a number .* got NaN/);
});
