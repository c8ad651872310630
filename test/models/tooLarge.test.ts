/** Finite inputs that are too large for float32 on the way: numbers, or an error that says where; never NaN in silence. */
import { describe, expect, it } from "vitest";
import { input, layers, type Model, model, ndarray, ops, sequential, standardScaler } from "../../src/index.ts";
import { expectError } from "../helpers/models.ts";
import { recurrentForms } from "../helpers/recurrentForms.ts";

const { activation, dense, layerNormalization, mLSTM } = layers;

const data = (size: number, shape: readonly number[]) =>
  ndarray(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => size * Math.sin(i + 1)),
    shape,
  );

const SIZES = [1e-45, 1e-40, 1e10, 1e19, 1e20, 1e30, 3e38];

/** What a model makes of inputs of a size, or its error. */
function outcome(run: () => ArrayLike<number>): string {
  try {
    return Array.from(run()).some(Number.isNaN) ? "NaN" : "numbers";
  } catch (error) {
    expect(error).toBeInstanceOf(RangeError);
    return (error as Error).message;
  }
}

const PREDICT =
  /^predict, samples 0 to 1: the output of layer "\w+" has (NaN|-?Infinity) at \[.*\]; inputs or weights are too large/;
const STREAM =
  /^stream step: the output has (NaN|-?Infinity) at element \d; .* begin again with reset\(\); predict\(\) of the same steps tells/;

describe("inputs of any size", () => {
  it.each(Object.entries(recurrentForms))("make numbers, or an error that names the layer: %s", (_, { layer }) => {
    for (const size of SIZES) {
      const net = sequential([layer({ units: 4, inputShape: [5, 2] })], { seed: 1 });
      const x = data(size, [2, 5, 2]);
      const predicted = outcome(() => net.predict(x).data);
      if (predicted !== "numbers") expect(predicted).toMatch(PREDICT);
      if (size < 1e19) expect(predicted).toBe("numbers");
      const stream = net.stream();
      const streamed = outcome(() => {
        let y: ArrayLike<number> = [];
        for (let t = 0; t < 5; t++) y = stream.step(x.data.slice(2 * t, 2 * t + 2));
        return y;
      });
      if (streamed !== "numbers") expect(streamed).toMatch(STREAM);
    }
  });

  it.each<[string, () => Model]>([
    ["dense", () => sequential([dense({ units: 3, inputShape: [4] }), dense({ units: 2, activation: "softmax" })])],
    ["layerNormalization", () => sequential([layerNormalization({ inputShape: [4] })])],
    ["softmax", () => sequential([activation({ activation: "softmax", inputShape: [4] })])],
  ])("make numbers, or an error that names the layer: %s", (_, make) => {
    for (const size of SIZES) {
      const predicted = outcome(() => make().predict(data(size, [2, 4])).data);
      if (predicted !== "numbers") expect(predicted).toMatch(PREDICT);
    }
  });
});

