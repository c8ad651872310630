/** Regularizers and constraints by themselves: values by formula, where they count, and what is refused. */
import { describe, expect, it, vi } from "vitest";
import {
  callbacks,
  constraints,
  input,
  type Layer,
  layers,
  loadModel,
  model,
  regularizers,
  sequential,
} from "../../src/index.ts";
import { expectError, numbers, scramble, weightBits } from "../helpers/models.ts";
import { untyped } from "../helpers/untyped.ts";

const { dense, lstm } = layers;
const { l1, l1L2, l2 } = regularizers;
const { maxNorm, nonNeg, unitNorm } = constraints;

const sum = (data: ArrayLike<number>, of: (value: number) => number): number =>
  Array.from(data).reduce((total, value) => total + of(value), 0);
const cost = (data: ArrayLike<number>, a: number, b: number) => a * sum(data, Math.abs) + b * sum(data, v => v * v);

const [x, y] = [numbers([6, 3]), numbers([6, 2], 2)];

function over(...chain: Layer[]) {
  const net = sequential(chain, { seed: 2 });
  scramble(net);
  net.compile({ loss: "mse", optimizer: "adam" });
  return net;
}

describe("regularizers", () => {
  it("are in the loss of training and of evaluate, and in the gradients", async () => {
    const net = over(
      dense({
        units: 2,
        inputShape: [3],
        kernelRegularizer: l1L2({ l1: 0.3, l2: 0.2 }),
        biasRegularizer: l1({ l1: 0.5 }),
      }),
    );
    const plain = over(dense({ units: 2, inputShape: [3] }));
    const [kernel, bias] = net.getWeights();
    const extra = cost(kernel.data, 0.3, 0.2) + cost(bias.data, 0.5, 0);
    const bare = (await plain.evaluate(x, y)).loss;
    expect((await net.evaluate(x, y)).loss).toBeCloseTo(bare + extra, 6);
    expect((await net.evaluate(x, y, { batchSize: 4 })).loss).toBeCloseTo(bare + extra, 6); // not a penalty a batch
    const [gradients, without] = [net.gradients(x, y), plain.gradients(x, y)];
    kernel.data.forEach((value, i) => {
      expect(gradients[0].data[i]).toBeCloseTo(without[0].data[i] + 0.3 * Math.sign(value) + 0.4 * value, 6);
    });
    bias.data.forEach((value, i) => {
      expect(gradients[1].data[i]).toBeCloseTo(without[1].data[i] + 0.5 * Math.sign(value), 6);
    });
    expect(net.trainOnBatch(x, y).loss).toBeCloseTo(bare + extra, 6);
  });

  it("of outputs are divided by the samples, count for every use, and are in gradients by the inputs", () => {
    const a = input({ shape: [3] });
    const b = input({ shape: [3] });
    const shared = dense({ units: 2, name: "shared", activation: "tanh", activityRegularizer: l2({ l2: 0.7 }) });
    const net = model({ inputs: [a, b], outputs: layers.add().apply([shared.apply(a), shared.apply(b)]) });
    net.compile({ loss: "mse" });
    const other = numbers([6, 3], 5);
    const hidden = model({ inputs: [a, b], outputs: [shared.apply(a), shared.apply(b)] }).predictAll([x, other]);
    const loss = ([first, second]: readonly { data: ArrayLike<number> }[]) =>
      Array.from(first.data).reduce((total, value, i) => total + (value + second.data[i] - y.data[i]) ** 2, 0) / 12 +
      (0.7 / 6) * (sum(first.data, v => v * v) + sum(second.data, v => v * v));
    expect(net.trainOnBatch([x, other], y).loss).toBeCloseTo(loss(hidden), 6);
    const by = 1 / 64;
    const lossAt = (moved: number) => {
      const data = Float32Array.from(x.data);
      data[4] += moved;
      const part = model({ inputs: [a, b], outputs: [shared.apply(a), shared.apply(b)] });
      return loss(part.predictAll([{ shape: [6, 3], data }, other]));
    };
    const slope = net.gradients([x, other], y, { inputs: true })[0].data[4];
    expect(slope).toBeCloseTo((lossAt(by) - lossAt(-by)) / (2 * by), 3);
  });

  it("of frozen layers cost nothing", () => {
    const frozen = over(dense({ units: 2, inputShape: [3], kernelRegularizer: l2({ l2: 5 }), trainable: false }));
    const plain = over(dense({ units: 2, inputShape: [3] }));
    expect(frozen.trainOnBatch(x, y)).toEqual(plain.trainOnBatch(x, y));
  });

  it("have defaults of Keras", () => {
    expect([l1(), l2(), l1L2()].map(each => each.toJSON())).toEqual([
      { name: "l1", options: { l1: 0.01 } },
      { name: "l2", options: { l2: 0.01 } },
      { name: "l1L2", options: { l1: 0, l2: 0 } },
    ]);
  });
});

