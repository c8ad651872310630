/** Streams of several inputs and outputs, and of inputs without an axis of time: initial states, encoders and decoders. */
import { describe, expect, it } from "vitest";
import { input, layers, type Model, model, type StreamOptions, sequential } from "../../src/index.ts";
import { bits, expectError, ids, numbers, scramble } from "../helpers/models.ts";
import { recurrentForms, statesOf } from "../helpers/recurrentForms.ts";
import { expectPredictBits, inFull, soFar } from "../helpers/streams.ts";

const { dense, embedding, gru, lstm } = layers;
const [C, T] = [3, 6];
const x = numbers([1, T, C]);

describe.each(Object.entries(recurrentForms))("%s", (_, { layer, heads = 1 }) => {
  const units = 5 * heads;
  it.each([false, true])("begins with states it is given, and gives those after the step; returnSequences: %s", all => {
    const sizes = Object.values(statesOf(layer({ units })));
    const [sequence, ...states] = [input({ shape: [null, C] }), ...sizes.map(size => input({ shape: [size] }))];
    const recurrent = layer({ units, returnState: true, returnSequences: all } as Parameters<typeof layer>[0]);
    const net = model({ inputs: [sequence, ...states], outputs: recurrent.applyAll([sequence, ...states]) });
    scramble(net);
    expectPredictBits(
      net,
      [x],
      sizes.map((size, i) => numbers([1, size], i)),
    );
  });
});

/** A sequence, then a vector that makes the initial states of an lstm. */
function seeded(): Model {
  const [sequence, context] = [input({ shape: [null, C] }), input({ shape: [2] })];
  const [h, c] = [0, 1].map(i => dense({ units: 4, activation: "tanh", name: `state${i}` }).apply(context));
  const net = model({ inputs: [sequence, context], outputs: lstm({ units: 4 }).apply([sequence, h, c]) });
  scramble(net);
  return net;
}

describe("inputs without an axis of time", () => {
  it("may go through layers, with and without a short form, before they are states", () => {
    expectPredictBits(seeded(), [x], [numbers([1, 2], 3)]);
    const [sequence, context] = [input({ shape: [null, C] }), input({ shape: [2] })];
    const state = inFull(dense({ units: 4 })).apply(context);
    const net = model({ inputs: [sequence, context], outputs: gru({ units: 4 }).apply([sequence, state]) });
    scramble(net);
    expectPredictBits(net, [x], [numbers([1, 2], 3)]);
  });

  it("may be an id, and an output", () => {
    const [sequence, speaker] = [input({ shape: [null, C] }), input({ shape: [] })];
    const state = embedding({ inputDim: 5, outputDim: 4 }).apply(speaker);
    const net = model({ inputs: [sequence, speaker], outputs: [gru({ units: 4 }).apply([sequence, state]), state] });
    scramble(net);
    expectPredictBits(net, [x], [ids([1], 5)]);
    const [one, list] = [net.stream({ inputs: 3 }), net.stream({ inputs: [3] })];
    expect(one.stepAll([1, 2, 3])).toEqual(list.stepAll([1, 2, 3]));
  });

  it("belong to one stream: side by side each has its own", () => {
    const net = seeded();
    const contexts = [1, 2, 3].map(seed => numbers([2], seed));
    const streams = contexts.map(inputs => net.stream({ inputs }));
    for (let t = 0; t < T; t++) {
      for (const [i, stream] of streams.entries()) {
        const y = stream.step(x.data.slice(t * C, (t + 1) * C));
        const context = { shape: [1, 2], data: contexts[i].data };
        expect(bits(y)).toEqual(bits(net.predict([soFar(x, t + 1), context]).data));
      }
    }
    streams[1].reset();
    expect(streams[1].state).toEqual(net.stream({ inputs: contexts[1] }).state);
    const again = streams[1].step(x.data.slice(0, C));
    expect(bits(again)).toEqual(bits(net.stream({ inputs: contexts[1] }).step(x.data.slice(0, C))));
  });

  it("are copied", () => {
    const net = seeded();
    const context = numbers([2], 1);
    const stream = net.stream({ inputs: context });
    const first = bits(stream.step(x.data.slice(0, C)));
    context.data.fill(9);
    stream.reset();
    expect(bits(stream.step(x.data.slice(0, C)))).toEqual(first);
  });

  it("meet new weights", () => {
    const [net, other] = [seeded(), seeded()];
    const inputs = [0.5, -0.25];
    const [stream, fresh] = [net.stream({ inputs }), other.stream({ inputs })];
    stream.step([1, 2, 3]);
    const { state } = stream;
    scramble(net, 77);
    other.setWeights(net.getWeights());
    fresh.state = state;
    expect(bits(stream.step([4, 5, 6]))).toEqual(bits(fresh.step([4, 5, 6])));
    for (const each of [stream, fresh]) each.reset();
    const expected = bits(other.predict([[[[1, 2, 3]]], [inputs]]).data);
    for (const each of [stream, fresh]) expect(bits(each.step([1, 2, 3]))).toEqual(expected);
  });
});

