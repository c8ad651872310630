/** Metrics against numbers worked out by hand. */
import { describe, expect, it, vi } from "vitest";
import {
  type CompileOptions,
  defineLoss,
  defineMetric,
  input,
  layers,
  loadModel,
  losses,
  type Metric,
  type Model,
  metrics,
  model,
  scalerFromJSON,
  sequential,
} from "../../src/index.ts";
import { untyped } from "../helpers/untyped.ts";

/** A model that passes its inputs on: a dense layer with the identity as its kernel. */
function identity(units: number, loss: string, metrics: (string | Metric)[], inner: number[] = []): Model {
  const net = sequential([layers.dense({ units, inputShape: [...inner, units] })]);
  const eye = Array.from({ length: units }, (_, i) => Array.from({ length: units }, (_, j) => (i === j ? 1 : 0)));
  net.setWeights([eye, new Array(units).fill(0)]);
  net.compile({ loss: untyped(loss), metrics: untyped(metrics), optimizer: "sgd" });
  return net;
}

describe("mae and mse", () => {
  // errors 1, -2, 0, 4, 3
  const x = [[1], [2], [3], [4], [5]];
  const y = [[0], [4], [3], [0], [2]];

  it("are means over all numbers, with a last batch of its own size too", async () => {
    const net = identity(1, "meanSquaredError", ["mae", "mse"]);
    for (const batchSize of [1, 2, 3, 5, 32]) {
      expect(await net.evaluate(x, y, { batchSize })).toEqual({ loss: 6, mae: 2, mse: 6 });
    }
    const other = identity(1, "meanAbsoluteError", ["mse", "meanAbsoluteError"]);
    expect(await other.evaluate(x, y, { batchSize: 2 })).toEqual({ loss: 2, mse: 6, mae: 2 });
  });

  it("have a root that is taken of all batches together", async () => {
    const net = identity(1, "meanSquaredError", ["rmse", metrics.rootMeanSquaredError({ name: "root" })]);
    for (const batchSize of [1, 2, 32]) {
      const logs = await net.evaluate(x, y, { batchSize });
      expect(logs).toEqual({ loss: 6, rmse: Math.sqrt(6), root: Math.sqrt(6) });
    }
    expect(loadModel(net.save()).trainOnBatch(x, y)).toEqual({ loss: 6, rmse: Math.sqrt(6), root: Math.sqrt(6) });
    net.setScaling({ target: scalerFromJSON({ kind: "standard", mean: [0], deviation: [4] }) });
    const raw = await net.evaluate(x, [[4], [12], [12], [8], [12]]); // predictions 4, 8, ... 20
    expect(raw.rmse).toBeCloseTo(Math.sqrt((0 + 16 + 0 + 64 + 64) / 5), 5);
  });

  it("count every step of a sequence and every output", async () => {
    const net = identity(2, "meanSquaredError", ["mae"], [2]);
    const sequences = [1, 2, 3, 4, 0, 0, 0, 8, 5, 5, 1, 1];
    const targets = [0, 2, 3, 6, 0, 0, 1, 8, 5, 1, 1, 1]; // off by 1 0 0 2, 0 0 1 0, 0 4 0 0
    const shape = [3, 2, 2];
    const [x, y] = [sequences, targets].map(data => ({ data, shape }));
    expect(await net.evaluate(x, y, { batchSize: 2 })).toEqual({ loss: 22 / 12, mae: 8 / 12 });
  });

  it("are those of the batch before its step in trainOnBatch", () => {
    const net = identity(1, "meanSquaredError", ["mae"]);
    expect(net.trainOnBatch(x, y)).toEqual({ loss: 6, mae: 2 });
    expect(net.trainOnBatch(x, y).loss).toBeLessThan(6);
  });
});