describe("constraints", () => {
  const kernel = [
    [3, 0.1],
    [-4, 0.2],
  ];
  const kept = (constraint: object, optimizer = "sgd") => {
    const net = sequential([
      dense({ units: 2, useBias: false, inputShape: [2], kernelConstraint: untyped(constraint) }),
    ]);
    net.setWeights([kernel]);
    net.compile(untyped({ loss: "mse", optimizer }));
    net.trainOnBatch([[0, 0]], [[0, 0]]); // no gradient
    return net.getWeights()[0].toArray() as number[][];
  };
  const close = (got: number[][], wanted: number[][]) =>
    got.flat().forEach((value, i) => {
      expect(value).toBeCloseTo(wanted.flat()[i], 6);
    });

  it("are kept after every step", () => {
    close(kept(nonNeg()), [
      [3, 0.1],
      [0, 0.2],
    ]);
    close(kept(maxNorm({ maxValue: 2.5 })), [
      [1.5, 0.1],
      [-2, 0.2],
    ]);
    const norm = Math.hypot(0.1, 0.2);
    close(kept(unitNorm()), [
      [0.6, 0.1 / norm],
      [-0.8, 0.2 / norm],
    ]);
    const rows = kernel.map(row => row.map(value => value / Math.hypot(...row)));
    for (const axis of [1, -1]) close(kept(unitNorm({ axis })), rows);
    const all = Math.hypot(...kernel.flat());
    close(
      kept(unitNorm({ axis: [0, 1] })),
      kernel.map(row => row.map(value => value / all)),
    );
    expect(maxNorm().toJSON()).toEqual({ name: "maxNorm", options: { maxValue: 2, axis: 0 } });
  });

  it("change streams and predictions made after them", () => {
    const net = over(lstm({ units: 3, inputShape: [2, 3], recurrentConstraint: maxNorm({ maxValue: 0.01 }) }));
    const series = numbers([2, 2, 3]);
    const stream = net.stream();
    stream.step([1, 2, 3]);
    net.trainOnBatch(series, numbers([2, 3]));
    stream.reset();
    const rows = (series.toArray() as number[][][])[0];
    rows.map(row => stream.step(row));
    stream.reset();
    let last: ArrayLike<number> = [];
    for (const row of rows) last = stream.step(row);
    expect(Array.from(last)).toEqual(Array.from(net.predict([rows]).data));
    const norms = [0, 1, 2].map(i => Math.hypot(...[0, 1, 2].map(r => net.getWeights()[1].data[r * 12 + i])));
    for (const norm of norms) expect(norm).toBeLessThan(0.010001);
  });
});

