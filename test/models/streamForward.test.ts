/** Layers without a short step: their forward pass is an entry of the list, and the others stay compiled. */
import { describe, expect, it } from "vitest";
import { defineCell, defineLayer, input, layers, type Model, model, ops, sequential } from "../../src/index.ts";
import { StepProgram } from "../../src/models/stepProgram.ts";
import { inputSlots } from "../../src/training/slots.ts";
import { lstmCell } from "../helpers/customCells.ts";
import { bits, expectError, ids, numbers, scramble } from "../helpers/models.ts";
import { fusedForms } from "../helpers/recurrentForms.ts";
import { expectPredictBits, inFull, stepKernels } from "../helpers/streams.ts";

const { activation, dense, embedding, gru, lambda, lstm, masking, missing, rnn } = layers;
const [C, T] = [3, 7];
const x = numbers([1, T, C]);

it("is one entry among those of the others", () => {
  const net = sequential([
    lstm({ units: 4, returnSequences: true, inputShape: [null, C] }),
    inFull(dense({ units: 5 })),
    gru({ units: 3 }),
  ]);
  scramble(net);
  expectPredictBits(net, [x]);
  expect(stepKernels(net)).toEqual(["copyRows", "lstmStep", "forward", "copyRows", "gruStep"]);
  const { list } = StepProgram.of(net.network, inputSlots(net.network.plan));
  const [, place] = list.find(([kernel]) => kernel === "forward") as [string, number];
  expect(net.network.plan.nodes[place].layer?.kind).toBe("dense");
});

describe("gives the bits of predict", () => {
  const values = { inputShape: [null, C] };
  it.each<[string, () => Model]>([
    ["a cell of your own", () => sequential([rnn(lstmCell, { units: 4, returnSequences: true, ...values })])],
    [
      "between others",
      () => sequential([gru({ units: 2, returnSequences: true, ...values }), rnn(lstmCell, { units: 3 })]),
    ],
    [
      "softmax on the last output",
      () => sequential([lstm({ units: 4, ...values }), inFull(activation({ activation: "softmax" }))]),
    ],
    ["two of them", () => sequential([inFull(masking(values)), inFull(dense({ units: 4 })), lstm({ units: 4 })])],
    [
      "with states that are no recurrent layer's",
      () => sequential([inFull(missing({ strategy: "decay", ...values })), lstm({ units: 4 })]),
    ],
    [
      "missing behind another layer, with times",
      () =>
        sequential([inFull(activation({ activation: "linear", ...values })), missing({ strategy: "last", time: 0 })]),
    ],
  ])("%s", (name, build) => {
    const net = build();
    if (!name.startsWith("missing")) scramble(net);
    const data = name.startsWith("missing") ? x.data.map((value, i) => (i % C === 0 ? i : value)) : x.data;
    expectPredictBits(net, [{ ...x, data, toArray: x.toArray }]);
  });

  it.each(fusedForms)("of every cell, above a table too: %s", (_, { layer, heads = 1 }) => {
    const [plain, above] = [{ inputShape: [null, C] }, {}].map(own =>
      inFull(layer({ units: 4 * heads, returnSequences: true, ...own } as Parameters<typeof layer>[0])),
    );
    const net = sequential([plain]);
    scramble(net);
    expectPredictBits(net, [x]);
    const withTable = sequential([embedding({ inputDim: 5, outputDim: 4, inputShape: [null] }), above]);
    scramble(withTable);
    expectPredictBits(withTable, [ids([1, T], 5)]);
  });
});

