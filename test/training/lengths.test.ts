/** Sequences of unequal length by { x, lengths }: the same as each sequence by itself, in every method of a model. */
import { describe, expect, it } from "vitest";
import { input, layers, type Model, model, type NDArray, ndarray, optimizers, sequential } from "../../src/index.ts";
import { expectClose } from "../helpers/compare.ts";
import { bits, expectError, ids, numbers, weightBits } from "../helpers/models.ts";
import { untyped } from "../helpers/untyped.ts";

const { bidirectional, dense, embedding, lstm, masking } = layers;
const [N, T, C] = [5, 6, 3];
const lengths = [3, 6, 0, 1, 4];

/** Sample n's real steps alone. */
const alone = ({ data, shape }: NDArray, n: number): NDArray => {
  const width = data.length / (N * T);
  const start = n * T * width;
  return ndarray(data.slice(start, start + lengths[n] * width), [1, lengths[n], ...shape.slice(2)]);
};

/** With other numbers after each sequence's end. */
const spoilt = ({ data, shape }: NDArray, value: number): NDArray => {
  const width = data.length / (N * T);
  return ndarray(
    data.map((own, i) => (Math.floor(i / width) % T < lengths[Math.floor(i / (T * width))] ? own : value)),
    shape,
  );
};

const build = (returnSequences = false, seed = 3) => {
  const net = sequential(
    [
      bidirectional({ layer: lstm({ units: 3, returnSequences: true }), inputShape: [null, C] }),
      lstm({ units: 4, returnSequences }),
      dense({ units: 2 }),
    ],
    { seed },
  );
  net.compile({ optimizer: optimizers.adam({ learningRate: 0.01 }), loss: "mse", metrics: ["mae"] });
  return net;
};
const x = numbers([N, T, C]);

describe("predict", () => {
  it("gives what each sequence gives by itself, whatever follows it", () => {
    const net = build();
    const y = net.predict({ x, lengths });
    for (let n = 0; n < N; n++) {
      if (lengths[n] > 0) {
        expectClose(y.data.slice(2 * n, 2 * n + 2), net.predict(alone(x, n)).data, { absolute: 3e-7 }, `sequence ${n}`);
      }
    }
    for (const value of [0, 9, Number.NaN, Infinity]) {
      expect(bits(net.predict({ x: spoilt(x, value), lengths }).data)).toEqual(bits(y.data));
    }
    expect(bits(net.predict({ x, lengths }, { batchSize: 2 }).data)).toEqual(bits(y.data));
    expect(bits(net.predict({ x: x.toArray(), lengths: Int32Array.from(lengths) }).data)).toEqual(bits(y.data));
  });

  it("with whole lengths gives the bits of predict without", () => {
    const net = build(true);
    expect(bits(net.predict({ x, lengths: new Array(N).fill(T) }).data)).toEqual(bits(net.predict(x).data));
  });

  it("works on token ids, whose padding need not be ids", () => {
    const net = sequential([embedding({ inputDim: 7, outputDim: 4, inputShape: [null] }), lstm({ units: 3 })]);
    const tokens = ids([N, T], 7);
    const y = net.predict({ x: tokens, lengths });
    for (let n = 0; n < N; n++) {
      if (lengths[n] > 0) {
        expectClose(y.data.slice(3 * n, 3 * n + 3), net.predict(alone(tokens, n)).data, { absolute: 1e-7 });
      }
    }
    expect(bits(net.predict({ x: spoilt(tokens, -1), lengths }).data)).toEqual(bits(y.data));
  });

  it("hides what lengths or another mask hide", () => {
    const tokens = ndarray([1, 2, 0, 4, 5, 3], [1, 6]);
    const masked = sequential([
      embedding({ inputDim: 7, outputDim: 4, maskZero: true, inputShape: [null] }),
      lstm({ units: 3 }),
    ]);
    expectClose(masked.predict({ x: tokens, lengths: [5] }).data, masked.predict([[1, 2, 4, 5]]).data, {
      absolute: 1e-7,
    });
    const values = numbers([1, 6, 2]);
    values.data.fill(-1, 2, 4);
    const behind = sequential([masking({ maskValue: -1, inputShape: [null, 2] }), lstm({ units: 3 })]);
    const real = ndarray([...values.data.slice(0, 2), ...values.data.slice(4, 8)], [1, 3, 2]);
    expectClose(behind.predict({ x: values, lengths: [4] }).data, behind.predict(real).data, { absolute: 1e-7 });
  });

  it("means the first of several inputs that is a sequence", () => {
    const [fixed, series, other] = [input({ shape: [2] }), input({ shape: [null, C] }), input({ shape: [null, 1] })];
    const outputs = [
      dense({ units: 1 }).apply(fixed),
      lstm({ units: 3 }).apply(series),
      lstm({ units: 2 }).apply(other),
    ];
    const net = model({ inputs: [fixed, series, other], outputs, seed: 4 });
    const [a, c] = [numbers([N, 2]), numbers([N, 4, 1], 5)];
    const [whole, padded] = [net.predictAll([a, x, c]), net.predictAll({ x: [a, x, c], lengths })];
    expect([0, 2].map(i => bits(padded[i].data))).toEqual([0, 2].map(i => bits(whole[i].data)));
    const single = sequential([lstm({ units: 3, inputShape: [null, C] })]);
    single.setWeights(net.getWeights().filter((_, i) => net.network.plan.specs[i].layer.name === "lstm"));
    expect(bits(padded[1].data)).toEqual(bits(single.predict({ x, lengths }).data));
  });
});

