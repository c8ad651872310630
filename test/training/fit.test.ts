import { describe, expect, it, vi } from "vitest";
import { type FitOptions, layers, optimizers, sequential } from "../../src/index.ts";
import { expectError, hashOfWeights, numbers, weightBits } from "../helpers/models.ts";
import { untyped } from "../helpers/untyped.ts";

const { dense, dropout } = layers;
const x = numbers([10, 3]);
const y = numbers([10, 1], 2);

function build() {
  const net = sequential([dense({ units: 4, activation: "tanh", inputShape: [3] }), dense({ units: 1 })], { seed: 6 });
  net.compile({ optimizer: optimizers.sgd({ learningRate: 0.05 }), loss: "mse", metrics: ["mae"] });
  return net;
}
const rows = (array: typeof x, from: number, to: number) => (array.toArray() as number[][]).slice(from, to);
const quiet = (options: FitOptions): FitOptions => ({ verbose: 0, ...options });

describe("History", () => {
  it("has every log once an epoch, under Keras' names in camelCase", async () => {
    const history = await build().fit(x, y, quiet({ epochs: 4, validationSplit: 0.3 }));
    expect(Object.keys(history.history)).toEqual(["loss", "mae", "valLoss", "valMae"]);
    for (const values of Object.values(history.history)) {
      expect(values).toHaveLength(4);
      expect(values.every(Number.isFinite)).toBe(true);
    }
    expect(history.epoch).toEqual([1, 2, 3, 4]);
    expect(history.stopReason).toBe("completed");
    expect(history.seconds).toBeGreaterThan(0);
    expect(history.history.loss[3]).toBeLessThan(history.history.loss[0]);
  });

  it("has no validation logs without validation data, and counts epochs over the model's life", async () => {
    const net = build();
    await net.fit(x, y, quiet({ epochs: 2 }));
    const { history, epoch } = await net.fit(x, y, quiet({ epochs: 1 }));
    expect(Object.keys(history)).toEqual(["loss", "mae"]);
    expect(epoch).toEqual([3]);
  });

  it("defaults to one epoch of batches of 32", async () => {
    const seen: number[] = [];
    const many = [numbers([70, 3]), numbers([70, 1], 2)];
    const { epoch } = await build().fit(
      many[0],
      many[1],
      quiet({ callbacks: [{ onTrainBegin: run => void seen.push(run.batchesPerEpoch, run.epochs) }] }),
    );
    expect(seen).toEqual([3, 1]);
    expect(epoch).toEqual([1]);
  });
});

