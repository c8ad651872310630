import { describe, expect, it } from "vitest";
import {
  type Callback,
  callbacks,
  type FitOptions,
  layers,
  loadModel,
  type Model,
  optimizers,
  schedules,
  sequential,
  type TrainingRun,
} from "../../src/index.ts";
import type { Bytes } from "../../src/typedArray.ts";
import { expectError, numbers } from "../helpers/models.ts";

const [x, y] = [numbers([24, 5, 2]), numbers([24, 1])];
const QUIET = { verbose: 0, batchSize: 8 } as const;

function net(optimizer: Parameters<Model["compile"]>[0]["optimizer"] = "adam"): Model {
  const made = sequential(
    [
      layers.lstm({ units: 4, inputShape: [5, 2], dropout: 0.3 }),
      layers.dropout({ rate: 0.2 }),
      layers.dense({ units: 1 }),
    ],
    { seed: 3 },
  );
  made.compile({ loss: "mse", optimizer, metrics: ["mae"] });
  return made;
}

/** The learning rate after each epoch, where a log has these values. */
async function ratesOver(callback: Callback, values: number[], begin = 1e-3): Promise<number[]> {
  const optimizer = optimizers.sgd({ learningRate: begin });
  const run = { optimizer, logNames: ["loss"], epochs: values.length } as unknown as TrainingRun;
  const rates: number[] = [];
  await callback.onTrainBegin?.(run);
  for (const [epoch, loss] of values.entries()) {
    await callback.onEpochBegin?.(epoch, run);
    await callback.onEpochEnd?.(epoch, { loss }, run);
    rates.push(optimizer.learningRate);
  }
  return rates;
}

describe("reduceLROnPlateau", () => {
  const values = [
    1, 0.5, 0.49995, 0.51, 0.6, 0.4, 0.41, 0.42, 0.43, 0.44, 0.45, 0.46, 0.3, 0.31, 0.32, 0.33, 0.34, 0.35, 0.36,
  ];

  // keras.callbacks.ReduceLROnPlateau over the same values.
  it.each([
    [
      { patience: 2, factor: 0.5 },
      [
        0.001, 0.001, 0.001, 0.0005, 0.0005, 0.0005, 0.0005, 0.00025, 0.00025, 0.000125, 0.000125, 6.25e-5, 6.25e-5,
        6.25e-5, 3.125e-5, 3.125e-5, 1.5625e-5, 1.5625e-5, 7.8125e-6,
      ],
    ],
    [
      { patience: 1, factor: 0.1, cooldown: 2 },
      [
        0.001, 0.001, 0.0001, 0.0001, 1e-5, 1e-5, 1e-6, 1e-6, 1e-7, 1e-7, 1e-8, 1e-8, 1e-8, 1e-9, 1e-9, 1e-10, 1e-10,
        1e-11, 1e-11,
      ],
    ],
    [
      { patience: 1, factor: 0.5, minLr: 3e-4 },
      [
        0.001, 0.001, 0.0005, 0.0003, 0.0003, 0.0003, 0.0003, 0.0003, 0.0003, 0.0003, 0.0003, 0.0003, 0.0003, 0.0003,
        0.0003, 0.0003, 0.0003, 0.0003, 0.0003,
      ],
    ],
    [
      { patience: 2, mode: "max", minDelta: 0.05 },
      [
        0.001, 0.001, 0.0001, 0.0001, 1e-5, 1e-5, 1e-6, 1e-6, 1e-7, 1e-7, 1e-8, 1e-8, 1e-9, 1e-9, 1e-10, 1e-10, 1e-11,
        1e-11, 1e-12,
      ],
    ],
  ] as const)("%j", async (options, wanted) => {
    const rates = await ratesOver(callbacks.reduceLROnPlateau({ monitor: "loss", ...options }), values);
    rates.forEach((rate, i) => {
      expect(rate / wanted[i]).toBeCloseTo(1, 6);
    });
  });

  it("goes on where a log is not there, and refuses what cannot be", async () => {
    const made = net();
    const options = { monitor: "valLoss", patience: 1, factor: 0.5 } as const;
    await made.fit(x, y, {
      ...QUIET,
      epochs: 4,
      validationData: [x, y],
      validationFreq: 2,
      callbacks: [callbacks.reduceLROnPlateau(options)],
    });
    expect(() => callbacks.reduceLROnPlateau({ factor: 1 })).toThrow(
      "reduceLROnPlateau factor: expected a number below 1, got 1",
    );
    const scheduled = net(
      optimizers.adam({
        learningRate: schedules.exponentialDecay({ initialLearningRate: 0.1, decaySteps: 1, decayRate: 0.9 }),
      }),
    );
    for (const callback of [
      callbacks.reduceLROnPlateau({ monitor: "loss" }),
      callbacks.learningRateScheduler(() => 1),
    ]) {
      await expect(scheduled.fit(x, y, { ...QUIET, callbacks: [callback] })).rejects.toThrow(
        "got the schedule exponentialDecay; use one of the two",
      );
    }
    await expectError(
      () => net().fit(x, y, { ...QUIET, callbacks: [callbacks.reduceLROnPlateau()] }),
      "RangeError",
      'reduceLROnPlateau monitor: expected one of loss, mae, got "valLoss"; pass validationSplit or validationData to fit',
    );
  });
});