describe.each([false, true])("training, returnSequences %s", sequences => {
  const y = numbers(sequences ? [N, T, 2] : [N, 2], 2);

  /** What a mask says that was made another way: all features -9 after the end. */
  const masked = () => {
    const net = sequential(
      [
        masking({ maskValue: -9, inputShape: [null, C] }),
        bidirectional({ layer: lstm({ units: 3, returnSequences: true }) }),
        lstm({ units: 4, returnSequences: sequences }),
        dense({ units: 2 }),
      ],
      { seed: 3 },
    );
    net.compile({ optimizer: optimizers.adam({ learningRate: 0.01 }), loss: "mse", metrics: ["mae"] });
    return net;
  };
  const data = { x: spoilt(x, Number.NaN), lengths };
  const padded = spoilt(x, -9);

  it("by fit, with validation on a part and in a new order", async () => {
    const [net, twin] = [build(sequences), masked()];
    const options = { epochs: 3, batchSize: 2, validationSplit: 0.4, verbose: 0 } as const;
    const [own, other] = [await net.fit(data, y, options), await twin.fit(padded, y, options)];
    expect(own.history).toEqual(other.history);
    expect(weightBits(net)).toEqual(weightBits(twin));
  });

  it("by fit with validation data of its own lengths", async () => {
    const [net, twin] = [build(sequences), masked()];
    const options = { epochs: 2, batchSize: 3, shuffle: false, verbose: 0 } as const;
    const own = await net.fit(x, y, { ...options, validationData: [data, y] });
    const other = await twin.fit(x, y, { ...options, validationData: [padded, y] });
    expect(own.history).toEqual(other.history);
  });

  it("by trainOnBatch, gradients and evaluate", async () => {
    const [net, twin]: Model[] = [build(sequences), masked()];
    for (let i = 0; i < 3; i++) expect(net.trainOnBatch(data, y)).toEqual(twin.trainOnBatch(padded, y));
    expect(net.gradients(data, y).map(g => bits(g.data))).toEqual(twin.gradients(padded, y).map(g => bits(g.data)));
    expect(await net.evaluate(data, y, { batchSize: 2 })).toEqual(await twin.evaluate(padded, y, { batchSize: 2 }));
  });
});

describe("lengths that do not fit are refused", () => {
  it.each<[string, unknown, "TypeError" | "RangeError", string]>([
    ["a number", 3, "TypeError", "lengths: expected an array with a number for each sequence, got 3"],
    ["null", null, "TypeError", "lengths: expected an array with a number for each sequence, got null"],
    ["too few", [1, 2], "RangeError", "lengths: expected one for each of the 5 sequences in x, got 2"],
    [
      "longer than the data",
      [1, 2, 7, 1, 1],
      "RangeError",
      "lengths: expected whole numbers in [0, 6], as x has 6 steps, got 7 at element 2",
    ],
    [
      "below 0",
      [1, 2, 3, 1, -1],
      "RangeError",
      "lengths: expected whole numbers in [0, 6], as x has 6 steps, got -1 at element 4",
    ],
    [
      "half a step",
      Float32Array.of(1, 2, 3, 0.5, 1),
      "RangeError",
      "lengths: expected whole numbers in [0, 6], as x has 6 steps, got 0.5 at element 3",
    ],
    ["words", [1, 2, "3", 1, 1], "TypeError", 'lengths: expected whole numbers, got "3" at element 2'],
  ])("%s", async (_, bad, type, text) => {
    const net = build();
    await expectError(() => net.predict(untyped({ x, lengths: bad })), type, text);
    await expectError(() => net.trainOnBatch(untyped({ x, lengths: bad }), numbers([N, 2])), type, text);
  });

  it("where there is no sequence", async () => {
    const net = sequential([dense({ units: 1, inputShape: [3] })]);
    await expectError(
      () => net.predict({ x: numbers([2, 3]), lengths: [1, 1] }),
      "RangeError",
      "lengths: expected a model that takes sequences [N, T, ...] or token ids [N, T], got x of [N, 3]; leave lengths out",
    );
  });

  it("beside something else", async () => {
    await expectError(
      () => build().predict(untyped({ data: x, lengths })),
      "TypeError",
      'x with lengths: unknown option "data"; known options are x, lengths',
    );
  });
});
