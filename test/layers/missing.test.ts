/** Models whose data have holes: what each strategy puts there, where means come from, streams, files, errors. */
import { describe, expect, it } from "vitest";
import {
  input,
  layers,
  loadModel,
  type MissingStrategy,
  model,
  type NDArray,
  ndarray,
  optimizers,
  sequential,
  standardScaler,
} from "../../src/index.ts";
import { expectClose } from "../helpers/compare.ts";
import { numericGradient } from "../helpers/finiteDifference.ts";
import { bits, errorOf, expectError, numbers, scramble, weightBits } from "../helpers/models.ts";
import { untyped } from "../helpers/untyped.ts";

const { dense, lstm, masking, missing } = layers;
const { NaN: nan } = Number;
const STRATEGIES: MissingStrategy[] = ["mask", "zero", "mean", "last", "decay"];

function withHoles(shape: readonly number[], seed = 1): NDArray {
  const { data } = numbers(shape, seed);
  const holes = numbers(shape, seed + 100).data;
  return ndarray(
    data.map((value, i) => (holes[i] > 0.1 ? nan : value)),
    shape,
  );
}

const filled = (options: Parameters<typeof missing>[0], x: unknown) =>
  sequential([missing({ inputShape: [null, 2], ...options })])
    .predict(untyped(x))
    .toArray();

describe("what stands for a missing value", () => {
  const x = [
    [
      [nan, 1],
      [4, nan],
      [nan, nan],
      [nan, 2],
    ],
  ];

  it.each<[Parameters<typeof missing>[0], number[][]]>([
    [
      { strategy: "zero" },
      [
        [0, 1],
        [4, 0],
        [0, 0],
        [0, 2],
      ],
    ],
    [
      { strategy: "mask" },
      [
        [0, 1],
        [4, 0],
        [0, 0],
        [0, 2],
      ],
    ],
    [
      { strategy: "mean", means: [7, 8] },
      [
        [7, 1],
        [4, 8],
        [7, 8],
        [7, 2],
      ],
    ],
    [
      { strategy: "last", means: [7, 8] },
      [
        [7, 1],
        [4, 1],
        [4, 1],
        [4, 2],
      ],
    ],
    [
      { strategy: "last" },
      [
        [0, 1],
        [4, 1],
        [4, 1],
        [4, 2],
      ],
    ],
    [
      { strategy: "last", indicators: true, intervals: true, means: [7, 8] },
      [
        [7, 1, 0, 1, 0, 0],
        [4, 1, 1, 0, 1, 1],
        [4, 1, 0, 0, 1, 2],
        [4, 2, 0, 1, 2, 3],
      ],
    ],
    [
      { strategy: "zero", intervals: true },
      [
        [0, 1, 0, 0],
        [4, 0, 1, 1],
        [0, 0, 1, 2],
        [0, 2, 2, 3],
      ],
    ],
  ])("%j", (options, expected) => {
    expect(filled(options, x)).toEqual([expected]);
  });

  it("decay comes down from the last value to the mean, and tells what was there", () => {
    const net = sequential([missing({ strategy: "decay", means: [7, 8], inputShape: [4, 2] })]);
    net.setWeights([[0.5, 1], [0.25, -1.5], ...net.getWeights().slice(2)]);
    const { data, shape } = net.predict(x);
    const towards = (last: number, own: number, rate: number) => own + (last - own) * Math.exp(-rate);
    expect(shape).toEqual([1, 4, 4]);
    expectClose(
      data,
      [
        ...[7, 1, 0, 1],
        ...[4, towards(1, 8, 0), 1, 0], // 1·1 - 1.5 is below 0: nothing decays yet
        ...[towards(4, 7, 0.75), towards(1, 8, 0.5), 0, 0],
        ...[towards(4, 7, 1.25), 2, 0, 1],
      ],
      { relative: 3e-7 },
    );
  });
});