describe("accuracy", () => {
  it("of one output is binary: above 0.5 means 1", async () => {
    const net = identity(1, "binaryCrossentropy", ["accuracy"]);
    const x = [[0.5], [0.51], [0.2], [0.9], [0.1]];
    const y = [[0], [1], [1], [1], [1]]; // right, right, wrong, right, wrong
    for (const batchSize of [2, 3, 5]) {
      expect((await net.evaluate(x, y, { batchSize })).accuracy).toBe(3 / 5);
    }
    const mse = identity(1, "meanSquaredError", ["accuracy"]);
    expect((await mse.evaluate(x, y)).accuracy).toBe(3 / 5);
  });

  it("never counts a soft target as hit, as in Keras", async () => {
    const net = identity(1, "binaryCrossentropy", ["accuracy"]);
    expect((await net.evaluate([[0.9], [0.9], [0.1]], [[0.8], [1], [0.2]])).accuracy).toBe(1 / 3);
  });

  it.each(["hinge", "squaredHinge"])("of %s is the side of 0, by labels of -1 and 1 as of 0 and 1", async loss => {
    const x = [[0.3], [-0.2], [0.4], [0.1]];
    for (const no of [-1, 0]) {
      const y = [[1], [no], [1], [no]];
      expect(await identity(1, loss, ["accuracy", "binaryAccuracy"]).evaluate(x, y)).toMatchObject({
        accuracy: 0.75,
        binaryAccuracy: 0.75,
      });
      const both = identity(2, loss, ["accuracy"]);
      const [a, b] = [
        [0.3, -0.2],
        [0.4, 0.1],
      ];
      expect(
        (
          await both.evaluate(
            [a, b],
            [
              [1, no],
              [1, no],
            ],
          )
        ).accuracy,
      ).toBe(0.75);
    }
  });

  it("of several binary outputs counts each", async () => {
    const net = identity(3, "binaryCrossentropy", ["acc"]);
    const x = [
      [0.9, 0.2, 0.6],
      [0.1, 0.7, 0.3],
    ];
    const y = [
      [1, 0, 0],
      [0, 0, 1],
    ];
    expect((await net.evaluate(x, y)).accuracy).toBe(3 / 6);
  });

  it("of distributions compares the largest class, the first of equals", async () => {
    const net = identity(3, "categoricalCrossentropy", ["accuracy"]);
    const x = [
      [0.2, 0.5, 0.3],
      [0.6, 0.3, 0.1],
      [0.4, 0.4, 0.2],
      [0.1, 0.2, 0.7],
      [0.3, 0.3, 0.4],
    ];
    const y = [
      [0, 1, 0], // right
      [0, 0, 1], // wrong
      [1, 0, 0], // right, the first of two
      [0.2, 0.3, 0.5], // right
      [0, 1, 0], // wrong
    ];
    for (const batchSize of [2, 4, 5]) {
      expect((await net.evaluate(x, y, { batchSize })).accuracy).toBe(3 / 5);
    }
  });

  it("of class ids counts every step of a sequence", async () => {
    const net = identity(3, "sparseCategoricalCrossentropy", ["accuracy"], [2]);
    const right = (id: number) => [0, 1, 2].map(j => (j === id ? 0.8 : 0.1));
    const x = [
      [right(0), right(2)],
      [right(1), right(1)],
      [right(2), right(0)],
    ];
    const y = [
      [0, 2],
      [1, 0],
      [0, 2],
    ];
    for (const batchSize of [1, 2, 3]) {
      expect((await net.evaluate(x, y, { batchSize })).accuracy).toBe(3 / 6);
    }
    const flat = identity(3, "sparseCategoricalCrossentropy", ["accuracy"]);
    expect((await flat.evaluate([right(2), right(1), right(0)], [2, 0, 0])).accuracy).toBe(2 / 3);
  });
});

