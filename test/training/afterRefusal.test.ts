/** What a refused call, a shared callback or an odd reason must not do to a training. */
import { describe, expect, it } from "vitest";
import { callbacks, layers, losses, type Model, optimizers, scalerFromJSON, sequential } from "../../src/index.ts";
import { errorOf, expectError, numbers, weightBits } from "../helpers/models.ts";

const x = numbers([8, 1], 3);
const y = numbers([8, 1], 4);

function line(): Model {
  const net = sequential([layers.dense({ units: 1, inputShape: [1] })], { seed: 2 });
  net.compile({ optimizer: optimizers.adam({ learningRate: 0.1 }), loss: "mse" });
  return net;
}

it("a refused compile leaves what the optimizer has learned", async () => {
  const nets = [line(), line()];
  for (const net of nets) {
    net.setScaling({ target: scalerFromJSON({ kind: "standard", mean: [0], deviation: [2] }) });
    for (let step = 0; step < 5; step++) net.trainOnBatch(x, y);
  }
  const wrong = losses.sparseCategoricalCrossentropy({ fromLogits: true });
  await expectError(
    () => nets[0].compile({ loss: wrong }),
    "RangeError",
    /setScaling target: expected a loss that compares/,
  );
  await expectError(() => nets[0].compile({ loss: "mse", metrics: ["no" as never] }), "RangeError", /metric: expected/);
  for (const net of nets) for (let step = 0; step < 3; step++) net.trainOnBatch(x, y);
  expect(weightBits(nets[0])).toEqual(weightBits(nets[1]));
});

it("one earlyStopping serves several fits at once", async () => {
  const apart = async (
    net: Model,
    sign: number,
    stop = callbacks.earlyStopping({ monitor: "loss", restoreBestWeights: true }),
  ) => {
    await net.fit(x, { shape: x.shape, data: x.data.map(v => sign * v) }, { epochs: 6, verbose: 0, callbacks: [stop] });
    return weightBits(net);
  };
  const shared = callbacks.earlyStopping({ monitor: "loss", restoreBestWeights: true });
  const together = await Promise.all([apart(line(), 1, shared), apart(line(), -3, shared)]);
  expect(together).toEqual([await apart(line(), 1), await apart(line(), -3)]);
});

describe("a run", () => {
  it.each(["", null, undefined, 0, false, {}])("stops for the reason %j", async reason => {
    const net = line();
    const onEpochEnd = (_: number, __: unknown, run: { stop(reason: never): void }) => run.stop(reason as never);
    const { stopReason, epoch } = await net.fit(x, y, { epochs: 3, verbose: 0, callbacks: [{ onEpochEnd }] });
    expect([stopReason, epoch]).toEqual(["stopped by a callback", [1]]);
  });

  it("that is stopped before an epoch's first step has no such epoch", async () => {
    const net = line();
    const callback = { onEpochBegin: (epoch: number, run: { stop(): void }) => epoch === 1 && run.stop() };
    const result = await net.fit(x, y, { epochs: 3, verbose: 0, validationSplit: 0.5, callbacks: [callback] });
    expect([result.epoch, result.history.loss.length, result.history.valLoss.length]).toEqual([[1], 1, 1]);
    expect(net.network.parameters.epoch).toBe(1);
  });

  it.each(["onTrainBegin", "onEpochBegin", "onBatchEnd", "onEpochEnd", "onTrainEnd"])(
    "refuses %s that is no function, before it learns anything",
    async hook => {
      const net = line();
      const before = weightBits(net);
      for (const odd of [5, "x", {}, [() => {}], true]) {
        const error = await errorOf(() => net.fit(x, y, { verbose: 0, callbacks: [{ [hook]: odd } as never] }));
        expect(error.message).toMatch(new RegExp(`^fit callbacks: expected ${hook} to be a function, got `));
      }
      await net.fit(x, y, { epochs: 0 + 1, verbose: 0, callbacks: [{ [hook]: undefined }] });
      expect(before).not.toEqual(weightBits(net));
    },
  );

  it("says that it was the validation whose data has NaN", async () => {
    const bad = numbers([4, 1], 5);
    bad.data[2] = Number.NaN;
    const good = numbers([4, 1], 6);
    await expectError(
      () => line().fit(x, y, { verbose: 0, validationData: [good, bad] }),
      "RangeError",
      /validation, batch 1: y has NaN at \[2, 0\]/,
    );
    await expectError(
      () => line().fit(x, y, { verbose: 0, validationData: [bad, good] }),
      "RangeError",
      /validation, batch 1: x has NaN at \[2, 0\]/,
    );
  });
});

it("a layer inside bidirectional is frozen by its own property too, and thawed by either", () => {
  const inner = layers.lstm({ units: 2 });
  const both = layers.bidirectional({ layer: inner, inputShape: [3, 1] });
  const net = sequential([both, layers.dense({ units: 1 })], { seed: 1 });
  const moves = (): boolean => {
    net.compile({ loss: "mse" });
    const before = weightBits(net)[0];
    net.trainOnBatch(numbers([4, 3, 1]), numbers([4, 1]));
    return weightBits(net)[0].some((bits, i) => bits !== before[i]);
  };
  expect(moves()).toBe(true);
  inner.trainable = false;
  expect([both.trainable, moves()]).toEqual([false, false]);
  both.trainable = true;
  expect(moves()).toBe(true);
  both.trainable = false;
  inner.trainable = true;
  expect(moves()).toBe(true);
});

it("numbers that float32 holds as infinite are refused as states of a stream", async () => {
  const stream = sequential([layers.lstm({ units: 2, inputShape: [null, 1] })]).stream();
  const { state } = stream;
  const bad = {
    lstm: [
      [1e39, 2],
      [1, 1],
    ],
  };
  await expectError(
    () => {
      stream.state = bad;
    },
    "RangeError",
    "stream state lstm: expected finite numbers, got 1e+39 at element 0",
  );
  expect(stream.state).toEqual(state);
});

it("metadata with a toJSON of its own is refused by save, which could not give it back", async () => {
  const net = line();
  net.metadata = { toJSON: () => 1 } as never;
  await expectError(
    () => net.save(),
    "TypeError",
    /save metadata: expected an object of plain JSON, got one with a toJSON/,
  );
});
