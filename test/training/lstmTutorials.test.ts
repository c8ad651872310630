/** LSTM cells of tutorials: values, gradients, and ten steps of training, against float64 programs. */
import { describe, expect, it } from "vitest";
import { input, layers, model, ndarray, sequential } from "../../src/index.ts";
import { randomArray } from "../helpers/gradients.ts";
import { expectReference, randomOuter } from "../helpers/nets.ts";
import { OneLayer } from "../helpers/oneLayer.ts";
import { seeded } from "../helpers/random.ts";
import { expectTenSteps } from "../helpers/tenSteps.ts";
import { lstmVariantReference } from "../reference/lstmVariant.ts";
import type { Reference } from "../reference/reference.ts";

const tolerance = { relative: 1e-5, absolute: 4e-6 }; // sums of some hundred terms

describe("LSTM(50) whose gates see the last cell state (peephole previous), and Dense(1)", () => {
  const [N, T, H] = [4, 6, 50];
  const options = { peephole: "previous" } as const;
  const own = lstmVariantReference({ N, T, C: 1, H }, options);

  it("equals the reference", () => {
    const layer = new OneLayer(layers.lstm({ units: H, ...options }), { x: [T, 1] });
    const random = seeded(4);
    const weights = Object.entries(layer.weightShapes).map(([name, shape]) => [name, randomArray(random, shape, 0.3)]);
    const arrays = { x: randomArray(random, [N, T, 1]), ...Object.fromEntries(weights) };
    const first: Reference = values => ({ ...own(values), outputs: own(values).outputs.slice(0, 1) });
    expectReference(layer, arrays, first, randomOuter(random, layer.forward(arrays)), tolerance);
  });

  it("learns a sine by ten steps of Adam as in float64", () => {
    const lstm = layers.lstm({ units: H, ...options, inputShape: [T, 1] });
    const net = sequential([lstm, layers.dense({ units: 1 })]);
    const reference: Reference = ({ W, b, ...values }) => {
      const run = own(values);
      const [h] = run.outputs;
      const output = Float64Array.from({ length: N }, (_, n) => {
        let sum = b[0];
        for (let j = 0; j < H; j++) sum += h[n * H + j] * W[j];
        return sum;
      });
      const gradients: typeof run.gradients = ([slopes = []]) => ({
        ...run.gradients([h.map((_, i) => slopes[Math.floor(i / H)] * W[i % H])]),
        W: Float64Array.from(W, (_, j) => output.reduce((sum, _y, n) => sum + slopes[n] * h[n * H + j], 0)),
        b: Float64Array.of(output.reduce((sum, _y, n) => sum + slopes[n], 0)),
      });
      return { outputs: [output], gradients };
    };
    const sine = (n: number, t: number) => Math.fround(Math.sin(0.7 * (3 * n + t)));
    const x = Float32Array.from({ length: N * T }, (_, i) => sine(Math.floor(i / T), i % T));
    const y = Float32Array.from({ length: N }, (_, n) => sine(n, T));
    const names = ["kernel", "recurrentKernel", "bias", "peephole", "W", "b"];
    const data = [ndarray(x, [N, T, 1]), ndarray(y, [N, 1])];
    expectTenSteps(net, names, reference, data, seeded(8), { part: 1 / 3 });
  });
});

describe("LSTM(128) with a squared input gate, its sequence and its states", () => {
  const [N, T, C, H] = [2, 3, 4, 128];
  const options = { inputGate: "squared", returnSequences: true, returnState: true } as const;
  const make = () => layers.lstm({ units: H, ...options });
  const names = ["kernel", "recurrentKernel", "bias"];

  it("equals the reference", () => {
    const layer = new OneLayer(make(), { x: [T, C] });
    const random = seeded(3);
    const weights = names.map(name => [name, randomArray(random, layer.weightShapes[name], 0.15)]);
    const arrays = { x: randomArray(random, [N, T, C]), ...Object.fromEntries(weights) };
    const outer = randomOuter(random, layer.forward(arrays));
    expect(outer.map(({ length }) => length)).toEqual([N * T * H, N * H, N * H]);
    expectReference(layer, arrays, lstmVariantReference({ N, T, C, H }, options), outer, tolerance);
  });

  it("is trained by ten steps of Adam as in float64", () => {
    const few = { N: 1, T: 2, C, H };
    const x = input({ shape: [few.T, C] });
    const net = model({ inputs: x, outputs: make().applyAll([x]) });
    const random = seeded(9);
    const shapes = [
      [1, 2, C],
      [1, 2, H],
      [1, H],
      [1, H],
    ];
    const data = shapes.map(shape => randomArray(random, shape, 0.5));
    const reference = lstmVariantReference(few, options);
    expectTenSteps(net, names, reference, data, random, { scale: 0.15, part: 0.9 });
  });
});
