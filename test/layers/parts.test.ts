/** The layers around recurrent ones: what they make of numbers by hand, files, streams, errors. Keras' numbers: kerasOrder.test.ts. */
import { describe, expect, it } from "vitest";
import { input, type Layer, layers, loadModel, type Model, model, sequential } from "../../src/index.ts";
import { expectClose } from "../helpers/compare.ts";
import { bits, expectError, numbers, scramble } from "../helpers/models.ts";
import { expectPredictBits, inFull, stepKernels } from "../helpers/streams.ts";
import { untyped } from "../helpers/untyped.ts";

const { dense, lstm } = layers;

/** Every layer that needs no other than one input [N, 6, 4], with options that are not its defaults. */
const oneInput: Record<string, () => Layer> = {
  flatten: () => layers.flatten(),
  reshape: () => layers.reshape({ targetShape: [-1, 8] }),
  permute: () => layers.permute({ dims: [2, 1] }),
  zeroPadding1D: () => layers.zeroPadding1D({ padding: [2, 1] }),
  cropping1D: () => layers.cropping1D({ cropping: [1, 2] }),
  upSampling1D: () => layers.upSampling1D({ size: 3 }),
  spatialDropout1D: () => layers.spatialDropout1D({ rate: 0.4 }),
  gaussianNoise: () => layers.gaussianNoise({ stddev: 0.3 }),
  conv1D: () => layers.conv1D({ filters: 4, kernelSize: 3, padding: "same", dilationRate: 2, activation: "relu" }),
  maxPooling1D: () => layers.maxPooling1D({ poolSize: 3, padding: "same" }),
  averagePooling1D: () => layers.averagePooling1D({ strides: 1 }),
  globalAveragePooling1D: () => layers.globalAveragePooling1D(),
  globalMaxPooling1D: () => layers.globalMaxPooling1D({ keepdims: true }),
  attention: () => layers.attention({ useScale: true, scoreMode: "concat", dropout: 0.2 }),
  additiveAttention: () => layers.additiveAttention({ useCausalMask: true }),
  multiHeadAttention: () => layers.multiHeadAttention({ numHeads: 2, keyDim: 3, dropout: 0.1 }),
  batchNormalization: () => layers.batchNormalization({ momentum: 0.8 }),
};
const merges = ["add", "subtract", "multiply", "average", "maximum", "minimum"] as const;

const around = (layer: Layer) =>
  sequential([dense({ units: 4, inputShape: [6, 4] }), layer, dense({ units: 3 })], { seed: 1 });

it.each(Object.entries(oneInput))("%s is saved, loaded and trained on to the same bits", (_, make) => {
  const net = around(make());
  net.compile({ optimizer: "adam", loss: "mse" });
  const x = numbers([5, 6, 4]);
  const y = numbers(net.predict(x).shape, 2);
  net.trainOnBatch(x, y);
  const again = loadModel(net.save({ optimizer: true }));
  for (const each of [net, again]) each.trainOnBatch(x, y);
  expect(bits(again.predict(x).data)).toEqual(bits(net.predict(x).data));
  expect(again.layers[1].toJSON()).toMatchObject(net.layers[1].toJSON());
});

it.each(merges)("%s is saved and loaded", kind => {
  const x = input({ shape: [3] });
  const [p, q] = [dense({ units: 2 }).apply(x), dense({ units: 2 }).apply(x)];
  const net = model({ inputs: x, outputs: layers[kind]({ name: "both" }).apply([p, q]) });
  const again = loadModel(net.save());
  expect(again.layers.at(-1)?.toJSON()).toEqual({ kind, name: "both", options: { name: "both" } });
  expect(bits(again.predict(numbers([4, 3])).data)).toEqual(bits(net.predict(numbers([4, 3])).data));
});

