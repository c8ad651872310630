/** Hidden steps in streams: the last output again, or zeros, and states that stand still; for every cell. */
import { describe, expect, it } from "vitest";
import { input, layers, model, ndarray, ops, type SymbolicTensor, sequential } from "../../src/index.ts";
import { ids, numbers, scramble } from "../helpers/models.ts";
import { recurrentForms, statesOf } from "../helpers/recurrentForms.ts";
import { expectPredictBits, inFull } from "../helpers/streams.ts";

const { dense, dropout, embedding, masking, missing, timeDistributed } = layers;
const [C, T] = [3, 6];

/** Hidden steps before the first real one, between and after: zeros. */
const x = numbers([1, T, C]);
for (const t of [0, 2, 3, 5]) x.data.fill(0, t * C, (t + 1) * C);

describe.each(Object.entries(recurrentForms))("%s", (_, { layer, heads = 1 }) => {
  const units = 5 * heads;
  const each = [false, true].flatMap(returnSequences =>
    [false, true].flatMap(zeroOutputForMask =>
      [false, true].map(begun => ({ returnSequences, zeroOutputForMask, begun })),
    ),
  );

  it.each(each)("%j", ({ begun, ...options }) => {
    const sequence = input({ shape: [null, C] });
    const sizes = begun ? Object.values(statesOf(layer({ units }))) : [];
    const states = sizes.map(size => input({ shape: [size] }));
    const recurrent = layer({ units, returnState: true, ...options } as Parameters<typeof layer>[0]);
    const net = model({
      inputs: [sequence, ...states],
      outputs: recurrent.applyAll([masking().apply(sequence), ...states]),
    });
    scramble(net);
    expectPredictBits(
      net,
      [x],
      sizes.map((size, i) => numbers([1, size], i)),
    );
  });
});

it("a state saved before the first real step knows that nothing was put out yet", () => {
  const [sequence, h] = [input({ shape: [null, C] }), input({ shape: [4] })];
  const output = layers.gru({ units: 4, returnSequences: true }).apply([masking().apply(sequence), h]);
  const net = model({ inputs: [sequence, h], outputs: output });
  scramble(net);
  const [stream, other] = [0, 1].map(() => net.stream({ inputs: [1, 2, 3, 4] }));
  const zeros = new Float32Array(4);
  expect(stream.step([0, 0, 0])).toEqual(zeros);
  expect(stream.state).toEqual({ gru: [[1, 2, 3, 4]], "gru.output": [[...zeros]] });
  other.state = JSON.parse(JSON.stringify(stream.state));
  expect(other.step([0, 0, 0])).toEqual(zeros);
  const y = other.step([1, 2, 3]);
  stream.state = other.state;
  expect(stream.step([0, 0, 0])).toEqual(y);
});

describe("through other layers", () => {
  const from = (tensor: SymbolicTensor) => layers.lstm({ units: 4, returnSequences: true }).apply(tensor);
  const lastly = (tensor: SymbolicTensor) => layers.gru({ units: 3 }).apply(tensor);

  it.each<[string, (tensor: SymbolicTensor) => SymbolicTensor]>([
    ["dense", tensor => dense({ units: 3 }).apply(tensor)],
    ["dropout", tensor => dropout({ rate: 0.5 }).apply(tensor)],
    ["a recurrent layer", from],
    ["masking again", tensor => masking().apply(tensor)],
    ["timeDistributed", tensor => timeDistributed({ layer: dense({ units: 3 }) }).apply(tensor)],
    ["missing, masks both", tensor => missing({ strategy: "mask" }).apply(tensor)],
    ["missing, times", tensor => missing({ strategy: "last", time: 0 }).apply(tensor)],
    ["dense without a short form", tensor => inFull(dense({ units: 3 })).apply(tensor)],
    ["masking without a short form", tensor => inFull(masking()).apply(tensor)],
    [
      "timeDistributed without a short form",
      tensor => timeDistributed({ layer: inFull(dense({ units: 3 })) }).apply(tensor),
    ],
  ])("%s", (name, middle) => {
    const sequence = input({ shape: [null, C] });
    const through = middle(masking().apply(sequence));
    const net = model({ inputs: sequence, outputs: [from(through), lastly(through)] });
    scramble(net);
    const timed = ndarray(
      x.data.map((value, i) => (value !== 0 && i % C === 0 ? i : value)),
      x.shape,
    );
    expectPredictBits(net, [name.includes("times") ? timed : x]);
  });

  it.each([false, true])("of several inputs: both or either; without a short form: %s", full => {
    const [a, b] = [input({ shape: [null, C] }), input({ shape: [null, C] })];
    const [p, q] = [a, b].map(each => masking().apply(each));
    const side = full ? inFull(layers.concatenate()) : layers.concatenate();
    const sum = ops.add(p, q);
    if (full && sum.node.layer) inFull(sum.node.layer);
    const net = model({ inputs: [a, b], outputs: [side.apply([p, q]), side.apply([p, b]), sum].map(from) });
    scramble(net);
    const other = numbers([1, T, C], 8);
    for (const t of [0, 1, 3]) other.data.fill(0, t * C, (t + 1) * C);
    expectPredictBits(net, [x, other]);
  });

  it("of values that are missing", () => {
    const net = sequential([
      missing({ strategy: "mask", inputShape: [null, C] }),
      layers.lstm({ units: 4, returnSequences: true }),
    ]);
    scramble(net);
    const holes = ndarray(
      x.data.map(value => (value === 0 ? Number.NaN : value)),
      x.shape,
    );
    expectPredictBits(net, [holes]);
  });

  it("of ids", () => {
    const tokens = ids([1, 8], 5);
    tokens.data.set([0, 1, 0, 0, 2]);
    const net = sequential([
      embedding({ inputDim: 5, outputDim: C, maskZero: true, inputShape: [null] }),
      layers.lstm({ units: 4, returnSequences: true }),
      layers.indRNN({ units: 2 }),
    ]);
    scramble(net);
    expectPredictBits(net, [tokens]);
  });
});