it("one layer used both ways keeps its packed weights apart", () => {
  // Of values, and of rows of a table: two forms of the same weights, and predict packs them in a third.
  const [values, tokens] = [input({ shape: [null, C] }), input({ shape: [null] })];
  const shared = lstm({ units: 4, returnSequences: true });
  const table = embedding({ inputDim: 5, outputDim: C });
  const first = shared.apply(values);
  const net = model({
    inputs: [values, tokens],
    outputs: [first, shared.apply(table.apply(tokens)), shared.apply(dense({ units: C }).apply(first))],
  });
  scramble(net);
  expectPredictBits(net, [x, ids([1, T], 5)]);
  const stream = net.stream();
  stream.stepAll([[1, 2, 3], 1]);
  expect(Object.entries(stream.state).map(([name, [h]]) => [name, h.length])).toEqual([
    ["lstm", 4],
    ["lstm:2", 4],
    ["lstm:3", 4],
  ]);
  const text = JSON.stringify(stream.state);
  const next = stream.stepAll([[4, 5, 6], 2]).map(bits);
  stream.reset();
  stream.state = JSON.parse(text);
  expect(stream.stepAll([[4, 5, 6], 2]).map(bits)).toEqual(next);
});

it("a cell of your own used several times has states for each use", () => {
  const values = input({ shape: [null, 4] });
  const shared = rnn(lstmCell, { units: 4, returnSequences: true });
  const net = model({ inputs: values, outputs: shared.apply(shared.apply(values)) });
  scramble(net);
  expectPredictBits(net, [numbers([1, T, 4])]);
});

it("goes on from a saved state, and side by side with others", () => {
  const build = () =>
    sequential([lstm({ units: 4, returnSequences: true, inputShape: [null, C] }), rnn(lstmCell, { units: 3 })]);
  const net = build();
  scramble(net);
  const [a, b] = [net.stream(), net.stream()];
  const at = (t: number) => x.data.slice(t * C, (t + 1) * C);
  const whole = Array.from({ length: T }, (_, t) => bits(a.step(at(t))));
  a.reset();
  for (let t = 0; t < 3; t++) {
    expect(bits(a.step(at(t)))).toEqual(whole[t]);
    b.step(at(T - 1 - t));
  }
  b.state = JSON.parse(JSON.stringify(a.state));
  expect(Object.keys(b.state)).toEqual(["lstm", "rnn"]);
  for (let t = 3; t < T; t++) for (const stream of [a, b]) expect(bits(stream.step(at(t)))).toEqual(whole[t]);
  const other = build();
  other.setWeights(net.getWeights());
  scramble(net, 5);
  net.setWeights(other.getWeights()); // weights that have changed and are the same again
  a.reset();
  expect(bits(a.step(at(0)))).toEqual(whole[0]);
});

describe("a step that fails in the middle", () => {
  let fails = false;
  const moody = defineCell({
    name: "moody",
    weights: ({ features, units }) => ({ kernel: [features, units] }),
    states: ({ units }) => ({ h: units }),
    step({ x: input, states, weights }) {
      const h = ops.tanh(ops.add(ops.matmul(input, weights.kernel), states.h));
      if (fails) throw new RangeError("moody: not today");
      return { output: h, states: { h } };
    },
  });

  it("leaves all states as they were, those of layers before it too", async () => {
    const net = sequential([
      lstm({ units: 4, returnSequences: true, inputShape: [null, C] }),
      rnn(moody, { units: 3, returnSequences: true }),
      rnn(moody, { units: 3, returnSequences: true }),
      gru({ units: 2 }),
    ]);
    scramble(net);
    const [stream, other] = [net.stream(), net.stream()];
    for (const each of [stream, other]) each.step([1, 2, 3]);
    const before = JSON.stringify(stream.state);
    fails = true;
    await expectError(() => stream.step([4, 5, 6]), "RangeError", "moody: not today");
    fails = false;
    expect(JSON.stringify(stream.state)).toBe(before);
    expect(bits(stream.step([7, 8, 9]))).toEqual(bits(other.step([7, 8, 9])));
    expect(stream.state).toEqual(other.state);
  });
});

