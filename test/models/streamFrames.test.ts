/** Streams whose steps are more than a vector: frames, sentences, and sequences that a step is the end of. */
import { describe, expect, it } from "vitest";
import {
  input,
  type Layer,
  layers,
  loadModel,
  type Model,
  model,
  ops,
  sequential,
  standardScaler,
} from "../../src/index.ts";
import * as inference from "../../src/inference.ts";
import { ndarray } from "../../src/ndarray.ts";
import { bits, expectError, ids, numbers, scramble } from "../helpers/models.ts";
import { expectPredictBits, stepOf } from "../helpers/streams.ts";

const { bidirectional, conv1D, dense, embedding, flatten, gru, lambda, lstm, masking } = layers;
const [T, M, C] = [4, 5, 3];
const inputShape = [null, M, C];
const x = numbers([1, T, M, C]);

const each = (layer: Layer, options = {}) => layers.timeDistributed({ layer, ...options });
const first = (layer: Layer) => each(layer, { inputShape });

function scrambled(given: readonly Layer[]): Model {
  const net = sequential([...given]);
  scramble(net);
  return net;
}

const chains: Record<string, () => Layer[]> = {
  "a convolution, pooled and flattened": () => [
    first(conv1D({ filters: 4, kernelSize: 2, activation: "relu" })),
    each(layers.maxPooling1D()),
    each(flatten()),
    lstm({ units: 3 }),
    dense({ units: 2 }),
  ],
  "a causal convolution": () => [first(conv1D({ filters: 2, kernelSize: 3, padding: "causal" })), each(flatten())],
  "an lstm": () => [first(lstm({ units: 4 })), lstm({ units: 3 })],
  "both directions, then means": () => [
    first(bidirectional({ layer: lstm({ units: 4, returnSequences: true }) })),
    each(layers.globalAveragePooling1D()),
    gru({ units: 3 }),
  ],
  "an lstm from the end": () => [first(lstm({ units: 4, goBackwards: true }))],
  "normalized features": () => [first(layers.batchNormalization()), each(layers.globalMaxPooling1D())],
  "steps of steps": () => [first(each(dense({ units: 4 }))), each(flatten()), lstm({ units: 3 })],
  "after a recurrent layer": () => [
    first(flatten()),
    lstm({ units: 6, returnSequences: true }),
    each(layers.reshape({ targetShape: [2, 3] })),
    each(gru({ units: 2 })),
    lstm({ units: 2 }),
  ],
  "a vector repeated inside": () => [
    first(flatten()),
    each(layers.repeatVector({ n: 2 })),
    each(lstm({ units: 2, returnSequences: true })),
    each(layers.zeroPadding1D({ padding: 1 })),
  ],
};

describe("give the bits of predict", () => {
  it.each(Object.entries(chains))("%s", (_, make) => {
    const net = scrambled(make());
    expectPredictBits(net, [x]);
    expectPredictBits(loadModel(net.save()), [x]);
    const [here, there] = [net.stream(), inference.loadModel(net.save()).stream()];
    for (let t = 0; t < T; t++) expect(bits(there.step(stepOf(x, t)))).toEqual(bits(here.step(stepOf(x, t))));
  });

  it("a layer of one's own that looks across what is inside of a step", () => {
    const centred = () =>
      lambda({ call: frame => ops.subtract(ops.gather(frame, [0, 2, 4], 1), ops.gather(frame, [1, 2, 3], 1)) });
    const spread = lambda({ call: frame => ops.max(frame, { axis: 1 }) });
    expectPredictBits(scrambled([first(centred()), each(spread), lstm({ units: 2 })]), [x]);
  });

  it("frames of more axes", () => {
    const net = scrambled([
      each(each(conv1D({ filters: 2, kernelSize: 2 })), { inputShape: [null, 2, M, C] }),
      each(each(flatten())),
      each(gru({ units: 3 })),
      lstm({ units: 2 }),
    ]);
    expectPredictBits(net, [numbers([1, T, 2, M, C])]);
  });

  it("two inputs, of frames and of vectors", () => {
    const [frames, facts] = [input({ shape: inputShape }), input({ shape: [null, 2] })];
    const seen = each(lstm({ units: 3 })).apply(frames);
    const net = model({
      inputs: [frames, facts],
      outputs: lstm({ units: 2 }).apply(layers.concatenate().apply([seen, facts])),
    });
    scramble(net);
    expectPredictBits(net, [x, numbers([1, T, 2], 2)]);
    const stream = net.stream();
    const nested = ndarray(x.data.slice(0, M * C), [M, C]).toArray() as number[][];
    expect(bits(stream.step([nested, [1, 2]] as never))).toEqual(
      bits(net.stream().step([x.data.slice(0, M * C), [1, 2]])),
    );
  });
});

