import { describe, expect, it } from "vitest";
import {
  chronologicalSplit,
  type FitOptions,
  layers,
  ndarray,
  type Scaling,
  sequential,
  standardScaler,
  timeseriesDataset,
  type WindowOptions,
  windows,
} from "../../src/index.ts";

const table = (rows: number, columns: number, Kind: typeof Float32Array | typeof Float64Array = Float32Array) =>
  ndarray(new Kind(Array.from({ length: rows * columns }, (_, i) => Math.sin(i * 0.37) + (i % columns) * 0.1)), [
    rows,
    columns,
  ]);
const several = [table(40, 3), table(25, 3), table(31, 3)];

const forms: [string, Parameters<typeof windows>[0], WindowOptions][] = [
  ["all columns", table(60, 3), { window: 7 }],
  ["a stride", table(60, 3), { window: 7, stride: 3 }],
  ["some columns, and a horizon", table(60, 3), { window: 5, horizon: 4, features: [2, 0], targets: [1] }],
  ["several series", several, { window: 6, horizon: 2, targets: [2, 1] }],
  ["float64", table(50, 3, Float64Array), { window: 6 }],
  ["one column as numbers", Array.from({ length: 30 }, (_, i) => [Math.sin(i)]), { window: 4 }],
];

describe.each(forms)("timeseriesDataset: %s", (_, series, options) => {
  const copied = windows(series, options);
  const cut = timeseriesDataset(series, options);

  it("has the windows of windows()", () => {
    expect(cut.x.toArray()).toEqual(copied.x.toArray());
    expect(cut.y.toArray()).toEqual(copied.y.toArray());
    expect(cut.x.data).toEqual(copied.x.data);
    expect([cut.index, cut.series]).toEqual([copied.index, copied.series]);
    expect(cut.x.slice(2, 5).toArray()).toEqual((copied.x.toArray() as number[][]).slice(2, 5));
  });

  const [, , C] = copied.x.shape;
  const K = copied.y.shape[1];
  const raw = copied.y.data.length / K;
  const scalings: [string, () => Scaling][] = [
    ["no scaler", () => ({})],
    [
      "scalers",
      () => ({
        input: standardScaler().fit(copied.x),
        target: standardScaler().fit(ndarray(copied.y.data, [raw, K])),
      }),
    ],
    ["a scaler of one row", () => ({ target: standardScaler().fit([[1], [2], [4]]) })],
  ];
  const fits: [string, FitOptions][] = [
    ["shuffled, the last part for validation", { epochs: 2, batchSize: 8, validationSplit: 0.2 }],
    ["in order", { epochs: 1, batchSize: 7, shuffle: false }],
  ];

  it.each(scalings.flatMap(([scaler, scaling]) => fits.map(([name, fit]) => [scaler, name, scaling, fit] as const)))(
    "learns to the same bits: %s, %s",
    async (_scaler, _name, scaling, fit) => {
      const results = await Promise.all(
        [copied, cut].map(async ({ x, y }) => {
          const net = sequential(
            [
              layers.missing({ inputShape: [x.shape[1], C], strategy: "mean" }),
              layers.lstm({ units: 5 }),
              layers.dense({ units: K }),
            ],
            { seed: 1 },
          );
          net.setScaling(scaling());
          net.compile({ loss: "mse", optimizer: "adam" });
          const { history } = await net.fit(x, y, { ...fit, verbose: 0 });
          const logs = await net.evaluate(x, y);
          return { history, logs, weights: net.getWeights(), y: net.predict(x), once: net.trainOnBatch(x, y) };
        }),
      );
      expect(results[1]).toEqual(results[0]);
    },
  );
});

describe("timeseriesDataset", () => {
  it("is split in the order of time, without a copy", () => {
    const series = table(100, 2);
    const options = { window: 5, targets: [1] };
    const { x, y } = timeseriesDataset(series, options);
    const [cut, copied] = [chronologicalSplit({ x, y }), chronologicalSplit(windows(series, options))];
    for (const part of ["train", "validation", "test"] as const) {
      expect(cut[part].x.toArray()).toEqual(copied[part].x.toArray());
      expect(cut[part].y.toArray()).toEqual(copied[part].y.toArray());
    }
    expect(chronologicalSplit(x).test.constructor).toBe(x.constructor);
    (series.data as Float32Array)[0] = 123;
    expect(cut.train.x.data[0]).toBe(123);
  });

  it("reads ids, with class weights", async () => {
    const text = ndarray(
      Int32Array.from({ length: 80 }, (_, i) => (i * i) % 5),
      [80, 1],
    );
    const nets = [windows, timeseriesDataset].map(make => {
      const { x, y } = make(text, { window: 6 });
      const net = sequential(
        [
          layers.embedding({ inputDim: 5, outputDim: 3, inputShape: [6] }),
          layers.gru({ units: 4 }),
          layers.dense({ units: 5, activation: "softmax" }),
        ],
        { seed: 2 },
      );
      net.compile({ loss: "sparseCategoricalCrossentropy", optimizer: "adam", metrics: ["accuracy"] });
      return net.fit(x, y, { epochs: 2, classWeight: { 0: 3, 1: 0.5 }, verbose: 0 }).then(() => net.getWeights());
    });
    const [copied, cut] = await Promise.all(nets);
    expect(cut).toEqual(copied);
  });

  it("gives layers what they ask of the numbers as they were given", async () => {
    // In float64 the mask value is met, in float32 it would not be.
    const rows = Array.from({ length: 40 }, (_, i) => (i % 4 === 3 ? [0.1, 0.1] : [Math.sin(i), Math.cos(i)]));
    const predictions = [windows, timeseriesDataset].map(make => {
      const { x } = make(rows, { window: 6 });
      const net = sequential([layers.masking({ inputShape: [6, 2], maskValue: 0.1 }), layers.lstm({ units: 3 })], {
        seed: 4,
      });
      return net.predict(x).data;
    });
    expect(predictions[1]).toEqual(predictions[0]);
  });

  it("says what does not fit", async () => {
    expect(() => timeseriesDataset([[1], [2]], { window: 5 })).toThrow(
      "timeseriesDataset: expected at least 6 rows (window 5 + horizon 1), got 2",
    );
    const { x, y } = timeseriesDataset(table(20, 2), { window: 4 });
    const net = sequential([layers.lstm({ units: 2, inputShape: [4, 3] }), layers.dense({ units: 2 })]);
    net.compile({ loss: "mse" });
    await expect(net.fit(x, y)).rejects.toThrow("x: expected [N, 4, 3], got [16, 4, 2]");
    const right = sequential([layers.lstm({ units: 2, inputShape: [4, 2] }), layers.dense({ units: 2 })]);
    right.compile({ loss: "mse" });
    await expect(right.fit(x.slice(0, 5), y)).rejects.toThrow("as many targets as inputs, got 5 of x and 16 of y");
    const data = Float32Array.from({ length: 20 }, Math.sin);
    const lost = timeseriesDataset(ndarray(data, [10, 2]), { window: 4 });
    structuredClone(0, { transfer: [data.buffer] });
    await expect(right.fit(lost.x, lost.y)).rejects.toThrow("its buffer was transferred or resized");
  });
});
