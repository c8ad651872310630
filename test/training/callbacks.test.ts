import { afterEach, describe, expect, it, vi } from "vitest";
import { progress } from "../../src/callbacks/progress.ts";
import type { EarlyStoppingOptions } from "../../src/index.ts";
import {
  type Callback,
  callbacks,
  layers,
  loadModel,
  optimizers,
  sequential,
  type TrainingRun,
} from "../../src/index.ts";
import { expectError, numbers, weightBits } from "../helpers/models.ts";
import { untyped } from "../helpers/untyped.ts";

const { dense } = layers;
const { earlyStopping } = callbacks;
const x = numbers([6, 2]);
const y = numbers([6, 1], 2);

function build() {
  const net = sequential([dense({ units: 1, inputShape: [2] })]);
  net.compile({ optimizer: optimizers.sgd({ learningRate: 0.05 }), loss: "mse", metrics: ["mae"] });
  return net;
}

describe("custom callbacks", () => {
  it("run in order, each waited for before the next", async () => {
    const calls: string[] = [];
    const named = (name: string, slow: boolean): Callback => {
      const note = async (text: string): Promise<void> => {
        calls.push(`${name} ${text}`);
        if (slow) await new Promise(resolve => setTimeout(resolve, 1));
        if (slow) calls.push(`${name} done`);
      };
      return {
        onTrainBegin: run => note(`train begins, ${run.epochs} of ${run.batchesPerEpoch}`),
        onEpochBegin: epoch => note(`epoch ${epoch} begins`),
        onBatchEnd: (batch, logs) => note(`batch ${batch}: ${Object.keys(logs)}`),
        onEpochEnd: (epoch, logs) => note(`epoch ${epoch}: ${Object.keys(logs)}`),
        onTrainEnd: () => note("train ends"),
      };
    };
    await build().fit(x, y, {
      batchSize: 4,
      epochs: 1,
      validationSplit: 0.2,
      verbose: 0,
      callbacks: [named("a", true), {}, named("b", false)],
    });
    const step = (text: string) => [`a ${text}`, "a done", `b ${text}`];
    expect(calls).toEqual([
      ...step("train begins, 1 of 1"),
      ...step("epoch 0 begins"),
      ...step("batch 0: loss,mae"),
      ...step("epoch 0: loss,mae,valLoss,valMae"),
      ...step("train ends"),
    ]);
  });

  it("see the means of the epoch so far", async () => {
    const seen: number[] = [];
    const { history } = await build().fit(x, y, {
      batchSize: 2,
      verbose: 0,
      callbacks: [{ onBatchEnd: (_batch, logs) => void seen.push(logs.loss) }],
    });
    expect(seen).toHaveLength(3);
    expect(seen[2]).toBe(history.loss[0]);
    expect(seen[0]).not.toBe(seen[2]);
  });

  it("read and write weights, and change the learning rate", async () => {
    const net = build();
    const fixed = [[[1], [2]], [3]];
    await net.fit(x, y, {
      epochs: 2,
      verbose: 0,
      callbacks: [
        {
          onEpochBegin: epoch => {
            net.optimizer.learningRate = epoch === 0 ? 0.05 : 0;
          },
          onEpochEnd(epoch, _logs, run) {
            if (epoch > 0) return;
            expect(run.getWeights().map(weight => weight.shape)).toEqual([[2, 1], [1]]);
            run.setWeights(fixed as never);
          },
        },
      ],
    });
    expect(net.getWeights().map(weight => weight.toArray())).toEqual(fixed);
  });

  it("see and set the learning rate, of this training's own optimizer", async () => {
    const net = build();
    const rates: number[] = [];
    await net.fit(x, y, {
      epochs: 3,
      batchSize: 3,
      verbose: 0,
      callbacks: [
        {
          onEpochBegin(epoch, { optimizer }) {
            optimizer.learningRate = 1 / (epoch + 1);
          },
          onBatchEnd: (_batch, _logs, { optimizer }) => void rates.push(optimizer.learningRate),
        },
      ],
    });
    expect(rates).toEqual([1, 1, 1 / 2, 1 / 2, 1 / 3, 1 / 3]);
    expect(net.optimizer.learningRate).toBe(1 / 3);
  });

  it("see the logs of the epoch and the history so far", async () => {
    const seen: unknown[] = [];
    const { history } = await build().fit(x, y, {
      epochs: 2,
      batchSize: 3,
      validationSplit: 0.5,
      verbose: 0,
      callbacks: [
        {
          onTrainBegin: run => void seen.push(["train", { ...run.logs }, structuredClone(run.history)]),
          onBatchEnd: (_batch, logs, run) => expect(run.logs).toEqual(logs),
          onEpochEnd: (epoch, logs, run) => {
            expect(run.logs).toEqual(logs);
            seen.push([epoch, Object.keys(run.logs), structuredClone(run.history)]);
          },
        },
      ],
    });
    const names = ["loss", "mae", "valLoss", "valMae"];
    const first = Object.fromEntries(names.map(name => [name, history[name].slice(0, 1)]));
    expect(seen).toEqual([
      ["train", {}, {}],
      [0, names, first],
      [1, names, history],
    ]);
  });

  it("save the model as it is then, so that training goes on from there to the same bits", async () => {
    const net = build();
    let bytes = new Uint8Array(0);
    const options = { batchSize: 4, verbose: 0 } as const;
    await net.fit(x, y, {
      ...options,
      epochs: 3,
      callbacks: [
        {
          onEpochEnd(epoch, _logs, run) {
            if (epoch === 1) bytes = run.save({ optimizer: true });
          },
        },
      ],
    });
    const again = loadModel(bytes);
    expect(weightBits(again)).not.toEqual(weightBits(net));
    await again.fit(x, y, options);
    expect(weightBits(again)).toEqual(weightBits(net));
  });

  it("stop the training after the present batch, the first reason counts", async () => {
    let batches = 0;
    const history = await build().fit(x, y, {
      batchSize: 1,
      epochs: 5,
      verbose: 0,
      callbacks: [
        {
          onBatchEnd(batch, _logs, run) {
            batches++;
            if (batch === 2) {
              run.stop("enough");
              run.stop("again");
            }
          },
        },
      ],
    });
    expect(batches).toBe(3);
    expect(history.stopReason).toBe("enough");
    expect(history.epoch).toEqual([1]);
    const silent = await build().fit(x, y, {
      epochs: 5,
      verbose: 0,
      callbacks: [{ onEpochEnd: (epoch, _logs, run) => (epoch === 1 ? run.stop() : undefined) }],
    });
    expect(silent.stopReason).toBe("stopped by a callback");
    expect(silent.epoch).toEqual([1, 2]);
  });

  it("that throw end the training with their error", async () => {
    const net = build();
    const failing: Callback = {
      async onBatchEnd() {
        throw new Error("disk full");
      },
    };
    await expectError(() => net.fit(x, y, { verbose: 0, callbacks: [failing] }), "Error", "disk full");
    expect((await net.fit(x, y, { verbose: 0 })).stopReason).toBe("completed");
  });
});

