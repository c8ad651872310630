/** Labels that cannot be are an error before anything is learned; rows that are no distributions are said once. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { layers, type Model, minMaxScaler, ndarray, sequential, standardScaler } from "../../src/index.ts";
import { expectError, numbers, weightBits } from "../helpers/models.ts";
import { untyped } from "../helpers/untyped.ts";

const { dense, lstm, masking } = layers;

let said: string[] = [];
beforeEach(() => {
  said = [];
  vi.spyOn(console, "warn").mockImplementation(text => void said.push(String(text)));
});
afterEach(() => vi.restoreAllMocks());

const [N, C] = [40, 3];
const x = numbers([N, C]);

function build(loss: "binaryCrossentropy" | "categoricalCrossentropy", units = 1, shape = [C]): Model {
  const activation = loss === "binaryCrossentropy" ? "sigmoid" : "softmax";
  const net = sequential([dense({ units, activation, inputShape: shape })], { seed: 2 });
  net.compile({ loss, optimizer: "sgd" });
  return net;
}

const labels = (at: number, value: number) => Array.from({ length: N }, (_, n) => (n === at ? value : n % 2));

describe("labels of yes and no", () => {
  const calls: [string, string, (net: Model, y: unknown) => unknown][] = [
    ["fit", "epoch 1, batch 1", (net, y) => net.fit(x, untyped(y), { verbose: 0, batchSize: 4 })],
    [
      "fit, as validation",
      "epoch 1, batch 1",
      (net, y) => net.fit(x, untyped(y), { verbose: 0, validationSplit: 0.3 }),
    ],
    [
      "fit, as validation data",
      "epoch 1, batch 1",
      (net, y) => net.fit(x, labels(-1, 0), { verbose: 0, validationData: [x, untyped(y)] }),
    ],
    ["trainOnBatch", "step 1", (net, y) => net.trainOnBatch(x, untyped(y))],
    ["evaluate", "batch 1", (net, y) => net.evaluate(x, untyped(y), { batchSize: 4 })],
    ["gradients", "gradients", (net, y) => net.gradients(x, untyped(y))],
  ];

  it.each(calls)("%s refuses those outside 0..1 with sample and value; nothing has changed", async (_, where, use) => {
    const net = build("binaryCrossentropy");
    const before = weightBits(net);
    for (const value of [2, -1, 1.01, -0.001, 255]) {
      await expectError(
        () => use(net, labels(37, value)),
        "RangeError",
        `${where}: y: expected labels in 0..1 for binaryCrossentropy, got ${Math.fround(value)} in sample 37 at [37, 0]; more ` +
          "classes than two need a categorical cross-entropy",
      );
    }
    expect(weightBits(net)).toEqual(before);
    for (const value of [0.25, 1 + 1e-7]) await use(net, labels(37, value));
    await use(net, labels(-1, 0).map(Boolean));
    expect(said).toEqual([]);
  });

  it("of several labels names the place; with an axis of one left out too", async () => {
    const net = build("binaryCrossentropy", 2);
    const y = labels(-1, 0).map((v, n) => [v, n === 5 ? 3 : 0]);
    await expectError(() => net.evaluate(x, y), "RangeError", /got 3 in sample 5 at \[5, 1\]/);
  });

  it("at padding may be anything, at real steps not: by layers, by lengths", async () => {
    const T = 4;
    const make = (masked: boolean) => {
      const net = sequential(
        [
          ...(masked ? [masking({ maskValue: 9, inputShape: [T, 2] })] : []),
          lstm({ units: 2, returnSequences: true, ...(masked ? {} : { inputShape: [T, 2] }) }),
          dense({ units: 1, activation: "sigmoid" }),
        ],
        { seed: 1 },
      );
      net.compile({ loss: "binaryCrossentropy" });
      return net;
    };
    const steps = numbers([6, T, 2]);
    for (let n = 0; n < 6; n++) steps.data.fill(9, (n * T + 3) * 2, (n * T + 4) * 2); // the last step of each
    const y = Array.from({ length: 6 }, (_, n) => [0, 1, n % 2, -1]);
    const wrong = y.map((row, n) => (n === 4 ? [0, 2, 1, -1] : row));
    const lengths = new Array(6).fill(3);
    for (const [net, given] of [
      [make(true), steps],
      [make(false), { x: steps, lengths }],
    ] as const) {
      expect((await net.evaluate(given, y)).loss).toBeGreaterThan(0);
      await net.fit(given, y, { verbose: 0, batchSize: 2, validationSplit: 0.4 });
      const text = /y: expected labels in 0..1 for binaryCrossentropy, got 2 in sample 4 at \[\d, 1, 0\]/;
      await expectError(() => net.evaluate(given, wrong, { batchSize: 4 }), "RangeError", text);
      await expectError(() => net.fit(given, wrong, { verbose: 0, batchSize: 4 }), "RangeError", text);
      await expectError(
        () => net.fit(given, wrong, { verbose: 0, batchSize: 4, validationSplit: 0.4 }),
        "RangeError",
        text,
      );
      expect(() => net.trainOnBatch(untyped(given), wrong)).toThrow(text);
    }
    await expectError(() => make(false).evaluate(steps, y), "RangeError", /got -1 in sample 0 at \[0, 3, 0\]/);
  });

  it("need no scaler: a standardScaler is an error, one that changes nothing is said", async () => {
    const net = build("binaryCrossentropy");
    const y = labels(-1, 0);
    net.setScaling({ target: standardScaler().fit(y) });
    await expectError(() => net.evaluate(x, y), "RangeError", /expected labels in 0..1 for binaryCrossentropy, got -1/);
    net.setScaling({ target: minMaxScaler().fit(y) });
    expect((await net.evaluate(x, y)).loss).toBeGreaterThan(0);
    await net.fit(x, y, { verbose: 0 });
    expect(said).toEqual(["wasm-lstm: setScaling target: the classes in y need no scaler; leave target out"]);
  });
});

describe("rows of classes", () => {
  const row = (...values: number[]) => Array.from({ length: N }, (_, n) => (n === 7 ? values : [0, 1, 0]));
  const text =
    "wasm-lstm: categoricalCrossentropy: rows of y do not all sum to 1 with none below 0, such as in sample 7; divide each " +
    "by its sum";

  it("that are distributions, smooth ones too, zeros of padding and bare rows of zeros say nothing", async () => {
    const net = build("categoricalCrossentropy", 3);
    for (const values of [
      [1, 0, 0],
      [0.9, 0.05, 0.05],
      [0.3334, 0.3333, 0.3333],
      [0, 0, 0],
    ]) {
      await net.evaluate(x, row(...values));
    }
    const masked = sequential([masking({ inputShape: [2, 2] }), dense({ units: 3, activation: "softmax" })]);
    masked.compile({ loss: "categoricalCrossentropy" });
    await masked.evaluate(
      [
        [
          [1, 2],
          [0, 0],
        ],
      ],
      [
        [
          [0, 1, 0],
          [-1, -1, -1],
        ],
      ],
    ); // prettier-ignore
    expect(said).toEqual([]);
    net.trainOnBatch(x, row(1, 0, 0));
    net.gradients(x, row(2, 2, 2));
    expect(said).toEqual([]);
  });

  it("that are not are said once, and taken", async () => {
    const net = build("categoricalCrossentropy", 3);
    for (const values of [
      [1, 1, 0],
      [2, -1, 0],
      [0.5, 0, 0],
    ]) {
      expect((await net.evaluate(x, row(...values))).loss).toBeGreaterThan(0);
      await net.fit(x, row(...values), { verbose: 0 });
    }
    expect(said).toEqual([text]);
  });
});

it("class ids of a sparse loss have their own check, and other losses take what they are given", async () => {
  const net = sequential([dense({ units: 1, inputShape: [C] })]);
  net.compile({ loss: "mse" });
  await net.evaluate(x, labels(3, 2));
  const own = ndarray(Float32Array.from(labels(3, -4)), [N, 1]);
  await net.evaluate(x, own);
  expect(said).toEqual([]);
});