it("learningRateScheduler sets the rate of every epoch", async () => {
  const rates = await ratesOver(
    callbacks.learningRateScheduler((epoch, rate) => (epoch < 2 ? rate : rate / 2)),
    [1, 1, 1, 1],
    0.8,
  );
  expect(rates).toEqual([0.8, 0.8, 0.4, 0.2]);
  const bad = callbacks.learningRateScheduler(() => -1);
  await expect(net().fit(x, y, { ...QUIET, callbacks: [bad] })).rejects.toThrow(
    "learningRateScheduler: the rate of epoch 0",
  );
  expect(() => callbacks.learningRateScheduler(3 as never)).toThrow(
    "learningRateScheduler: expected a function of the epoch, got 3",
  );
});

it("lambdaCallback is its hooks, and its model can be asked", async () => {
  const seen: unknown[] = [];
  const made = net();
  const callback = callbacks.lambdaCallback({
    onEpochEnd: async (epoch, logs, run) => {
      seen.push(epoch, Object.keys(logs), run.model === made, run.model.predict(x).shape, run.epoch, run.batch);
      if (epoch === 1) run.stop("enough");
    },
  });
  const { stopReason } = await made.fit(x, y, { ...QUIET, epochs: 5, callbacks: [callback] });
  expect(stopReason).toBe("enough");
  expect(seen.slice(6)).toEqual([1, ["loss", "mae"], true, [24, 1], 1, 3]);
  expect(() => callbacks.lambdaCallback(3 as never)).toThrow("lambdaCallback: expected an object with hooks");
});

describe("terminateOnNaN", () => {
  const diverging = () => net(optimizers.sgd({ learningRate: 1e30 }));
  it("ends the run in place of an error", async () => {
    const made = diverging();
    await expect(made.fit(x, y, { ...QUIET, epochs: 4 })).rejects.toThrow(RangeError);
    const stopped = diverging();
    const { history, stopReason } = await stopped.fit(x, y, {
      ...QUIET,
      epochs: 4,
      callbacks: [callbacks.terminateOnNaN()],
    });
    expect(stopReason).toMatch(/epoch 1, batch 2: the gradient of .* has NaN/);
    expect(history.loss.length).toBeLessThanOrEqual(1);
    expect(stopped.getWeights()).toEqual(made.getWeights());
  });

  it("leaves other errors alone", async () => {
    const odd = { ...x, data: Float32Array.from(x.data, (value, i) => (i === 5 ? Number.NaN : value)) };
    await expect(net().fit(odd, y, { ...QUIET, callbacks: [callbacks.terminateOnNaN()] })).rejects.toThrow("x has NaN");
  });
});

