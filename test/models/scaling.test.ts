/** Scalers inside a model: data in every shape that the model itself takes, and what does not fit is refused at once. */
import { describe, expect, it } from "vitest";
import { encodeOwn } from "../../src/formats/own.ts";
import {
  input,
  layers,
  loadModel,
  losses,
  minMaxScaler,
  model,
  ndarray,
  type Scaler,
  sequential,
  standardScaler,
  windows,
} from "../../src/index.ts";
import { blueprintOf } from "../../src/models/blueprint.ts";
import { bits, expectError, numbers, weightBits } from "../helpers/models.ts";
import { untyped } from "../helpers/untyped.ts";

const { dense, embedding, lstm } = layers;
const forecaster = (units: number, features = 1) => {
  const net = sequential([lstm({ units: 3, inputShape: [4, features] }), dense({ units })], { seed: 2 });
  net.compile({ loss: "mse", metrics: ["mae"] });
  return net;
};
const series = Array.from({ length: 30 }, (_, t) => 5e6 + 3 * Math.sin(t) + t);
const scaler = standardScaler().fit(series);
const inUnits = (list: readonly number[]) => [...scaler.transform(list).data];

it("take x [N, T] and y [N], as the model does", async () => {
  const [inside, outside] = [forecaster(1), forecaster(1)];
  for (const net of [inside, outside]) net.compile({ loss: "mse" }); // metrics are raw inside
  inside.setScaling({ input: scaler, target: scaler });
  const x = [series.slice(0, 4), series.slice(1, 5)];
  const y = series.slice(4, 6);
  const scaled = x.map(inUnits);
  expect(await inside.evaluate(x, y)).toEqual(await outside.evaluate(scaled, inUnits(y)));
  expect(inside.gradients(x, y)).toEqual(outside.gradients(scaled, inUnits(y)));
  const lengths = [3, 4];
  expect(inside.trainOnBatch({ x, lengths }, y)).toEqual(outside.trainOnBatch({ x: scaled, lengths }, inUnits(y)));
  const settings = { epochs: 1, verbose: 0, shuffle: false, validationData: untyped([x, y]) } as const;
  const { history } = await inside.fit(x, y, settings);
  const outer = await outside.fit(scaled, inUnits(y), { ...settings, validationData: untyped([scaled, inUnits(y)]) });
  expect(history).toEqual(outer.history);
  expect(weightBits(inside)).toEqual(weightBits(outside));
  expect(inside.predict(x).data).toEqual(scaler.inverseTransform(outside.predict(scaled)).data);
});

describe.each([
  [1, 7],
  [2, 3],
])("the target's scaler of %d columns", (columns, horizon) => {
  const table = series.map((value, t) => [value, 100 - t].slice(0, columns));
  const target = minMaxScaler().fit(table);
  const { x, y } = windows(table, { window: 4, horizon });

  it(`serves ${horizon} rows of them`, async () => {
    const [short, long] = [forecaster(columns * horizon, columns), forecaster(columns * horizon, columns)];
    short.setScaling({ target });
    long.setScaling({ target: target.repeat(horizon) });
    expect(await short.evaluate(x, y)).toEqual(await long.evaluate(x, y));
    expect(short.gradients(x, y)).toEqual(long.gradients(x, y));
    const predicted = short.predict(x);
    expect(predicted).toEqual(long.predict(x));
    expect(short.scaling.target?.toJSON(), "as it was given").toEqual(target.toJSON());
    const loaded = loadModel(short.save());
    expect(loaded.predict(x)).toEqual(predicted);
    expect(loaded.scaling.target?.features).toBe(columns);
    expect(short.part({ outputs: "dense" }).predict(x)).toEqual(predicted);
    const stream = short.stream();
    let last = stream.step(x.data.slice(0, columns));
    for (let t = 1; t < 4; t++) last = stream.step(x.data.slice(t * columns, (t + 1) * columns));
    expect([...last]).toEqual([...predicted.data.slice(0, columns * horizon)]);
  });
});

it("work on the last axis of any number of axes", () => {
  const net = sequential([dense({ units: 2, inputShape: [3, 2, 2] })], { seed: 1 });
  const x = numbers([2, 3, 2, 2]);
  const rows = ndarray(x.data, [12, 2]);
  const both = standardScaler().fit(rows);
  const expected = both.inverseTransform(
    ndarray(net.predict(ndarray(both.transform(rows).data, x.shape)).data, [12, 2]),
  ).data;
  net.setScaling({ input: both, target: both });
  const predicted = net.predict(x);
  expect(predicted).toEqual(ndarray(expected, x.shape));
  expect([...net.stream().step(x.data.slice(0, 4))]).toEqual([...expected.slice(0, 4)]);
});

it("are copies: fitting one anew changes no model", () => {
  const net = forecaster(1);
  const own = standardScaler().fit(series);
  net.setScaling({ input: own, target: own });
  const x = [series.slice(0, 4)];
  const before = bits(net.predict(x).data);
  own.fit([
    [1, 2],
    [3, 4],
  ]);
  expect(bits(net.predict(x).data)).toEqual(before);
});

