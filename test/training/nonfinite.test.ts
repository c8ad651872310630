import { describe, expect, it } from "vitest";
import { input, layers, model, ndarray, optimizers, sequential } from "../../src/index.ts";
import { errorOf, expectError, hashOfWeights, numbers, weightBits } from "../helpers/models.ts";

const { activation, dense, embedding, lstm } = layers;
const REMEDY =
  "the weights of the last good step are kept; lower the learning rate, clip gradients (globalClipNorm: 1) or scale the inputs";
const DATA = "expected finite numbers: fill or drop missing values first";
const INPUT = `${DATA}, or use layers.missing()`;
const BAD = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

/** A copy with one number changed. */
function spoilt(array: ReturnType<typeof numbers>, at: number, value: number) {
  const data = Float32Array.from(array.data);
  data[at] = value;
  return ndarray(data, array.shape);
}

function build() {
  const net = sequential([lstm({ units: 3, inputShape: [4, 2] }), dense({ units: 2 })], { seed: 5 });
  net.compile({ optimizer: "adam", loss: "mse" });
  return net;
}
const x = numbers([10, 4, 2]);
const y = numbers([10, 2], 2);

describe("data that is not finite", () => {
  it.each(BAD)("in x is reported with its batch and place: %d", async bad => {
    const net = build();
    const badX = spoilt(x, 7 * 8 + 2 * 2 + 1, bad); // sample 7, step 2, feature 1
    await expectError(
      () => net.fit(badX, y, { batchSize: 3, shuffle: false, verbose: 0 }),
      "RangeError",
      `epoch 1, batch 3: x has ${bad} at [1, 2, 1] of [3, 4, 2]; ${INPUT}`,
    );
    await expectError(
      () => net.evaluate(badX, y, { batchSize: 5 }),
      "RangeError",
      `batch 2: x has ${bad} at [2, 2, 1] of [5, 4, 2]; ${INPUT}`,
    );
    await expectError(
      () => net.predict(badX, { batchSize: 4 }),
      "RangeError",
      `predict, samples 4 to 7: x has ${bad} at [3, 2, 1] of [4, 4, 2]; ${INPUT}`,
    );
    await expectError(
      () => net.gradients(badX, y),
      "RangeError",
      `gradients: x has ${bad} at [7, 2, 1] of [10, 4, 2]; ${INPUT}`,
    );
  });

  it.each(BAD)("in y is reported with its step and place: %d", async bad => {
    const net = build();
    net.trainOnBatch(x, y);
    await expectError(
      () => net.trainOnBatch(x, spoilt(y, 13, bad)),
      "RangeError",
      `step 2: y has ${bad} at [6, 1] of [10, 2]; ${DATA}`,
    );
  });

  it("is reported with the input's or output's number where there are several", async () => {
    const [a, b] = [input({ shape: [2] }), input({ shape: [2] })];
    const net = model({
      inputs: [a, b],
      outputs: [dense({ units: 1 }).apply(a), dense({ units: 1 }).apply(b)],
    });
    net.compile({ loss: "mse" });
    const [one, two] = [numbers([3, 2]), numbers([3, 1])];
    await expectError(
      () => net.trainOnBatch([one, spoilt(one, 3, Number.NaN)], [two, two]),
      "RangeError",
      `step 1: x[1] has NaN at [1, 1] of [3, 2]; ${DATA}`,
    );
    await expectError(
      () => net.trainOnBatch([one, one], [spoilt(two, 2, Number.NaN), two]),
      "RangeError",
      `step 1: y[0] has NaN at [2, 0] of [3, 1]; ${DATA}`,
    );
  });

  it("in validation data is reported too", async () => {
    await expectError(
      () => build().fit(x, y, { validationData: [x, spoilt(y, 0, Number.NaN)], verbose: 0 }),
      "RangeError",
      `validation, batch 1: y has NaN at [0, 0] of [10, 2]; ${DATA}`,
    );
  });

  it("does not stop training on good data after it", async () => {
    const [net, twin] = [build(), build()];
    for (const m of [net, twin]) await m.fit(x, y, { epochs: 2, batchSize: 4, shuffle: false, verbose: 0 });
    await errorOf(() => net.trainOnBatch(spoilt(x, 3, Number.NaN), y));
    await errorOf(() => net.trainOnBatch(x, spoilt(y, 3, Number.NaN)));
    await errorOf(() => net.predict(spoilt(x, 3, Number.NaN)));
    expect(hashOfWeights(net)).toBe(hashOfWeights(twin));
    for (const m of [net, twin]) await m.fit(x, y, { epochs: 2, batchSize: 4, shuffle: false, verbose: 0 });
    expect(hashOfWeights(net)).toBe(hashOfWeights(twin));
  });

  it("keeps the good batches of an epoch that stops at a bad one", async () => {
    const [net, twin] = [build(), build()];
    await errorOf(() => net.fit(spoilt(x, 9 * 8, Number.NaN), y, { batchSize: 5, shuffle: false, verbose: 0 }));
    const rows = (array: typeof x) => (array.toArray() as number[][]).slice(0, 5);
    twin.trainOnBatch(rows(x), rows(y));
    expect(hashOfWeights(net)).toBe(hashOfWeights(twin));
  });
});

