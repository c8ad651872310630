import { describe, expect, it } from "vitest";
import {
  input,
  layers,
  type Model,
  minMaxScaler,
  model,
  type Stream,
  type StreamState,
  sequential,
} from "../../src/index.ts";
import { bits, expectError, ids, numbers, scramble } from "../helpers/models.ts";

const { activation, bidirectional, dense, dropout, embedding, lstm } = layers;

const C = 3;
const T = 11;
const MODELS: Record<string, () => Model> = {
  "last output": () => sequential([lstm({ units: 6, inputShape: [null, C] }), dense({ units: 2 })]),
  "stacked, with dropout": () =>
    sequential([
      lstm({ units: 9, returnSequences: true, dropout: 0.3, inputShape: [null, C] }),
      dropout({ rate: 0.4 }),
      lstm({ units: 4 }),
      dense({ units: 5, activation: "softmax" }),
    ]),
  "other activations, no bias": () =>
    sequential([
      lstm({
        units: 5,
        activation: "relu",
        recurrentActivation: "hardSigmoid",
        useBias: false,
        inputShape: [null, C],
      }),
      activation({ activation: "tanh" }),
    ]),
};
const SEQUENCES: Record<string, () => Model> = {
  sequences: () => sequential([lstm({ units: 6, returnSequences: true, inputShape: [null, C] }), dense({ units: 2 })]),
  "stacked sequences": () =>
    sequential([
      lstm({ units: 7, returnSequences: true, inputShape: [null, C] }),
      lstm({ units: 5, returnSequences: true }),
      dense({ units: 3, activation: "sigmoid" }),
    ]),
};

const x = numbers([1, T, C]);
const stepOf = (t: number) => x.data.subarray(t * C, (t + 1) * C);
const runOn = (stream: Stream, from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => bits(stream.step(stepOf(from + i))));

