/** What a stream is given that is no numbers, and batches without a step. */
import { describe, expect, it } from "vitest";
import { defineCell, input, layers, type Model, model, ndarray, ops, sequential } from "../../src/index.ts";
import { errorOf, expectError, weightBits } from "../helpers/models.ts";
import { recurrentForms } from "../helpers/recurrentForms.ts";

const { dense, embedding, lstm } = layers;

const ofNumbers = () => sequential([lstm({ units: 3, inputShape: [null, 2] })], { seed: 1 });
const ofIds = () => sequential([embedding({ inputDim: 5, outputDim: 2, inputShape: [null] }), lstm({ units: 2 })]);

const gone = new Float32Array(2);
structuredClone(0, { transfer: [gone.buffer] });
const lying = new Float32Array(4096).fill(7);
Object.defineProperty(lying, "length", { value: 2 });

describe("a step that is no numbers", () => {
  it.each<[string, unknown, "TypeError" | "RangeError", string]>([
    ["texts", ["1", "2"], "TypeError", 'got "1" at element 0'],
    ["null", [1, null], "TypeError", "got null at element 1"],
    ["a hole", Object.assign([], { length: 2, 0: 1 }), "TypeError", "got undefined at element 1"],
    ["lists", [[1], [2]], "TypeError", "got an array of 1 at element 0"],
    ["booleans", [true, false], "TypeError", "got true at element 0"],
    ["a date", [new Date(0), 1], "TypeError", "got an object (Date) at element 0"],
    ["a bigint", [1n, 1], "TypeError", "got a bigint at element 0"],
    ["a symbol", [1, Symbol("x")], "TypeError", "got a symbol at element 1"],
    ["a text", "ab", "TypeError", 'got "ab"'],
    ["bigints", new BigInt64Array(2), "TypeError", "got an object (BigInt64Array)"],
    ["bytes", new DataView(new ArrayBuffer(2)), "TypeError", "got an object (DataView)"],
    ["an object with a length", { length: 2, 0: 1, 1: 2 }, "TypeError", "got an object"],
    ["nothing", undefined, "TypeError", "got undefined"],
    ["too many", [1, 2, 3], "RangeError", "got 3"],
    ["too few", new Float32Array(1), "RangeError", "got 1"],
    ["a length that is a lie", lying, "RangeError", "got 4096"],
  ])("is refused, and the states are as they were: %s", async (_, x, type, got) => {
    const net = ofNumbers();
    const stream = net.stream();
    stream.step([0.5, 0.25]);
    const { state } = stream;
    const before = weightBits(net);
    await expectError(() => stream.step(x as number[]), type, `stream step: expected 2 numbers, ${got}`);
    await errorOf(() => net.predict([x] as never)); // as it is here
    expect(stream.state).toEqual(state);
    expect(weightBits(net)).toEqual(before);
  });

  it("is refused where its numbers are gone", () =>
    expectError(
      () => ofNumbers().stream().step(gone),
      "TypeError",
      /stream step: expected numbers, but the typed array has 0 now: its buffer was transferred/,
    ));

  it.each([["1"], [null], [true], [[1]], "1"].map(x => [x]))("is refused where it is an id: %j", x =>
    expectError(
      () =>
        ofIds()
          .stream()
          .step(x as never),
      "TypeError",
      /stream step: expected 1 numbers, got /,
    ),
  );

  it.each([
    ["an array", [0.5, 0.25]],
    ["float32", Float32Array.of(0.5, 0.25)],
    ["float64", Float64Array.of(0.5, 0.25)],
    ["half of another", Float64Array.of(9, 0.5, 0.25).subarray(1)],
  ])("is taken in any form of numbers: %s", (_, x) => {
    const net = ofNumbers();
    expect([...net.stream().step(x)]).toEqual([...net.predict([[[0.5, 0.25]]]).data]);
  });

  it("may be an id that float32 does not have", () => {
    const x = input({ shape: [null] });
    const id = 2 ** 24 + 1;
    const table = embedding({ inputDim: id + 1, outputDim: 1, embeddingsInitializer: "zeros" });
    const net = model({ inputs: x, outputs: table.apply(x) });
    net.setWeights([ndarray(new Float32Array(id + 1).fill(7, id), [id + 1, 1])]);
    expect(net.predict([[id - 1, id]]).toArray()).toEqual([[[0], [7]]]);
    expect([...net.stream().step([id])]).toEqual([7]);
    expect([...net.stream().step([id - 1])]).toEqual([0]);
  });
});

const elman = defineCell({
  name: "elman",
  weights: ({ features, units }) => ({ kernel: [features, units], recurrent: [units, units] }),
  states: ({ units }) => ({ h: units }),
  step({ x, states, weights }) {
    const h = ops.tanh(ops.add(ops.matmul(x, weights.kernel), ops.matmul(states.h, weights.recurrent)));
    return { output: h, states: { h } };
  },
});

describe("a batch without a step", () => {
  const empty = (C = 2, N = 2) => ndarray(new Float32Array(0), [N, 0, C]);
  const kinds: [string, (returnSequences: boolean) => Model][] = [
    ...Object.entries(recurrentForms).map(([name, { layer }]): [string, (returnSequences: boolean) => Model] => [
      name,
      returnSequences => sequential([layer({ units: 4, returnSequences, inputShape: [null, 2] }), dense({ units: 1 })]),
    ]),
    [
      "a cell of one's own",
      returnSequences =>
        sequential([layers.rnn(elman, { units: 3, returnSequences, inputShape: [null, 2] }), dense({ units: 1 })]),
    ],
  ];

  it.each(kinds)("gives what no step leads to, and is nothing to learn from: %s", async (_, make) => {
    const x = empty();
    for (const returnSequences of [false, true]) {
      const net = make(returnSequences);
      net.compile({ optimizer: "sgd", loss: "mse" });
      expect(net.predict(x).toArray()).toEqual(returnSequences ? [[], []] : [[0], [0]]);
      const before = weightBits(net);
      const y = returnSequences ? empty(1) : [[1], [2]];
      const text = "x: expected sequences of at least one step to learn from or to compare, got [2, 0, 2]";
      await expectError(() => net.trainOnBatch(x, y), "RangeError", text);
      await expectError(() => net.fit(x, y, { verbose: 0 }), "RangeError", text);
      await expectError(() => net.evaluate(x, y), "RangeError", text);
      await expectError(() => net.gradients(x, y), "RangeError", text);
      expect(weightBits(net)).toEqual(before);
    }
  });

  it("is refused where it has more samples than can be gone through", () =>
    expectError(
      () => ofNumbers().predict({ shape: [2 ** 30, 0, 2], data: [] }),
      "RangeError",
      "x: shape [1073741824, 0, 2] is too large for an array without numbers",
    ));
});
