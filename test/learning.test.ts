/** Recurrent layers learn what needs memory: short versions of examples/adding.js and examples/copy-memory.js. */
import { describe, expect, it } from "vitest";
import { layers, ndarray, optimizers, sequential } from "../src/index.ts";
import { seeded } from "./helpers/random.ts";

const CELLS = ["lstm", "gru"] as const;

describe.each(CELLS)("%s", cell => {
  it("adds two marked numbers of 20", () => {
    const T = 20;
    const { uniform } = seeded(1);
    const problems = (N: number) => {
      const x = ndarray(new Float32Array(N * T * 2), [N, T, 2]);
      const y = ndarray(new Float32Array(N), [N, 1]);
      for (let n = 0; n < N; n++) {
        for (let t = 0; t < T; t++) x.data[(n * T + t) * 2] = uniform();
        for (const half of [0, 1]) {
          const at = (n * T + Math.floor(((half + uniform()) * T) / 2)) * 2;
          x.data[at + 1] = 1;
          y.data[n] += x.data[at];
        }
      }
      return [x, y] as const;
    };
    const net = sequential([layers[cell]({ units: 16, inputShape: [T, 2] }), layers.dense({ units: 1 })], { seed: 1 });
    net.compile({ optimizer: optimizers.adam({ learningRate: 0.01, globalClipNorm: 1 }), loss: "mse" });
    for (let step = 0; step < 800; step++) net.trainOnBatch(...problems(32));
    const [x, y] = problems(300);
    const errors = Array.from(net.predict(x).data, (guess, n) => (guess - y.data[n]) ** 2);
    expect(errors.reduce((a, b) => a + b) / errors.length).toBeLessThan(0.01);
  });

  it("repeats five symbols after a pause, better than without memory", async () => {
    const [symbols, count, pause] = [8, 5, 5];
    const T = pause + 2 * count;
    const { uniform } = seeded(2);
    const problems = (N: number) => {
      const x = ndarray(new Int32Array(N * T).fill(symbols), [N, T]);
      const y = ndarray(new Int32Array(N * T).fill(symbols), [N, T]);
      for (let n = 0; n < N; n++) {
        for (let i = 0; i < count; i++) {
          x.data[n * T + i] = Math.floor(uniform() * symbols);
          y.data[(n + 1) * T - count + i] = x.data[n * T + i];
        }
        x.data[(n + 1) * T - count - 1] = symbols + 1;
      }
      return [x, y] as const;
    };
    const net = sequential(
      [
        layers.embedding({
          inputDim: symbols + 2,
          outputDim: 10,
          embeddingsInitializer: "orthogonal",
          inputShape: [T],
        }),
        layers[cell]({ units: 32, returnSequences: true }),
        layers.dense({ units: symbols + 1, activation: "softmax" }),
      ],
      { seed: 2 },
    );
    net.compile({
      optimizer: optimizers.adam({ learningRate: 0.01, globalClipNorm: 1 }),
      loss: "sparseCategoricalCrossentropy",
    });
    for (let step = 0; step < 600; step++) net.trainOnBatch(...problems(32));
    const { loss } = await net.evaluate(...problems(200));
    expect(loss).toBeLessThan((0.8 * (count * Math.log(symbols))) / T);
  });
});
