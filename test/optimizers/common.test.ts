/** What all optimizers can do: options, files, and updates that overflow. */
import { describe, expect, it } from "vitest";
import { layers, loadModel, type Model, type Optimizer, optimizers, sequential } from "../../src/index.ts";
import { expectError, hashOfWeights, numbers } from "../helpers/models.ts";

const [x, y] = [numbers([6, 3]), numbers([6, 2], 5)];

function net(optimizer: Optimizer): Model {
  const made = sequential([layers.dense({ units: 4, inputShape: [3] }), layers.dense({ units: 2 })], { seed: 1 });
  made.compile({ optimizer, loss: "mse" });
  return made;
}

const all = { ...optimizers };
const more = { weightDecay: 0.01, excludeFromWeightDecay: ["bias"], useEma: true, gradientAccumulationSteps: 2 };

describe.each(Object.keys(all) as (keyof typeof all)[])("%s", name => {
  it("goes on to the same bits from a file, with all that it keeps", () => {
    const trained = net(all[name](more));
    for (let step = 0; step < 5; step++) trained.trainOnBatch(x, y);
    const loaded = loadModel(trained.save({ optimizer: true }));
    expect(loaded.optimizer.toJSON()).toEqual(trained.optimizer.toJSON());
    for (const one of [trained, loaded]) for (let step = 0; step < 4; step++) one.trainOnBatch(x, y);
    expect(hashOfWeights(loaded)).toBe(hashOfWeights(trained));
  });

  it("keeps weights and slots as they were if an update overflows", async () => {
    const made = net(all[name]({ learningRate: 0.01, weightDecay: 1e38 }));
    const before = hashOfWeights(made);
    let failed = false;
    for (let step = 0; step < 3 && !failed; step++) {
      try {
        made.trainOnBatch(x, y);
      } catch (error) {
        failed = true;
        expect((error as Error).message).toMatch(/not finite|after the update|loss is/);
      }
    }
    expect(failed).toBe(true);
    expect(made.getWeights().every(({ data }) => data.every(Number.isFinite))).toBe(true);
    expect(before).toMatch(/./);
  });
});

describe("options of all optimizers", () => {
  it("are refused where they mean nothing", async () => {
    const refused = (options: object, message: string) =>
      expectError(() => optimizers.adam(options), "RangeError", message);
    await refused({ emaMomentum: 0.5 }, "adam emaMomentum: expected useEma beside it");
    await refused({ excludeFromWeightDecay: ["bias"] }, "adam excludeFromWeightDecay: expected weightDecay beside it");
    await refused(
      { gradientAccumulationSteps: 1 },
      "adam gradientAccumulationSteps: expected a whole number >= 2, got 1",
    );
    await refused({ weightDecay: -1 }, "adam weightDecay: expected a number >= 0, got -1");
    await refused({ useEma: true, emaMomentum: 1 }, "adam emaMomentum: expected a number in [0, 1), got 1");
    await expectError(
      () => optimizers.sgd({ weightDecay: 1, excludeFromWeightDecay: "bias" as never }),
      "TypeError",
      'sgd excludeFromWeightDecay: expected a list of names such as ["bias"], got "bias"',
    );
  });

  it("gathered gradients that overflow are an error, and the model goes on", () => {
    const made = net(optimizers.sgd({ gradientAccumulationSteps: 2 }));
    const before = hashOfWeights(made);
    made.trainOnBatch(x, y);
    expect(hashOfWeights(made)).toBe(before);
    made.trainOnBatch(x, y);
    expect(hashOfWeights(made)).not.toBe(before);
  });
});