describe("batches", () => {
  it("are the rows in order without shuffling, the last one short: as single steps", async () => {
    const [net, steps] = [build(), build()];
    const { history } = await net.fit(x, y, quiet({ batchSize: 4, shuffle: false, epochs: 2 }));
    const losses: number[] = [];
    for (let epoch = 0; epoch < 2; epoch++) {
      let sum = 0;
      for (const [from, to] of [
        [0, 4],
        [4, 8],
        [8, 10],
      ]) {
        sum += (to - from) * steps.trainOnBatch(rows(x, from, to), rows(y, from, to)).loss;
      }
      losses.push(sum / 10);
    }
    expect(weightBits(net)).toEqual(weightBits(steps));
    // Each batch weighs as many samples as it has.
    history.loss.forEach((loss, epoch) => {
      expect(Math.abs(loss - losses[epoch])).toBeLessThan(1e-9);
    });
  });

  it("may be larger than the data", async () => {
    const [net, step] = [build(), build()];
    await net.fit(x, y, quiet({ batchSize: 1000, shuffle: false }));
    step.trainOnBatch(x, y);
    expect(weightBits(net)).toEqual(weightBits(step));
  });

  it("hold every sample once an epoch when shuffled, in an order of their own each epoch", async () => {
    // With a learning rate of 0 the loss of a batch of one tells which sample it was.
    const net = sequential([dense({ units: 1, useBias: false, inputShape: [1] })]);
    net.setWeights([[[1]]]);
    net.compile({ optimizer: optimizers.sgd({ learningRate: 0 }), loss: "mae" });
    const values = Array.from({ length: 12 }, (_, i) => [i + 1]);
    const zeros = values.map(() => [0]);
    const orders: number[][] = [];
    let sums: number[] = [];
    await net.fit(
      values,
      zeros,
      quiet({
        batchSize: 1,
        epochs: 3,
        callbacks: [
          {
            onEpochBegin: () => {
              sums = [0];
            },
            onBatchEnd: (batch, logs) => void sums.push(logs.loss * (batch + 1)),
            onEpochEnd: () => void orders.push(sums.slice(1).map((sum, i) => Math.round(sum - sums[i]))),
          },
        ],
      }),
    );
    const all = values.map(([value]) => value);
    for (const order of orders) {
      expect([...order].sort((a, b) => a - b)).toEqual(all);
      expect(order).not.toEqual(all);
    }
    expect(new Set(orders.map(String)).size).toBe(3);
  });

  it("leave the user's arrays as they were", async () => {
    const [copyX, copyY] = [x.data.slice(), y.data.slice()];
    await build().fit(x, y, quiet({ epochs: 2, validationSplit: 0.5 }));
    expect(x.data).toEqual(copyX);
    expect(y.data).toEqual(copyY);
  });
});

describe("validation", () => {
  it("takes the last part of the data, as it lies, and never trains on it", async () => {
    const [split, given] = [build(), build()];
    const a = await split.fit(x, y, quiet({ epochs: 3, batchSize: 2, validationSplit: 0.25 }));
    // 0.25 of 10: the first floor(7.5) train
    const b = await given.fit(
      rows(x, 0, 7),
      rows(y, 0, 7),
      quiet({ epochs: 3, batchSize: 2, validationData: [rows(x, 7, 10), rows(y, 7, 10)] }),
    );
    expect(a.history).toEqual(b.history);
    expect(weightBits(split)).toEqual(weightBits(given));
    const last = await split.evaluate(rows(x, 7, 10), rows(y, 7, 10));
    expect(last.loss).toBeCloseTo(a.history.valLoss[2], 6);
    expect(last.mae).toBeCloseTo(a.history.valMae[2], 6);
  });

  it("prefers validationData to validationSplit", async () => {
    const [both, one] = [build(), build()];
    const validationData = [x, y] as const;
    const a = await both.fit(x, y, quiet({ epochs: 2, validationSplit: 0.5, validationData }));
    const b = await one.fit(x, y, quiet({ epochs: 2, validationData }));
    expect(a.history).toEqual(b.history);
  });

  it("does not change what is learned, dropout included", async () => {
    const make = () => {
      const net = sequential([dropout({ rate: 0.5, inputShape: [3] }), dense({ units: 1 })]);
      net.compile({ optimizer: "adam", loss: "mse" });
      return net;
    };
    const [a, b] = [make(), make()];
    await a.fit(x, y, quiet({ epochs: 3, batchSize: 4 }));
    await b.fit(x, y, quiet({ epochs: 3, batchSize: 4, validationData: [x, y] }));
    expect(hashOfWeights(a)).toBe(hashOfWeights(b));
  });
});

