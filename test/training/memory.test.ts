import { describe, expect, it } from "vitest";
import { layers, loadModel, sequential } from "../../src/index.ts";
import { numbers } from "../helpers/models.ts";
import { untyped } from "../helpers/untyped.ts";

const { bidirectional, dense, dropout, embedding, lstm } = layers;
const tiny = () => {
  const net = sequential([lstm({ units: 2, inputShape: [null, 1] }), dropout({ rate: 0.1 }), dense({ units: 1 })]);
  net.compile({ optimizer: "adam", loss: "mse", metrics: ["mae"] });
  return net;
};
const x = numbers([2, 3, 1]);
const y = numbers([2, 1], 2);

describe("memory", () => {
  it("is constant over 10,000 steps of training, and the arena is empty after each", () => {
    const net = tiny();
    net.trainOnBatch(x, y);
    const { memory } = net.network.engine;
    const [bytes, mark] = [net.memoryBytes, memory.mark()];
    for (let i = 0; i < 10_000; i++) net.trainOnBatch(x, y);
    expect(net.memoryBytes).toBe(bytes);
    expect(memory.mark()).toBe(mark);
  });

  it("is constant over 100,000 predictions", () => {
    const net = tiny();
    const one = numbers([1, 1, 1]);
    net.predict(one);
    const { memory } = net.network.engine;
    const [bytes, mark] = [net.memoryBytes, memory.mark()];
    for (let i = 0; i < 100_000; i++) net.predict(one);
    expect(net.memoryBytes).toBe(bytes);
    expect(memory.mark()).toBe(mark);
  });

  it("is constant over 20,000 steps of a stream", () => {
    const net = tiny();
    const stream = net.stream();
    stream.step(0.5);
    const bytes = net.memoryBytes;
    for (let i = 0; i < 20_000; i++) stream.step(0.5);
    expect(net.memoryBytes).toBe(bytes);
  });

  it("is constant over alternating shapes, failed steps, evaluations, gradients, resets and saves", async () => {
    const net = sequential([
      embedding({ inputDim: 5, outputDim: 3, inputShape: [null] }),
      bidirectional({ layer: lstm({ units: 3, stateful: true, returnSequences: true }) }),
      lstm({ units: 2, stateful: true }),
      dense({ units: 2, activation: "softmax" }),
    ]);
    net.compile({ optimizer: "rmsprop", loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
    const round = async () => {
      for (const [N, T] of [
        [7, 9],
        [1, 2],
        [4, 5],
      ]) {
        net.resetStates();
        const tokens = { shape: [N, T], data: new Int32Array(N * T).fill(3) };
        const classes = { shape: [N], data: new Int32Array(N).fill(1) };
        net.trainOnBatch(tokens, classes);
        expect(() => net.trainOnBatch({ shape: [N, T], data: new Int32Array(N * T).fill(8) }, classes)).toThrow(
          RangeError,
        );
        expect(() => net.trainOnBatch(tokens, { shape: [N], data: new Int32Array(N).fill(-1) })).toThrow(RangeError);
        net.gradients(tokens, classes);
        await net.evaluate(tokens, classes);
        net.predict(tokens, { batchSize: N });
        net.setWeights(net.getWeights());
        net.save({ optimizer: true });
      }
    };
    await round();
    const { memory } = net.network.engine;
    const [bytes, mark] = [net.memoryBytes, memory.mark()];
    for (let i = 0; i < 100; i++) await round();
    expect(net.memoryBytes).toBe(bytes);
    expect(memory.mark()).toBe(mark);
  });

  it("of a loaded model is what the saved one took, at most", () => {
    const net = tiny();
    net.trainOnBatch(x, y);
    const again = loadModel(net.save({ optimizer: true }));
    again.trainOnBatch(x, y);
    expect(again.memoryBytes).toBeLessThanOrEqual(net.memoryBytes);
  });

  it("has no gradients and no optimizer before compile", () => {
    const build = () => sequential([dense({ units: 300, inputShape: [1000] })]);
    const [plain, compiled] = [build(), build()];
    compiled.compile({ optimizer: "adam", loss: "mse" });
    const block = 4 * 1001 * 300;
    // The weights, their packed copy, and room where the initializer drew its numbers.
    expect(plain.memoryBytes).toBeLessThan(3.2 * block);
    // The weights, their packed copy, gradients and Adam's two slots.
    expect(compiled.memoryBytes).toBeGreaterThanOrEqual(5 * block);
    expect(compiled.memoryBytes).toBeLessThan(5.2 * block);
  });

  it("is used again when the model is compiled again", () => {
    const net = sequential([dense({ units: 300, inputShape: [1000] })]);
    net.compile({ optimizer: "adam", loss: "mse" });
    const before = net.memoryBytes;
    for (const optimizer of ["rmsprop", "adam", "sgd", "adamW"])
      net.compile({ optimizer: untyped(optimizer), loss: "mse" });
    expect(net.memoryBytes).toBe(before);
  });

  it("that no runtime has is refused with a way out, and the model stays usable", () => {
    expect(() => sequential([dense({ units: 1e6, useBias: false, inputShape: [1e6] })])).toThrow(
      new RangeError(
        "out of memory: expected to hold 3814698 MB in one model, but the runtime stops at 1 MB and at most 4096 MB; " +
          "use a smaller batchSize, shorter sequences or fewer units",
      ),
    );
    for (const size of [2 ** 15, 2 ** 16, 2 ** 16 + 1, 2 ** 20]) {
      expect(() => sequential([embedding({ inputDim: size, outputDim: size, inputShape: [1] })])).toThrow(
        /^out of memory: expected to hold /,
      );
    }
    const net = sequential([lstm({ units: 1000, recurrentInitializer: "uniform", inputShape: [null, 1] })]);
    const before = net.predict(numbers([1, 2, 1])).data;
    // 2,000,000 steps of 1,000 units: 8 GB
    const long = { shape: [1, 2_000_000, 1], data: new Float32Array(2_000_000) };
    expect(() => net.predict(long)).toThrow(/^out of memory: .* use a smaller batchSize, shorter sequences/);
    expect(net.predict(numbers([1, 2, 1])).data).toEqual(before);
  });
});
