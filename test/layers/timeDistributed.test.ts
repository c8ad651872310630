import { describe, expect, it } from "vitest";
import { input, layers, model, sequential } from "../../src/index.ts";
import { ndarray } from "../../src/ndarray.ts";
import { expectClose } from "../helpers/compare.ts";
import { randomArray } from "../helpers/gradients.ts";
import { bits, expectError, ids, numbers, scramble } from "../helpers/models.ts";
import { expectDifferences, expectReference, randomOuter } from "../helpers/nets.ts";
import { OneLayer } from "../helpers/oneLayer.ts";
import { seeded } from "../helpers/random.ts";
import { denseReference, lstmReference } from "../helpers/references.ts";

const { dense, dropout, embedding, lstm, bidirectional, timeDistributed } = layers;

describe("equals the reference and finite differences", () => {
  it("around a dense layer", () => {
    const random = seeded(1);
    const layer = new OneLayer(timeDistributed({ layer: dense({ units: 4, activation: "softmax" }) }), { x: [3, 5] });
    expect(layer.weightNames).toEqual(["kernel", "bias"]);
    const arrays = {
      x: randomArray(random, [2, 3, 5]),
      kernel: randomArray(random, [5, 4]),
      bias: randomArray(random, [4]),
    };
    const reference = denseReference({ rows: 6, C: 5, units: 4 }, "softmax");
    const outer = randomOuter(random, layer.forward(arrays));
    expectReference(layer, arrays, reference, outer);
    expectDifferences(layer, arrays, reference, outer, random);
  });

  it("around an lstm over the inner axis", () => {
    const random = seeded(2);
    const [N, T, steps, C, H] = [2, 3, 4, 3, 5];
    const layer = new OneLayer(timeDistributed({ layer: lstm({ units: H }) }), { x: [T, steps, C] });
    const arrays = {
      x: randomArray(random, [N, T, steps, C]),
      kernel: randomArray(random, [C, 4 * H], 0.5),
      recurrentKernel: randomArray(random, [H, 4 * H], 0.5),
      bias: randomArray(random, [4 * H], 0.5),
    };
    const reference = lstmReference({ N: N * T, T: steps, C, H }, {});
    const outer = randomOuter(random, layer.forward(arrays));
    expect(outer[0].length).toBe(N * T * H);
    expectReference(layer, arrays, reference, outer);
    expectDifferences(layer, arrays, reference, outer, random);
  });
});

it("is the layer on every step by itself, of ids and through two directions", () => {
  const x = ids([2, 3, 4], 7);
  const chain = (inputShape: number[], wrap: (layer: ReturnType<typeof dense>, shape?: number[]) => typeof layer) =>
    sequential([
      wrap(embedding({ inputDim: 7, outputDim: 3, ...(inputShape.length === 1 && { inputShape }) }), inputShape),
      wrap(bidirectional({ layer: lstm({ units: 2 }) })),
    ]);
  const whole = chain([3, 4], (layer, inputShape) => timeDistributed({ layer, ...(inputShape && { inputShape }) }));
  const single = chain([4], layer => layer);
  scramble(whole);
  single.setWeights(whole.getWeights());
  const one = single.predict(ndarray(x.data, [6, 4]));
  expect(whole.predict(x).shape).toEqual([2, 3, 4]);
  // Not to the bit: an lstm makes the product of each distinct token once where it knows of them.
  expectClose(whole.predict(x).data, one.data, { absolute: 1e-6 });
});

it("streams where a step is one vector", () => {
  const net = sequential([
    timeDistributed({ layer: dense({ units: 3, activation: "tanh" }), inputShape: [null, 2] }),
    lstm({ units: 4 }),
  ]);
  const x = numbers([1, 5, 2]);
  const stream = net.stream();
  let last = new Float32Array();
  for (let t = 0; t < 5; t++) last = Float32Array.from(stream.step(x.data.subarray(2 * t, 2 * t + 2)));
  expect(bits(last)).toEqual(bits(net.predict(x).data));
});

it("drops numbers of every step by themselves", () => {
  const net = sequential([timeDistributed({ layer: dropout({ rate: 0.5 }), inputShape: [4, 8] }), dense({ units: 1 })]);
  net.compile({ loss: "mse" });
  const [x, y] = [numbers([2, 4, 8]), numbers([2, 4, 1], 3)];
  expect(net.trainOnBatch(x, y).loss).not.toBe(net.trainOnBatch(x, y).loss);
});