describe("mask", () => {
  it("hides the steps of which nothing is there", () => {
    const build = (first: Parameters<typeof missing>[0]) =>
      sequential([missing({ inputShape: [null, 2], ...first }), lstm({ units: 3 })], { seed: 2 });
    const x = [
      [
        [1, 2],
        [nan, nan],
        [3, nan],
        [nan, nan],
      ],
    ];
    const real = [
      [
        [1, 2],
        [3, 0],
      ],
    ];
    expectClose(build({ strategy: "mask" }).predict(x).data, build({ strategy: "zero" }).predict(real).data, {
      absolute: 1e-7,
    });
  });

  it("leaves them out of the loss, also behind lengths", () => {
    const net = sequential([missing({ strategy: "mask", inputShape: [4, 1] }), dense({ units: 1 })], { seed: 2 });
    net.compile({ optimizer: "sgd", loss: "mse" });
    net.setWeights([[[2]], [1]]);
    const x = [[[1], [nan], [3], [4]]];
    const y = [[[0], [100], [0], [0]]];
    expect(net.trainOnBatch(x, y).loss).toBeCloseTo((3 ** 2 + 7 ** 2 + 9 ** 2) / 3, 4);
    net.setWeights([[[2]], [1]]);
    expect(net.trainOnBatch({ x, lengths: [3] }, y).loss).toBeCloseTo((3 ** 2 + 7 ** 2) / 2, 4);
  });
});

describe("means", () => {
  const build = (options: Partial<Parameters<typeof missing>[0]> = {}) => {
    const net = sequential([missing({ strategy: "mean", inputShape: [2, 2], ...options }), lstm({ units: 2 })]);
    net.compile({ optimizer: optimizers.sgd({ learningRate: 0.01 }), loss: "mse" });
    return net;
  };
  const x = [
    [
      [1, 10],
      [nan, 20],
    ],
    [
      [3, nan],
      [8, nan],
    ],
    [
      [1000, 1000],
      [1000, 1000],
    ],
  ];
  const y = numbers([3, 2]);
  const learned = (net: ReturnType<typeof build>) =>
    net
      .getWeights()
      .slice(0, 2)
      .map(weight => weight.toArray());

  it("are those of the first training's own data, of real steps, and stay", async () => {
    const net = build();
    expect(learned(net)).toEqual([
      [0, 0],
      [0, 0],
    ]);
    await net.fit({ x, lengths: [2, 1, 2] }, y, { validationSplit: 0.33, verbose: 0 });
    expect(learned(net)).toEqual([
      [2, 15],
      [2, 2],
    ]);
    await net.fit(x, y, { epochs: 2, verbose: 0 });
    net.trainOnBatch(x, y);
    expect(learned(net)).toEqual([
      [2, 15],
      [2, 2],
    ]);
    expect(learned(loadModel(net.save()))).toEqual([
      [2, 15],
      [2, 2],
    ]);
  });

  it("come from the first batch, where batches are all there is", () => {
    const net = build();
    net.trainOnBatch(x.slice(0, 2), numbers([2, 2]));
    expect(learned(net)).toEqual([
      [4, 15],
      [3, 2],
    ]);
  });

  it("of a feature without a value are learned when it has one", () => {
    const net = build();
    net.trainOnBatch(
      [
        [
          [1, nan],
          [2, nan],
        ],
      ],
      numbers([1, 2]),
    );
    net.trainOnBatch(
      [
        [
          [50, 5],
          [50, nan],
        ],
      ],
      numbers([1, 2]),
    );
    expect(learned(net)).toEqual([
      [1.5, 5],
      [2, 1],
    ]);
  });

  it("are the given ones, whatever the data", () => {
    const net = build({ means: [-1, -2] });
    net.trainOnBatch(x, y);
    expect(learned(net)[0]).toEqual([-1, -2]);
    expect(JSON.stringify(net.layers[0].toJSON())).not.toContain("means");
  });

  it("are in the units of the scaled data", () => {
    const net = build({ means: [0, 0] });
    const raw = build();
    const scaler = standardScaler().fit(x);
    for (const m of [net, raw]) m.setScaling({ input: scaler });
    raw.trainOnBatch(x, y);
    expectClose(raw.getWeights()[0].data, [0, 0], { absolute: 1e-6 });
    const known = ndarray(
      numbers([1, 2, 2]).data.map(v => 100 * v),
      [1, 2, 2],
    );
    const holed = ndarray(Float32Array.of(nan, ...known.data.slice(1)), [1, 2, 2]);
    const inPlace = ndarray(
      Float32Array.of(scaler.inverseTransform([[0, 0]]).data[0], ...known.data.slice(1)),
      [1, 2, 2],
    );
    expectClose(net.predict(holed).data, net.predict(inPlace).data, { absolute: 1e-6 });
  });

  it("are not spoilt by a batch that is refused", async () => {
    const net = build();
    await errorOf(() =>
      net.trainOnBatch(
        [
          [
            [Infinity, 1],
            [2, 1],
          ],
        ],
        numbers([1, 2]),
      ),
    );
    expect(learned(net)).toEqual([
      [0, 0],
      [0, 0],
    ]);
    await errorOf(() => net.fit(x, ndarray(new Float32Array(6).fill(nan), [3, 2]), { verbose: 0 }));
    expect(learned(net)[1]).toEqual([0, 0]);
    await net.fit(x.slice(0, 2), numbers([2, 2]), { verbose: 0 });
    expect(learned(net)[0]).toEqual([4, 15]);
  });
});

