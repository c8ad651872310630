/** Padding and times are in raw units, as all inputs of a model with a scaler are, and in float64. */
import { describe, expect, it } from "vitest";
import {
  input,
  type Layer,
  layers,
  loadModel,
  type Model,
  minMaxScaler,
  model,
  ndarray,
  type Scaler,
  sequential,
  standardScaler,
} from "../../src/index.ts";
import { expectClose } from "../helpers/compare.ts";
import { bits, expectError, numbers, weightBits } from "../helpers/models.ts";

const { bidirectional, concatenate, dense, gru, lstm, masking, missing } = layers;
const real = [
  [10, 200],
  [12, 210],
  [11, 190],
];
const PADDED: [string, Scaler, number][] = [
  ["standardScaler, 0", standardScaler().fit(real), 0],
  ["minMaxScaler, -1", minMaxScaler().fit(real), -1],
  ["standardScaler, -9999", standardScaler().fit(real), -9999],
  ["float32 cannot hold it", standardScaler().fit(real), 0.1],
];

describe.each(PADDED)("masking above a scaler, %s", (_, scaler, pad) => {
  const padding = [pad, pad];
  const build = (above: () => Layer = () => lstm({ units: 3 })) => {
    const net = sequential([masking({ maskValue: pad, inputShape: [null, 2] }), above(), dense({ units: 1 })], {
      seed: 1,
    });
    net.compile({ loss: "mse", optimizer: "sgd" });
    net.setScaling({ input: scaler });
    return net;
  };
  const begins = [padding, ...real];
  const long = [[...real, padding], begins, [real[0], padding, real[1], real[2]]];
  const y = [[1], [2], [3]];

  it.each<[string, () => Layer]>([
    ["lstm", () => lstm({ units: 3 })],
    ["gru", () => gru({ units: 3 })],
    ["bidirectional", () => bidirectional({ layer: lstm({ units: 3 }) })],
  ])("sees it wherever it stands: %s", async (_, above) => {
    const net = build(above);
    const short = net.predict([real, real, real]);
    expect(bits(net.predict(long).data)).toEqual(bits(short.data));
    expect(bits(net.predict(ndarray(Float32Array.from(long.flat(2)), [3, 4, 2])).data)).toEqual(bits(short.data));
    expect(bits(net.predict(ndarray(Float64Array.from(long.flat(2)), [3, 4, 2])).data)).toEqual(bits(short.data));
    expect(bits(loadModel(net.save()).predict(long).data)).toEqual(bits(short.data));
    expect(await net.evaluate(long, y)).toEqual(await net.evaluate([real, real, real], y));
    const [all, few] = [net.gradients(long, y), net.gradients([real, real, real], y)];
    all.forEach((gradient, i) => {
      expectClose(gradient.data, few[i].data, { absolute: 1e-5 });
    });
  });

  it("trains in another order as one would without it", async () => {
    const [padded, plain] = [build(), build()];
    const settings = { epochs: 3, batchSize: 2, verbose: 0, validationSplit: 0.34 } as const;
    const a = await padded.fit([long[1], long[2], long[0]], y, settings);
    const b = await plain.fit([real, real, real], y, settings);
    for (const log of ["loss", "valLoss"]) expectClose(a.history[log], b.history[log], { relative: 1e-5 });
  });

  it("sees it in a stream, and beside lengths, and in a part", () => {
    const net = build();
    const stream = net.stream();
    for (const step of real) stream.step(step);
    const { state } = stream;
    const last = bits(stream.step(padding));
    expect(stream.state).toEqual(state);
    expect(last).toEqual(bits(net.predict([real]).data));
    const x = [...begins, [7, 7]];
    expect(bits(net.predict({ x: [x], lengths: [4] }).data)).toEqual(last);
    const part = net.part({ outputs: "lstm" });
    expect(bits(part.predict(long).data)).toEqual(bits(part.predict([real, real, real]).data));
    net.setScaling({});
    expect(bits(stream.step(padding)), "also when the scaler is gone").toEqual(last);
  });
});

it("a real step at the mean is not skipped, nor one that float32 could not tell from padding", () => {
  const net = sequential([masking({ inputShape: [null, 1] }), lstm({ units: 3 })], { seed: 1 });
  net.setScaling({ input: standardScaler().fit([[1e8], [3e8]]) });
  const of = (...steps: number[]) => bits(net.predict([steps.map(step => [step])]).data);
  expect(of(1e8, 2e8, 3e8)).not.toEqual(of(1e8, 3e8));
  expect(of(1e8, 1, 3e8)).not.toEqual(of(1e8, 3e8));
  expect(of(1e8, 0, 3e8)).toEqual(of(1e8, 3e8));
});

it("masking above another layer compares what that gives", () => {
  const build = (scaler?: Scaler) => {
    const net = sequential(
      [layers.activation({ activation: "linear", inputShape: [null, 1] }), masking(), lstm({ units: 2 })],
      { seed: 1 },
    );
    if (scaler) net.setScaling({ input: scaler });
    return net;
  };
  const scaled = build(standardScaler().fit([[1], [3]]));
  expect(bits(scaled.predict([[[1], [2], [3]]]).data)).toEqual(bits(build().predict([[[-1], [1]]]).data));
});

