import { describe, expect, it } from "vitest";
import { layers, optimizers, sequential } from "../../src/index.ts";
import { hashOfWeights, ids, numbers, weightBits } from "../helpers/models.ts";

const { bidirectional, dense, dropout, embedding, lstm } = layers;

/**
 * Hashes that every runtime must reach; made by this test on Node 20, x64. If a change of a kernel changes them, the
 * failure shows the new ones: put them here, and tell users in the changelog that results have changed.
 */
const EXPECTED = { everything: "ac003792", forecasterInitial: "9718a597", forecasterTrained: "034bf848" };

/** Everything that draws random numbers or rounds: five initializers, dropout, shuffling, clipping, Adam. */
async function train(seed: number) {
  const net = sequential(
    [
      embedding({ inputDim: 13, outputDim: 6, inputShape: [7] }),
      bidirectional({ layer: lstm({ units: 5, returnSequences: true, dropout: 0.2 }) }),
      dropout({ rate: 0.3 }),
      lstm({ units: 9, kernelInitializer: "lecunNormal" }),
      dense({ units: 6, activation: "tanh", kernelInitializer: { name: "truncatedNormal", deviation: 0.4 } }),
      dense({ units: 3, activation: "softmax" }),
    ],
    { seed },
  );
  net.compile({
    optimizer: optimizers.adam({ learningRate: 0.01, globalClipNorm: 0.5 }),
    loss: "sparseCategoricalCrossentropy",
    metrics: ["accuracy"],
  });
  const { history } = await net.fit(ids([22, 7], 13), ids([22], 3, 2), { epochs: 3, batchSize: 8, verbose: 0 });
  return { hash: hashOfWeights(net), history };
}

describe("the same seed", () => {
  it("gives the same bits of weights and logs", async () => {
    const [a, b] = [await train(7), await train(7)];
    expect(b).toEqual(a);
  });

  it("gives these bits in every runtime", async () => {
    expect((await train(7)).hash).toBe(EXPECTED.everything);
  });

  it("gives these bits for a forecaster", async () => {
    const net = sequential([lstm({ units: 8, inputShape: [6, 3] }), dense({ units: 1 })], { seed: 1 });
    expect(hashOfWeights(net)).toBe(EXPECTED.forecasterInitial);
    net.compile({ optimizer: "rmsprop", loss: "meanSquaredError" });
    await net.fit(numbers([40, 6, 3]), numbers([40, 1], 2), { epochs: 2, verbose: 0 });
    expect(hashOfWeights(net)).toBe(EXPECTED.forecasterTrained);
  });
});

describe("another seed", () => {
  it("gives other initial weights, another order and other dropout", async () => {
    const [a, b] = [await train(7), await train(8)];
    expect(b.hash).not.toBe(a.hash);
    expect(b.history.loss).not.toEqual(a.history.loss);
  });

  it("changes each of them by itself", async () => {
    const run = async (seed: number, rate: number, shuffle: boolean) => {
      const net = sequential([dropout({ rate, inputShape: [4] }), dense({ units: 2 })], { seed });
      net.setWeights([numbers([4, 2]), [0, 0]]); // not the seed's
      net.compile({ optimizer: "sgd", loss: "mse" });
      await net.fit(numbers([10, 4]), numbers([10, 2], 2), { batchSize: 3, epochs: 2, shuffle, verbose: 0 });
      return hashOfWeights(net);
    };
    expect(await run(1, 0, false)).toBe(await run(2, 0, false));
    expect(await run(1, 0, true)).not.toBe(await run(2, 0, true));
    expect(await run(1, 0.5, false)).not.toBe(await run(2, 0.5, false));
  });

  it("is the initializer's own where it has one", () => {
    const build = (seed: number) =>
      sequential([dense({ units: 3, kernelInitializer: { name: "normal", seed: 5 }, inputShape: [4] })], { seed });
    expect(weightBits(build(1))).toEqual(weightBits(build(2)));
  });

  it("gives layers of one kind different weights", () => {
    const [first, , second] = weightBits(sequential([dense({ units: 4, inputShape: [4] }), dense({ units: 4 })]));
    expect(first).not.toEqual(second);
  });
});
