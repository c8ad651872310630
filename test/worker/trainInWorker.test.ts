/** Training in a worker: what `fit` would give, to the bit, and a model that is as it was where something fails. */
import { Worker } from "node:worker_threads";
import { describe, expect, it, vi } from "vitest";
import {
  batches,
  bucketByLength,
  callbacks,
  defineCell,
  defineLoss,
  type Layer,
  layers,
  type Model,
  ops,
  sequential,
  standardScaler,
  timeseriesDataset,
} from "../../src/index.ts";
import { csvLogger, tensorBoard } from "../../src/node.ts";
import { trainInWorker } from "../../src/worker/index.ts";
import { bits, expectError, numbers, weightBits } from "../helpers/models.ts";

const [N, T, C] = [24, 6, 3];
const x = numbers([N, T, C]);
const y = numbers([N, 1], 4);

function make(own: Layer[] = [layers.lstm({ units: 5, inputShape: [T, C] }), layers.dropout({ rate: 0.2 })]): Model {
  const net = sequential([...own, layers.dense({ units: 1 })], { seed: 3 });
  net.compile({ loss: "meanSquaredError", optimizer: "adam", metrics: ["mae"] });
  return net;
}

const saved = (net: Model): string => String(net.save({ optimizer: true }));
const order = { epochs: 4, batchSize: 8, validationSplit: 0.25, verbose: 0 } as const;

