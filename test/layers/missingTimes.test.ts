/** Missing values in series with times of their own, and what padding, states and streams do with them. */
import { describe, expect, it } from "vitest";
import {
  layers,
  loadModel,
  type MissingStrategy,
  type Model,
  type NDArray,
  ndarray,
  optimizers,
  sequential,
} from "../../src/index.ts";
import { expectClose } from "../helpers/compare.ts";
import { bits, expectError, numbers, weightBits } from "../helpers/models.ts";

const { bidirectional, dense, lstm, missing } = layers;
const { NaN: nan } = Number;
const STRATEGIES: MissingStrategy[] = ["mask", "zero", "mean", "last", "decay"];
const C = 3;
const TIME = 1;

/** [N, T, 4]: three features with holes, and as channel 1 times that go on by 0 to 2 from anywhere. */
function irregular(N: number, T: number, seed = 1, step = (draw: number) => Math.max(0, 2 * draw)): NDArray {
  const [values, holes, steps] = [0, 100, 200].map(more => numbers([N, T, C + 1], seed + more).data);
  const data = values.map((value, i) => (holes[i] > 0.1 ? nan : value));
  for (let n = 0; n < N; n++) {
    let time = 7 * values[n * T * (C + 1)] - 3;
    for (let t = 0; t < T; t++) {
      const at = (n * T + t) * (C + 1) + TIME;
      if (t > 0) time += step(steps[at]);
      data[at] = time;
    }
  }
  return ndarray(data, [N, T, C + 1]);
}

/** Steps [begin, end) of every sequence. */
function steps({ data, shape: [N, T, width] }: NDArray, begin: number, end: number): NDArray {
  const rows = Array.from({ length: N }, (_, n) => data.subarray((n * T + begin) * width, (n * T + end) * width));
  return ndarray(Float32Array.from(rows.flatMap(row => [...row])), [N, end - begin, width]);
}

function withoutTimes({ data, shape: [N, T, width] }: NDArray): NDArray {
  return ndarray(
    data.filter((_, i) => i % width !== TIME),
    [N, T, width - 1],
  );
}

function build(strategy: MissingStrategy, { time = TIME as number | null, stateful = false, both = false } = {}) {
  const means = strategy === "mask" || strategy === "zero" ? {} : { means: [0.5, -1, 2] };
  const filling = missing({
    ...{ strategy, indicators: true, intervals: true, stateful, ...means },
    ...(time === null ? { inputShape: [null, C] } : { time, inputShape: [null, C + 1] }),
  });
  const above = lstm({ units: 4, stateful });
  const net = sequential([filling, both ? bidirectional({ layer: above }) : above, dense({ units: 2 })], { seed: 5 });
  const { specs } = net.network.plan;
  net.setWeights(
    net.getWeights().map((weight, i) => (specs[i].trainable === false ? weight : numbers(weight.shape, 40 + i))),
  );
  return net;
}

it("counts time for intervals and decay, from any beginning, and gives no channel for it", () => {
  const net = sequential([
    missing({ strategy: "decay", time: TIME, intervals: true, means: [8], inputShape: [null, 2] }),
  ]);
  net.setWeights([[0.5], [0.25], [8], [1]]);
  const times = [-2, 0.5, 0.5, 3, 3.25];
  const values = [nan, 4, nan, nan, 5];
  const left = (passed: number) => 8 + (4 - 8) * Math.exp(-(0.5 * passed + 0.25));
  const y = net.predict([times.map((time, t) => [values[t], time])]);
  expect(y.shape).toEqual([1, 5, 3]);
  expectClose(
    y.data,
    [
      ...[8, 0, 0],
      ...[4, 1, 2.5], // nothing yet for 2.5
      ...[left(0), 0, 0], // at the same time
      ...[left(2.5), 0, 2.5],
      ...[5, 1, 2.75],
    ],
    { relative: 3e-7 },
  );
});