describe("accuracy of logits", () => {
  const [yes, no] = [0.3, -0.2]; // both below 1/2
  it.each([
    [1, [[yes], [no], [-4], [0.6]], [[1], [1], [0], [1]], 3 / 4],
    [
      2,
      [
        [yes, no],
        [no, yes],
      ],
      [
        [1, 0],
        [0, 0],
      ],
      3 / 4,
    ], // prettier-ignore
  ] as const)("of %i binary outputs has its border at 0", async (units, x, y, right) => {
    const net = identity(units, "binaryCrossentropy", ["accuracy"]);
    net.compile({ loss: losses.binaryCrossentropy({ fromLogits: true }), metrics: ["accuracy"] });
    const { accuracy } = await net.evaluate(untyped(x), untyped(y));
    expect(accuracy).toBe(right);
    expect((await loadModel(net.save()).evaluate(untyped(x), untyped(y))).accuracy).toBe(right);
  });

  it("by padding and steps too, and of classes by the largest", async () => {
    const net = sequential([layers.masking({ maskValue: 9, inputShape: [3, 1] })]);
    net.compile({ loss: losses.binaryCrossentropy({ fromLogits: true }), metrics: ["accuracy"] });
    expect((await net.evaluate([[[yes], [9], [no]]], [[1, 1, 1]])).accuracy).toBe(1 / 2);
    const classes = identity(2, "mse", []);
    classes.compile({ loss: losses.sparseCategoricalCrossentropy({ fromLogits: true }), metrics: ["accuracy"] });
    expect(
      (
        await classes.evaluate(
          [
            [-3, -2],
            [yes, no],
          ],
          [1, 1],
        )
      ).accuracy,
    ).toBe(1 / 2); // prettier-ignore
  });

  it("tells metrics of one's own", () => {
    const seen: unknown[] = [];
    const spy = defineMetric({ name: "spy", start: () => ({}), add: (_, b) => seen.push(b.logits), result: () => 0 });
    for (const fromLogits of [true, false]) {
      const net = identity(1, "mse", []);
      net.compile({ loss: losses.binaryCrossentropy({ fromLogits }), metrics: [spy()] });
      net.trainOnBatch([[0]], [[1]]);
    }
    expect(seen).toEqual([true, undefined]);
  });
});

describe("a metric that can make nothing of the targets", () => {
  it.each(["mae", "mse", "rmse", "meanAbsoluteError", "meanSquaredError"])(
    "%s of class ids is an error at compile",
    name => {
      const text =
        /^compile metrics: "r?m.e": expected targets of \[N, 3\], as the prediction is, got class ids of \[N\] for y; use "accuracy"$/;
      expect(() => identity(3, "sparseCategoricalCrossentropy", [name])).toThrow(text);
      const own = metrics.meanAbsoluteError({ name: "mae" });
      expect(() => identity(3, "sparseCategoricalCrossentropy", ["accuracy", own])).toThrow(text);
    },
  );

  it("is one of the shape too, for accuracies as well", () => {
    const halves = defineLoss({ name: "half", target: () => [1], loss: ({ prediction }) => prediction });
    const net = identity(2, "mse", []);
    for (const metric of ["mae", "accuracy", "topKCategoricalAccuracy"] as const) {
      expect(() => net.compile({ loss: halves(), metrics: [metric] })).toThrow(
        `compile metrics: "${metric}": expected targets of [N, 2], as the prediction is, got targets of [N, 1] for y; ` +
          "use one of your own",
      );
    }
    const any = defineMetric({ name: "any", start: () => ({}), add: () => {}, result: () => 1 });
    expect(() => net.compile({ loss: halves(), metrics: [any()] })).not.toThrow();
  });

  it("is left out of an output of several, and that is said once", async () => {
    const x = input({ shape: [2] });
    const net = model({
      inputs: x,
      outputs: [
        layers.dense({ units: 1, name: "level" }).apply(x),
        layers.dense({ units: 3, name: "kind", activation: "softmax" }).apply(x),
      ],
    });
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const how: CompileOptions = { loss: ["mse", "sparseCategoricalCrossentropy"], metrics: ["mae", "accuracy"] };
    for (let i = 0; i < 2; i++) net.compile(how);
    expect(warn.mock.calls).toEqual([
      [
        'wasm-lstm: compile metrics: "mae": expected targets of [N, 3], as the prediction is, got class ids of [N] for y.kind; ' +
          "it is left out there",
      ],
    ]);
    warn.mockRestore();
    const data = [
      [
        [1, 2],
        [3, 4],
      ],
      [
        [[1], [2]],
        [0, 1],
      ],
    ] as const; // prettier-ignore
    const logs = await net.evaluate(untyped(data[0]), untyped(data[1]));
    expect(Object.keys(logs)).toEqual(["loss", "levelLoss", "levelMae", "levelAccuracy", "kindLoss", "kindAccuracy"]);
    expect(Object.values(logs).every(Number.isFinite)).toBe(true);
  });
});