describe("modelCheckpoint", () => {
  const { modelCheckpoint, earlyStopping, reduceLROnPlateau } = callbacks;

  it("saves every epoch, or the best ones, or after batches", async () => {
    const saves = async (options: object, values = [3, 2, 4, 1]) => {
      const epochs: number[] = [];
      const callback = modelCheckpoint({ store: (_bytes, { epoch }) => epochs.push(epoch), ...options });
      const run = { logNames: ["loss"], save: () => new Uint8Array(), epoch: 0 } as unknown as TrainingRun;
      await callback.onTrainBegin?.(run);
      for (const [epoch, loss] of values.entries()) {
        for (let batch = 0; batch < 3; batch++) await callback.onBatchEnd?.(batch, { loss }, run);
        await callback.onEpochEnd?.(epoch, { loss }, run);
      }
      return epochs;
    };
    expect(await saves({})).toEqual([0, 1, 2, 3]);
    expect(await saves({ monitor: "loss", saveBestOnly: true })).toEqual([0, 1, 3]);
    expect(await saves({ monitor: "loss", saveBestOnly: true, mode: "max" })).toEqual([0, 2]);
    expect(await saves({ monitor: "loss", saveBestOnly: true, initialValueThreshold: 2.5 })).toEqual([1, 3]);
    expect(await saves({ saveFreq: 4 })).toHaveLength(3);
  });

  it("a file without the optimizer is smaller", async () => {
    const sizes: number[] = [];
    for (const saveWeightsOnly of [false, true]) {
      await net().fit(x, y, {
        ...QUIET,
        callbacks: [modelCheckpoint({ saveWeightsOnly, store: bytes => sizes.push(bytes.length) })],
      });
    }
    expect(sizes[1]).toBeLessThan(sizes[0]);
  });

  /** Trains with a checkpoint after each epoch. */
  async function trained(options: FitOptions = {}, made = net(), resume = false) {
    const files: Bytes[] = [];
    const own = [
      modelCheckpoint({ store: bytes => files.push(bytes), resume }),
      reduceLROnPlateau({ monitor: "loss", factor: 0.5, patience: 0, minDelta: 0.01 }),
      earlyStopping({ monitor: "mae", patience: 3, restoreBestWeights: true, minDelta: 0.001 }),
    ];
    const history = await made.fit(x, y, { ...QUIET, epochs: 6, callbacks: own, ...options });
    return {
      files,
      result: { ...history, seconds: 0 },
      weights: made.getWeights(),
      file: made.save({ optimizer: true }),
    };
  }

  it.each([
    ["shuffled", {}],
    ["with validation on a part", { validationSplit: 0.25 }],
    ["with epochs of some steps", { stepsPerEpoch: 2 }],
    ["in order", { shuffle: false }],
  ])("training goes on to the same bits from every epoch: %s", async (_, options) => {
    const whole = await trained(options);
    expect(whole.files.length).toBe(whole.result.epoch.length);
    for (const file of whole.files) {
      const rest = await trained(options, loadModel(file), true);
      expect(rest.result).toEqual(whole.result);
      expect(rest.weights).toEqual(whole.weights);
      const loaded = loadModel(whole.file); // in whose file layers have names
      expect(rest.file).toEqual(loaded.save({ optimizer: true }));
    }
  });

  it("also with stateful layers, and when it is saved once more before", async () => {
    const stateful = () => {
      const made = sequential(
        [layers.gru({ units: 3, inputShape: [5, 2], stateful: true }), layers.dense({ units: 1 })],
        { seed: 1 },
      );
      made.compile({ loss: "mse", optimizer: "adam", metrics: ["mae"] });
      return made;
    };
    const whole = await trained({}, stateful());
    const again = loadModel(whole.files[2]).save({ optimizer: true });
    const rest = await trained({}, loadModel(again), true);
    expect(rest.weights).toEqual(whole.weights);
    expect(rest.result).toEqual(whole.result);
  });

  it("without resume a run begins anew, and with it a model that was not saved in a run does", async () => {
    const { files } = await trained({ epochs: 2 });
    const anew = await trained({ epochs: 2 }, loadModel(files[1]));
    expect(anew.result.epoch).toEqual([3, 4]);
    const fresh = await trained({ epochs: 2 }, net(), true);
    expect(fresh.result.epoch).toEqual([1, 2]);
  });

  it("refuses a state that is damaged", async () => {
    const { files } = await trained({ epochs: 1 });
    const text = (from: string, to: string) => {
      const damaged = Buffer.from(files[0]);
      const at = damaged.indexOf(from);
      expect(at).toBeGreaterThan(0);
      damaged.write(to, at);
      return damaged;
    };
    for (const [from, to] of [
      ['\\"told\\":1', '\\"told\\":[]'.slice(0, 10)],
      ['\\"data\\":[', '\\"dat_\\":['],
      ['\\"epochs\\":[1]', '\\"epochs\\":"1"'.slice(0, 14)],
    ]) {
      let made: Model;
      try {
        made = loadModel(text(from, to));
      } catch {
        continue; // no JSON any more
      }
      await expect(trained({}, made, true)).rejects.toThrow(/model file: the state of its training/);
    }
  });

  it("what store throws comes out of fit, and the model can be used", async () => {
    const made = net();
    const full = modelCheckpoint({
      store: () => {
        throw new Error("ENOSPC: no space left on device");
      },
    });
    await expect(made.fit(x, y, { ...QUIET, callbacks: [full] })).rejects.toThrow("ENOSPC");
    const { stopReason } = await made.fit(x, y, QUIET);
    expect(stopReason).toBe("completed");
  });
});