it("several sequences are fed together, and several outputs come together", () => {
  const [a, b] = [input({ shape: [null, C] }), input({ shape: [null] })];
  const net = model({
    inputs: [a, b],
    outputs: [
      lstm({ units: 4, returnSequences: true }).apply(a),
      gru({ units: 2 }).apply(embedding({ inputDim: 4, outputDim: 3 }).apply(b)),
    ],
  });
  scramble(net);
  const tokens = ids([1, T], 4);
  expectPredictBits(net, [x, tokens]);
  const stream = net.stream();
  const out = [new Float32Array(4), new Float32Array(2)];
  const y = stream.stepAll([[1, 2, 3], 2], out);
  expect(y[0]).toBe(out[0]);
  expect(out).toEqual(net.stream().stepAll([[1, 2, 3], [2]]));
});

describe("a translator, trained to repeat what it reads", () => {
  const [V, units, LENGTH, START] = [7, 16, 4, 1];
  const [question, answer] = [input({ shape: [null] }), input({ shape: [null] })];
  const [, h, c] = lstm({ units, returnState: true }).applyAll(
    embedding({ inputDim: V, outputDim: 8, maskZero: true }).apply(question),
  );
  const [sequence, ...after] = lstm({ units, returnSequences: true, returnState: true }).applyAll([
    embedding({ inputDim: V, outputDim: 8 }).apply(answer),
    h,
    c,
  ]);
  const next = dense({ units: V, activation: "softmax" }).apply(sequence);
  const net = model({ inputs: [question, answer], outputs: next, seed: 3 });
  net.compile({ loss: "sparseCategoricalCrossentropy", optimizer: "adam" });
  const questions = ids([32, LENGTH], V - 2, 5);
  questions.data.forEach((id, i) => {
    questions.data[i] = id + 2;
  });
  const shifted = questions.data.map((_, i) => (i % LENGTH === 0 ? START : questions.data[i - 1]));
  for (let step = 0; step < 60; step++) {
    net.trainOnBatch([questions, { shape: questions.shape, data: shifted }], questions);
  }
  const encoder = net.part({ inputs: question, outputs: [h, c] });
  const decoder = net.part({ inputs: [answer, h, c], outputs: next });

  it.each([0, 1, 2])("decodes greedily in a stream to the bits of its training graph: question %i", which => {
    const asked = { shape: [1, LENGTH], data: questions.data.slice(which * LENGTH, (which + 1) * LENGTH) };
    const stream = decoder.stream({ inputs: encoder.predictAll(asked) });
    const fed: number[] = [];
    for (let t = 0, token = START; t < 6; t++) {
      fed.push(token);
      const y = stream.step(token);
      const forced = net.predict([asked, { shape: [1, fed.length], data: Int32Array.from(fed) }]).data;
      expect(bits(y)).toEqual(bits(forced.slice(-V)));
      token = y.indexOf(Math.max(...y));
    }
  });

  it("gives its states from step to step, by which another decoder goes on", () => {
    const asked = { shape: [1, LENGTH], data: questions.data.slice(0, LENGTH) };
    const whole = net.part({ inputs: [answer, h, c], outputs: [next, ...after] });
    const begin = encoder.predictAll(asked);
    const [stream, other] = [whole, decoder].map(each => each.stream({ inputs: begin }));
    const [first, ...states] = stream.stepAll(START);
    expect(bits(first)).toEqual(bits(other.step(START)));
    expect(states.map(state => [...state])).toEqual(Object.values(other.state)[0]);
    const further = decoder.stream({ inputs: states });
    expect(bits(further.step(3))).toEqual(bits(other.step(3)));
  });

  it("takes no more memory over 10,000 steps, nor with many streams", () => {
    const inputs = encoder.predictAll({ shape: [1, LENGTH], data: questions.data.slice(0, LENGTH) });
    const stream = decoder.stream({ inputs });
    const out = new Float32Array(V);
    stream.step(START, out);
    const { memoryBytes } = decoder;
    for (let i = 0; i < 10_000; i++) stream.step(i % V, out);
    for (let i = 0; i < 1000; i++) decoder.stream({ inputs }).step(START, out);
    expect(decoder.memoryBytes).toBe(memoryBytes);
  });
});