describe("stream", () => {
  it.each(Object.keys(MODELS))("after every step equals predict on the sequence so far, bit for bit: %s", name => {
    const net = MODELS[name]();
    scramble(net);
    const stream = net.stream();
    for (let t = 0; t < T; t++) {
      const soFar = { shape: [1, t + 1, C], data: x.data.subarray(0, (t + 1) * C) };
      expect(bits(stream.step(stepOf(t))), `step ${t}`).toEqual(bits(net.predict(soFar).data));
    }
  });

  it.each(Object.keys(SEQUENCES))("equals predict's output at every step, bit for bit: %s", name => {
    const net = SEQUENCES[name]();
    scramble(net);
    const expected = bits(net.predict(x).data);
    expect(runOn(net.stream(), 0, T).flat()).toEqual(expected);
  });

  it("takes token ids", () => {
    const net = sequential([
      embedding({ inputDim: 7, outputDim: 4, inputShape: [null] }),
      lstm({ units: 5 }),
      dense({ units: 7, activation: "softmax" }),
    ]);
    scramble(net);
    const tokens = ids([1, T], 7);
    const stream = net.stream();
    const outputs = [...tokens.data].map(token => stream.step(token));
    expect(bits(outputs[T - 1])).toEqual(bits(net.predict(tokens).data));
  });

  it("goes on from its state, also by way of JSON and in another model with the same weights", () => {
    const net = MODELS["stacked, with dropout"]();
    scramble(net);
    const expected = runOn(net.stream(), 0, T);
    const stream = net.stream();
    const begin = stream.state;
    expect(new Set(Object.values(begin).flat(2))).toEqual(new Set([0]));
    runOn(stream, 0, 5);
    const text = JSON.stringify(stream.state);
    expect(Object.keys(stream.state)).toEqual(["lstm", "lstm_1"]);
    expect(stream.state.lstm.map(numbers => numbers.length)).toEqual([9, 9]);
    expect(runOn(stream, 5, T)).toEqual(expected.slice(5));

    stream.state = JSON.parse(text);
    expect(runOn(stream, 5, T)).toEqual(expected.slice(5));
    stream.state = begin;
    expect(runOn(stream, 0, T)).toEqual(expected);
    const other = MODELS["stacked, with dropout"]();
    other.setWeights(net.getWeights());
    const elsewhere = other.stream();
    elsewhere.state = JSON.parse(text);
    expect(JSON.stringify(elsewhere.state)).toBe(text);
    expect(runOn(elsewhere, 5, T)).toEqual(expected.slice(5));
  });

  it("gives copies of its state, not views", () => {
    const stream = MODELS["last output"]().stream();
    stream.step(stepOf(0));
    const before = JSON.stringify(stream.state);
    stream.state.lstm[0][0] = 99;
    expect(JSON.stringify(stream.state)).toBe(before);
  });

  it("begins anew after reset", () => {
    const stream = MODELS["last output"]().stream();
    const begin = stream.state;
    const first = runOn(stream, 0, 4);
    expect(runOn(stream, 0, 4)).not.toEqual(first);
    stream.reset();
    expect(stream.state).toEqual(begin);
    expect(runOn(stream, 0, 4)).toEqual(first);
  });

  it("runs side by side with other streams and with predict on a stateful layer", () => {
    const net = sequential([lstm({ units: 4, stateful: true, inputShape: [null, C] })]);
    scramble(net);
    const expected = runOn(net.stream(), 0, T);
    const [a, b] = [net.stream(), net.stream()];
    const outputs: number[][][] = [[], []];
    for (let t = 0; t < T; t++) {
      outputs[0].push(bits(a.step(stepOf(t))));
      if (t > 2) outputs[1].push(bits(b.step(stepOf(t - 3))));
      net.predict(numbers([3, 2, C], t));
    }
    expect(outputs[0]).toEqual(expected);
    expect(outputs[1]).toEqual(expected.slice(0, T - 3));
  });

  it("sees weights that change between steps", () => {
    const net = MODELS["last output"]();
    const stream = net.stream();
    stream.step(stepOf(0));
    const { state } = stream;
    const old = bits(stream.step(stepOf(1)));
    scramble(net);
    stream.state = state;
    expect(bits(stream.step(stepOf(1)))).not.toEqual(old);
  });

  it.each<[string, () => Model, (t: number) => ArrayLike<number> | number]>([
    ["values", () => MODELS["stacked, with dropout"](), stepOf],
    ...[7, 200_000].map((inputDim): [string, () => Model, (t: number) => number] => [
      `tokens of ${inputDim}`,
      () => sequential([embedding({ inputDim, outputDim: 4, inputShape: [null] }), lstm({ units: 5 })]),
      t => (3 * t) % 7,
    ]),
  ])("goes on with new weights as a model that was made with them: %s", (_, build, step) => {
    const [net, other] = [build(), build()];
    const [stream, fresh] = [net.stream(), other.stream()];
    for (let t = 0; t < 3; t++) stream.step(step(t));
    const { state } = stream;
    scramble(net);
    other.setWeights(net.getWeights());
    fresh.state = state;
    for (let t = 3; t < 6; t++) expect(bits(stream.step(step(t)))).toEqual(bits(fresh.step(step(t))));
  });

  it.each(["stacked, with dropout", "sequences"])("writes into an array that is given: %s", name => {
    const net = (MODELS[name] ?? SEQUENCES[name])();
    scramble(net);
    const [a, b] = [net.stream(), net.stream()];
    const out = new Float32Array(a.step(stepOf(0)).length);
    b.step(stepOf(0), out);
    for (let t = 1; t < 4; t++) {
      const expected = bits(a.step(stepOf(t)));
      expect(b.step(stepOf(t), out)).toBe(out);
      expect(bits(out)).toEqual(expected);
    }
  });

  it("writes into it also in units of the target, and where a step is hidden", () => {
    const net = sequential([
      embedding({ inputDim: 5, outputDim: 3, maskZero: true, inputShape: [null] }),
      lstm({ units: 4 }),
      dense({ units: 2 }),
    ]);
    scramble(net);
    net.setScaling({
      target: minMaxScaler().fit([
        [1, 5],
        [3, 9],
      ]),
    });
    const [a, b] = [net.stream(), net.stream()];
    const out = new Float32Array(2);
    for (const id of [3, 0, 2]) expect(bits(b.step(id, out))).toEqual(bits(a.step(id)));
    expect(bits(out)).toEqual(bits(net.predict([[3, 0, 2]]).data));
  });

  it("refuses an array that does not fit, before the step", async () => {
    const stream = MODELS["last output"]().stream();
    stream.step(stepOf(0));
    const before = JSON.stringify(stream.state);
    const short = () => stream.step(stepOf(1), new Float32Array(1));
    await expectError(short, "RangeError", "stream step out: expected room for 2 numbers, got 1");
    const list = () => stream.step(stepOf(1), [0, 0] as unknown as Float32Array);
    await expectError(list, "TypeError", /stream step out: expected a Float32Array or Float64Array, got/);
    expect(JSON.stringify(stream.state)).toBe(before);
  });

  it("is left as it was by a step that fails", async () => {
    const stream = MODELS["stacked, with dropout"]().stream();
    runOn(stream, 0, 3);
    const before = JSON.stringify(stream.state);
    await expectError(
      () => stream.step([1, Number.NaN, 2]),
      "RangeError",
      /stream step: x has NaN at element 1; expected finite/,
    );
    await expectError(() => stream.step([1, 2]), "RangeError", "stream step: expected 3 numbers, got 2");
    expect(JSON.stringify(stream.state)).toBe(before);
  });
});