describe("evaluate", () => {
  it("weighs batches by their samples: any batchSize gives the same means", async () => {
    const net = build();
    const whole = await net.evaluate(x, y, { batchSize: 10 });
    for (const batchSize of [1, 3, 7, 100]) {
      const logs = await net.evaluate(x, y, { batchSize });
      expect(Math.abs(logs.loss - whole.loss)).toBeLessThan(1e-7);
      expect(Math.abs(logs.mae - whole.mae)).toBeLessThan(1e-7);
    }
    const predictions = net.predict(x).data;
    const errors = [...y.data].map((value, i) => value - predictions[i]);
    expect(whole.loss).toBeCloseTo(errors.reduce((sum, e) => sum + e * e, 0) / 10, 6);
    expect(whole.mae).toBeCloseTo(errors.reduce((sum, e) => sum + Math.abs(e), 0) / 10, 6);
  });

  it("neither learns nor drops", async () => {
    const net = sequential([dropout({ rate: 0.9, inputShape: [3] }), dense({ units: 1 })]);
    net.compile({ loss: "mse" });
    const before = net.save({ optimizer: true });
    const first = await net.evaluate(x, y);
    expect(await net.evaluate(x, y)).toEqual(first);
    expect(net.save({ optimizer: true })).toEqual(before);
  });
});

describe("trainOnBatch", () => {
  it("returns loss and metrics from before the step", async () => {
    const net = build();
    const expected = await net.evaluate(x, y);
    expect(net.trainOnBatch(x, y)).toEqual(expected);
  });
});

describe("metrics", () => {
  it("choose the accuracy as Keras does", async () => {
    const logits = (units: number, loss: string) => {
      const net = sequential([dense({ units, useBias: false, inputShape: [units] })]);
      const identity = Array.from({ length: units }, (_, i) => Array.from({ length: units }, (_, j) => +(i === j)));
      net.setWeights([identity]);
      net.compile({ loss: untyped(loss), metrics: ["accuracy"] });
      return net;
    };
    const binary = await logits(1, "binaryCrossentropy").evaluate([[0.9], [0.2], [0.6], [0.5]], [[1], [0], [0], [0]]);
    expect(binary.accuracy).toBe(3 / 4);
    const several = await logits(2, "binaryCrossentropy").evaluate([[0.9, 0.2]], [[1, 1]]);
    expect(several.accuracy).toBe(1 / 2);
    const classes = [
      [0.1, 0.7, 0.2],
      [0.5, 0.3, 0.2],
      [0.1, 0.1, 0.8],
    ];
    const sparse = await logits(3, "sparseCategoricalCrossentropy").evaluate(classes, [1, 0, 1]);
    expect(sparse.accuracy).toBe(2 / 3);
    const oneHot = await logits(3, "categoricalCrossentropy").evaluate(classes, [
      [0, 1, 0],
      [0, 0, 1],
      [0, 0, 1],
    ]);
    expect(oneHot.accuracy).toBe(2 / 3);
  });
});