describe("trainInWorker", () => {
  it("gives the bits and the history of fit, and goes on from there", async () => {
    const [net, alone] = [make(), make()];
    for (const one of [net, alone]) one.setScaling({ target: standardScaler().fit(y) });
    for (let time = 0; time < 2; time++) {
      const { seconds, ...there } = await trainInWorker(net, x, y, order);
      const { seconds: _, ...here } = await alone.fit(x, y, order);
      expect(there).toEqual(here);
      expect(seconds).toBeGreaterThan(0);
      expect(saved(net)).toBe(saved(alone));
      expect(bits(net.predict(x).data)).toEqual(bits(alone.predict(x).data));
    }
    net.trainOnBatch(x, y);
    alone.trainOnBatch(x, y);
    expect(saved(net)).toBe(saved(alone));
  });

  it("cuts windows there, validates now and then, and has the callbacks of the package", async () => {
    const series = numbers([60, C]);
    const { x: seen, y: next } = timeseriesDataset(series, { window: T, targets: [0] });
    const options = {
      epochs: 4,
      batchSize: 8,
      initialEpoch: 1,
      stepsPerEpoch: 3,
      validationFreq: 2,
      verbose: 0,
    } as const;
    const own = () => [
      callbacks.reduceLROnPlateau({ monitor: "loss", patience: 0, factor: 0.5 }),
      callbacks.terminateOnNaN(),
    ];
    const [net, alone] = [make(), make()];
    const validationData = [seen.slice(0, 9), next.slice(0, 9)] as const;
    const { seconds, ...there } = await trainInWorker(net, seen, next, {
      ...options,
      validationData,
      callbacks: own(),
    });
    const { seconds: _, ...here } = await alone.fit(seen, next, { ...options, validationData, callbacks: own() });
    expect(there).toEqual(here);
    expect(saved(net)).toBe(saved(alone));
    const lengths = Array.from({ length: N }, (_, n) => 1 + (n % T));
    await trainInWorker(net, { x, lengths }, y, { shuffle: bucketByLength({ batches: 2 }), batchSize: 4, verbose: 0 });
    await alone.fit({ x, lengths }, y, { shuffle: bucketByLength({ batches: 2 }), batchSize: 4, verbose: 0 });
    expect(saved(net)).toBe(saved(alone));
  });

  it("refuses what is read or written on this side", async () => {
    await expectError(
      () => trainInWorker(make(), batches([[x, y]]) as never, undefined as never, { verbose: 0 }),
      "TypeError",
      "trainInWorker x: expected data that can be copied to a worker, got batches(), which are read here; use fit, or arrays",
    );
    for (const [callback, name] of [
      [callbacks.modelCheckpoint({ store: () => {} }), "modelCheckpoint"],
      [callbacks.learningRateScheduler(() => 1), "learningRateScheduler"],
      [csvLogger("log.csv"), "csvLogger"],
      [tensorBoard(), "tensorBoard"],
    ] as const) {
      await expectError(
        () => trainInWorker(make(), x, y, { verbose: 0, callbacks: [callback] }),
        "TypeError",
        new RegExp(`callbacks\\[0\\]: expected one of the package, such as .*, got ${name}, which works here alone`),
      );
    }
  });

  it("takes states of stateful layers along, data of every kind, and parts of buffers", async () => {
    const own = () => [layers.gru({ units: 4, stateful: true, inputShape: [T, C] })];
    const [net, alone] = [make(own()), make(own())];
    const room = new Float32Array(3 * x.data.length);
    room.set(x.data, x.data.length);
    const view = { shape: x.shape, data: room.subarray(x.data.length, 2 * x.data.length) };
    for (const data of [view, x.toArray()] as (typeof x)[]) {
      await trainInWorker(net, data, y.toArray() as never, { batchSize: 8, epochs: 2, verbose: 0 });
      await alone.fit(x, y, { batchSize: 8, epochs: 2, verbose: 0 });
      expect(saved(net)).toBe(saved(alone));
      expect([...net.network.states]).toEqual([...alone.network.states]);
    }
    expect(room.byteLength).toBe(12 * x.data.length);
  });

  it("tells of epochs and batches, stops early as fit does, and keeps the model free meanwhile", async () => {
    const [net, alone] = [make(), make()];
    const before = weightBits(net);
    const [told, heard]: [unknown[], unknown[]] = [[], []];
    const stopping = () => [callbacks.earlyStopping({ patience: 1, minDelta: 1, restoreBestWeights: true })];
    const running = trainInWorker(net, x, y, {
      ...order,
      epochs: 9,
      callbacks: stopping(),
      onEpochEnd: (epoch, logs) => {
        heard.push([epoch, logs]);
        expect(weightBits(net)).toEqual(before);
      },
      onBatchEnd: batch => heard.push(batch),
    });
    for (const action of [() => net.fit(x, y), () => net.trainOnBatch(x, y), () => net.setWeights(net.getWeights())]) {
      await expectError(action, "Error", /is in training already/);
    }
    await expectError(() => trainInWorker(net, x, y), "Error", /is in training already/);
    const history = await running;
    const own = await alone.fit(x, y, {
      ...order,
      epochs: 9,
      callbacks: [
        ...stopping(),
        { onEpochEnd: (epoch, logs) => told.push([epoch, { ...logs }]), onBatchEnd: batch => told.push(batch) },
      ],
    });
    expect(heard).toEqual(told);
    expect(history.stopReason).toBe(own.stopReason);
    expect(history.stopReason).toMatch(/has not improved/);
    expect(saved(net)).toBe(saved(alone));
    net.setWeights(net.getWeights());
  });

  it("hears an abort, also one from before", async () => {
    const net = make();
    const before = saved(net);
    const { stopReason, epoch } = await trainInWorker(net, x, y, { ...order, signal: AbortSignal.abort() });
    expect([stopReason, epoch]).toEqual(["aborted", []]);
    expect(saved(net)).toBe(before);
    const stop = new AbortController();
    const onEpochEnd = () => stop.abort();
    const late = await trainInWorker(net, x, y, { ...order, epochs: 100_000, onEpochEnd, signal: stop.signal });
    expect(late.stopReason).toBe("aborted");
    expect(net.network.parameters.step).toBeGreaterThan(2);
  });

  it("leaves the model as it was, and says why, when a step fails or the worker dies", async () => {
    const net = make();
    const before = saved(net);
    const bad = numbers([N, T, C]);
    bad.data[5] = Number.NaN;
    await expectError(() => trainInWorker(net, bad, y, order), "RangeError", /batch \d: x has NaN at/);
    await expectError(() => trainInWorker(net, x, y, { batchSise: 8 } as never), "TypeError", /batchSise/);
    expect(saved(net)).toBe(before);
    const script = new URL("../../dist/worker/script.js", import.meta.url);
    const worker = new Worker(script);
    const onEpochEnd = () => void worker.terminate();
    await expectError(
      () => trainInWorker(net, x, y, { ...order, epochs: 100_000, worker, onEpochEnd }),
      "Error",
      /the worker has ended \(exit code 1\), and the model is as it was/,
    );
    const missing = new Worker(new URL("missing.js", script));
    await expectError(
      () => trainInWorker(net, x, y, { worker: missing }),
      "Error",
      /the worker has ended \(Cannot find module/,
    );
    expect(saved(net)).toBe(before);
    net.trainOnBatch(x, y);
  });

  it.for([
    [
      "throws",
      () => {
        throw new Error("mine");
      },
    ],
    ["rejects", () => Promise.reject(new Error("mine"))],
    ["rejects late", () => new Promise((_, reject) => setTimeout(reject, 50, new Error("mine")))],
  ] as [string, () => unknown][])("ends with what a callback %s, and both go on", async ([, hook]) => {
    const worker = new Worker(new URL("../../dist/worker/script.js", import.meta.url));
    const net = make();
    const before = saved(net);
    for (const name of ["onEpochEnd", "onBatchEnd"]) {
      const options = { ...order, epochs: 100_000, worker, [name]: hook };
      await expectError(() => trainInWorker(net, x, y, options), "Error", "mine");
    }
    await expectError(() => trainInWorker(net, x, y, { ...order, epochs: 1, onEpochEnd: hook }), "Error", "mine");
    expect(saved(net)).toBe(before);
    const alone = make();
    await trainInWorker(net, x, y, { ...order, worker });
    await alone.fit(x, y, order);
    expect(saved(net)).toBe(saved(alone));
    await worker.terminate();
  });

  it("trains a cell that a worker of yours registers", async () => {
    const define = `({ defineCell, ops }) => defineCell({
      name: "elman",
      weights: ({ features, units }) => ({ kernel: [features, units], recurrent: [units, units] }),
      states: ({ units }) => ({ h: units }),
      step({ x, states, weights }) {
        const h = ops.tanh(ops.add(ops.matmul(x, weights.kernel), ops.matmul(states.h, weights.recurrent)));
        return { output: h, states: { h } };
      },
    })`;
    const [index, script] = ["index.js", "worker/script.js"].map(
      name => new URL(`../../dist/${name}`, import.meta.url),
    );
    const worker = new Worker(
      `import("${index}").then(all => {
        all.register({ cells: { elman: (${define})(all) } });
        return import("${script}");
      });`,
      { eval: true },
    );
    const elman = new Function(`return ${define}`)()({ defineCell, ops });
    const [net, alone] = [0, 1].map(() => make([layers.rnn(elman, { units: 5, inputShape: [T, C] })]));
    await trainInWorker(net, x, y, { ...order, worker });
    await alone.fit(x, y, order);
    expect(saved(net)).toBe(saved(alone));
    await worker.terminate();
  });

  it("refuses a worker that trains another model", async () => {
    const worker = new Worker(new URL("../../dist/worker/script.js", import.meta.url));
    const [net, other, alone] = [make(), make(), make()];
    const running = trainInWorker(net, x, y, { ...order, worker });
    await expectError(
      () => trainInWorker(other, x, y, { ...order, worker }),
      "Error",
      "trainInWorker worker: expected one that is free, this one trains; await that, or give another",
    );
    await running;
    await alone.fit(x, y, order);
    expect(saved(net)).toBe(saved(alone));
    await worker.terminate();
  });

  it("says what a script lacks that never answers, and takes other messages for none", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const code =
      'const { parentPort } = require("node:worker_threads"); parentPort.on("message", () => parentPort.postMessage(null))';
    const worker = new Worker(code, { eval: true });
    const hook = vi.fn();
    const running = trainInWorker(make(), x, y, { ...order, worker, onBatchEnd: hook });
    vi.advanceTimersByTime(10_000);
    expect(warn.mock.calls.flat()).toEqual([
      'wasm-lstm: trainInWorker: the worker has not answered for 10 s; its script must import "wasm-lstm/worker/script"',
    ]);
    vi.useRealTimers();
    warn.mockRestore();
    await new Promise(resolve => worker.once("message", resolve));
    void worker.terminate();
    await expectError(() => running, "Error", /the worker has ended/);
    expect(hook).not.toHaveBeenCalled();
  });

  it("uses a worker of yours again and again", async () => {
    const worker = new Worker(new URL("../../dist/worker/script.js", import.meta.url));
    const [net, alone] = [make(), make()];
    for (let time = 0; time < 2; time++) {
      await trainInWorker(net, x, y, { ...order, worker });
      await alone.fit(x, y, order);
    }
    expect(saved(net)).toBe(saved(alone));
    await worker.terminate();
  });

  it("refuses what cannot travel, and says what to do", async () => {
    const net = make();
    const hooks = { onEpochEnd() {} };
    await expectError(
      () => trainInWorker(net, x, y, { callbacks: [callbacks.earlyStopping(), hooks] }),
      "TypeError",
      "trainInWorker callbacks[1]: expected one of the package, such as callbacks.earlyStopping(), got one with onEpochEnd; " +
        "functions cannot travel to a worker: give onEpochEnd or onBatchEnd to trainInWorker itself, which calls them here, or use fit",
    );
    await expectError(
      () => trainInWorker(net, x, y, { batchSize: (() => 8) as never }),
      "TypeError",
      /copied to a worker/,
    );
    await expectError(
      () => trainInWorker(undefined as never, x, y),
      "TypeError",
      "trainInWorker: expected a model, got undefined",
    );
    await expectError(
      () => trainInWorker(net, x, y, { signal: new AbortController() as never }),
      "TypeError",
      "fit signal: expected an AbortSignal, got an object (AbortController)",
    );
    await expectError(() => trainInWorker(net, x, y, { worker: {} as never }), "TypeError", /expected a Worker, got/);
    await expectError(
      () => trainInWorker(sequential([layers.dense({ units: 1, inputShape: [2] })]), x, y),
      "Error",
      /compile\(\) first/,
    );
    const own = defineLoss({ name: "own", loss: ({ prediction, target }) => ops.subtract(prediction, target) });
    net.compile({ loss: own() });
    await expectError(() => trainInWorker(net, x, y), "RangeError", /imports "wasm-lstm\/worker\/script"/);
    await net.fit(x, y, order);
  });
});