describe("streams", () => {
  it.each(merges)("%s of two ways, short and in full", kind => {
    for (const form of [(layer: Layer) => layer, inFull]) {
      const x = input({ shape: [null, 3] });
      const h = lstm({ units: 3, returnSequences: true }).apply(x);
      const both = form(layers[kind]()).apply([h, dense({ units: 3 }).apply(x)]);
      const net = model({ inputs: x, outputs: lstm({ units: 2 }).apply(both) });
      scramble(net);
      expectPredictBits(net, [numbers([1, 5, 3])]);
    }
  });

  it.each(merges)("%s of steps and one number, and of steps that are padding", kind => {
    const x = input({ shape: [null, 3] });
    const one = dense({ units: 1 }).apply(x);
    const some = layers.masking({ maskValue: 0 }).apply(x);
    const outputs = [layers[kind]().apply([x, one]), lstm({ units: 2 }).apply(layers[kind]().apply([some, x]))];
    const net = model({ inputs: x, outputs });
    scramble(net);
    const fed = numbers([1, 5, 3]);
    fed.data.fill(0, 6, 9);
    expectPredictBits(net, [fed]);
  });

  it("layers that work while training alone pass steps on", () => {
    const net = sequential([
      layers.spatialDropout1D({ rate: 0.5, inputShape: [null, 3] }),
      layers.gaussianNoise({ stddev: 1 }),
      lstm({ units: 2 }),
    ]);
    scramble(net);
    expectPredictBits(net, [numbers([1, 4, 3])]);
  });

  it.each([
    ["one step by one", { kernelSize: 3 }],
    ["with holes", { kernelSize: 3, dilationRate: 2 }],
    ["of one step", { kernelSize: 1 }],
    ["to one filter", { kernelSize: 2, filters: 1 }],
  ])("a causal convolution %s", (_, options) => {
    const net = sequential([
      layers.conv1D({ filters: 9, padding: "causal", activation: "tanh", inputShape: [null, 3], ...options }),
      layers.batchNormalization(),
      lstm({ units: 2 }),
    ]);
    scramble(net);
    net.setWeights(net.getWeights().map(({ data, shape }) => ({ shape, data: data.map(value => Math.abs(value)) })));
    expect(stepKernels(net)).not.toContain("forward");
    expectPredictBits(net, [numbers([1, 7, 3])]);
  });

  it.each(["globalAveragePooling1D", "globalMaxPooling1D"] as const)("%s of the steps so far", kind => {
    const [x, hidden] = [input({ shape: [null, 3] }), input({ shape: [null, 3] })];
    const outputs = [x, layers.masking().apply(hidden)].map(each =>
      dense({ units: 2 }).apply(layers[kind]().apply(each)),
    );
    const net = model({ inputs: [x, hidden], outputs });
    scramble(net);
    expect(stepKernels(net)).not.toContain("forward");
    const padded = numbers([1, 5, 3], 3);
    padded.data.fill(0, 0, 3);
    padded.data.fill(0, 6, 9);
    const below = numbers([1, 5, 3]);
    expectPredictBits(net, [{ ...below, data: below.data.map(value => value - 2) }, padded]);
  });

  it("refuse a convolution that sees what comes later", async () => {
    for (const options of [{ padding: "same" }, { padding: "causal", strides: 2 }] as const) {
      const net = sequential([layers.conv1D({ filters: 2, kernelSize: 2, inputShape: [null, 3], ...options })]);
      const text = 'stream: layer "conv1D" needs the whole sequence; use predict() for this model';
      await expectError(() => net.stream(), "RangeError", text);
    }
  });

  it.each([
    "flatten",
    "reshape",
    "permute",
    "zeroPadding1D",
    "cropping1D",
    "upSampling1D",
    "maxPooling1D",
    "averagePooling1D",
    "attention",
    "additiveAttention",
    "multiHeadAttention",
  ])("refuse %s", async kind => {
    const net = sequential([lstm({ units: 4, returnSequences: true, inputShape: [6, 4] }), oneInput[kind]()]);
    const text = `stream: layer "${kind}" needs the whole sequence; use predict() for this model`;
    await expectError(() => net.stream(), "RangeError", text);
  });

  it("repeat what does not change", () => {
    const [x, about] = [input({ shape: [null, 2] }), input({ shape: [3] })];
    const repeated = layers.repeatVector({ n: 4 }).apply(about);
    const h = lstm({ units: 12, returnSequences: true }).apply(x);
    const flat = layers.flatten().apply(repeated);
    const net = model({
      inputs: [x, about],
      outputs: dense({ units: 2 }).apply(lstm({ units: 12 }).apply([h, flat, flat])),
    });
    scramble(net);
    expectPredictBits(net, [numbers([1, 4, 2])], [numbers([1, 3])]);
  });
});

it("dropout of features is one for all steps, and noise has the deviation that was asked for", () => {
  const noisy = (layer: Layer) => {
    const net = sequential([dense({ units: 8, inputShape: [50, 8], kernelInitializer: "ones" }), layer]);
    net.compile({ optimizer: "sgd", loss: "mse" });
    return net;
  };
  // The gradient of a bias is the mean error of its feature: of one that is dropped exactly 0.
  const net = noisy(layers.spatialDropout1D({ rate: 0.5 }));
  const x = numbers([1, 50, 8]);
  const [, bias] = net.gradients(x, numbers([1, 50, 8], 3));
  const dropped = [...bias.data].filter(d => d === 0).length;
  expect(dropped).toBeGreaterThan(0);
  expect(dropped).toBeLessThan(8);
  // Loss against the same numbers without noise: its mean square.
  const other = noisy(layers.gaussianNoise({ stddev: 0.5 }));
  const many = numbers([64, 50, 8]);
  const { loss } = other.trainOnBatch(many, other.predict(many));
  expect(loss).toBeGreaterThan(0.24);
  expect(loss).toBeLessThan(0.26);
});