describe("stream errors", () => {
  const lstmNet = () => sequential([lstm({ units: 2, inputShape: [null, C] }), dense({ units: 2 })]);

  it("refuses models that need the whole sequence", async () => {
    const needs = (name: string) => `stream: layer "${name}" needs the whole sequence; use predict() for this model`;
    const both = sequential([bidirectional({ layer: lstm({ units: 2 }), inputShape: [4, C] })]);
    await expectError(() => both.stream(), "RangeError", needs("bidirectional"));
    const back = sequential([lstm({ units: 2, goBackwards: true, inputShape: [4, C] })]);
    await expectError(() => back.stream(), "RangeError", needs("lstm"));
  });

  it("refuses a model none of whose inputs has an axis of time", async () => {
    const flat = sequential([activation({ activation: "relu", inputShape: [] })]);
    await expectError(() => flat.stream(), "RangeError", "stream: expected an input of [N, T, ...], got [N]");
  });

  it("refuses layers that begin with what a whole sequence ends with", async () => {
    const a = input({ shape: [null, 2] });
    const [, h, c] = lstm({ units: 2, returnState: true }).applyAll(a);
    const seeded = model({ inputs: a, outputs: lstm({ units: 2, name: "decoder" }).apply([a, h, c]) });
    await expectError(
      () => seeded.stream(),
      "RangeError",
      'stream: expected layer "decoder" to begin with states that do not change, got an initial state made of a sequence, ' +
        "which is known when that has ended; make a model of what comes after it, whose inputs are the states",
    );
  });

  it.each([
    [null, "stream step: expected 3 numbers, got null"],
    [undefined, "stream step: expected 3 numbers, got undefined"],
    [{}, "stream step: expected 3 numbers, got an object"],
    [5, "stream step: expected 3 numbers, got 1"],
    [[1, 2, 3, 4], "stream step: expected 3 numbers, got 4"],
  ])("refuses a step of %j", async (value, message) => {
    const stream = lstmNet().stream();
    const type = typeof value === "number" || Array.isArray(value) ? "RangeError" : "TypeError";
    await expectError(() => stream.step(value as number[]), type, message);
  });

  it("refuses ids that are no ids", async () => {
    const stream = sequential([
      embedding({ inputDim: 5, outputDim: 2, inputShape: [null] }),
      lstm({ units: 2 }),
    ]).stream();
    const wanted = (got: number) => `stream step: expected whole numbers (ids), got ${got} at element 0`;
    await expectError(() => stream.step(1.5), "RangeError", wanted(1.5));
    await expectError(() => stream.step(Number.NaN), "RangeError", wanted(Number.NaN));
    await expectError(() => stream.step(5), "RangeError", /embedding: expected token ids in 0..4, got 5 at element 0/);
    await expectError(
      () => stream.step(-1),
      "RangeError",
      /embedding: expected token ids in 0..4, got -1 at element 0/,
    );
  });

  it.each([
    [null, "TypeError", "stream state: expected an object of layers' states, { lstm: [h, c] }, got null"],
    [{ gru: [[0], [0]] }, "RangeError", 'stream state: the model has no recurrent layer "gru"'],
    [
      {
        dense: [
          [0, 0],
          [0, 0],
        ],
      },
      "RangeError",
      'stream state: the model has no recurrent layer "dense"',
    ],
    [{ lstm: 5 }, "TypeError", "stream state lstm: expected [h, c], got 5"],
    [{ lstm: [[0, 0]] }, "TypeError", "stream state lstm: expected [h, c], got an array of 1"],
    [{ lstm: [[0, 0], [0]] }, "RangeError", "stream state lstm: expected 2 numbers, got 1"],
    [
      {
        lstm: [
          [0, 0],
          [0, Number.NaN],
        ],
      },
      "RangeError",
      "stream state lstm: expected finite numbers, got NaN at element 1",
    ],
    [
      {
        lstm: [
          [0, 0],
          [0, null],
        ],
      },
      "TypeError",
      "stream state lstm: expected numbers, got null at element 1",
    ],
    [{}, "RangeError", 'stream state: expected { lstm: [h, c] }, got none of "lstm"; to begin anew, call reset()'],
    [
      new Map(),
      "RangeError",
      'stream state: expected { lstm: [h, c] }, got none of "lstm"; to begin anew, call reset()',
    ],
    [[], "TypeError", "stream state: expected an object of layers' states, { lstm: [h, c] }, got an array of 0"],
    [
      {
        lstm: [
          [0, 0],
          [0, 0],
          [0, 0],
        ],
      },
      "TypeError",
      "stream state lstm: expected [h, c], got an array of 3",
    ],
  ] as const)("refuses the state %j and keeps its own", async (state, type, message) => {
    const stream = lstmNet().stream();
    stream.step([1, 2, 3]);
    const before = JSON.stringify(stream.state);
    await expectError(
      () => {
        stream.state = state as unknown as StreamState;
      },
      type,
      message,
    );
    expect(JSON.stringify(stream.state)).toBe(before);
  });
});