describe.each(STRATEGIES)("strategy %s", strategy => {
  const build = (stateful = false) => {
    const means = strategy === "mask" || strategy === "zero" ? {} : { means: [0.5, -1, 2] };
    const options = { strategy, indicators: true, intervals: true, stateful, ...means, inputShape: [null, 3] };
    const net = sequential([missing(options), lstm({ units: 4, stateful }), dense({ units: 2 })], { seed: 5 });
    const { specs } = net.network.plan;
    net.setWeights(
      net.getWeights().map((weight, i) => (specs[i].trainable === false ? weight : numbers(weight.shape, 40 + i))),
    );
    return net;
  };

  it("streams to the bits of predict, from a saved state too", () => {
    const net = build();
    const [N, T, C] = [2, 7, 3];
    const x = withHoles([N, T, C]);
    x.data.fill(nan, 3 * C, 4 * C);
    for (let n = 0; n < N; n++) {
      const stream = net.stream();
      const saved = net.stream();
      for (let t = 0; t < T; t++) {
        const at = (n * T + t) * C;
        const y = bits(stream.step(x.data.slice(at, at + C)));
        expect(bits(saved.step(x.data.slice(at, at + C)))).toEqual(y);
        const sofar = ndarray(x.data.slice(n * T * C, at + C), [1, t + 1, C]);
        expect(y).toEqual(bits(net.predict(sofar).data));
        if (t === 3) {
          saved.reset();
          saved.state = JSON.parse(JSON.stringify(stream.state));
        }
      }
    }
  });

  it("goes on from batch to batch where it is stateful", () => {
    const [whole, parts] = [build(), build(true)];
    const x = withHoles([1, 6, 3], 8);
    const [a, b] = [0, 1].map(i => ndarray(x.data.slice(i * 9, (i + 1) * 9), [1, 3, 3]));
    parts.predict(a);
    expect(bits(parts.predict(b).data)).toEqual(bits(whole.predict(x).data));
    parts.resetStates();
    expect(bits(parts.predict(a).data)).toEqual(bits(whole.predict(a).data));
  });

  it("learns, with gradients that are the loss' differences", () => {
    const net = build();
    net.compile({ optimizer: optimizers.sgd({ learningRate: 0 }), loss: "mse" });
    const [x, y] = [withHoles([3, 5, 3], 3), numbers([3, 2], 4)];
    const gradients = net.gradients(x, y);
    const before = net.getWeights();
    net.network.plan.specs.forEach(({ trainable = true, path }, i) => {
      if (!trainable) {
        expect([...gradients[i].data]).toEqual(new Array(gradients[i].data.length).fill(0));
        return;
      }
      const loss = (moved: ArrayLike<number>) => {
        net.setWeights(before.map((w, j) => (i === j ? { shape: w.shape, data: Float32Array.from(moved) } : w)));
        return net.trainOnBatch(x, y).loss;
      };
      const [near, far] = [1 / 64, 1 / 32].map(h => numericGradient(loss, before[i].data, h));
      const differences = near.map((d, k) => (4 * d - far[k]) / 3);
      expectClose(gradients[i].data, differences, { relative: 1e-3, absolute: 2e-4 }, path);
    });
  });

  it("is the same with several threads", async () => {
    const run = async (threads: number) => {
      const net = sequential(
        [missing({ strategy, inputShape: [12, 6] }), lstm({ units: 32, returnSequences: true }), lstm({ units: 9 })],
        { seed: 6, threads },
      );
      net.compile({ optimizer: "adam", loss: "mse" });
      await net.fit(withHoles([32, 12, 6]), numbers([32, 9]), { epochs: 2, verbose: 0 });
      return weightBits(net);
    };
    expect(await run(2)).toEqual(await run(1));
  });
});

