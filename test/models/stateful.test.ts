import { describe, expect, it } from "vitest";
import { layers, type NDArray, ndarray, sequential } from "../../src/index.ts";
import { bits, errorOf, expectError, numbers, scramble, weightBits } from "../helpers/models.ts";

const { bidirectional, dense, lstm } = layers;
const N = 3;
const T = 8;
const C = 2;
const x = numbers([N, T, C]);

/** The steps [from, to) of every sequence. */
function steps({ shape: [n, length, c], data }: NDArray, from: number, to: number): NDArray {
  const parts = Array.from({ length: n }, (_, i) => [...data.subarray((i * length + from) * c, (i * length + to) * c)]);
  return ndarray(parts.flat(), [n, to - from, c]);
}

function build(stateful: boolean) {
  const net = sequential([
    lstm({ units: 5, returnSequences: true, stateful, inputShape: [null, C] }),
    lstm({ units: 4, stateful }),
    dense({ units: 1 }),
  ]);
  scramble(net);
  return net;
}

describe("stateful layers", () => {
  it("go on where the last call ended: two halves equal the whole, bit for bit", () => {
    const net = build(true);
    const expected = bits(build(false).predict(x).data);
    net.predict(steps(x, 0, 3));
    expect(bits(net.predict(steps(x, 3, T)).data)).toEqual(expected);
    // and once more from the beginning
    net.resetStates();
    net.predict(steps(x, 0, 7));
    expect(bits(net.predict(steps(x, 7, T)).data)).toEqual(expected);
  });

  it("forget nothing without resetStates, everything with it", () => {
    const net = build(true);
    const first = bits(net.predict(x).data);
    expect(bits(net.predict(x).data)).not.toEqual(first);
    net.resetStates();
    expect(bits(net.predict(x).data)).toEqual(first);
  });

  it("keep states over training steps, evaluate and predict alike", async () => {
    const [a, b] = [build(true), build(true)];
    for (const net of [a, b]) net.compile({ optimizer: "sgd", loss: "mse" });
    const y = numbers([N, 1], 5);
    a.trainOnBatch(steps(x, 0, 4), y);
    b.trainOnBatch(steps(x, 0, 4), y);
    b.resetStates();
    expect(bits(a.predict(steps(x, 4, T)).data)).not.toEqual(bits(b.predict(steps(x, 4, T)).data));
    const before = bits(a.predict(steps(x, 0, 1)).data);
    await a.evaluate(x, y);
    expect(bits(a.predict(steps(x, 0, 1)).data)).not.toEqual(before);
  });

  it("learn from the second half as a model that is given the first half's states", () => {
    // The gradient stops at the batch's border, so a state is an input like any other.
    const net = sequential([lstm({ units: 4, stateful: true, inputShape: [null, C] })], { seed: 2 });
    net.compile({ optimizer: "sgd", loss: "mse" });
    const fresh = sequential([lstm({ units: 4, inputShape: [null, C] })], { seed: 2 });
    fresh.compile({ optimizer: "sgd", loss: "mse" });
    const y = numbers([N, 4], 6);
    net.predict(steps(x, 0, 4));
    const second = net.gradients(steps(x, 4, T), y).map(gradient => bits(gradient.data));
    expect(second).toEqual(net.gradients(steps(x, 4, T), y).map(gradient => bits(gradient.data)));
    expect(second).not.toEqual(fresh.gradients(steps(x, 4, T), y).map(gradient => bits(gradient.data)));
  });

  it("work in both directions of a bidirectional layer", () => {
    const net = sequential([bidirectional({ layer: lstm({ units: 3, stateful: true }), inputShape: [4, C] })]);
    const first = bits(net.predict(steps(x, 0, 4)).data);
    const second = bits(net.predict(steps(x, 0, 4)).data);
    expect(second).not.toEqual(first);
    net.resetStates();
    expect(bits(net.predict(steps(x, 0, 4)).data)).toEqual(first);
  });

  it("refuse another batch size, and are usable after that", async () => {
    const net = build(true);
    const twin = build(true);
    for (const model of [net, twin]) model.predict(steps(x, 0, 4));
    await expectError(
      () => net.predict(numbers([2, 4, C])),
      "RangeError",
      "lstm: a stateful layer expected a batch of 3 as before, got 2; use a batchSize that divides the number of samples, " +
        "or call resetStates() first",
    );
    expect(bits(net.predict(steps(x, 4, T)).data)).toEqual(bits(twin.predict(steps(x, 4, T)).data));
    net.resetStates();
    expect(net.predict(numbers([2, 4, C])).shape).toEqual([2, 1]);
  });
});

describe("a step that fails", () => {
  const y = numbers([N, 1], 5);
  const bad = ndarray(Float32Array.from(x.data), x.shape);
  bad.data[17] = Number.NaN;
  const badTarget = ndarray([1, Number.POSITIVE_INFINITY, 2], [N, 1]);
  // Each finite, but not the sum of their gradients.
  const hugeTarget = ndarray([3e38, 3e38, 3e38], [N, 1]);

  it.each([
    ["a NaN in x", bad, y],
    ["an infinity in y", x, badTarget],
    ["a gradient that is not finite", x, hugeTarget],
    ["another batch size", numbers([2, T, C]), numbers([2, 1])],
    ["another shape", numbers([N, T, C + 1]), y],
  ])("leaves weights, optimizer, states and counter as they were: %s", async (_name, badX, badY) => {
    const [net, twin] = [build(true), build(true)];
    for (const model of [net, twin]) {
      model.compile({ optimizer: "adam", loss: "mse" });
      for (let i = 0; i < 3; i++) model.trainOnBatch(x, y);
    }
    const before = weightBits(net);
    const saved = net.save({ optimizer: true });
    expect(await errorOf(() => net.trainOnBatch(badX, badY))).toBeInstanceOf(RangeError);
    expect(weightBits(net)).toEqual(before);
    expect(net.save({ optimizer: true })).toEqual(saved);
    expect(net.trainOnBatch(x, y)).toEqual(twin.trainOnBatch(x, y));
    expect(weightBits(net)).toEqual(weightBits(twin));
    expect(bits(net.predict(x).data)).toEqual(bits(twin.predict(x).data));
  });
});