describe("masks inside of steps", () => {
  const words = { inputDim: 5, outputDim: 3, maskZero: true };
  const documents = ids([1, 6, 4], 3);
  documents.data.fill(0, 8, 12);

  it("made of a number", () => {
    const net = scrambled([
      first(masking()),
      each(layers.activation({ activation: "tanh" })),
      dense({ units: C }),
      each(lstm({ units: 2 })),
      lstm({ units: 3 }),
    ]);
    const holes = numbers([1, T, M, C]);
    holes.data.fill(0, C, 3 * C);
    holes.data.fill(0, M * C, 2 * M * C);
    expectPredictBits(net, [holes]);
  });

  it.each<[string, () => Layer]>([
    ["of an embedding itself", () => embedding({ ...words, inputShape: [null, 4] })],
    ["of an embedding inside", () => each(embedding(words), { inputShape: [null, 4] })],
  ])("%s", (_, make) => {
    expectPredictBits(scrambled([make(), dense({ units: 3 }), each(lstm({ units: 2 })), lstm({ units: 3 })]), [
      documents,
    ]);
    expectPredictBits(scrambled([make(), each(layers.globalAveragePooling1D()), lstm({ units: 3 })]), [documents]);
  });

  it("beside what has none", () => {
    const frames = input({ shape: inputShape });
    const shown = each(lambda({ call: of => ops.tanh(of) })).apply(frames);
    const sum = layers.add().apply([each(masking()).apply(frames), shown]);
    const net = model({ inputs: frames, outputs: lstm({ units: 2 }).apply(each(lstm({ units: 2 })).apply(sum)) });
    scramble(net);
    expectPredictBits(net, [x]);
  });

  it("of two inputs", () => {
    const [a, b] = [input({ shape: [null, 4] }), input({ shape: [null, 4] })];
    const [left, right] = [embedding(words).apply(a), embedding(words).apply(b)];
    const merged = [
      layers.add().apply([left, right]),
      layers.concatenate().apply([left, right]),
      ops.multiply(left, right),
    ];
    const outputs = merged.map(of => lstm({ units: 2 }).apply(each(lstm({ units: 2 })).apply(of)));
    const net = model({ inputs: [a, b], outputs });
    scramble(net);
    expectPredictBits(net, [documents, ids([1, 6, 4], 3, 5)]);
  });
});

describe("a step", () => {
  const net = scrambled((chains["a convolution, pooled and flattened"] as () => Layer[])());
  const [size, frame] = [M * C, x.data.slice(0, M * C)];
  const nested = ndarray(frame, [M, C]).toArray() as number[][];

  it("is given nested, with its shape, or as numbers in a row", () => {
    const expected = bits(net.predict(ndarray(frame, [1, 1, M, C])).data);
    const lists = nested.map(row => Float32Array.from(row));
    for (const form of [
      frame,
      [...frame],
      nested,
      lists as never,
      ndarray(frame, [M, C]),
      { shape: [M, C], data: frame },
    ]) {
      expect(bits(net.stream().step(form))).toEqual(expected);
    }
  });

  it("of one feature is told from a list of numbers", () => {
    const narrow = scrambled([each(lstm({ units: 2 }), { inputShape: [null, 2, 1] })]);
    expect(bits(narrow.stream().step([[1], [2]]))).toEqual(bits(narrow.stream().step([1, 2])));
  });

  it("is scaled as in predict", () => {
    const scaled = scrambled([first(lstm({ units: 2 }))]);
    scaled.setScaling({ input: standardScaler().fit(numbers([20, C])) });
    expectPredictBits(scaled, [x]);
  });

  it.each<[string, unknown, "TypeError" | "RangeError", string]>([
    ["fewer rows", nested.slice(1), "RangeError", "stream step: expected [5, 3], got [4, 3]"],
    ["columns", ndarray(frame, [C, M]), "RangeError", "stream step: expected [5, 3], got [3, 5]"],
    ["a batch", [nested], "RangeError", "stream step: expected [5, 3], got [1, 5, 3]"],
    ["too few numbers", frame.slice(1), "RangeError", "stream step: expected [5, 3], nested or as 15 numbers, got 14"],
    [
      "rows of unequal length",
      [...nested.slice(1), [1]],
      "RangeError",
      "stream step: expected every row of axis 1 to have 3 entries, got one of 1; pad or cut the rows to one length",
    ],
    ["text", nested.map(() => ["a", 1, 2]), "TypeError", 'stream step: expected numbers, got "a" at element 0'],
    [
      "nothing",
      null,
      "TypeError",
      "stream step: expected nested number arrays, { shape, data } or ndarray(data, shape), got null",
    ],
  ])("of %s is refused, and changes nothing", async (_, given, type, text) => {
    const stream = net.stream();
    stream.step(frame);
    const before = JSON.stringify(stream.state);
    await expectError(() => stream.step(given as never), type, text);
    expect(JSON.stringify(stream.state)).toBe(before);
  });

  it("with NaN is refused by its place", async () => {
    const bad = [...frame];
    bad[7] = Number.NaN;
    expect(bad).toHaveLength(size);
    await expectError(() => net.stream().step(bad), "RangeError", /x has NaN at element 7/);
  });
});