describe("an output with NaN", () => {
  const net = () => sequential([mLSTM({ units: 4, inputShape: [null, 2] }), dense({ units: 1 })], { seed: 1 });
  const x = data(1e30, [2, 3, 2]);

  it("is an error of predict, which names the first layer and the samples", () =>
    expectError(
      () => net().predict(x, { batchSize: 1 }),
      "RangeError",
      /predict, samples 0 to 0: the output of layer "mLSTM" has NaN at \[0, \d\] of \[1, 4\]; inputs or weights are too large for float32, or/,
    ));

  it("is an error of a stream, with a scaler too, which begins anew after reset", async () => {
    const whole = net();
    const small = data(1, [1, 3, 2]);
    const scaled = net();
    scaled.setScaling({ target: standardScaler().fit([[1], [3]]) });
    for (const each of [whole, scaled]) {
      const stream = each.stream();
      const steps = () => {
        for (let t = 0; t < 3; t++) stream.step(x.data.slice(2 * t, 2 * t + 2));
      };
      await expectError(
        steps,
        "RangeError",
        /stream step: the output has NaN at element 0; inputs or weights are too large/,
      );
      stream.reset();
      let last: ArrayLike<number> = [];
      for (let t = 0; t < 3; t++) last = stream.step(small.data.slice(2 * t, 2 * t + 2));
      expect([...Array.from(last)]).toEqual([...each.predict(small).data]);
    }
  });

  it("are no infinity either: 1e39, or a number divided by 0", async () => {
    const x = input({ shape: [2] });
    const net = model({ inputs: x, outputs: ops.divide(1, x) });
    expect([...net.predict([[4, 2]]).data]).toEqual([0.25, 0.5]);
    await expectError(
      () =>
        net.predict([
          [1, 2],
          [0, 2],
        ]),
      "RangeError",
      /predict, samples 0 to 1: the output of layer "\w+" has Infinity at \[1, 0\] of \[2, 2\]; inputs or weights are too large for float32, or something was divided by 0/,
    );
    const ten = sequential([
      layers.dense({ units: 1, kernelInitializer: { name: "constant", value: 10 }, inputShape: [null, 1] }),
    ]);
    await expectError(() => ten.predict([[[1e38]]]), "RangeError", /"dense" has Infinity at \[0, 0, 0\]/);
    await expectError(
      () => ten.stream().step([-1e38]),
      "RangeError",
      /stream step: the output has -Infinity at element 0/,
    );
  });
});

describe("long and wide inputs", () => {
  const { embedding, gru, lstm, minGRU, sLSTM } = layers;

  /** What is predicted is what a stream ends with, to the bits; and a step of training leaves finite weights. */
  function expectSame(net: Model, x: ReturnType<typeof data>): void {
    const [, T, C] = x.shape;
    const stream = net.stream();
    let last: ArrayLike<number> = [];
    for (let t = 0; t < T; t++) last = stream.step(x.data.subarray(C * t, C * (t + 1)));
    expect(Array.from(last)).toEqual([...net.predict(x).data]);
    net.compile({ optimizer: "adam", loss: "mse" });
    expect(Number.isFinite(net.trainOnBatch(x, [[1]]).loss)).toBe(true);
    expect(net.getWeights().every(({ data }) => data.every(Number.isFinite))).toBe(true);
  }

  it.each(Object.entries({ lstm, gru, minGRU, sLSTM, mLSTM }))("may have 20,000 steps: %s", (_, make) => {
    expectSame(sequential([make({ units: 4, inputShape: [null, 2] }), dense({ units: 1 })]), data(1, [1, 20_000, 2]));
  });

  it.each(Object.entries({ lstm, gru, minGRU, mLSTM }))("may go to 1,025 units: %s", (_, make) => {
    const options = { units: 1025, recurrentInitializer: "glorotUniform", inputShape: [null, 2] } as const;
    const { recurrentInitializer: _none, ...alone } = options;
    expectSame(
      sequential([make === lstm || make === gru ? make(options) : make(alone), dense({ units: 1 })]),
      data(1, [1, 3, 2]),
    );
  });

  it("may be 300,000 ids, of as many rows", async () => {
    const count = 300_000;
    const net = sequential([
      embedding({ inputDim: count, outputDim: 4, inputShape: [null] }),
      lstm({ units: 2 }),
      dense({ units: 1 }),
    ]);
    net.compile({ optimizer: "adam", loss: "mse" });
    const ids = Int32Array.from({ length: count }, (_, i) => i);
    for (const N of [1, 300]) {
      const x = ndarray(ids, [N, count / N]);
      expect(net.predict(x).shape).toEqual([N, 1]);
      expect(Number.isFinite(net.trainOnBatch(x, ndarray(new Float32Array(N), [N, 1])).loss)).toBe(true);
    }
    await expectError(
      () => net.predict([[count]]),
      "RangeError",
      /embedding: expected token ids in 0\.\.299999, got 300000/,
    );
  });
});