describe("an AbortSignal", () => {
  it("ends the training after the present batch and gives the history so far", async () => {
    const controller = new AbortController();
    const batches: number[] = [];
    const ended: string[] = [];
    const net = build();
    const history = await net.fit(
      x,
      y,
      quiet({
        batchSize: 2,
        epochs: 9,
        shuffle: false,
        validationSplit: 0.2,
        signal: controller.signal,
        callbacks: [
          {
            onBatchEnd(batch) {
              batches.push(batch);
              if (batches.length === 6) controller.abort();
            },
            onEpochEnd: epoch => void ended.push(`epoch ${epoch}`),
            onTrainEnd: () => void ended.push("train"),
          },
        ],
      }),
    );
    expect(batches).toEqual([0, 1, 2, 3, 0, 1]);
    expect(ended).toEqual(["epoch 0", "train"]);
    expect(history.stopReason).toBe("aborted");
    expect(history.epoch).toEqual([1, 2]);
    expect(history.history.loss).toHaveLength(2);
    expect(history.history.valLoss).toHaveLength(1);
    // Six steps were made, no more.
    const twin = build();
    for (const from of [0, 2, 4, 6, 0, 2]) twin.trainOnBatch(rows(x, from, from + 2), rows(y, from, from + 2));
    expect(weightBits(net)).toEqual(weightBits(twin));
  });

  it("that was aborted before trains nothing", async () => {
    const net = build();
    const before = weightBits(net);
    const history = await net.fit(x, y, quiet({ epochs: 3, signal: AbortSignal.abort() }));
    expect(history).toMatchObject({ history: {}, epoch: [], stopReason: "aborted" });
    expect(weightBits(net)).toEqual(before);
  });

  it("stops between epochs too", async () => {
    const controller = new AbortController();
    const history = await build().fit(
      x,
      y,
      quiet({ epochs: 5, signal: controller.signal, callbacks: [{ onEpochEnd: () => controller.abort() }] }),
    );
    expect(history.epoch).toEqual([1]);
    expect(history.stopReason).toBe("aborted");
  });

  it("ends the wait for a callback that never ends, which is said; others are waited for", async () => {
    const warned = vi.spyOn(console, "warn").mockImplementation(() => {});
    const aborting = async (hook: "onTrainBegin" | "onEpochBegin" | "onBatchEnd" | "onEpochEnd" | "onTrainEnd") => {
      const controller = new AbortController();
      const { signal } = controller;
      const [added, removed] = [vi.spyOn(signal, "addEventListener"), vi.spyOn(signal, "removeEventListener")];
      const ended: string[] = [];
      const stuck = () => {
        controller.abort();
        return new Promise(() => {});
      };
      const slow = () => new Promise(resolve => setTimeout(resolve, 200)).then(() => ended.push("slow"));
      const net = build();
      const callbacks = [{ [hook]: stuck }, { onTrainEnd: slow }];
      const { stopReason, epoch } = await net.fit(x, y, quiet({ epochs: 2, signal, callbacks }));
      expect(ended, hook).toEqual(["slow"]);
      // The listener of the promise that never ends was there for one event.
      expect(removed.mock.calls.length, hook).toBe(added.mock.calls.length - 1);
      expect(net.trainOnBatch(x, y).loss, hook).toBeGreaterThan(0);
      return [hook, stopReason, epoch];
    };
    const begun = performance.now();
    const hooks = ["onTrainBegin", "onEpochBegin", "onBatchEnd", "onEpochEnd", "onTrainEnd"] as const;
    expect(await Promise.all(hooks.map(aborting))).toEqual([
      ["onTrainBegin", "aborted", []],
      ["onEpochBegin", "aborted", []],
      ["onBatchEnd", "aborted", [1]],
      ["onEpochEnd", "aborted", [1]],
      ["onTrainEnd", "completed", [1, 2]],
    ]);
    expect(performance.now() - begun).toBeGreaterThan(990);
    expect(warned.mock.calls).toEqual([["wasm-lstm: fit: aborted; a callback that does not end is not waited for"]]);
    warned.mockRestore();
  });

  it("from a timer is heard, since the event loop gets its turns", async () => {
    const controller = new AbortController();
    let turns = 0;
    const interval = setInterval(() => {
      if (++turns === 5) controller.abort();
    }, 1);
    try {
      const history = await build().fit(x, y, quiet({ epochs: 1e7, signal: controller.signal }));
      expect(history.stopReason).toBe("aborted");
    } finally {
      clearInterval(interval);
    }
    expect(turns).toBeGreaterThanOrEqual(5);
  });

  it("leaves a model that trains on", async () => {
    const net = build();
    await net.fit(x, y, quiet({ signal: AbortSignal.abort() }));
    expect((await net.fit(x, y, quiet({ epochs: 2 }))).stopReason).toBe("completed");
  });
});