describe("earlyStopping", () => {
  /** Runs the callback over given values of a log; the weights of an epoch are its number. */
  async function over(values: number[], options: EarlyStoppingOptions = {}) {
    const monitor = options.monitor ?? "valLoss";
    const callback = earlyStopping(options);
    let reason: string | undefined;
    let weights = -1;
    let epochs = 0;
    const run: TrainingRun = {
      model: undefined as never,
      epoch: 0,
      batch: 0,
      epochs: values.length,
      batchesPerEpoch: 1,
      logNames: [monitor],
      getWeights: () => [weights] as never,
      setWeights: ([restored]) => {
        weights = restored as never;
      },
      stop: text => {
        reason ??= text;
      },
      optimizer: optimizers.sgd(),
      logs: {},
      history: {},
      save: () => new Uint8Array(),
    };
    await callback.onTrainBegin?.(run);
    for (const [epoch, value] of values.entries()) {
      weights = epoch;
      epochs++;
      await callback.onEpochEnd?.(epoch, { [monitor]: value }, run);
      if (reason) break;
    }
    await callback.onTrainEnd?.(run);
    return { epochs, reason, weights };
  }

  // The epochs after which Keras 3 stops: wait >= patience, where wait counts epochs without improvement.
  it.each([
    { patience: 0, values: [3, 2, 1, 1, 0], epochs: 4 },
    { patience: 1, values: [3, 2, 1, 1, 0], epochs: 4 },
    { patience: 2, values: [3, 2, 1, 1, 0, 5, 5, 1], epochs: 7 },
    { patience: 3, values: [3, 4, 4, 4, 1], epochs: 4 },
    { patience: 3, values: [3, 4, 4, 2, 4, 4, 4], epochs: 7 },
    { patience: 5, values: [3, 4, 4, 4], epochs: 4 },
  ])("stops after $epochs epochs of $values with patience $patience", async ({ patience, values, epochs }) => {
    expect((await over(values, { patience })).epochs).toBe(epochs);
  });

  it("says why it stopped", async () => {
    expect((await over([1, 1])).reason).toBe("valLoss has not improved for 1 epoch");
    expect((await over([1, 1, 1], { patience: 2 })).reason).toBe("valLoss has not improved for 2 epochs");
    expect((await over([3, 2, 1])).reason).toBeUndefined();
  });

  it("wants an improvement of more than minDelta over the best", async () => {
    expect((await over([2, 1.5, 1], { minDelta: 0.5 })).epochs).toBe(2);
    expect((await over([2, 1.4375, 0.875], { minDelta: 0.5 })).reason).toBeUndefined();
    // Slow progress counts from the best, not from the last.
    expect((await over([2, 1.75, 1.375, 1], { minDelta: 0.5, patience: 2 })).reason).toBeUndefined();
  });

  it("takes higher as better for accuracies, or as it is told", async () => {
    expect((await over([0.1, 0.2, 0.3], { monitor: "accuracy" })).reason).toBeUndefined();
    expect((await over([0.1, 0.2, 0.3], { monitor: "valAccuracy" })).reason).toBeUndefined();
    expect((await over([0.1, 0.2, 0.3], { monitor: "kindAccuracy" })).reason).toBeUndefined();
    expect((await over([0.3, 0.2], { monitor: "accuracy" })).epochs).toBe(2);
    expect((await over([1, 2], { monitor: "valLoss", mode: "max" })).reason).toBeUndefined();
    expect((await over([0.1, 0.2], { monitor: "accuracy", mode: "min" })).reason).toBeDefined();
    expect((await over([1, 2], { monitor: "mae" })).reason).toBeDefined();
    expect((await over([0.5, 1, 1.4], { mode: "max", minDelta: 0.45 })).epochs).toBe(3);
  });

  it("goes back to the best epoch, also when the training ended by itself", async () => {
    const values = [3, 1, 2, 2];
    expect(await over(values, { patience: 2, restoreBestWeights: true })).toMatchObject({ epochs: 4, weights: 1 });
    expect(await over(values, { patience: 9, restoreBestWeights: true })).toMatchObject({
      reason: undefined,
      weights: 1,
    });
    expect(await over(values, { patience: 2 })).toMatchObject({ weights: 3 });
  });

  it("may be used for a second training", async () => {
    const stop = earlyStopping({ monitor: "loss", patience: 1 });
    const net = build();
    net.optimizer.learningRate = 0;
    for (let i = 0; i < 2; i++) {
      expect((await net.fit(x, y, { epochs: 9, verbose: 0, callbacks: [stop] })).epoch).toHaveLength(2);
    }
  });

  it("restores weights in fit, bit for bit", async () => {
    const net = build();
    net.optimizer.learningRate = 0.2;
    const weights: number[][][] = [];
    const { history, stopReason } = await net.fit(x, y, {
      epochs: 200,
      validationSplit: 0.5,
      verbose: 0,
      callbacks: [
        { onEpochEnd: () => void weights.push(weightBits(net)) },
        earlyStopping({ patience: 3, restoreBestWeights: true }),
      ],
    });
    const best = history.valLoss.indexOf(Math.min(...history.valLoss));
    expect(stopReason).toBe("valLoss has not improved for 3 epochs");
    expect(history.valLoss).toHaveLength(best + 4);
    expect(weightBits(net)).toEqual(weights[best]);
    expect(weights[best]).not.toEqual(weights[best + 3]);
  });

  it("says which logs there are when it cannot find its own", async () => {
    const hint = "; pass validationSplit or validationData to fit";
    const watch = (monitor?: string) => () =>
      build().fit(x, y, { verbose: 0, callbacks: [earlyStopping(untyped(monitor ? { monitor } : {}))] });
    await expectError(watch(), "RangeError", `earlyStopping monitor: expected one of loss, mae, got "valLoss"${hint}`);
    await expectError(watch("acc"), "RangeError", 'earlyStopping monitor: expected one of loss, mae, got "acc"');
  });

  it.each([
    [null, "TypeError", "earlyStopping: expected an options object, got null"],
    [
      { wait: 1 },
      "TypeError",
      'earlyStopping: unknown option "wait"; known options are monitor, patience, minDelta, mode, restoreBestWeights',
    ],
    [{ patience: -1 }, "RangeError", "earlyStopping patience: expected a whole number >= 0, got -1"],
    [{ minDelta: -1 }, "RangeError", "earlyStopping minDelta: expected a number >= 0, got -1"],
    [{ mode: "low" }, "RangeError", 'earlyStopping mode: expected one of auto, min, max, got "low"'],
    [{ restoreBestWeights: 1 }, "TypeError", "earlyStopping restoreBestWeights: expected true or false, got 1"],
  ] as const)("refuses %j", async (options, type, message) => {
    await expectError(() => earlyStopping(options as EarlyStoppingOptions), type, message);
  });
});