describe("errors", () => {
  const [sequence, h, c] = [input({ shape: [null, C] }), input({ shape: [4] }), input({ shape: [4] })];
  const begun = model({ inputs: [sequence, h, c], outputs: lstm({ units: 4 }).apply([sequence, h, c]) });
  const zeros = [0, 0, 0, 0];
  const wanted = "stream inputs: expected the inputs without an axis of time, x[1] [N, 4], x[2] [N, 4], got";

  it.each<[unknown, "TypeError" | "RangeError", string]>([
    [undefined, "TypeError", `${wanted} undefined; give a list of them to stream({ inputs })`],
    [zeros, "TypeError", `${wanted} an array of 4; give a list of them to stream({ inputs })`],
    [[zeros], "TypeError", `${wanted} an array of 1; give a list of them to stream({ inputs })`],
    [[zeros, [0, 0]], "RangeError", "stream inputs x[2]: expected [4], one sample, got [2]"],
    [[[zeros, zeros], zeros], "RangeError", "stream inputs x[1]: expected [4], one sample, got [2, 4]"],
    [
      [zeros, [0, 0, Number.NaN, 0]],
      "RangeError",
      "stream inputs: x[2] has NaN at element 2; expected finite numbers: fill or drop missing values first",
    ],
    [
      [zeros, "states"],
      "TypeError",
      'stream inputs x[2]: expected nested number arrays, { shape, data } or ndarray(data, shape), got "states"',
    ],
  ])("refuses the inputs %j", async (inputs, type, message) => {
    await expectError(() => begun.stream({ inputs } as StreamOptions), type, message);
  });

  it("refuses an id outside the table as soon as it is given", async () => {
    const [steps, speaker] = [input({ shape: [null, C] }), input({ shape: [] })];
    const state = embedding({ inputDim: 5, outputDim: 4 }).apply(speaker);
    const net = model({ inputs: [steps, speaker], outputs: gru({ units: 4 }).apply([steps, state]) });
    await expectError(
      () => net.stream({ inputs: 5 }),
      "RangeError",
      "embedding: expected token ids in 0..4, got 5 at element 0 of the batch; raise inputDim or map rare tokens to a known id",
    );
    await expectError(
      () => net.stream(),
      "TypeError",
      "stream inputs: expected the inputs without an axis of time, x[1] [N], got undefined; give it to stream({ inputs })",
    );
    await expectError(
      () => net.stream({ inputs: 1.5 }),
      "RangeError",
      "stream inputs x[1]: expected whole numbers (ids), got 1.5 at element 0",
    );
    expect(net.stream({ inputs: 4 }).step([1, 2, 3])).toHaveLength(4);
  });

  it("refuses inputs that the model does not have, and options that streams do not have", async () => {
    const net = sequential([gru({ units: 2, inputShape: [null, C] })]);
    await expectError(
      () => net.stream({ inputs: [1, 2, 3] }),
      "RangeError",
      "stream inputs: expected none, since every input of the model has an axis of time, got an array of 3; give them to " +
        "step(), one step at a time",
    );
    await expectError(() => net.stream({ constants: [] } as StreamOptions), "TypeError", /stream: .*constants/);
  });

  it("refuses models none of whose inputs is a sequence", async () => {
    const [a, b] = [input({ shape: [2] }), input({ shape: [4] })];
    const net = model({ inputs: [a, b], outputs: [dense({ units: 1 }).apply(a), dense({ units: 1 }).apply(b)] });
    await expectError(
      () => net.stream(),
      "RangeError",
      "stream: expected an input of [N, T, ...], got [N, 2] and [N, 4]",
    );
  });

  const [p, q] = [input({ shape: [null, C] }), input({ shape: [null] })];
  const several = model({
    inputs: [p, q],
    outputs: [gru({ units: 2 }).apply(p), embedding({ inputDim: 4, outputDim: 3 }).apply(q)],
  });

  it.each<[unknown, "TypeError" | "RangeError", string]>([
    [5, "TypeError", "stream step: expected a list of 2 inputs (x[0], x[1]), got 5"],
    [[[1, 2, 3]], "TypeError", "stream step: expected a list of 2 inputs (x[0], x[1]), got an array of 1"],
    [[[1, 2], 1], "RangeError", "stream step x[0]: expected 3 numbers, got 2"],
    [
      [
        [1, 2, 3],
        [1, 2],
      ],
      "RangeError",
      "stream step x[1]: expected 1 numbers, got 2",
    ],
    [[[1, 2, 3], 0.5], "RangeError", "stream step x[1]: expected whole numbers (ids), got 0.5 at element 0"],
    [[[1, 2, 3], 4], "RangeError", /embedding: expected token ids in 0\.\.3, got 4/.source],
  ])("refuses the step %j, and states are as they were", async (step, type, message) => {
    const stream = several.stream();
    stream.stepAll([[1, 2, 3], 0]);
    const before = stream.state;
    await expectError(
      () => stream.stepAll(step as number[][]),
      type,
      message.includes("\\") ? new RegExp(message) : message,
    );
    expect(stream.state).toEqual(before);
  });

  it("refuses step() for several outputs, and arrays for them that do not fit", async () => {
    const stream = several.stream();
    await expectError(
      () => stream.step([[1, 2, 3], 0]),
      "RangeError",
      "stream step: this model has 2 outputs; call stepAll() for a list of them",
    );
    const into = (...out: unknown[]) => stream.stepAll([[1, 2, 3], 0], out as Float32Array[]);
    await expectError(
      () => into(new Float32Array(2)),
      "TypeError",
      "stream stepAll out: expected a list of 2 arrays, got an array of 1",
    );
    await expectError(
      () => into(new Float32Array(2), new Float32Array(2)),
      "RangeError",
      "stream stepAll out[1]: expected room for 3 numbers, got 2",
    );
    await expectError(
      () => into([0, 0], new Float32Array(3)),
      "TypeError",
      "stream stepAll out[0]: expected a Float32Array or Float64Array, got an array of 2",
    );
  });

  it("refuses the state of a use that there is not", async () => {
    const stream = several.stream();
    await expectError(
      () => {
        stream.state = { "gru:2": [[0, 0]] };
      },
      "RangeError",
      'stream state: the model has no recurrent layer "gru:2"',
    );
  });
});
