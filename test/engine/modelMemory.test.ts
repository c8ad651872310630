/** Models that share a memory: each with the bits that it has alone, and memory that is used again. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterEach, describe, expect, it } from "vitest";
import { pace } from "../../src/engine/turns/workList.ts";
import { type Layer, layers, loadModel, type Model, modelMemory, sequential } from "../../src/index.ts";
import { input, model } from "../../src/models/sequential.ts";
import { bits, expectError, numbers, weightBits } from "../helpers/models.ts";

const usual = { ...pace };
afterEach(() => {
  Object.assign(pace, usual);
});

const [N, T, C] = [6, 7, 3];
const x = numbers([N, T, C]);
const y = numbers([N, 1], 2);

const kinds: ((units: number) => Layer)[] = [
  units => layers.lstm({ units, inputShape: [T, C] }),
  units => layers.gru({ units, inputShape: [T, C] }),
  units => layers.mLSTM({ units, inputShape: [T, C] }),
  units => layers.bidirectional({ layer: layers.simpleRNN({ units }), inputShape: [T, C] }),
];

function make(kind: number, options: object = {}): Model {
  const net = sequential([kinds[kind](3 + kind), layers.dropout({ rate: 0.2 }), layers.dense({ units: 1 })], {
    seed: kind,
    ...options,
  });
  net.compile({ loss: "meanSquaredError", optimizer: "adam" });
  return net;
}

const seen = (net: Model) => [String(net.save({ optimizer: true })), bits(net.predict(x).data).join()];
const order = { batchSize: 2, epochs: 3, verbose: 0 } as const;

describe("models in one memory", () => {
  it("have the bits that they have alone, made at any time, trained at the same time, saved and loaded", async () => {
    const memory = modelMemory();
    const alone = kinds.map((_, kind) => make(kind));
    const together = kinds.map((_, kind) => make(kind, { memory }));
    const streams = [alone, together].map(nets => nets.map(net => (net === nets[3] ? undefined : net.stream())));
    for (const [i, stream] of streams[0].entries()) {
      if (stream) expect(streams[1][i]?.step([1, 2, 3])).toEqual(stream.step([1, 2, 3]));
    }
    for (const net of alone) await net.fit(x, y, order);
    Object.assign(pace, { turn: 0, piece: 1e-2, long: -1 });
    await Promise.all(together.map(net => net.fit(x, y, order)));
    expect(together.map(seen)).toEqual(alone.map(seen));
    const loaded = together.map(net => loadModel(net.save({ optimizer: true }), { memory }));
    for (const net of [...alone, ...loaded]) net.trainOnBatch(x, y);
    expect(loaded.map(weightBits)).toEqual(alone.map(weightBits));
    expect(new Set([...together, ...loaded].map(net => net.network.engine.memory)).size).toBe(1);
    expect(memory.bytes).toBe(together[0].memoryBytes);
    expect(new Set(alone.map(net => net.network.engine.memory)).size).toBe(4);
  });

  it("may be made in the middle of a step of another", async () => {
    const memory = modelMemory();
    const [net, alone] = [make(0, { memory }), make(0)];
    await alone.fit(x, y, order);
    Object.assign(pace, { turn: 0, piece: 1e-2, long: -1 });
    const made: Model[] = [];
    const timer = setInterval(() => {
      if (made.length < 8) made.push(make(made.length % 4, { memory }));
    }, 0);
    await net.fit(x, y, { ...order, epochs: 3 });
    clearInterval(timer);
    expect(made.length).toBeGreaterThan(1);
    expect(seen(net)).toEqual(seen(alone));
    made.forEach((one, i) => {
      one.trainOnBatch(x, y);
      const other = make(i % 4);
      other.trainOnBatch(x, y);
      expect(weightBits(one)).toEqual(weightBits(other));
    });
  });

  it("leave their memory to others when they are gone", async () => {
    setFlagsFromString("--expose-gc");
    const gc = runInNewContext("gc") as () => void;
    const memory = modelMemory();
    let most = 0;
    for (let round = 0; round < 12; round++) {
      for (let i = 0; i < 50; i++) {
        const net = make(i % 4, { memory });
        net.trainOnBatch(x, y);
        net.predict(x);
      }
      gc();
      await new Promise(resolve => setTimeout(resolve, 5));
      if (round === 3) most = memory.bytes;
    }
    expect(memory.bytes).toBeLessThan(1.5 * most);
    expect(weightBits(make(1, { memory }))).toEqual(weightBits(make(1)));
  });

  it("are a thousand in a memory of some megabytes", () => {
    const memory = modelMemory();
    const nets = Array.from({ length: 1000 }, (_, seed) =>
      sequential([layers.lstm({ units: 16, inputShape: [T, C] }), layers.dense({ units: 1 })], { seed, memory }),
    );
    for (const seed of [0, 1, 500, 999]) {
      const alone = sequential([layers.lstm({ units: 16, inputShape: [T, C] }), layers.dense({ units: 1 })], { seed });
      expect(bits(nets[seed].predict(x).data)).toEqual(bits(alone.predict(x).data));
    }
    expect(memory.bytes).toBeLessThan(40e6);
  });
});

describe("the option memory", () => {
  it("is taken by whoever makes models", () => {
    const memory = modelMemory();
    const symbol = input({ shape: [4] });
    const graph = model({ inputs: symbol, outputs: layers.dense({ units: 1 }).apply(symbol), memory });
    expect(graph.network.engine.memory).toBe(make(0, { memory }).network.engine.memory);
    expect(sequential({ memory }).add(layers.dense({ units: 1, inputShape: [2] })).memoryBytes).toBe(memory.bytes);
  });

  it("is refused where it is none, or where there are several threads", async () => {
    for (const wrong of [{}, 1, null, new WebAssembly.Memory({ initial: 1 })]) {
      await expectError(
        () => make(0, { memory: wrong }),
        "TypeError",
        /sequential memory: expected what modelMemory\(\) makes, got/,
      );
    }
    await expectError(
      () => sequential([layers.dense({ units: 1, inputShape: [2] })], { memory: modelMemory(), threads: 2 }),
      "RangeError",
      /threads: expected 1 with memory/,
    );
    const net = make(0);
    await expectError(
      () => model({ inputs: net.inputs, outputs: net.outputs, memory: modelMemory() }),
      "RangeError",
      /model memory: expected none, since this is a part/,
    );
  });
});
