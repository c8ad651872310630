import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from "vitest";
import { Engine } from "../../../src/engine/engine.ts";
import { layers, loadModel, type Model, sequential, type Threads } from "../../../src/index.ts";
import { input, model } from "../../../src/models/sequential.ts";

let warn: MockInstance<typeof console.warn>;
beforeEach(() => {
  warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  vi.stubGlobal("navigator", { hardwareConcurrency: 2 });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const net = (threads?: unknown): Model =>
  sequential([layers.lstm({ units: 5, inputShape: [7, 3] }), layers.dense({ units: 2 })], {
    seed: 3,
    threads: threads as Threads,
  });

describe("the option threads", () => {
  it("is one thread without shared memory, unless told", () => {
    for (const one of [net(), net(1)]) {
      expect(one.threads).toBe(1);
      expect(one.network.engine.memory.floats.buffer).toBeInstanceOf(ArrayBuffer);
    }
  });

  it("gives what was asked for, whoever makes the model", async () => {
    const x = input({ shape: [4] });
    const graph = model({ inputs: x, outputs: layers.dense({ units: 1 }).apply(x), threads: 2 });
    const loaded = loadModel(net().save(), { threads: 2 });
    for (const two of [net(2), net("auto"), graph, loaded]) {
      expect(two.threads).toBe(2);
      await two.ready();
    }
    expect(warn).not.toHaveBeenCalled();
  });

  it.each([
    [0, RangeError, /sequential threads.*>= 1, got 0/],
    [-2, RangeError, /got -2/],
    [1.5, RangeError, /got 1\.5/],
    [Number.NaN, RangeError, /got NaN/],
    ["two", RangeError, /sequential threads: expected a whole number >= 1 or "auto", got "two"/],
    [null, TypeError, /sequential threads.*got null/],
    [true, TypeError, /got true/],
  ])("refuses %s", (threads, Kind, message) => {
    expect(() => net(threads)).toThrow(Kind);
    expect(() => net(threads)).toThrow(message);
  });

  it("is refused in other words where it is another's", () => {
    expect(() => loadModel(net().save(), { threads: 0 })).toThrow(/loadModel threads/);
    expect(() => loadModel(net().save(), { thread: 2 } as never)).toThrow(/unknown option "thread"/);
  });

  it("gives no more threads than there are cores, and says so once", () => {
    expect(net(37).threads).toBe(2);
    expect(net(37).threads).toBe(2);
    expect(warn.mock.calls).toEqual([
      ["wasm-lstm: threads: 37 asked for, 2 used: as many as there are processor cores"],
    ]);
  });

  it("asks the operating system where there is no navigator", () => {
    vi.stubGlobal("navigator", undefined);
    vi.spyOn(process, "getBuiltinModule").mockReturnValue({ availableParallelism: () => 1 } as never);
    expect(net("auto").threads).toBe(1);
    expect(process.getBuiltinModule).toHaveBeenCalledWith("node:os");
  });

  it("takes 8 threads at most by itself", () => {
    vi.stubGlobal("navigator", { hardwareConcurrency: 96 });
    const { threads } = net("auto");
    expect(threads).toBe(8);
  });
});

describe("without what threads need, one computes, and the reason is said once:", () => {
  it("no shared memory", () => {
    vi.stubGlobal("SharedArrayBuffer", undefined);
    expect([net("auto").threads, net("auto").threads]).toEqual([1, 1]);
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn.mock.calls[0][0]).toMatch(/auto asked for, 1 used: .*Cross-Origin-Embedder-Policy: require-corp/);
  });

  it("a page that is not isolated", () => {
    vi.stubGlobal("crossOriginIsolated", false);
    expect(net(2).threads).toBe(1);
    expect(warn.mock.calls[0][0]).toMatch(/2 asked for, 1 used: .*Cross-Origin-Opener-Policy: same-origin/);
  });

  it("no workers", () => {
    const withoutWorkers = vi.spyOn(process, "getBuiltinModule").mockReturnValue(undefined);
    vi.stubGlobal("Worker", undefined);
    const engine = new Engine({ threads: 2 });
    expect(withoutWorkers).toHaveBeenCalledWith("node:worker_threads");
    expect(engine.parallel.threads).toBe(1);
    expect(warn.mock.calls[0][0]).toMatch(/no worker could be made/);
    const { memory, parallel } = engine;
    const y = memory.allocateZeros(8);
    memory.floats.fill(3, (y >> 2) + 4, (y >> 2) + 8);
    parallel.run("add", [[y, y + 16, 4], [y, y + 16, 2]]); // biome-ignore format: two calls
    expect([...memory.floats.slice(y >> 2, (y >> 2) + 4)]).toEqual([6, 6, 3, 3]);
    expect(parallel.split(100, 4, 1e9)).toEqual([[0, 100]]);
  });
});

describe("a model on two threads", () => {
  it("learns, saves and predicts the same bits as on one", async () => {
    const x = Array.from({ length: 40 }, (_, n) =>
      Array.from({ length: 7 }, (_, t) => [Math.sin(n + t), Math.cos(n * t), t / 7]),
    );
    const y = x.map(sample => [sample[6][0], sample[3][1]]);
    const [one, two] = await Promise.all(
      [1, 2].map(async threads => {
        const trained = net(threads);
        trained.compile({ optimizer: "adam", loss: "meanSquaredError" });
        await trained.fit(x, y, { epochs: 3, batchSize: 16, verbose: 0 });
        trained.trainOnBatch(x, y);
        return { saved: trained.save({ optimizer: true }), y: trained.predict(x), logs: await trained.evaluate(x, y) };
      }),
    );
    expect(two).toEqual(one);
    expect(two.saved.buffer).toBeInstanceOf(ArrayBuffer);
  });
});
