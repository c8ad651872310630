/** Gradients by inputs, against differences of the loss; predictions as in training; one target for all steps. */
import { describe, expect, it, vi } from "vitest";
import { input, layers, type Model, model, ndarray, sequential, standardScaler } from "../../src/index.ts";
import { expectClose } from "../helpers/compare.ts";
import { numericGradient } from "../helpers/finiteDifference.ts";
import { expectError, hashOfWeights, ids, numbers, scramble } from "../helpers/models.ts";

const [N, T, C] = [2, 4, 3];

describe("gradients by inputs", () => {
  const kinds: [string, () => Model][] = [
    ["lstm", () => sequential([layers.lstm({ units: 4, inputShape: [T, C] }), layers.dense({ units: 1 })])],
    [
      "bidirectional gru, all steps",
      () =>
        sequential([
          layers.bidirectional({ layer: layers.gru({ units: 3, returnSequences: true }), inputShape: [T, C] }),
          layers.lstm({ units: 3 }),
          layers.dense({ units: 1 }),
        ]),
    ],
    [
      "masking",
      () =>
        sequential([
          layers.masking({ maskValue: 5, inputShape: [T, C] }),
          layers.simpleRNN({ units: 4 }),
          layers.dense({ units: 1 }),
        ]),
    ],
  ];

  it.each(kinds)("%s", async (_, make) => {
    const net = make();
    scramble(net);
    net.compile({ loss: "mse", optimizer: "sgd" });
    const [x, y] = [numbers([N, T, C]), numbers([N, 1], 5)];
    const before = hashOfWeights(net);
    const [gradient] = net.gradients(x, y, { inputs: true, sampleWeight: [1, 3] });
    expect(gradient.shape).toEqual([N, T, C]);
    expect(hashOfWeights(net)).toBe(before);
    const loss = (moved: Float64Array) => {
      const p = net.predict(ndarray(Float32Array.from(moved), x.shape)).data;
      return ((p[0] - y.data[0]) ** 2 + 3 * (p[1] - y.data[1]) ** 2) / 2;
    };
    expectClose(gradient.data, numericGradient(loss, x.data, 2 ** -7), { relative: 5e-3, absolute: 1e-3 });
  });

  it("are in raw units where the model has a scaler, and of each input", () => {
    const [a, b] = [input({ shape: [C] }), input({ shape: [2] })];
    const joined = layers.concatenate().apply([a, b]);
    const net = model({ inputs: [a, b], outputs: layers.dense({ units: 1 }).apply(joined), seed: 1 });
    net.compile({ loss: "mse", optimizer: "sgd" });
    const [x, z, y] = [numbers([N, C]), numbers([N, 2], 2), numbers([N, 1], 3)];
    const [first, second] = net.gradients([x, z], y, { inputs: true });
    const kernel = net.getWeights()[0].data;
    const p = net.predict([x, z]).data;
    for (let n = 0; n < N; n++) {
      const slope = (2 * (p[n] - y.data[n])) / N;
      for (let j = 0; j < C; j++) expect(first.data[n * C + j]).toBeCloseTo(slope * kernel[j], 6);
      for (let j = 0; j < 2; j++) expect(second.data[n * 2 + j]).toBeCloseTo(slope * kernel[C + j], 6);
    }

    const scaled = sequential([layers.dense({ units: 1, inputShape: [C] })], { seed: 1 });
    const raw = ndarray(
      Float32Array.from({ length: 5 * C }, (_, i) => 10 * Math.sin(i) * (1 + (i % C))),
      [5, C],
    );
    scaled.compile({ loss: "mse", optimizer: "sgd" });
    scaled.setScaling({ input: standardScaler().fit(raw) });
    const target = numbers([5, 1], 4);
    const [own] = scaled.gradients(raw, target, { inputs: true });
    const loss = (moved: Float64Array) => {
      const p = scaled.predict(ndarray(Float32Array.from(moved), [5, C])).data;
      return Array.from(p).reduce((sum, value, i) => sum + (value - target.data[i]) ** 2, 0) / 5;
    };
    expectClose(own.data, numericGradient(loss, raw.data, 2 ** -5), { relative: 5e-3, absolute: 1e-4 });
  });

  it("are refused where all inputs are ids", async () => {
    const net = sequential([
      layers.embedding({ inputDim: 5, outputDim: 2, inputShape: [3] }),
      layers.lstm({ units: 1 }),
    ]);
    net.compile({ loss: "mse", optimizer: "sgd" });
    const message = "gradients inputs: expected an input of numbers, got ids alone, which have no gradients";
    await expectError(() => net.gradients(ids([2, 3], 5), [[1], [2]], { inputs: true }), "RangeError", message);
  });
});