describe("masks inside of steps", () => {
  const words = { inputDim: 7, outputDim: 3 };
  const documents = ndarray(
    Int32Array.of(1, 2, 0, 0, 3, 0, 4, 0, 0, 0, 0, 0, 5, 6, 1, 2, 0, 0, 0, 0, 0, 2, 2, 0),
    [2, 3, 4],
  );

  function sentences(given: readonly ReturnType<typeof dense>[]) {
    const net = sequential([...given]);
    scramble(net);
    return net;
  }

  it("hide words from an inner lstm, as that does by itself, and sentences without words", () => {
    const whole = sentences([
      timeDistributed({ layer: embedding({ ...words, maskZero: true }), inputShape: [3, 4] }),
      timeDistributed({ layer: dropout({ rate: 0.5 }) }),
      layers.activation({ activation: "tanh" }),
      timeDistributed({ layer: lstm({ units: 4 }) }),
      lstm({ units: 2 }),
    ]);
    const inner = sentences([
      embedding({ ...words, maskZero: true, inputShape: [4] }),
      layers.activation({ activation: "tanh" }),
      lstm({ units: 4 }),
    ]);
    const outer = sentences([lstm({ units: 2, inputShape: [null, 4] })]);
    inner.setWeights(whole.getWeights().slice(0, 4));
    outer.setWeights(whole.getWeights().slice(4));
    const rows = inner.predict(ndarray(documents.data, [6, 4])).data;
    // Of the first document the third sentence is empty, of the second the second one.
    const [a, b] = [
      ndarray(rows.slice(0, 8), [1, 2, 4]),
      ndarray([...rows.slice(12, 16), ...rows.slice(20, 24)], [1, 2, 4]),
    ].map(each => outer.predict(each).data);
    expectClose(whole.predict(documents).data, [...a, ...b], { absolute: 1e-6 });
  });

  it.each([
    ["of an embedding itself", () => [embedding({ ...words, maskZero: true, inputShape: [3, 4] })]],
    ["made inside", () => [timeDistributed({ layer: embedding({ ...words, maskZero: true }), inputShape: [3, 4] })]],
  ])("%s leave padding out of the loss of each word", (_, first) => {
    const net = sentences([...first(), timeDistributed({ layer: lstm({ units: 2, returnSequences: true }) })]);
    net.compile({ loss: "mse" });
    const y = numbers([2, 3, 4, 2]);
    const p = net.predict(documents).data;
    let [sum, count] = [0, 0];
    documents.data.forEach((id, i) => {
      if (id === 0) return;
      count++;
      for (let j = 2 * i; j < 2 * i + 2; j++) sum += (p[j] - y.data[j]) ** 2 / 2;
    });
    expect(net.trainOnBatch(documents, y).loss).toBeCloseTo(sum / count, 6);
    const moved = y.data.map((value, i) => (documents.data[Math.floor(i / 2)] === 0 ? 1e6 : value));
    expect(net.trainOnBatch(documents, ndarray(moved, y.shape)).loss).toBeLessThan(10);
  });

  it("that are made inside of steps that lengths hide are hidden too", () => {
    const net = sentences([
      timeDistributed({ layer: layers.masking({ maskValue: 9 }), inputShape: [3, 4, 2] }),
      timeDistributed({ layer: lstm({ units: 2 }) }),
      lstm({ units: 2 }),
    ]);
    const x = numbers([2, 3, 4, 2]);
    x.data.fill(9, 2, 6);
    const lengths = [2, 3];
    const short = { x: ndarray(x.data.slice(0, 16), [1, 2, 4, 2]), lengths: [2] };
    const cut = sequential([
      timeDistributed({ layer: layers.masking({ maskValue: 9 }), inputShape: [2, 4, 2] }),
      timeDistributed({ layer: lstm({ units: 2 }) }),
      lstm({ units: 2 }),
    ]);
    cut.setWeights(net.getWeights());
    expect(bits(net.predict({ x, lengths }).data.slice(0, 2))).toEqual(bits(cut.predict(short).data));
  });

  it("end where steps are something else", () => {
    const [x, y] = [input({ shape: [3, 4] }), input({ shape: [3, 2] })];
    const inside = embedding({ ...words, maskZero: true }).apply(x);
    const steps = layers.masking().apply(y);
    const outputs = layers
      .add()
      .apply([inside, layers.reshape({ targetShape: [3, 1, 1] }).apply(dense({ units: 1 }).apply(steps))]);
    expect(model({ inputs: [x, y], outputs }).predict([documents, numbers([2, 3, 2])]).shape).toEqual([2, 3, 4, 3]);
  });
});

const used = dense({ units: 1, inputShape: [2] });
sequential([used]);
const shared = dense({ units: 1 });
timeDistributed({ layer: shared });

it.each<[string, () => unknown, "TypeError" | "RangeError", string | RegExp]>([
  ["no layer", () => timeDistributed({} as never), "TypeError", /timeDistributed layer: expected a layer such as/],
  [
    "a stateful layer",
    () => timeDistributed({ layer: lstm({ units: 1, stateful: true }) }),
    "RangeError",
    "timeDistributed layer: expected stateful: false, got true; every step begins with new states",
  ],
  [
    "a layer of another model",
    () => timeDistributed({ layer: used }),
    "RangeError",
    /belongs to another model or layer/,
  ],
  ["a layer that it has", () => timeDistributed({ layer: shared }), "RangeError", /belongs to another model or layer/],
  [
    "several outputs",
    () =>
      sequential([
        timeDistributed({ layer: lstm({ units: 1, returnState: true }), name: "steps", inputShape: [2, 3, 4] }),
      ]),
    "RangeError",
    "steps: expected a layer of one output, got 3; use returnState: false",
  ],
  [
    "an input without steps",
    () => sequential([timeDistributed({ layer: dense({ units: 1 }), inputShape: [2] })]),
    "RangeError",
    /timeDistributed: expected an input of \[N, T, \.\.\.\], got \[N, 2\];/,
  ],
])("refuses %s", async (_, action, type, text) => {
  await expectError(action, type, text);
});