describe("a loss that is not finite", () => {
  it("names the first layer whose output is not", async () => {
    const net = sequential([
      dense({ units: 2, useBias: false, inputShape: [2] }),
      dense({ units: 2, useBias: false, name: "second" }),
      dense({ units: 1, useBias: false }),
    ]);
    net.compile({ optimizer: "sgd", loss: "mse" });
    net.setWeights([
      [
        [1, 0],
        [0, 1],
      ],
      [
        [1, 1],
        [0, 3e38],
      ],
      [[1], [1]],
    ]);
    await expectError(
      () =>
        net.trainOnBatch(
          [
            [1, 0],
            [0, 4],
          ],
          [[0], [0]],
        ),
      "RangeError",
      `step 1: the loss is Infinity; the output of layer "second" has Infinity at [1, 1] of [2, 2]; ${REMEDY}`,
    );
    await expectError(
      () => net.evaluate([[0, -4]], [[0]]),
      "RangeError",
      `batch 1: the loss is Infinity; the output of layer "second" has -Infinity at [0, 1] of [1, 2]; ${REMEDY}`,
    );
  });

  it("comes from a huge learning rate; the weights stay as they were, and a smaller rate goes on from good ones", async () => {
    const net = sequential([dense({ units: 8, activation: "relu", inputShape: [3] }), dense({ units: 1 })], {
      seed: 2,
    });
    net.compile({ optimizer: optimizers.sgd({ learningRate: 1e12 }), loss: "mse" });
    const [inputs, targets] = [numbers([16, 3]), numbers([16, 1], 2)];
    const start = net.getWeights();
    let last = weightBits(net);
    const error = await errorOf(() => {
      for (let i = 0; i < 20; i++) {
        net.trainOnBatch(inputs, targets);
        last = weightBits(net);
      }
    });
    expect(error).toBeInstanceOf(RangeError);
    expect(error.message).toMatch(/^step \d+: (the loss is|the gradient of|after the update) /);
    expect(error.message.endsWith(REMEDY)).toBe(true);
    expect(weightBits(net)).toEqual(last);
    net.setWeights(start);
    net.optimizer.learningRate = 0.01;
    const before = net.trainOnBatch(inputs, targets).loss;
    for (let i = 0; i < 30; i++) net.trainOnBatch(inputs, targets);
    expect(net.trainOnBatch(inputs, targets).loss).toBeLessThan(before);
  });

  it("is told in fit with epoch and batch", async () => {
    const net = sequential([dense({ units: 1, inputShape: [1] })]);
    net.compile({ optimizer: optimizers.sgd({ learningRate: 1e20 }), loss: "mse" });
    const error = await errorOf(() =>
      net.fit([[1], [2], [3], [4]], [[3], [1], [2], [9]], { batchSize: 1, epochs: 9, verbose: 0 }),
    );
    expect(error.message).toMatch(
      /^epoch \d, batch \d: (the loss is|the gradient of|after the update) .*; the weights of the last good step/,
    );
  });
});

