/** A sequential model that grows layer by layer, and what those who come from Keras or TensorFlow.js may write. */
import { describe, expect, it } from "vitest";
import { type Layer, layers, loadModel, type Model, sequential } from "../../src/index.ts";
import { expectError, numbers, weightBits } from "../helpers/models.ts";
import { untyped } from "../helpers/untyped.ts";

const { dense, dropout, lstm } = layers;
const parts = () => [lstm({ units: 3, inputShape: [4, 2] }), dropout({ rate: 0.5 }), dense({ units: 1 })];

describe("sequential().add", () => {
  it("makes the model of a list, to the bits", async () => {
    const [x, y] = [numbers([8, 4, 2]), numbers([8, 1])];
    const [listed, grown] = [sequential(parts(), { seed: 7 }), sequential({ seed: 7 })];
    for (const layer of parts()) expect(grown.add(layer)).toBe(grown);
    for (const net of [listed, grown]) {
      net.compile({ loss: "mse", optimizer: "adam" });
      await net.fit(x, y, { epochs: 2, batchSize: 3, verbose: 0 });
    }
    expect(weightBits(grown)).toEqual(weightBits(listed));
    expect(grown.summary()).toBe(listed.summary());
    expect(grown.predict(x)).toEqual(listed.predict(x));
    expect(loadModel(grown.save()).predict(x)).toEqual(listed.predict(x));
    expect(grown.stream().step([1, 2])).toEqual(listed.stream().step([1, 2]));
  });

  it("refuses a layer that does not fit at once, and goes on without it", async () => {
    const net = sequential();
    await expectError(() => net.add(dense({ units: 1 })), "TypeError", /sequential: the first layer needs inputShape/);
    net.add(dense({ units: 2, inputShape: [3] }));
    await expectError(() => net.add(lstm({ units: 1 })), "RangeError", /lstm: expected/);
    await expectError(
      () => net.add(untyped({})),
      "TypeError",
      "sequential: expected layers made by layers.lstm() and others, got an object at 1",
    );
    net.add(dense({ units: 1 }));
    expect(net.predict([[1, 2, 3]]).shape).toEqual([1, 1]);
    expect(net.layers).toHaveLength(2);
  });

  it("refuses any layer once the model is built", async () => {
    const message = (names: string) =>
      `sequential add: expected a model that is not in use yet, got one of ${names}, which is built; add all layers first, or ` +
      "list them: sequential([layer, layer, …])";
    const net = sequential();
    net.add(dense({ units: 2, inputShape: [3] }));
    net.compile({ loss: "mse" });
    await expectError(() => net.add(dense({ units: 1 })), "Error", message('"dense"'));
    const listed = sequential(parts()) as Model & { add(layer: Layer): void };
    await expectError(() => listed.add(dense({ units: 1 })), "Error", message('"lstm", "dropout" and "dense"'));
  });

  it("shares layers that another model has taken in the meantime", () => {
    const net = sequential();
    const layer = dense({ units: 2, inputShape: [3] });
    net.add(layer);
    const other = sequential([layer]);
    other.setWeights(other.getWeights().map(({ shape }) => numbers(shape, 3)));
    expect(net.getWeights()).toEqual(other.getWeights());
  });

  it("says that there is nothing yet", async () => {
    for (const use of [() => sequential().compile({ loss: "mse" }), () => sequential().predict([[1]])]) {
      await expectError(use, "Error", "sequential: expected a model with layers, got none yet; add() them first");
    }
  });
});

it.each<[string, () => unknown, string]>([
  [
    "layers that are no list",
    () => sequential(untyped(dense({ units: 1, inputShape: [2] })), untyped(dense({ units: 1 }))),
    "sequential: expected a list of at least one layer, got an object (Dense); write sequential([layer, layer, …])",
  ],
  [
    "an object with layers",
    () => sequential(untyped({ layers: parts() })),
    "sequential: expected a list of at least one layer, got an object; write sequential([layer, layer, …])",
  ],
  [
    "an unknown option",
    () => sequential(untyped({ sed: 1 })),
    'sequential: unknown option "sed", did you mean "seed"? Known options are seed, threads, simd, memory',
  ],
])("refuses %s", (_, action, text) => expectError(action, "TypeError", text));

it.each<[string, string, () => unknown]>([
  ["lstm", "50; write lstm({ units: 50 })", () => lstm(untyped(50))],
  ["gru", "3; write gru({ units: 3 })", () => layers.gru(untyped(3))],
  ["mLSTM", "4; write mLSTM({ units: 4 })", () => layers.mLSTM(untyped(4))],
  ["dense", "1; write dense({ units: 1 })", () => dense(untyped(1))],
  ["dropout", "0.2; write dropout({ rate: 0.2 })", () => dropout(untyped(0.2))],
  ["embedding", "9; write embedding({ inputDim: 9, outputDim: … })", () => layers.embedding(untyped(9))],
  ["activation", '"relu"; write activation({ activation: "relu" })', () => layers.activation(untyped("relu"))],
  ["masking", "-1; write masking({ maskValue: -1 })", () => layers.masking(untyped(-1))],
  ["missing", '"mean"; write missing({ strategy: "mean" })', () => layers.missing(untyped("mean"))],
  [
    "bidirectional",
    "an object (Lstm); write bidirectional({ layer: … })",
    () => layers.bidirectional(untyped(lstm({ units: 1 }))),
  ],
  [
    "timeDistributed",
    "an object (Dense); write timeDistributed({ layer: … })",
    () => layers.timeDistributed(untyped(dense({ units: 1 }))),
  ],
  ["lambda", "a function; write lambda({ call: … })", () => layers.lambda(untyped(() => {}))],
  ["lstm", "0.5", () => lstm(untyped(0.5))],
  ["dense", '"relu"', () => dense(untyped("relu"))],
])("%s says by which name a value goes that came alone: %s", (kind, got, action) =>
  expectError(action, "TypeError", `${kind}: expected an options object, got ${got}`),
);