describe("batchNormalization", () => {
  const build = () => {
    const net = sequential([layers.batchNormalization({ momentum: 0.5, inputShape: [2] }), dense({ units: 1 })], {
      seed: 1,
    });
    net.compile({ optimizer: "sgd", loss: "mse" });
    return net;
  };
  const moving = (net: Model) =>
    Object.values(net.getWeights())
      .slice(2, 4)
      .map(({ data }) => [...data]);
  const x = [
    [1, 5],
    [3, 9],
  ];

  it("keeps means and variances of training, and uses them in predictions", () => {
    const net = build();
    expect(moving(net)).toEqual([
      [0, 0],
      [1, 1],
    ]);
    net.trainOnBatch(x, [[0], [1]]);
    expect(moving(net)).toEqual([
      [1, 3.5],
      [1, 2.5],
    ]);
    const [gamma, beta, mean, variance, kernel, bias] = net.getWeights().map(({ data }) => data);
    const expected = x.map(row =>
      row.reduce((sum, value, c) => {
        const normalized = (value - mean[c]) / Math.sqrt(variance[c] + 1e-3);
        return sum + (normalized * gamma[c] + beta[c]) * kernel[c];
      }, bias[0]),
    );
    expectClose(net.predict(x).data, expected, { absolute: 1e-6 });
    const before = moving(net);
    net.predict(x);
    net.evaluate(x, [[0], [1]]);
    net.gradients(x, [[0], [1]]);
    expect(moving(net)).toEqual(before);
  });

  it("frozen keeps and uses what it has", () => {
    const net = build();
    net.layers[0].trainable = false;
    net.compile({ optimizer: "sgd", loss: "mse" });
    net.trainOnBatch(x, [[0], [1]]);
    expect(moving(net)).toEqual([
      [0, 0],
      [1, 1],
    ]);
  });

  it("a step that fails leaves them", async () => {
    const net = build();
    net.setWeights(
      net.getWeights().map(({ data, shape }, i) => ({ shape, data: i === 4 ? data.map(() => 3e38) : data })),
    );
    await expectError(() => net.trainOnBatch(x, [[0], [1]]), "RangeError", /the loss is Infinity/);
    expect(moving(net)).toEqual([
      [0, 0],
      [1, 1],
    ]);
  });
});