describe("a gradient that is not finite", () => {
  it("names the weight and the element", async () => {
    const net = sequential([activation({ activation: "linear", inputShape: [2] }), dense({ units: 1, name: "out" })]);
    net.compile({ optimizer: "sgd", loss: "mse" });
    const before = weightBits(net);
    // The loss is about 1e60 in float64; the gradient 1e30 * 1e10 does not fit float32.
    await expectError(
      () => net.trainOnBatch([[1, 1e10]], [[1e30]]),
      "RangeError",
      `step 1: the gradient of out/kernel has -Infinity at element 1 of [2, 1]; ${REMEDY}`,
    );
    expect(weightBits(net)).toEqual(before);
    expect(net.trainOnBatch([[1, 1]], [[1]]).loss).toBeGreaterThan(0);
  });
});

describe("a learning rate that is no number", () => {
  it.each([
    [Number.NaN, "RangeError"],
    [Number.POSITIVE_INFINITY, "RangeError"],
    [1e39, "RangeError"],
    [-1, "RangeError"],
    ["0.1", "TypeError"],
  ] as const)("is refused before it spoils the weights: %s", async (rate, type) => {
    const net = build();
    net.optimizer.learningRate = rate as number;
    const before = weightBits(net);
    await expectError(() => net.trainOnBatch(x, y), type, /optimizer learningRate: expected a number in \[0, 3.4/);
    expect(weightBits(net)).toEqual(before);
    net.optimizer.learningRate = 0.01;
    net.trainOnBatch(x, y);
    expect(weightBits(net)).not.toEqual(before);
  });
});

describe("ids outside their range", () => {
  const tokens = () => {
    const net = sequential([
      embedding({ inputDim: 4, outputDim: 2, inputShape: [3] }),
      lstm({ units: 2 }),
      dense({ units: 3, activation: "softmax" }),
    ]);
    net.compile({ loss: "sparseCategoricalCrossentropy" });
    return net;
  };

  it.each([4, -1, 2 ** 30])("name layer and element: token %d", async token => {
    const net = tokens();
    const message =
      `embedding: expected token ids in 0..3, got ${token} at element 4 of the batch; ` +
      "raise inputDim or map rare tokens to a known id";
    const bad = [
      [0, 1, 2],
      [3, token, 0],
    ];
    await expectError(() => net.predict(bad), "RangeError", message);
    await expectError(() => net.trainOnBatch(bad, [0, 1]), "RangeError", message);
  });

  it.each([3, -1])("name target and element: class %d", async id => {
    const net = tokens();
    const good = [
      [0, 1, 2],
      [3, 3, 0],
    ];
    const message = `y: expected class ids in 0..2, got ${id} at element 1; give the last layer more units or renumber the classes`;
    await expectError(() => net.trainOnBatch(good, [0, id]), "RangeError", `step 1: ${message}`);
    await expectError(() => net.evaluate(good, [0, id]), "RangeError", `batch 1: ${message}`);
  });

  it("must be whole", async () => {
    const net = tokens();
    await expectError(
      () => net.predict([[0, 1.5, 2]]),
      "RangeError",
      "x: expected whole numbers (ids), got 1.5 at element 1",
    );
    await expectError(
      () => net.trainOnBatch([[0, 1, 2]], [Number.NaN]),
      "RangeError",
      "step 1: y: expected class ids in 0..2, got NaN at element 0; hide such steps with a mask or lengths",
    );
    await expectError(
      () => net.predict([[0, Number.NaN, 2]]),
      "RangeError",
      "x: expected whole numbers (ids), got NaN at element 1",
    );
    await expectError(
      () => net.predict({ x: [[0, Number.NaN, 2]], lengths: [2] }),
      "RangeError",
      "embedding: expected token ids in 0..3, got NaN at element 1 of the batch; hide padding with lengths",
    );
    await expectError(
      () => net.predict([[0, 2 ** 32, 2]]), // not 0, as its lower 32 bits would say
      "RangeError",
      "x: expected whole numbers (ids) in ±2147483647, got 4294967296 at element 1",
    );
  });
});