it("memory does not grow over 10,000 steps", () => {
  const net = sequential([
    inFull(masking({ inputShape: [null, C] })),
    lstm({ units: 4, returnSequences: true }),
    rnn(lstmCell, { units: 3 }),
  ]);
  const stream = net.stream();
  stream.step([1, 2, 3]);
  const bytes = net.memoryBytes;
  for (let i = 0; i < 10_000; i++) stream.step([1, 2, 3]);
  for (let i = 0; i < 1000; i++) net.stream().step([1, 2, 3]);
  expect(net.memoryBytes).toBe(bytes);
});

describe("layers of one's own", () => {
  const gated = defineLayer({
    name: "gated",
    inputs: 2,
    weights: ({ features }) => ({ kernel: [features, 4] }),
    call: ({ inputs: [x, y], weights }) => [ops.multiply(ops.matmul(x, weights.kernel), y), ops.tanh(y)],
  });

  it.each<[string, number | null]>([
    ["of any length", null],
    ["of a length that is known", T],
  ])("give the bits of predict, over sequences %s", (_, length) => {
    const sequence = input({ shape: [length, C] });
    const masked = masking().apply(sequence);
    const doubled = lambda({ call: value => ops.scale(value, 2) }).apply(masked);
    const [both, other] = gated().applyAll([doubled, lstm({ units: 4, returnSequences: true }).apply(masked)]);
    const net = model({ inputs: sequence, outputs: [gru({ units: 3, returnSequences: true }).apply(both), other] });
    scramble(net);
    const holes = numbers([1, T, C]);
    for (const t of [0, 3]) holes.data.fill(0, t * C, (t + 1) * C);
    const stream = net.stream();
    const [first, second] = net.predictAll(holes);
    for (let t = 0; t < T; t++) {
      const outputs = stream.stepAll(holes.data.slice(t * C, (t + 1) * C)).map(bits);
      expect(outputs).toEqual([bits(first.data.slice(3 * t, 3 * t + 3)), bits(second.data.slice(4 * t, 4 * t + 4))]);
    }
  });

  it("are refused where a sequence of one step is not like one step of many", async () => {
    const twice = lambda({ call: x => ops.concat([x, x]) });
    const net = sequential([activation({ activation: "tanh", inputShape: [null] }), twice]);
    expect(net.predict([[1, 2]]).shape).toEqual([1, 4]);
    await expectError(
      () => net.stream(),
      "RangeError",
      'stream: layer "lambda" needs the whole sequence; use predict() for this model',
    );
  });
});

it("says so where a layer gives another number of values than its shape says", async () => {
  const wrong = inFull(dense({ units: 2 }));
  const sizes = (shape: readonly (number | null)[]) => [[...shape.slice(0, -1), 5]];
  const net = sequential([
    activation({ activation: "tanh", inputShape: [null, C] }),
    Object.assign(wrong, { outputShapes: ([shape]: readonly (number | null)[][]) => sizes(shape) }),
  ]);
  await expectError(
    () => net.stream().step([1, 2, 3]),
    "RangeError",
    "dense: expected a step of 5 numbers, as the layer's output shape says, got 2",
  );
});

it("the state of a cell of your own has an array for each state; where steps are hidden, the last output has a name of its own", async () => {
  const open = sequential([rnn(lstmCell, { units: 3, inputShape: [null, C] })]);
  const hiding = sequential([masking({ inputShape: [null, C] }), rnn(lstmCell, { units: 3 })]);
  for (const net of [open, hiding]) scramble(net);
  const [plain, masked] = [open.stream(), hiding.stream()];
  for (const stream of [plain, masked]) stream.step([1, 2, 3]);
  const { rnn: states, ...others } = masked.state;
  expect(states.map(state => state.length)).toEqual(plain.state.rnn.map(state => state.length));
  expect(Object.keys(plain.state)).toEqual(["rnn"]);
  expect(plain.state.rnn).toHaveLength(2);
  expect(others).toEqual({ "rnn.output": [[...masked.step([0, 0, 0])]] });
  await expectError(
    () => {
      masked.state = { rnn: states };
    },
    "RangeError",
    'stream state: expected { rnn: [h, c], rnn.output: [output] }, got none of "rnn.output"; to begin anew, call reset()',
  );
});