describe("NaN elsewhere", () => {
  it("is an error where another layer reads the same input", async () => {
    const x = input({ shape: [3, 2] });
    const net = model({
      inputs: x,
      outputs: [missing({ strategy: "zero" }).apply(x), dense({ units: 1 }).apply(x)],
    });
    await expectError(
      () =>
        net.predictAll([
          [
            [1, 2],
            [nan, 3],
            [4, 5],
          ],
        ]),
      "RangeError",
      "predict, samples 0 to 0: x has NaN at [0, 1, 0] of [1, 3, 2]; " +
        "expected finite numbers: fill or drop missing values first, or use layers.missing()",
    );
  });

  it("is an error below another layer, and in targets", async () => {
    const net = sequential([masking({ inputShape: [3, 1] }), missing({ strategy: "zero" }), dense({ units: 1 })]);
    await expectError(() => net.predict([[[1], [nan], [2]]]), "RangeError", /x has NaN at \[0, 1, 0\]/);
    const other = sequential([missing({ strategy: "zero", inputShape: [3, 1] }), dense({ units: 1 })]);
    other.compile({ loss: "mse" });
    await expectError(
      () => other.trainOnBatch([[[1], [nan], [2]]], [[[1], [nan], [2]]]),
      "RangeError",
      "step 1: y has NaN at [0, 1, 0] of [1, 3, 1]; " +
        "expected finite numbers: fill or drop missing values first, or hide their steps with a mask or lengths",
    );
  });

  it.each([Infinity, -Infinity])("%d is no missing value", async bad => {
    const net = sequential([missing({ strategy: "zero", inputShape: [null, 2] }), lstm({ units: 1 })]);
    const expected = "expected finite numbers, or NaN where a value is missing";
    await expectError(
      () =>
        net.predict([
          [
            [1, nan],
            [nan, bad],
          ],
        ]),
      "RangeError",
      `predict, samples 0 to 0: x has ${bad} at [0, 1, 1] of [1, 2, 2]; ${expected}`,
    );
    await expectError(
      () => net.stream().step([nan, bad]),
      "RangeError",
      `stream step: x has ${bad} at element 1; ${expected}`,
    );
  });
});