describe("metrics that are made", () => {
  const x = [[1], [2], [3]];
  const y = [[0], [4], [3]];

  it("have the name they are given, and a number where two have the same", async () => {
    const own = metrics.meanAbsoluteError({ name: "miles" });
    const net = identity(1, "meanSquaredError", ["mae", own, metrics.meanAbsoluteError(), "mae"]);
    expect(await net.evaluate(x, y)).toEqual({ loss: 5 / 3, mae: 1, miles: 1, mae_1: 1, mae_2: 1 });
    const loss = identity(1, "meanSquaredError", [metrics.meanAbsoluteError({ name: "loss" })]);
    expect(await loss.evaluate(x, y)).toEqual({ loss: 5 / 3, loss_1: 1 });
  });

  it("are saved by name and options, names as they were given", async () => {
    const net = identity(1, "meanSquaredError", ["mse", metrics.meanAbsoluteError({ name: "miles" }), "acc"]);
    const text = String.raw`\"metrics\":[\"mse\",{\"name\":\"meanAbsoluteError\",\"options\":{\"name\":\"miles\"}},\"acc\"]`;
    expect(new TextDecoder().decode(net.save())).toContain(text);
    const again = loadModel(net.save());
    expect(await again.evaluate(x, y)).toEqual(await net.evaluate(x, y));
    expect(new TextDecoder().decode(again.save())).toContain(text);
  });

  it("refuse a name that no log can have", () => {
    const text =
      'meanAbsoluteError name: expected a name of letters, digits, "_" and "-" (at most 100, a letter first), got';
    expect(() => metrics.meanAbsoluteError({ name: "" })).toThrow(`${text} ""`);
    expect(() => metrics.meanAbsoluteError({ name: "__proto__" })).toThrow(`${text} "__proto__"`);
  });
});

describe("errors in percent", () => {
  const [x, y] = [
    [[1], [-2], [3], [0]],
    [[2], [-4], [1], [0]],
  ];

  it("are parts of the target, or of both", async () => {
    const net = identity(1, "meanSquaredError", ["mape", "smape"]);
    for (const batchSize of [1, 3]) {
      const { mape, smape } = await net.evaluate(x, y, { batchSize });
      expect(mape).toBeCloseTo((50 + 50 + 200 + 0) / 4, 10);
      expect(smape).toBeCloseTo((200 / 3 + 400 / 6 + 100 + 0) / 4, 10);
    }
  });
});

describe("kinds of accuracy", () => {
  it("are what their names say, whatever the loss", async () => {
    const all = ["categoricalAccuracy", "sparseCategoricalAccuracy"];
    const x = [
      [0.2, 0.5, 0.3],
      [0.9, 0, 0.1],
      [0.3, 0.3, 0.4],
    ];
    const net = identity(3, "sparseCategoricalCrossentropy", all);
    expect(await net.evaluate(x, [1, 0, 1])).toMatchObject({
      categoricalAccuracy: 2 / 3,
      sparseCategoricalAccuracy: 2 / 3,
    });
    const yes = identity(2, "meanSquaredError", [metrics.binaryAccuracy({ threshold: 0.35 }), "accuracy"]);
    const logs = await yes.evaluate(
      [
        [0.4, 0.2],
        [0.3, 0.6],
      ],
      [
        [1, 1],
        [0, 1],
      ],
    );
    expect(logs.binaryAccuracy).toBe(3 / 4);
    expect(() => metrics.binaryAccuracy({ threshold: Number.NaN })).toThrow(
      "binaryAccuracy threshold: expected a finite number, got NaN",
    );
  });
});

it.each(["auc", "f1", "perplexity", "precision", "recall"])(
  "%s of numbers that are no labels is refused, and the model goes on",
  name => {
    const net = identity(1, "meanSquaredError", [name]);
    const before = net.getWeights();
    expect(() => net.trainOnBatch([[0.5], [2]], [[1], [-0.5]])).toThrow(
      'metrics: expected labels in 0..1 for a metric of classes, got -0.5; numbers have "mae" and others',
    );
    expect(net.getWeights()).toEqual(before);
    expect(net.trainOnBatch([[0.5], [2]], [[1], [0]]).loss).toBeGreaterThan(0);
  },
);

it("editDistance wants the loss of sequences", () => {
  expect(() => identity(1, "meanSquaredError", ["editDistance"])).toThrow(
    'compile metrics: "editDistance": expected the labels of whole sequences of the loss "ctc", got targets of [N, 1] for y',
  );
});