it("fit with turns inside of steps, early stopping and files keep all rules", async () => {
  const make = () =>
    over(
      lstm({
        units: 4,
        inputShape: [5, 3],
        kernelRegularizer: l2(),
        activityRegularizer: l1(),
        biasConstraint: nonNeg(),
      }),
      dense({ units: 1, kernelConstraint: unitNorm() }),
    );
  const [data, targets] = [numbers([20, 5, 3]), numbers([20, 1], 3)];
  const options = { epochs: 3, verbose: 0, batchSize: 7, validationSplit: 0.2 } as const;
  const [net, other] = [make(), make()];
  const { history } = await net.fit(data, targets, {
    ...options,
    callbacks: [callbacks.earlyStopping({ patience: 5 })],
  });
  expect(Object.keys(history)).toEqual(["loss", "valLoss"]);
  await other.fit(data, targets, { ...options, epochs: 1 });
  const loaded = loadModel(other.save({ optimizer: true }));
  await loaded.fit(data, targets, { ...options, epochs: 2 });
  expect(weightBits(loaded)).toEqual(weightBits(net));
  expect(JSON.parse(JSON.stringify(loaded.layers[0].options))).toMatchObject({
    kernelRegularizer: { name: "l2", options: { l2: 0.01 } },
    activityRegularizer: { name: "l1", options: { l1: 0.01 } },
    biasConstraint: { name: "nonNeg", options: {} },
  });
});

describe("mistakes", () => {
  const rule = (options: object, make: unknown = dense) => {
    const net = sequential([(make as (options: object) => Layer)({ units: 2, inputShape: [3, 2], ...options })]);
    net.compile({ loss: "mse" });
    return net;
  };
  it.each<[string, object, "RangeError" | "TypeError", string]>([
    [
      "a word",
      { kernelRegularizer: "l2" },
      "TypeError",
      'dense kernelRegularizer: expected one made by regularizers, got "l2"',
    ],
    [
      "a maker",
      { kernelConstraint: nonNeg },
      "TypeError",
      "dense kernelConstraint: expected one made by constraints, got a function",
    ],
    [
      "a constraint for a regularizer",
      { activityRegularizer: nonNeg() },
      "RangeError",
      'model file: regularizer: expected one of l1, l1L2, l2, got "nonNeg"; a file holds no code: import the regularizer and call ' +
        "loadModel(bytes, { regularizers: { nonNeg } })",
    ],
    [
      "an axis that is not there",
      { biasConstraint: maxNorm({ axis: 1 }) },
      "RangeError",
      "compile: maxNorm of dense/bias: expected axes of [2] for its axis, got 1",
    ],
  ])("%s", async (_, options, type, text) => {
    loadModel(sequential([dense({ units: 1, inputShape: [1] })]).save()); // which knows all names
    await expectError(() => rule(options), type, text);
  });

  it("options of makers", async () => {
    await expectError(() => l2({ l2: -1 }), "RangeError", "l2 l2: expected a number >= 0, got -1");
    await expectError(
      () => l2(untyped({ l1: 1 })),
      "TypeError",
      'l2: unknown option "l1", did you mean "l2"? Known options are l2',
    );
    await expectError(() => maxNorm({ maxValue: 0 }), "RangeError", "maxNorm maxValue: expected a number > 0, got 0");
    await expectError(
      () => unitNorm({ axis: 0.5 }),
      "TypeError",
      "unitNorm axis: expected a whole number, or a list of them, got 0.5",
    );
  });

  it("a rule without a weight does nothing, which is said once", () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    rule({ useBias: false, biasRegularizer: l2() }).compile({ loss: "mse" });
    expect(warn.mock.calls).toEqual([
      ['wasm-lstm: compile: layer "dense" has no weight that its biasRegularizer is of, which does nothing'],
    ]);
    warn.mockRestore();
  });

  it("what a layer inside of another puts out", async () => {
    const inner = lstm({ units: 2, activityRegularizer: l2() });
    const net = sequential([layers.bidirectional({ layer: inner, inputShape: [3, 2] })]);
    await expectError(
      () => net.compile({ loss: "mse" }),
      "RangeError",
      'compile: expected no activityRegularizer of the layer inside of "bidirectional", which does not look at it; give it to that ' +
        "layer itself",
    );
  });

  it("a lazy table with a rule", async () => {
    const net = sequential([
      layers.embedding({ inputDim: 5, outputDim: 2, inputShape: [3], lazy: true, embeddingsRegularizer: l2() }),
    ]);
    await expectError(
      () => net.compile({ loss: "mse" }),
      "RangeError",
      "compile: expected no embeddingsRegularizer for embedding/embeddings, which is lazy; leave one of the two out",
    );
  });
});