it("decay learns how long a value is worth something", async () => {
  // Feature 0 keeps its value until it is seen again; feature 1 is new at every step.
  const [N, T] = [64, 12];
  const source = numbers([N * T * 3], 9).data;
  const x = new Float32Array(N * T * 2);
  const y = new Float32Array(N * T * 2);
  for (let n = 0; n < N; n++) {
    let kept = 0;
    for (let t = 0; t < T; t++) {
      const at = n * T + t;
      const seen = t % 4 === 0;
      if (seen) kept = source[3 * at];
      [x[2 * at], x[2 * at + 1]] = seen ? [kept, source[3 * at + 1]] : [nan, nan];
      [y[2 * at], y[2 * at + 1]] = [kept, seen ? source[3 * at + 1] : source[3 * at + 2]];
    }
  }
  const filling = missing({ strategy: "decay", indicators: false, inputShape: [T, 2] });
  const net = sequential([filling, dense({ units: 2, useBias: false, kernelInitializer: "zeros" })], { seed: 1 });
  const start = net.getWeights();
  net.setWeights([
    ...start.slice(0, 4),
    [
      [1, 0],
      [0, 1],
    ],
  ]);
  net.compile({ optimizer: optimizers.adam({ learningRate: 0.05 }), loss: "mse" });
  await net.fit(ndarray(x, [N, T, 2]), ndarray(y, [N, T, 2]), { epochs: 60, batchSize: 16, verbose: 0 });
  const [kernel, bias] = net.getWeights().map(weight => weight.data);
  const left = (j: number, steps: number) => Math.exp(-Math.max(0, kernel[j] * steps + bias[j]));
  expect(left(0, 3)).toBeGreaterThan(0.9);
  expect(left(1, 1)).toBeLessThan(0.2);
});

it("save and load keep the bits, after training", async () => {
  const net = sequential([missing({ strategy: "decay", inputShape: [5, 3] }), lstm({ units: 4 })], { seed: 7 });
  net.compile({ optimizer: "adam", loss: "mse" });
  await net.fit(withHoles([6, 5, 3]), numbers([6, 4]), { epochs: 3, verbose: 0 });
  const again = loadModel(net.save({ optimizer: true }));
  const x = withHoles([4, 5, 3], 2);
  expect(bits(again.predict(x).data)).toEqual(bits(net.predict(x).data));
  for (const m of [net, again]) await m.fit(x, numbers([4, 4]), { epochs: 2, verbose: 0 });
  expect(weightBits(again)).toEqual(weightBits(net));
});

it("takes weights as any layer does", () => {
  const net = sequential([missing({ strategy: "decay", inputShape: [5, 3] })]);
  expect(net.network.plan.specs.map(spec => [spec.name, spec.trainable ?? true])).toEqual([
    ["decayKernel", true],
    ["decayBias", true],
    ["mean", false],
    ["observed", false],
  ]);
  scramble(net);
  expect(net.summary()).toContain("12 weights, 48 B, 6 of them not trained");
});

describe("refuses", () => {
  it.each<[string, () => unknown, "TypeError" | "RangeError", string]>([
    [
      "an unknown strategy",
      () => missing({ strategy: "guess" as never }),
      "RangeError",
      'missing strategy: expected one of mask, zero, mean, last, decay, got "guess"',
    ],
    [
      "no strategy",
      () => missing({} as never),
      "TypeError",
      "missing strategy: expected one of mask, zero, mean, last, decay, got undefined",
    ],
    [
      "means that nobody wants",
      () => missing({ strategy: "zero", means: [1] }),
      "RangeError",
      'missing means: strategy "zero" has no use for them; leave them out or use "mean"',
    ],
    [
      "means that are none",
      () => missing({ strategy: "mean", means: [1, nan] }),
      "RangeError",
      "missing means: expected finite numbers, got NaN at element 1",
    ],
    [
      "a table of means",
      () => missing({ strategy: "mean", means: [[1, 2]] }),
      "RangeError",
      "missing means: expected [C], one for each feature, got [1, 2]",
    ],
    [
      "means of another number of features",
      () => sequential([missing({ strategy: "last", means: [1, 2], inputShape: [4, 3], name: "fill" })]),
      "RangeError",
      "fill: expected means for 3 features, got 2; give one for each feature",
    ],
    [
      "samples without steps",
      () => sequential([missing({ strategy: "zero", inputShape: [3], name: "fill" })]),
      "RangeError",
      "fill: expected an input of [N, T, C], got [N, 3]; " +
        "values are missing in steps of a sequence, fill those of single samples first",
    ],
  ])("%s", async (_, action, type, text) => {
    await expectError(action, type, text);
  });
});