it("branches have masks of their own", () => {
  const x = input({ shape: [null, 2] });
  const branch = (maskValue: number) => lstm({ units: 2 }).apply(masking({ maskValue }).apply(x));
  const plain = lstm({ units: 2 }).apply(x);
  const net = model({ inputs: x, outputs: [branch(0), branch(-1), plain], seed: 3 } as never) as Model;
  net.setScaling({ input: standardScaler().fit(real) });
  const of = (steps: number[][]) => net.predictAll([steps]).map(({ data }) => bits(data));
  const [zeros, ones, none] = [of([...real, [0, 0]]), of([...real, [-1, -1]]), of(real)];
  expect([zeros[0], ones[1]]).toEqual([none[0], none[1]]);
  for (const [a, b] of [
    [zeros[1], none[1]],
    [zeros[2], none[2]],
    [ones[0], none[0]],
  ]) {
    expect(a).not.toEqual(b);
  }
});

describe("times since 1970", () => {
  const U = 1_700_000_000;
  const { NaN: nan } = Number;
  const times = [0, 1, 60, 200.25];
  const steps = times.map((time, t) => [U + time, t === 0 ? 5 : nan]);
  const build = (stateful = false) =>
    sequential([missing({ strategy: "last", time: 0, intervals: true, stateful, means: [0], inputShape: [null, 2] })]);
  const scalers: [string, Scaler | undefined][] = [
    ["no scaler", undefined],
    ["standardScaler", standardScaler().fit(steps)],
    ["minMaxScaler", minMaxScaler({ range: [-1, 1] }).fit([...steps, [U, 4]])],
  ];

  it.each(scalers)("pass by seconds, in predict, in batches and in streams: %s", (_, input) => {
    const net = build();
    if (input) net.setScaling({ input });
    const filled = input ? input.column(1).transform([5]).data[0] : 5;
    const expected = times.map(time => [filled, time]);
    for (const x of [[steps], ndarray(Float64Array.from(steps.flat()), [1, 4, 2])]) {
      expect(net.predict(x).toArray()).toEqual([expected]);
    }
    expect(loadModel(net.save()).predict([steps]).toArray()).toEqual([expected]);
    const [stream, other] = [net.stream(), net.stream()];
    steps.forEach((step, t) => {
      if (t === 2) other.state = JSON.parse(JSON.stringify(stream.state));
      expect([...stream.step(step)]).toEqual(expected[t]);
      if (t >= 2) expect([...other.step(step)]).toEqual(expected[t]);
    });
    const parts = build(true);
    if (input) parts.setScaling({ input });
    const got = [steps.slice(0, 2), steps.slice(2)].map(part => parts.predict([part]).toArray());
    expect(got).toEqual([[expected.slice(0, 2)], [expected.slice(2)]]);
  });

  it("that go back by a second are an error, and say which", async () => {
    const net = build();
    await expectError(
      () => net.predict([[steps[1], steps[0]]]),
      "RangeError",
      /missing: expected times that do not decrease, one at every step, got 1700000000 after 1700000001 at \[0, 1\] of \[1, 2\]/,
    );
    const stream = net.stream();
    stream.step(steps[1]);
    await expectError(() => stream.step(steps[0]), "RangeError", /got 1700000000 after 1700000001; sort/);
  });

  it("train to the same bits from any beginning, in any order", async () => {
    const train = async (since: number, scale: boolean) => {
      const { data } = numbers([6, 4, 2], 3);
      const x = ndarray(
        Float64Array.from(data, (value, i) => (i % 2 === 0 ? since + 8 * (i >> 1) : value)),
        [6, 4, 2],
      );
      const net = sequential(
        [missing({ strategy: "decay", time: 0, intervals: true, inputShape: [4, 2] }), lstm({ units: 3 })],
        { seed: 2 },
      );
      net.compile({ loss: "mse", optimizer: "adam" });
      if (scale) net.setScaling({ input: standardScaler().fit(x) });
      await net.fit(x, numbers([6, 3], 5), { epochs: 2, batchSize: 4, verbose: 0 });
      return weightBits(net);
    };
    expect(await train(U, false)).toEqual(await train(0, false));
    expect(await train(U, true)).toEqual(await train(0, true));
  });

  it("in an input that another layer reads too take no scaler", async () => {
    const x = input({ shape: [null, 2] });
    const filled = missing({ strategy: "zero", time: 0, name: "filled" }).apply(x);
    const net = model({
      inputs: x,
      outputs: concatenate().apply([filled, lstm({ units: 1, returnSequences: true }).apply(x)]),
    });
    await expectError(
      () => net.setScaling({ input: standardScaler().fit(real) }),
      "RangeError",
      'setScaling input: expected all layers that read the input to take channel 0 for the time, which no scaler changes, as "filled" does, got "lstm"; scale the data yourself',
    );
  });
});