describe("predict as in training", () => {
  const make = (): Model =>
    sequential(
      [layers.dense({ units: 50, inputShape: [C] }), layers.dropout({ rate: 0.5 }), layers.dense({ units: 1 })],
      { seed: 3 },
    );
  const x = numbers([40, C]);

  it("drops other numbers at every call and in every batch, around what predict says, and repeats with a new model", () => {
    const [net, again] = [make(), make()];
    const options = { training: true, batchSize: 8 };
    const plain = net.predict(x).data;
    const calls = Array.from({ length: 400 }, () => net.predict(x, options).data);
    expect(calls[1]).not.toEqual(calls[0]);
    expect(again.predict(x, options).data).toEqual(calls[0]);
    const mean = plain.map((_, i) => calls.reduce((sum, data) => sum + data[i], 0) / calls.length);
    const spread = plain.map((_, i) => Math.sqrt(calls.reduce((sum, data) => sum + (data[i] - mean[i]) ** 2, 0) / 400));
    plain.forEach((value, i) => {
      expect(Math.abs(mean[i] - value)).toBeLessThan((5 * spread[i]) / 20 + 1e-6);
    });
    expect(net.predict(x).data).toEqual(plain);
    // The same rows in two batches get other masks.
    const same = ndarray(Float32Array.from([...x.data.slice(0, C), ...x.data.slice(0, C)]), [2, C]);
    const [a, b] = net.predict(same, { training: true, batchSize: 1 }).data;
    expect(a).not.toBe(b);
  });

  it("leaves training as it is", () => {
    const [net, other] = [make(), make()];
    for (const one of [net, other]) one.compile({ loss: "mse", optimizer: "adam" });
    const y = numbers([40, 1], 2);
    net.predict(x, { training: true });
    for (const one of [net, other]) one.trainOnBatch(x, y);
    expect(hashOfWeights(net)).toBe(hashOfWeights(other));
  });
});

describe("one target for all steps", () => {
  const make = (steps: number | null): Model => {
    const net = sequential(
      [layers.lstm({ units: 3, returnSequences: true, inputShape: [steps, C] }), layers.dense({ units: 1 })],
      { seed: 1 },
    );
    net.compile({ loss: "mse", optimizer: "sgd", metrics: ["mae"], weightedMetrics: ["mse"] });
    return net;
  };
  const x = numbers([N, T, C]);
  const repeated = [1, -2].map(value => new Array(T).fill([value]));

  it.each([T, null])("is compared with each of %s steps, and said once", async steps => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    for (const y of [
      [1, -2],
      [[1], [-2]],
    ]) {
      for (const sampleWeight of [undefined, [1, 3]]) {
        const net = make(steps);
        expect(await net.evaluate(x, y, { sampleWeight })).toEqual(await net.evaluate(x, repeated, { sampleWeight }));
        expect(net.gradients(x, y)[0].data).toEqual(net.gradients(x, repeated)[0].data);
        const lengths = [4, 2];
        expect(await net.evaluate({ x, lengths }, y)).toEqual(await net.evaluate({ x, lengths }, repeated));
        await net.fit(x, y, { verbose: 0 });
      }
    }
    expect(warn.mock.calls.filter(([text]) => /each step is compared/.test(text)).length).toBeLessThanOrEqual(1);
    warn.mockRestore();
  });

  it("is the only such pair", async () => {
    const two = sequential([layers.lstm({ units: 2, returnSequences: true, inputShape: [T, C] })]);
    two.compile({ loss: "mse", optimizer: "sgd" });
    await expectError(
      () =>
        two.evaluate(x, [
          [1, 2],
          [3, 4],
        ]),
      "RangeError",
      /y: expected \[N, 4, 2\], got \[2, 2\]/,
    );
    await expectError(
      () =>
        make(T).evaluate(x, [
          [1, 2],
          [3, 4],
        ]),
      "RangeError",
      /y: expected \[N, 4, 1\], got \[2, 2\]/,
    );
  });
});