describe("progress", () => {
  const { isTTY, columns } = process.stdout;

  afterEach(() => {
    vi.restoreAllMocks();
    Object.assign(process.stdout, { isTTY, columns });
  });

  /** Fits with what would be printed caught. */
  async function shown(verbose: 0 | 1 | 2 | undefined, terminal: { isTTY: boolean; columns?: number }) {
    Object.assign(process.stdout, terminal);
    const lines: string[] = [];
    const writes: string[] = [];
    vi.spyOn(console, "log").mockImplementation((text: string) => void lines.push(text));
    vi.spyOn(process.stdout, "write").mockImplementation(text => {
      writes.push(String(text));
      return true;
    });
    try {
      await build().fit(x, y, {
        epochs: 2,
        batchSize: 2,
        validationSplit: 0.3,
        ...(verbose === undefined ? {} : { verbose }),
      });
    } finally {
      vi.restoreAllMocks();
    }
    return { lines, writes };
  }
  const LINE = (epoch: number) =>
    new RegExp(
      `^epoch ${epoch}/2  \\d+\\.\\d s  loss \\d\\.\\d+  mae \\d\\.\\d+  valLoss \\d\\.\\d+  valMae \\d\\.\\d+$`,
    );

  it("is silent with verbose 0", async () => {
    expect(await shown(0, { isTTY: true })).toEqual({ lines: [], writes: [] });
    expect(await shown(0, { isTTY: false })).toEqual({ lines: [], writes: [] });
  });

  it("is a line an epoch where there is no terminal", async () => {
    for (const verbose of [1, 2, undefined] as const) {
      const { lines, writes } = await shown(verbose, { isTTY: false });
      expect(writes).toEqual([]);
      expect(lines).toHaveLength(2);
      expect(lines[0]).toMatch(LINE(1));
      expect(lines[1]).toMatch(LINE(2));
    }
  });

  it("is a line an epoch with verbose 2, in a terminal too", async () => {
    const { lines, writes } = await shown(2, { isTTY: true });
    expect(lines).toHaveLength(2);
    expect(writes).toEqual([]);
  });

  it("is a bar in a terminal, then the epoch's line in its place", async () => {
    const { lines, writes } = await shown(1, { isTTY: true, columns: 100 });
    expect(lines).toEqual([]);
    const clear = "\r\x1b[2K";
    expect(writes.every(text => text.startsWith(clear))).toBe(true);
    expect(writes[0]).toMatch(/epoch 1\/2 █{12}░{12} loss \d\.\d+ {2}mae \d\.\d+ {2}\d+\.\d s left$/);
    const ends = writes.filter(text => text.endsWith("\n")).map(text => text.slice(clear.length, -1));
    expect(ends).toHaveLength(2);
    expect(ends[0]).toMatch(LINE(1));
    expect(ends[1]).toMatch(LINE(2));
  });

  it("says how long it will take from how long it has taken", async () => {
    Object.assign(process.stdout, { isTTY: true, columns: 200 });
    const writes: string[] = [];
    vi.spyOn(process.stdout, "write").mockImplementation(text => {
      writes.push(String(text));
      return true;
    });
    let now = 5000;
    vi.spyOn(performance, "now").mockImplementation(() => now);
    const shows = progress(1);
    const run = { epochs: 3, batchesPerEpoch: 4 } as TrainingRun;
    await shows.onTrainBegin?.(run);
    // 12 batches of 10 seconds each: after the first 11 of them are left.
    for (let epoch = 0; epoch < 3; epoch++) {
      await shows.onEpochBegin?.(epoch, run);
      for (let batch = 0; batch < 4; batch++) {
        now += 10_000;
        await shows.onBatchEnd?.(batch, {}, run);
      }
      await shows.onEpochEnd?.(epoch, {}, run);
    }
    const left = writes.flatMap(text => text.match(/ {2}(\S+ \S+) left$/)?.[1] ?? []);
    expect(left).toEqual([
      ...["1:50 min", "1:40 min", "1:30 min", "1:20 min"],
      ...["1:10 min", "1:00 min", "50 s", "40 s"],
      ...["30 s", "20 s", "10 s", "0.0 s"],
    ]);
  });

  it("never draws wider than the terminal", async () => {
    const { writes } = await shown(1, { isTTY: true, columns: 30 });
    expect(writes[0].slice("\r\x1b[2K".length)).toHaveLength(29);
  });

  it("shows numbers and times so that they can be read", async () => {
    const lines: string[] = [];
    vi.spyOn(console, "log").mockImplementation((text: string) => void lines.push(text));
    let now = 1000;
    vi.spyOn(performance, "now").mockImplementation(() => now);
    const shows = progress(2);
    const run = { epochs: 9, batchesPerEpoch: 1 } as TrainingRun;
    await shows.onTrainBegin?.(run);
    for (const [seconds, loss] of [
      [2.34, 0.123456],
      [59.4, 12.3456],
      [75, 12345.6],
      [3601, 0.00012345],
      [0, 1234567],
      [0, 0],
      [0, -2.5],
    ]) {
      await shows.onEpochBegin?.(0, run);
      now += 1000 * seconds;
      await shows.onEpochEnd?.(0, { loss }, run);
    }
    expect(lines).toEqual([
      "epoch 1/9  2.3 s  loss 0.1235",
      "epoch 2/9  59 s  loss 12.346",
      "epoch 3/9  1:15 min  loss 12346",
      "epoch 4/9  60:01 min  loss 1.234e-4",
      "epoch 5/9  0.0 s  loss 1.235e+6",
      "epoch 6/9  0.0 s  loss 0.0000",
      "epoch 7/9  0.0 s  loss -2.5000",
    ]);
  });
});
