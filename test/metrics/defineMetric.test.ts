/** Metrics that users write over plain numbers. */
import { describe, expect, it } from "vitest";
import { defineMetric, layers, type MetricBatch, sequential } from "../../src/index.ts";
import { expectError } from "../helpers/models.ts";
import { largestError } from "../helpers/ownLosses.ts";

const x = [[1], [2], [3], [4], [5]];
const y = [[0], [4], [3], [0], [2]]; // off by 1, -2, 0, 4, 3

// biome-ignore lint/suspicious/noExplicitAny: the wrong types are the point
const wrong = (value: unknown): any => value;

function identity(metrics: ReturnType<typeof largestError>[], outputs = 1) {
  const net = sequential([layers.dense({ units: outputs, useBias: false, inputShape: [1] })]);
  net.setWeights([[new Array(outputs).fill(1)]]);
  net.compile({ loss: "meanSquaredError", metrics, optimizer: "sgd" });
  return net;
}

describe("defineMetric", () => {
  it("gathers over batches of any size what is no mean of theirs", async () => {
    const net = identity([largestError(), largestError({ above: 3.5, name: "gross" })]);
    for (const batchSize of [1, 2, 3, 5]) {
      expect(await net.evaluate(x, y, { batchSize })).toEqual({ loss: 6, largestError: 4, gross: 4 });
    }
    expect(await net.evaluate(x.slice(0, 2), y.slice(0, 2))).toMatchObject({ largestError: 2, gross: 0 });
  });

  it("begins anew with every epoch and every validation", async () => {
    const net = identity([largestError()]);
    net.optimizer.learningRate = 0;
    const { history } = await net.fit(x, y, {
      epochs: 2,
      batchSize: 1,
      shuffle: false,
      validationSplit: 0.2,
      verbose: 0,
    });
    expect(history.largestError).toEqual([4, 4]);
    expect(history.valLargestError).toEqual([3, 3]);
  });

  it("sees rows, widths and what the target is", async () => {
    const seen: Omit<MetricBatch, "prediction" | "target">[] = [];
    const spy = defineMetric({
      name: "spy",
      start: () => ({ rows: 0 }),
      add(state, { prediction, target, ...rest }) {
        seen.push(rest);
        state.rows += target.length / (rest.ids ? 1 : rest.width);
        expect(prediction).toHaveLength((target.length / (rest.ids ? 1 : rest.width)) * rest.width);
      },
      result: ({ rows }) => rows,
    });
    const net = sequential([layers.dense({ units: 3, activation: "softmax", inputShape: [2, 1] })]);
    const sequences = [
      [[1], [2]],
      [[3], [4]],
    ];
    for (const [loss, target] of [
      [
        "sparseCategoricalCrossentropy",
        [
          [0, 1],
          [2, 0],
        ],
      ],
      ["binaryCrossentropy", sequences.map(steps => steps.map(() => [0, 1, 0]))],
      ["meanSquaredError", sequences.map(steps => steps.map(() => [0, 1, 0]))],
    ] as const) {
      net.compile({ loss, metrics: [spy()] });
      expect((await net.evaluate(sequences, target)).spy).toBe(4);
    }
    expect(seen).toEqual([
      { width: 3, ids: true, binary: false },
      { width: 3, ids: false, binary: true },
      { width: 3, ids: false, binary: false },
    ]);
  });

  it("has a state for each output", async () => {
    const net = sequential([layers.lstm({ units: 1, returnState: true, inputShape: [1, 1] })]);
    net.compile({ loss: "mse", metrics: [largestError()] });
    const { loss, ...logs } = await net.evaluate([[[1]]], [[[9]], [[5]], [[1]]]);
    expect(Object.keys(logs)).toEqual([
      ...["lstmLoss", "lstmLargestError", "lstm_1Loss", "lstm_1LargestError", "lstm_2Loss", "lstm_2LargestError"],
    ]);
    expect(logs.lstmLargestError).toBeGreaterThan(7.9);
    expect(logs.lstm_2LargestError).toBeLessThan(2.1);
  });
});

describe("defineMetric refuses", () => {
  const methods = { start: () => ({}), add: () => {}, result: () => 0 };
  const run = (definition: object) => () =>
    identity([defineMetric({ name: "mine", ...methods, ...definition })()]).evaluate(x, y);

  it.each<[() => unknown, "TypeError" | "RangeError", string]>([
    [() => defineMetric(wrong(null)), "TypeError", "defineMetric: expected an options object, got null"],
    [
      () => defineMetric({ name: "mse", ...methods }),
      "RangeError",
      'defineMetric name: expected one of its own, got that of the metric "mse"',
    ],
    [
      () => defineMetric(wrong({ name: "mine", start: methods.start })),
      "TypeError",
      "defineMetric add: expected a function, got undefined",
    ],
    [() => largestError(wrong({ above: "3" })), "TypeError", 'largestError above: expected a number, got "3"'],
    [
      () => largestError({ name: "a b" }),
      "TypeError",
      'largestError name: expected a name of letters, digits, "_" and "-" (at most 100, a letter first), got "a b"',
    ],
    [run({ start: () => 0 }), "TypeError", "metric mine: expected start to return an object, which add changes, got 0"],
    [run({ result: () => "1" }), "TypeError", 'metric mine: expected result to return a number, got "1"'],
  ])("what is no metric: case %#", async (action, type, message) => {
    await expectError(action, type, message);
  });
});
