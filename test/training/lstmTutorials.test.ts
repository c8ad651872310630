/** LSTM cells of tutorials, trained: each step's loss against a float64 program that differentiates by the chain rule alone. */
import { expect, it } from "vitest";
import { layers, optimizers, sequential } from "../../src/index.ts";
import { expectClose } from "../helpers/compare.ts";
import { randomArray } from "../helpers/gradients.ts";
import { expectReference, randomOuter } from "../helpers/nets.ts";
import { OneLayer } from "../helpers/oneLayer.ts";
import { seeded } from "../helpers/random.ts";
import { lstmVariantReference } from "../reference/lstmVariant.ts";
import { type AdamState, adam } from "../reference/optimizers.ts";

it("LSTM(50) whose gates see the last cell state, and Dense(1): ten steps of Adam on a sine", () => {
  const [N, T, H] = [4, 6, 50];
  const sizes = { N, T, C: 1, H };
  const net = sequential([
    layers.lstm({ units: H, peephole: "previous", inputShape: [T, 1] }),
    layers.dense({ units: 1 }),
  ]);
  net.compile({ optimizer: optimizers.adam({ learningRate: 0.01 }), loss: "meanSquaredError" });
  const random = seeded(8);
  net.setWeights(net.getWeights().map(({ shape }) => randomArray(random, shape, 0.3)));
  const names = ["kernel", "recurrentKernel", "bias", "peephole", "W", "b"];
  const sine = (n: number, t: number) => Math.fround(Math.sin(0.7 * (3 * n + t)));
  const x = Float32Array.from({ length: N * T }, (_, i) => sine(Math.floor(i / T), i % T));
  const y = Float32Array.from({ length: N }, (_, n) => sine(n, T));

  const reference = lstmVariantReference(sizes, { peephole: "previous" });
  let weights: Record<string, Float64Array> = Object.fromEntries(
    net.getWeights().map(({ data }, i) => [names[i], Float64Array.from(data as Float32Array)]),
  );
  const states: Record<string, AdamState> = {};
  const expected: number[] = [];
  const actual: number[] = [];
  for (let step = 0; step < 10; step++) {
    actual.push(net.trainOnBatch({ shape: [N, T, 1], data: x }, { shape: [N, 1], data: y }).loss);
    const { W, b, ...own } = weights;
    const run = reference({ x, ...own });
    const [h] = run.outputs;
    const error = Array.from(y, (target, n) => {
      let sum = b[0] - target;
      for (let j = 0; j < H; j++) sum += h[n * H + j] * W[j];
      return sum;
    });
    expected.push(error.reduce((sum, e) => sum + (e * e) / N, 0));
    const slopes = error.map(e => (2 * e) / N);
    const gradients: Record<string, ArrayLike<number> | null> = {
      ...run.gradients([h.map((_, i) => slopes[Math.floor(i / H)] * W[i % H])]),
      W: W.map((_, j) => slopes.reduce((sum, slope, n) => sum + slope * h[n * H + j], 0)),
      b: [slopes.reduce((sum, slope) => sum + slope, 0)],
    };
    weights = Object.fromEntries(
      names.map(name => {
        const { w, state } = adam(weights[name], gradients[name] ?? [], states[name] ?? null, { learningRate: 0.01 });
        states[name] = state;
        return [name, w];
      }),
    );
  }
  expectClose(actual, expected, { relative: 1e-5 }, "losses");
  expect(actual[9]).toBeLessThan(actual[0] / 3);
});

it("LSTM(128) with a squared input gate, its sequence and its states", () => {
  const [N, T, C, H] = [2, 3, 4, 128];
  const options = { inputGate: "squared", returnSequences: true, returnState: true } as const;
  const layer = new OneLayer(layers.lstm({ units: H, ...options }), { x: [T, C] });
  const random = seeded(3);
  const weights = Object.entries(layer.weightShapes).map(([name, shape]) => [name, randomArray(random, shape, 0.15)]);
  const arrays = { x: randomArray(random, [N, T, C]), ...Object.fromEntries(weights) };
  const outer = randomOuter(random, layer.forward(arrays));
  expect(outer.map(({ length }) => length)).toEqual([N * T * H, N * H, N * H]);
  const tolerance = { relative: 1e-5, absolute: 4e-6 }; // sums of some hundred terms
  expectReference(layer, arrays, lstmVariantReference({ N, T, C, H }, options), outer, tolerance);
});