const fitted = (features: number): Scaler =>
  standardScaler().fit([0, 1].map(row => Array.from({ length: features }, (_, j) => row * (j + 1))));

describe("setScaling refuses", () => {
  it.each<[string, unknown, "TypeError" | "RangeError", string]>([
    [
      "an input scaler of fewer features",
      { input: fitted(1) },
      "RangeError",
      "setScaling input: expected a scaler of 2 features for the model's input [N, 4, 2], got one of 1; take select([...]) of it, or fit it on other columns",
    ],
    [
      "a target scaler of more",
      { target: fitted(2) },
      "RangeError",
      "setScaling target: expected a scaler of 3 features, or a number that divides it, for the model's output [N, 3], got one of 2; take select([...]) of it, or fit it on other columns",
    ],
    [
      "one that is not fitted",
      { target: minMaxScaler() },
      "RangeError",
      "setScaling target: expected a fitted scaler, got one that has learned nothing; call fit(data)",
    ],
    [
      "a scaler's JSON",
      { input: fitted(2).toJSON() },
      "TypeError",
      "setScaling input: expected a fitted scaler such as standardScaler().fit(data), got an object; scalerFromJSON() makes one of what toJSON() gave",
    ],
    [
      "half a scaler",
      { input: { inverseTransform() {}, features: 2 } },
      "TypeError",
      "setScaling input: expected a fitted scaler such as standardScaler().fit(data), got an object",
    ],
    [
      "another name",
      { output: fitted(2) },
      "TypeError",
      'setScaling: unknown option "output", did you mean "input"? Known options are input, target',
    ],
  ])("%s, and all is as it was", async (_, scaling, type, message) => {
    const net = forecaster(3, 2);
    net.setScaling({ input: fitted(2), target: fitted(3) });
    const x = numbers([1, 4, 2]);
    const before = net.predict(x);
    const stream = net.stream();
    stream.step([1, 2]);
    const { state } = stream;
    await expectError(() => net.setScaling(untyped(scaling)), type, message);
    expect(net.predict(x)).toEqual(before);
    expect(stream.state).toEqual(state);
  });

  it("a model of ids, and one of several inputs", async () => {
    const words = sequential([embedding({ inputDim: 9, outputDim: 2, inputShape: [4] }), lstm({ units: 1 })]);
    await expectError(
      () => words.setScaling({ input: fitted(1) }),
      "RangeError",
      "setScaling input: expected a model that reads numbers, got one of ids; leave input out",
    );
    words.setScaling({ target: fitted(1) });
    const [a, b] = [input({ shape: [2] }), input({ shape: [2] })];
    const two = model({ inputs: [a, b], outputs: dense({ units: 2 }).apply(layers.concatenate().apply([a, b])) });
    await expectError(
      () => two.setScaling({ input: fitted(2) }),
      "RangeError",
      "setScaling: expected a model with one input and one output, got 2 and 1; scale the data yourself",
    );
    two.setScaling({ target: fitted(2) });
  });

  it.each([
    [
      "quantile",
      losses.quantile({ quantiles: [0.1, 0.5, 0.9] }),
      3,
      "quantile; scale y yourself, and bring back all alike",
    ],
    [
      "gaussianNll",
      losses.gaussianNll(),
      2,
      "gaussianNll; scale y yourself, and bring back means; variances by the squared deviation",
    ],
  ] as const)("targets of %s, whose predictions say more than one thing of them", async (_, loss, units, got) => {
    const message = `setScaling target: expected a loss that compares numbers, got ${got}`;
    const make = () => sequential([dense({ units, inputShape: [2] })]);
    const [before, after] = [make(), make()];
    before.compile({ loss });
    await expectError(() => before.setScaling({ target: fitted(1) }), "RangeError", message);
    after.setScaling({ target: fitted(1) });
    await expectError(() => after.compile({ loss }), "RangeError", message);
    after.setScaling({});
    after.compile({ loss });
  });

  it("classes as targets, whether the loss comes first or last", async () => {
    const message = "setScaling target: expected a loss that compares numbers, got class ids; leave target out";
    const classifier = () => sequential([dense({ units: 3, activation: "softmax", inputShape: [2] })]);
    const loss = "sparseCategoricalCrossentropy";
    const [before, after] = [classifier(), classifier()];
    before.compile({ loss });
    await expectError(() => before.setScaling({ target: fitted(1) }), "RangeError", message);
    after.setScaling({ target: fitted(1) });
    await expectError(() => after.compile({ loss }), "RangeError", message);
  });

  it("what a file says of another model", async () => {
    const net = forecaster(1);
    net.setScaling({ input: fitted(1) });
    const file = encodeOwn({ ...blueprintOf(net, {}), scaling: { input: fitted(2).toJSON() } });
    await expectError(() => loadModel(file), "RangeError", /setScaling input: expected a scaler of 1 feature/);
  });
});