describe("fit refuses", () => {
  const fits = (options: unknown) => () => build().fit(x, y, options as FitOptions);

  it.each<[unknown, "TypeError" | "RangeError", string]>([
    [null, "TypeError", "fit: expected an options object, got null"],
    [[], "TypeError", "fit: expected an options object, got an array of 0"],
    [
      { epoch: 3 },
      "TypeError",
      'fit: unknown option "epoch", did you mean "epochs"? Known options are batchSize, epochs, initialEpoch, stepsPerEpoch, shuffle, validationSplit, validationFreq, validationSteps, validationData, ' +
        "verbose, callbacks, signal, sampleWeight, classWeight",
    ],
    [{ batchSize: 0 }, "RangeError", "fit batchSize: expected a whole number >= 1, got 0"],
    [{ batchSize: "8" }, "TypeError", 'fit batchSize: expected a whole number >= 1, got "8"'],
    [{ epochs: 1.5 }, "RangeError", "fit epochs: expected a whole number >= 1, got 1.5"],
    [{ shuffle: 1 }, "TypeError", "fit shuffle: expected true or false, got 1"],
    [{ validationSplit: -0.1 }, "RangeError", "fit validationSplit: expected a number in [0, 1), got -0.1"],
    [{ validationSplit: 1 }, "RangeError", "fit validationSplit: expected a number in [0, 1), got 1"],
    [{ validationSplit: "0.1" }, "TypeError", 'fit validationSplit: expected a number in [0, 1), got "0.1"'],
    [
      { validationSplit: 0.99 },
      "RangeError",
      "fit validationSplit: 0.99 of 10 samples leaves none for training; use more data or another part",
    ],
    [
      { validationSplit: 1e-17 },
      "RangeError",
      "fit validationSplit: 1e-17 of 10 samples leaves none for validation; use more data or another part",
    ],
    [{ validationData: x }, "TypeError", "fit validationData: expected a pair [x, y]"],
    [{ validationData: [x] }, "TypeError", "fit validationData: expected a pair [x, y]"],
    [{ verbose: 3 }, "RangeError", "fit verbose: expected 0, 1 or 2, got 3"],
    [{ verbose: "1" }, "RangeError", 'fit verbose: expected 0, 1 or 2, got "1"'],
    [
      { callbacks: {} },
      "TypeError",
      "fit callbacks: expected a list of objects with hooks such as onEpochEnd, or of callbacks.earlyStopping()",
    ],
    [
      { callbacks: [() => 1] },
      "TypeError",
      "fit callbacks: expected a list of objects with hooks such as onEpochEnd, or of callbacks.earlyStopping()",
    ],
    [{ signal: true }, "TypeError", "fit signal: expected an AbortSignal, got true"],
    [{ signal: null }, "TypeError", "fit signal: expected an AbortSignal, got null"],
    [
      { signal: new AbortController() },
      "TypeError",
      "fit signal: expected an AbortSignal, got an object (AbortController)",
    ],
  ])("%j", async (options, type, message) => {
    await expectError(fits(options), type, message);
  });

  it("data that does not fit, before it trains", async () => {
    const net = build();
    const before = weightBits(net);
    const refused = (a: unknown, b: unknown, message: string, type: "RangeError" | "TypeError" = "RangeError") =>
      expectError(() => net.fit(untyped(a), untyped(b), { verbose: 0 }), type, message);
    await refused(numbers([10, 4]), y, "x: expected [N, 3], got [10, 4]");
    await refused(x, numbers([10, 2]), "y: expected [N, 1], got [10, 2]");
    await refused(x, numbers([9, 1]), "expected as many targets as inputs, got 10 of x and 9 of y");
    await refused({ shape: [0, 3], data: [] }, y, "x: expected at least one sample, got none");
    await refused([], y, "x: expected [N, 3], got [0]");
    await refused(
      "x",
      y,
      'x: expected nested number arrays, { shape, data } or ndarray(data, shape), got "x"',
      "TypeError",
    );
    await refused(
      x,
      undefined,
      "y: expected nested number arrays, { shape, data } or ndarray(data, shape), got undefined",
      "TypeError",
    );
    await expectError(
      () => net.fit(x, y, { validationData: [x, numbers([10, 2])], verbose: 0 }),
      "RangeError",
      "y: expected [N, 1], got [10, 2]",
    );
    expect(weightBits(net)).toEqual(before);
  });
});