describe.each(STRATEGIES)("strategy %s", strategy => {
  const learned = () => build(strategy);
  const [N, T] = [3, 8];

  it("with a time of 1 a step has the bits of no times", () => {
    const x = irregular(N, T, 2, () => 1);
    for (let i = TIME; i < x.data.length; i += C + 1) x.data[i] = Math.round(x.data[i]); // so that sums are exact
    const plain = build(strategy, { time: null });
    expect(bits(learned().predict(x).data)).toEqual(bits(plain.predict(withoutTimes(x)).data));
    const stretched = ndarray(
      x.data.map((value, i) => (i % (C + 1) === TIME ? 2 * value : value)),
      x.shape,
    );
    expect(bits(learned().predict(stretched).data)).not.toEqual(bits(learned().predict(x).data));
  });

  it("streams to the bits of predict, from a saved state too; a time that goes back changes nothing", async () => {
    const net = learned();
    const x = irregular(2, T, 3);
    const width = C + 1;
    for (let n = 0; n < 2; n++) {
      const [stream, saved] = [net.stream(), net.stream()];
      for (let t = 0; t < T; t++) {
        const step = x.data.slice((n * T + t) * width, (n * T + t + 1) * width);
        if (t > 0) {
          const back = Float32Array.from(step);
          back[TIME] = x.data[(n * T + t - 1) * width + TIME] - 1;
          await expectError(() => stream.step(back), "RangeError", /missing: expected times that do not decrease, /);
          back[TIME] = nan;
          await expectError(() => stream.step(back), "RangeError", /missing: expected times .*, got NaN/);
        }
        const y = bits(stream.step(step));
        expect(bits(saved.step(step))).toEqual(y);
        expect(y).toEqual(
          bits(net.predict(ndarray(x.data.slice(n * T * width, (n * T + t + 1) * width), [1, t + 1, width])).data),
        );
        if (t === 3) {
          saved.reset();
          saved.state = JSON.parse(JSON.stringify(stream.state));
        }
      }
    }
  });

  it("goes on from batch to batch where it is stateful, with the time in between", async () => {
    const [whole, parts] = [learned(), build(strategy, { stateful: true })];
    const x = irregular(N, T, 4);
    parts.predict(steps(x, 0, 3));
    await expectError(() => parts.predict(steps(x, 0, 3)), "RangeError", /expected times that do not decrease/);
    expect(bits(parts.predict(steps(x, 3, T)).data)).toEqual(bits(whole.predict(x).data));
    parts.resetStates();
    expect(bits(parts.predict(steps(x, 0, 3)).data)).toEqual(bits(whole.predict(steps(x, 0, 3)).data));
  });

  it.each([TIME, null])("padding is no step, of a state neither; time channel %s", time => {
    const [net, twin] = [build(strategy, { time, stateful: true }), build(strategy, { time })];
    const given = (x: NDArray) => (time === null ? withoutTimes(x) : x);
    const x = irregular(N, T, 5);
    const lengths = [2, 0, 4];
    const begin = given(steps(x, 0, 4));
    const width = begin.shape[2];
    const padded = ndarray(
      begin.data.map((value, i) => (Math.floor(i / width) % 4 < lengths[Math.floor(i / (4 * width))] ? value : nan)),
      begin.shape,
    );
    net.predict({ x: padded, lengths });
    const y = net.predict(given(steps(x, 4, T)));
    lengths.forEach((length, n) => {
      const { data } = given(x);
      const row = data.subarray(n * T * width, (n + 1) * T * width);
      const real = [...row.subarray(0, length * width), ...row.subarray(4 * width)];
      const own = twin.predict(ndarray(real, [1, length + T - 4, width]));
      expectClose(y.data.slice(2 * n, 2 * n + 2), own.data, { absolute: 3e-7 }, `sequence ${n}`);
    });
  });

  it("below both directions: time passes forwards for the two of them, and padding for none", () => {
    const net = build(strategy, { both: true });
    const x = irregular(N, T, 6);
    const width = C + 1;
    const lengths = [5, 8, 1];
    const spoilt = ndarray(
      x.data.map((value, i) => (Math.floor(i / width) % T < lengths[Math.floor(i / (T * width))] ? value : nan)),
      x.shape,
    );
    const y = net.predict({ x: spoilt, lengths });
    lengths.forEach((length, n) => {
      const own = ndarray(x.data.slice(n * T * width, (n * T + length) * width), [1, length, width]);
      expectClose(y.data.slice(2 * n, 2 * n + 2), net.predict(own).data, { absolute: 3e-7 }, `sequence ${n}`);
    });
  });

  it("keeps all of it in a file, after training", async () => {
    const net = sequential(
      [missing({ strategy, time: TIME, intervals: true, inputShape: [T, C + 1] }), lstm({ units: 4 })],
      { seed: 7 },
    );
    net.compile({ optimizer: "adam", loss: "mse" });
    await net.fit(irregular(6, T, 7), numbers([6, 4]), { epochs: 2, batchSize: 4, verbose: 0 });
    const again = loadModel(net.save({ optimizer: true }));
    const x = irregular(4, T, 8);
    expect(bits(again.predict(x).data)).toEqual(bits(net.predict(x).data));
    for (const m of [net, again]) await m.fit(x, numbers([4, 4]), { verbose: 0 });
    expect(weightBits(again)).toEqual(weightBits(net));
  });
});

