import { describe, expect, it } from "vitest";
import { bucketByLength, layers, sequential } from "../../src/index.ts";
import { DataSet } from "../../src/training/data.ts";
import { numbers } from "../helpers/models.ts";

const N = 103;
const lengths = Int32Array.from({ length: N }, (_, n) => (n * 37) % 23);
const sets = {
  x: new DataSet([{ shape: [N], data: new Float32Array(N) }], [], [{ array: 0, lengths } as never]),
} as never;
/** A permutation. */
const order = Int32Array.from({ length: N }, (_, n) => (n * 59 + 7) % N);

describe("bucketByLength", () => {
  it("puts like lengths into a batch, and every sample into one", () => {
    const made = bucketByLength()(order, sets, 8);
    expect([...made].sort((a, b) => a - b)).toEqual([...order].sort((a, b) => a - b));
    const spreads = Array.from({ length: 12 }, (_, i) => {
      const own = [...made.subarray(8 * i, 8 * i + 8)].map(n => lengths[n]);
      return Math.max(...own) - Math.min(...own);
    });
    expect(Math.max(...spreads)).toBeLessThanOrEqual(3);
    const firsts = Array.from({ length: 12 }, (_, i) => lengths[made[8 * i]]);
    expect(firsts).not.toEqual([...firsts].sort((a, b) => a - b));
    expect(bucketByLength({ batches: 2 })(order, sets, 8)).not.toEqual(made);
  });

  const x = numbers([N, 23, 2]);
  const y = numbers([N, 1]);
  const fitted = async (shuffle: boolean | ReturnType<typeof bucketByLength>) => {
    const net = sequential([layers.lstm({ units: 3, inputShape: [23, 2] }), layers.dense({ units: 1 })], { seed: 1 });
    net.compile({ loss: "mse", optimizer: "adam" });
    await net.fit({ x, lengths }, y, { epochs: 2, shuffle, validationSplit: 0.1, verbose: 0 });
    return net.getWeights();
  };

  it("is the same again, and another order than without", async () => {
    const [first, again, plain] = [await fitted(bucketByLength()), await fitted(bucketByLength()), await fitted(true)];
    expect(again).toEqual(first);
    expect(plain).not.toEqual(first);
  });

  it("wants lengths", async () => {
    const net = sequential([layers.lstm({ units: 3, inputShape: [23, 2] }), layers.dense({ units: 1 })]);
    net.compile({ loss: "mse" });
    await expect(net.fit(x, y, { shuffle: bucketByLength(), verbose: 0 })).rejects.toThrow(
      "bucketByLength: expected inputs of unequal length, such as { x, lengths }, got none",
    );
  });
});