describe("errors", () => {
  const cases: [string, () => unknown, "TypeError" | "RangeError", string][] = [
    [
      "attention of a vector",
      () => sequential([layers.attention({ inputShape: [4] })]),
      "RangeError",
      "attention: expected query [N, Q, C], value [N, K, …] and key [N, K, C], got [N, 4], [N, 4], [N, 4]; a recurrent layer below needs returnSequences: true",
    ],
    [
      "attention of other widths",
      () => layers.attention().apply([input({ shape: [4, 3] }), input({ shape: [5, 2] })]),
      "RangeError",
      "attention: expected query and key of one width, got [N, 4, 3], [N, 5, 2], [N, 5, 2]; bring them to it with layers.dense",
    ],
    [
      "keys of other values",
      () =>
        layers
          .multiHeadAttention({ numHeads: 1, keyDim: 2 })
          .apply([input({ shape: [4, 3] }), input({ shape: [5, 2] }), input({ shape: [6, 2] })]),
      "RangeError",
      "multiHeadAttention: expected a key for each value, got [N, 4, 3], [N, 5, 2], [N, 6, 2]",
    ],
    [
      "attention without keyDim",
      () => layers.multiHeadAttention(untyped({ numHeads: 2 })),
      "TypeError",
      "multiHeadAttention keyDim: expected a whole number >= 1, got undefined",
    ],
    [
      "repeatVector without n",
      () => layers.repeatVector(untyped({})),
      "TypeError",
      "repeatVector n: expected a whole number >= 1, got undefined",
    ],
    [
      "repeatVector(3)",
      () => layers.repeatVector(untyped(3)),
      "TypeError",
      "repeatVector: expected an options object, got 3; write repeatVector({ n: 3 })",
    ],
    [
      "repeatVector of steps",
      () => sequential([layers.repeatVector({ n: 2, inputShape: [4, 3] })]),
      "RangeError",
      "repeatVector: expected [N, C], got [N, 4, 3]; a recurrent layer below it needs returnSequences: false",
    ],
    [
      "reshape to 0",
      () => layers.reshape({ targetShape: [0] }),
      "TypeError",
      "reshape targetShape: expected a list of whole numbers >= 1, one of which may be -1, without the batch axis, got [0]",
    ],
    [
      "reshape to another size",
      () => sequential([layers.reshape({ targetShape: [5], inputShape: [4, 3] })]),
      "RangeError",
      "reshape: expected as many numbers as targetShape [5] has, got [N, 4, 3]; one axis of targetShape may be -1, which is whatever is left",
    ],
    [
      "permute twice the same",
      () => layers.permute({ dims: [1, 1] }),
      "TypeError",
      "permute dims: expected each of 1, 2, … once, such as [2, 1], got [1, 1]",
    ],
    [
      "permute of other axes",
      () => sequential([layers.permute({ dims: [2, 1], inputShape: [4] })]),
      "RangeError",
      "permute: expected an input of 2 axes beside the batch, for dims [2, 1], got [N, 4]",
    ],
    [
      "padding below 0",
      () => layers.zeroPadding1D({ padding: -1 }),
      "TypeError",
      "zeroPadding1D padding: expected a whole number >= 0, or one for the beginning and one for the end, got -1",
    ],
    [
      "cropping of everything",
      () => sequential([layers.cropping1D({ cropping: 2, inputShape: [4, 3] })]),
      "RangeError",
      "cropping1D: expected more than 4 steps, of which cropping leaves out 2 and 2, got 4",
    ],
    [
      "upSampling1D of a vector",
      () => sequential([layers.upSampling1D({ inputShape: [4] })]),
      "RangeError",
      "upSampling1D: expected an input of [N, T, C], got [N, 4]; a recurrent layer below it needs returnSequences: true",
    ],
    [
      "merging other shapes",
      () => layers.add().apply([input({ shape: [4, 3] }), input({ shape: [4, 2] })]),
      "RangeError",
      "add: expected inputs of one shape, but for axes of size 1, got [N, 4, 3] and [N, 4, 2]; bring them to one size with layers.dense, layers.repeatVector or layers.reshape",
    ],
    [
      "one tensor",
      () => layers.add().apply(input({ shape: [4] })),
      "RangeError",
      "add: expected at least 2 input tensors, got 1",
    ],
    [
      "noise below 0",
      () => layers.gaussianNoise({ stddev: -1 }),
      "RangeError",
      "gaussianNoise stddev: expected a number >= 0, got -1",
    ],
  ];

  it.each(cases)("%s", async (_, action, type, text) => {
    await expectError(action, type, text);
  });

  it("lengths that turn out not to fit, after which the model works", async () => {
    const net = sequential([layers.reshape({ targetShape: [2, 3], inputShape: [null, 3] })]);
    await expectError(
      () => net.predict(numbers([2, 4, 3])),
      "RangeError",
      /reshape: expected as many numbers as targetShape/,
    );
    expect(net.predict(numbers([2, 2, 3])).shape).toEqual([2, 2, 3]);
    const [a, b] = [input({ shape: [null, 3] }), input({ shape: [null, 3] })];
    const both = model({ inputs: [a, b], outputs: layers.add().apply([a, b]) });
    await expectError(
      () => both.predict([numbers([2, 4, 3]), numbers([2, 5, 3])]),
      "RangeError",
      /add: expected inputs of one shape/,
    );
    expect(both.predict([numbers([2, 4, 3]), numbers([2, 4, 3])]).shape).toEqual([2, 4, 3]);
  });
});

it("an embedding takes one id a sample, [N], beside a sequence: in training, predictions, files and streams", async () => {
  const [x, id] = [input({ shape: [null, 2] }), input({ shape: [] })];
  const known = layers.embedding({ inputDim: 5, outputDim: 3 }).apply(id);
  const h = lstm({ units: 3 }).apply(x);
  const net = model({ inputs: [x, id], outputs: dense({ units: 1 }).apply(layers.concatenate().apply([h, known])) });
  net.compile({ optimizer: "adam", loss: "mse" });
  const given = numbers([3, 4, 2]);
  const table = () =>
    net
      .getWeights()
      .find(({ shape }) => shape.join() === "5,3")
      ?.data.slice() ?? new Float32Array();
  const before = table();
  net.trainOnBatch([given, [0, 1, 1]], numbers([3, 1], 4));
  const moved = [0, 1, 2, 3, 4].filter(row => [0, 1, 2].some(c => table()[3 * row + c] !== before[3 * row + c]));
  expect(moved).toEqual([0, 1]);
  const predicted = net.predict([given, [4, 2, 0]]);
  expect(bits(loadModel(net.save()).predict([given, [4, 2, 0]]).data)).toEqual(bits(predicted.data));
  const stream = net.stream({ inputs: [4] });
  const steps = [0, 1, 2, 3].map(t => stream.step(given.data.subarray(2 * t, 2 * t + 2)));
  expect(bits(steps[3])).toEqual(bits(predicted.data.slice(0, 1)));
  await expectError(
    () => net.predict([given, [0, 1, 5]]),
    "RangeError",
    /embedding: expected token ids in 0..4, got 5/,
  );
});