describe("sequences that are there as a whole at each step", () => {
  it("are read from what the steps so far end with", () => {
    const net = scrambled([
      lstm({ units: 4, inputShape: [null, C] }),
      layers.repeatVector({ n: 3 }),
      lstm({ units: 2, returnSequences: true }),
      conv1D({ filters: 2, kernelSize: 2 }),
      bidirectional({ layer: gru({ units: 2 }) }),
    ]);
    expectPredictBits(net, [numbers([1, T, C])]);
  });

  it("may be masked, and begin with states that change", () => {
    const steps = input({ shape: [null, C] });
    const [last, h, c] = lstm({ units: 6, returnState: true }).applyAll(steps);
    const rows = masking().apply(
      layers.activation({ activation: "relu" }).apply(layers.reshape({ targetShape: [6, 1] }).apply(last)),
    );
    const net = model({ inputs: steps, outputs: lstm({ units: 6 }).apply([rows, h, c]) });
    scramble(net);
    expectPredictBits(net, [numbers([1, T, C])]);
  });

  it("are not gone through by layers that would go on at the next step", async () => {
    const net = sequential([
      lstm({ units: 4, inputShape: [T, C] }),
      layers.repeatVector({ n: 3 }),
      gru({ units: 2, stateful: true }),
    ]);
    await expectError(
      () => net.stream(),
      "RangeError",
      'stream: layer "gru" needs the whole sequence; use predict() for this model',
    );
  });
});

describe("what stands beside steps", () => {
  const [steps, facts] = [input({ shape: [T, C] }), input({ shape: [C] })];
  const repeated = layers.repeatVector({ n: T }).apply(facts);
  const given = [numbers([1, T, C]), numbers([1, C], 2)] as const;

  it("may be one vector for all of them", () => {
    const merged = [
      layers.add().apply([steps, repeated]),
      layers.concatenate().apply([steps, dense({ units: 2 }).apply(repeated)]),
      ops.multiply(steps, repeated),
      layers.maximum().apply([steps, layers.reshape({ targetShape: [1, C] }).apply(facts)]),
    ];
    const net = model({ inputs: [steps, facts], outputs: merged.map(of => lstm({ units: 2 }).apply(of)) });
    scramble(net);
    const [last] = [net.stream({ inputs: given[1] })];
    let outputs: number[][] = [];
    for (let t = 0; t < T; t++) outputs = last.stepAll(stepOf(given[0], t)).map(bits);
    expect(outputs).toEqual(net.predictAll([...given]).map(({ data }) => bits(data)));
  });

  it.each<[string, (table: ReturnType<Layer["apply"]>) => ReturnType<Layer["apply"]>]>([
    ["add", table => ops.add(steps, table)],
    ["concatenate", table => layers.concatenate().apply([steps, table])],
    ["multiply", table => layers.multiply().apply([steps, table])],
  ])("may not be another for each, since a stream does not know which is next: %s", async (name, merge) => {
    const numbersOf = input({ shape: [T * C] });
    const merged = merge(layers.reshape({ targetShape: [T, C] }).apply(numbersOf));
    const net = model({ inputs: [steps, numbersOf], outputs: lstm({ units: 2 }).apply(merged) });
    const text = `stream: layer "${name}" needs the whole sequence; use predict() for this model`;
    await expectError(() => net.stream({ inputs: numbers([T * C]) }), "RangeError", text);
  });

  it("may be what the steps so far end with, but for layers that carry on what was before", async () => {
    const last = layers.repeatVector({ n: T }).apply(lstm({ units: C }).apply(steps));
    const beside = layers.concatenate().apply([steps, last]);
    const net = model({ inputs: steps, outputs: dense({ units: 2 }).apply(beside) });
    scramble(net);
    const stream = net.stream();
    let y = new Float32Array();
    for (let t = 0; t < T; t++) y = Float32Array.from(stream.step(stepOf(given[0], t)));
    expect(bits(y)).toEqual(bits(net.predict(given[0]).data.slice(-2)));
    for (const layer of [
      lstm({ units: 2, name: "next" }),
      conv1D({ filters: 2, kernelSize: 2, padding: "causal", name: "next" }),
    ]) {
      const next = model({ inputs: steps, outputs: layer.apply(dense({ units: 2 }).apply(beside)) });
      const text = 'stream: layer "next" needs the whole sequence; use predict() for this model';
      await expectError(() => next.stream(), "RangeError", text);
    }
  });
});

it("one number a step is a step too, and goes on", () => {
  const steps = input({ shape: [null, C] });
  const sum = ops.sum(ops.square(steps), { axis: -1 });
  const net = model({ inputs: steps, outputs: layers.activation({ activation: "tanh" }).apply(sum) });
  const [data, stream] = [numbers([1, T, C]), net.stream()];
  const each = Array.from({ length: T }, (_, t) => bits(stream.step(stepOf(data, t)))[0]);
  expect(each).toEqual(bits(net.predict(data).data));
});