it("means are those of the features", () => {
  const net = sequential([missing({ strategy: "mean", time: TIME, inputShape: [2, 3] }), lstm({ units: 1 })]);
  net.compile({ loss: "mse" });
  const x = [
    [
      [1, 1000, nan],
      [3, 1001, 7],
    ],
  ];
  net.trainOnBatch(x, [[0]]);
  expect(
    net
      .getWeights()
      .slice(0, 2)
      .map(weight => weight.toArray()),
  ).toEqual([
    [2, 7],
    [2, 1],
  ]);
});

describe("decay by time", () => {
  // Values die away by e^-0.7 a unit of time, and are seen now and then.
  const [N, T, rate] = [32, 10, 0.7];
  const [draws, gaps] = [numbers([N, T, 1], 11).data, numbers([N, T, 1], 12).data];
  const [x, y] = [new Float32Array(2 * N * T), new Float32Array(N * T)];
  for (let n = 0; n < N; n++) {
    let [time, last, at] = [0, 0, 0];
    for (let t = 0; t < T; t++) {
      const i = n * T + t;
      time += 0.1 + gaps[i] ** 2 * 4;
      const seen = t % 3 === 0;
      if (seen) [last, at] = [1 + draws[i], time];
      [x[2 * i], x[2 * i + 1]] = [seen ? last : nan, time];
      y[i] = last * Math.exp(-rate * (time - at));
    }
  }
  const train = async (net: Model, inputs: NDArray) => {
    net.compile({ optimizer: optimizers.adam({ learningRate: 0.03 }), loss: "mse" });
    const { history } = await net.fit(inputs, ndarray(y, [N, T, 1]), { epochs: 80, batchSize: 16, verbose: 0 });
    return history.loss[history.loss.length - 1];
  };
  const settings = { strategy: "decay", indicators: false, means: [0] } as const;

  it("is learned, where steps alone cannot tell it", async () => {
    const timed = sequential([missing({ ...settings, time: 1, inputShape: [T, 2] })]);
    const data = ndarray(x, [N, T, 2]);
    const loss = await train(timed, data);
    const [kernel, bias] = timed.getWeights().map(({ data: [value] }) => value);
    expect(kernel).toBeCloseTo(rate, 1);
    expect(bias).toBeCloseTo(0, 1);
    const counted = sequential([missing({ ...settings, inputShape: [T, 1] })]);
    expect(loss).toBeLessThan(0.001 * (await train(counted, withoutTimes(data))));
  });
});
