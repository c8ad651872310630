/** Parts of a model: graphs over its weights, without a copy; and copies of it in new models. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  input,
  layers,
  loadModel,
  type Model,
  model,
  type NDArray,
  optimizers,
  sequential,
  standardScaler,
} from "../../src/index.ts";
import { ndarray } from "../../src/ndarray.ts";
import { customCells } from "../helpers/customCells.ts";
import { bits, expectError, ids, numbers, weightBits } from "../helpers/models.ts";

const { bidirectional, dense, dropout, embedding, lstm, missing, timeDistributed } = layers;

let warnings: string[] = [];
beforeEach(() => {
  warnings = [];
  vi.spyOn(console, "warn").mockImplementation(text => void warnings.push(String(text)));
});
afterEach(() => void vi.restoreAllMocks());

const [T, V, H] = [5, 7, 6];

/** An encoder-decoder over tokens, with what its parts are made of. */
function translator() {
  const source = input({ shape: [null] });
  const target = input({ shape: [null] });
  const words = embedding({ inputDim: V, outputDim: 4, name: "words" });
  const encoder = lstm({ units: H, returnState: true, name: "encoder" });
  const decoder = lstm({ units: H, returnSequences: true, returnState: true, name: "decoder" });
  const classes = dense({ units: V, activation: "softmax", name: "classes" });
  const [, h, c] = encoder.applyAll(embedding({ inputDim: V, outputDim: 3, name: "sources" }).apply(source));
  const [sequence] = decoder.applyAll([words.apply(target), h, c]);
  const net = model({ inputs: [source, target], outputs: classes.apply(sequence), seed: 3 });
  net.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy" });
  return { net, source, target, words, encoder, decoder, classes, h, c };
}

const sources = ids([4, T], V, 1);
const targets = ids([4, T], V, 2);
const wanted = ids([4, T], V, 3);

/** Step t of [N, T] ids, as [N, 1]. */
const column = ({ shape: [N, T], data }: NDArray, t: number): NDArray =>
  ndarray(
    Int32Array.from({ length: N }, (_, n) => data[n * T + t]),
    [N, 1],
  );

describe("encoder and decoder of a trained translator", () => {
  const { net, source, target, words, decoder, classes, h, c } = translator();
  for (let i = 0; i < 3; i++) net.trainOnBatch([sources, targets], wanted);

  const encode = model({ inputs: source, outputs: [h, c] });
  const token = input({ shape: [null] });
  const [h0, c0] = [input({ shape: [H] }), input({ shape: [H] })];
  const [y, h1, c1] = decoder.applyAll([words.apply(token), h0, c0]);
  const decode = model({ inputs: [token, h0, c0], outputs: [classes.apply(y), h1, c1] });

  it("decode step by step to the bits of the training graph", () => {
    const whole = net.predict([sources, targets]);
    let states = encode.predictAll(sources);
    for (let t = 0; t < T; t++) {
      const [p, ...next] = decode.predictAll([column(targets, t), ...states]);
      states = next;
      for (let n = 0; n < 4; n++) {
        const at = (n * T + t) * V;
        expect(bits(p.data.subarray(n * V, (n + 1) * V))).toEqual(bits(whole.data.subarray(at, at + V)));
      }
    }
  });

  it("have the names and weights of the whole, without a copy", () => {
    expect(encode.layers.map(({ name }) => name)).toEqual(["sources", "encoder"]);
    expect(decode.layers.map(({ name }) => name)).toEqual(["words", "decoder", "classes"]);
    expect(decode.layers).toContain(decoder);
    const all = new Map(net.layers.map(layer => [layer.name, Object.values(layer.weights)]));
    for (const part of [encode, decode]) {
      const own = part.layers.flatMap(({ name }) => all.get(name) ?? []);
      expect(weightBits(part)).toEqual(own.map(weight => bits(net.network.numbersOf(weight))));
    }
    expect(encode.summary()).toContain("encoder");
    expect(encode.threads).toBe(net.threads);
  });

  it("may begin in the middle of the graph", () => {
    const [sequence] = decoder.applyAll([words.apply(target), h, c]);
    const late = model({ inputs: [target, h, c], outputs: sequence });
    const early = model({ inputs: [source, target], outputs: sequence });
    const states = encode.predictAll(sources);
    expect(bits(late.predict([targets, ...states]).data)).toEqual(bits(early.predict([sources, targets]).data));
    expect(late.layers.map(({ name }) => name)).toEqual(["words", "decoder"]);
  });

  it("are saved as models of their own", () => {
    const states = encode.predictAll(sources);
    const again = loadModel(decode.save());
    const x = [column(targets, 0), ...states];
    expect(again.predictAll(x).map(({ data }) => bits(data))).toEqual(decode.predictAll(x).map(p => bits(p.data)));
    expect(again.layers.map(({ name }) => name)).toEqual(["words", "decoder", "classes"]);
    const [sequence] = decoder.applyAll([words.apply(target), h, c]);
    const late = model({ inputs: [target, h, c], outputs: sequence });
    const loaded = loadModel(late.save());
    expect(loaded.inputs.map(({ shape }) => shape)).toEqual([[null], [H], [H]]);
    expect(bits(loaded.predict([targets, ...states]).data)).toEqual(bits(late.predict([targets, ...states]).data));
  });
});

/** A chain, compiled. */
function chain(options: { stateful?: boolean; trainable?: boolean } = {}) {
  const net = sequential(
    [
      lstm({ units: 5, returnSequences: true, inputShape: [T, 3], ...options }),
      dropout({ rate: 0.3 }),
      lstm({ units: 4, name: "top" }),
      dense({ units: 2 }),
    ],
    { seed: 8 },
  );
  net.compile({ optimizer: optimizers.adam({ learningRate: 0.01 }), loss: "mse" });
  return net;
}
const x = numbers([6, T, 3], 4);
const y = numbers([6, 2], 5);

describe("part", () => {
  it("gives what layers put out", () => {
    const net = chain();
    const [first, top] = net.part({ outputs: ["lstm", "top"] }).predictAll(x);
    expect([first.shape, top.shape]).toEqual([
      [6, T, 5],
      [6, 4],
    ]);
    const rest = net.part({ inputs: "top", outputs: net.outputs });
    expect(bits(rest.predict(top).data)).toEqual(bits(net.predict(x).data));
    const middle = net.part({ inputs: "lstm", outputs: "top" });
    expect(bits(middle.predict(first).data)).toEqual(bits(top.data));
    expect(middle.layers.map(({ name }) => name)).toEqual(["dropout", "top"]);
    // A part of a part is one of the whole.
    expect(bits(net.part({ outputs: "top" }).part({ outputs: "lstm" }).predict(x).data)).toEqual(bits(first.data));
    expect(warnings).toEqual([]);
  });

  it("of a layer with several outputs gives all of them", () => {
    const { net } = translator();
    const parts = net.part({ outputs: "encoder" }).predictAll(sources);
    expect(parts.map(({ shape }) => shape)).toEqual([
      [4, H],
      [4, H],
      [4, H],
    ]);
  });

  it("streams to the bits of its predictions, after training through the whole too", () => {
    const net = chain();
    const part = net.part({ outputs: "lstm" });
    const stream = part.stream();
    const compare = () => {
      stream.reset();
      const expected = part.predict(ndarray(x.data.subarray(0, 3 * T), [1, T, 3])).data;
      for (let t = 0; t < T; t++) {
        const step = stream.step(x.data.subarray(3 * t, 3 * t + 3));
        expect(bits(step)).toEqual(bits(expected.subarray(5 * t, 5 * t + 5)));
      }
      return bits(expected);
    };
    const before = compare();
    net.trainOnBatch(x, y);
    expect(compare()).not.toEqual(before);
    net.setWeights(net.getWeights().map(({ shape }, i) => numbers(shape, 60 + i)));
    compare();
  });

  it("keeps scalers with the inputs and outputs that it shares", () => {
    const net = chain();
    const raw = numbers([6, T, 3], 9);
    const plain = net.part({ outputs: "top" }).predict(raw);
    const { input: scaler } = scalers(raw);
    net.setScaling(scalers(raw));
    const part = net.part({ outputs: "top" });
    expect(bits(part.predict(raw).data)).toEqual(
      bits(chain().part({ outputs: "top" }).predict(scaler.transform(raw)).data),
    );
    expect(bits(part.predict(raw).data)).not.toEqual(bits(plain.data));
    expect(part.scaling.target).toBeUndefined();
    expect(net.part({ inputs: "top", outputs: "dense" }).scaling).toMatchObject({ target: net.scaling.target });
  });

  it("has states of its own", () => {
    const net = sequential([lstm({ units: 3, stateful: true, inputShape: [T, 3] }), dense({ units: 1 })]);
    const part = net.part({ outputs: "lstm" });
    const first = bits(part.predict(x).data);
    const second = bits(part.predict(x).data);
    expect(second).not.toEqual(first);
    const whole = net.part({ inputs: "lstm", outputs: "dense" });
    expect(bits(net.predict(x).data)).toEqual(bits(whole.predict(ndarray(floats(first), [6, 3])).data));
    part.resetStates();
    expect(bits(part.predict(x).data)).toEqual(first);
  });

  it.each<[string, (net: Model) => unknown, "TypeError" | "RangeError", string | RegExp]>([
    ["no such layer", net => net.part({ outputs: "bottom" }), "RangeError", /part outputs: .*lstm.*top/],
    [
      "nothing",
      net => net.part({ outputs: [] }),
      "TypeError",
      /expected tensors or names of layers, got an empty list/,
    ],
    ["no tensor", net => net.part({ outputs: 3 as never }), "TypeError", /expected a tensor of the model or the name/],
    ["an unknown option", net => net.part({ output: "top" } as never), "TypeError", /part: unknown option "output"/],
    [
      "a tensor of another model",
      net => net.part({ inputs: chain().inputs, outputs: chain().outputs }),
      "RangeError",
      /part: expected tensors of this model/,
    ],
    [
      "an input that is not needed",
      net => net.part({ inputs: [...net.inputs, "lstm"].flat(), outputs: "top" }),
      "RangeError",
      /an input leads to none of the outputs/,
    ],
    [
      "threads of its own",
      net => model({ inputs: net.inputs, outputs: net.outputs, threads: 1 }),
      "RangeError",
      'model threads: expected none, since this is a part of the model of "lstm", "dropout", "top" and "dense" and computes as ' +
        "that does, got 1; leave it out",
    ],
    [
      "an input of another size",
      net => net.layers[0].apply(input({ shape: [T, 4] })),
      "RangeError",
      "lstm: expected an input that fits its kernel [3, 20], got [N, 5, 4], which needs [4, 20]; use a new layer",
    ],
  ])("refuses %s", async (_, act, type, text) => {
    await expectError(() => act(chain()), type, text);
  });

  it("of a layer used twice needs the tensor", async () => {
    const twice = input({ shape: [3] });
    const square = dense({ units: 3, name: "square" });
    const once = square.apply(twice);
    const net = model({ inputs: twice, outputs: square.apply(once) });
    await expectError(
      () => net.part({ outputs: "square" }),
      "RangeError",
      'part outputs: expected a layer that is used once, got "square", which is used 2 times; give the tensor that the use ' +
        "you mean returned",
    );
    const v = numbers([2, 3]);
    const half = net.part({ outputs: once });
    expect(bits(half.predict(half.predict(v)).data)).toEqual(bits(net.predict(v).data));
  });
});

const floats = (patterns: readonly number[]): Float32Array => new Float32Array(Uint32Array.from(patterns).buffer);

function scalers(raw: NDArray) {
  return {
    input: standardScaler().fit(ndarray(raw.data, [6 * T, 3])),
    target: standardScaler().fit(y),
  };
}

describe("training through a part", () => {
  it("changes the weights of the whole, and those outside not", async () => {
    const net = chain();
    const part = net.part({ outputs: "lstm" });
    part.compile({ optimizer: "adam", loss: "mse" });
    const before = weightBits(net);
    await part.fit(x, numbers([6, T, 5], 11), { epochs: 2, verbose: 0 });
    const after = weightBits(net);
    for (const i of [0, 1, 2]) expect(after[i]).not.toEqual(before[i]);
    for (const i of [3, 4, 5, 6, 7]) expect(after[i]).toEqual(before[i]);
    expect(weightBits(part)).toEqual(after.slice(0, 3));
    expect(bits(net.predict(x).data)).toEqual(bits(loadModel(net.save()).predict(x).data));
    expect(Object.keys(await part.evaluate(x, numbers([6, T, 5], 11)))).toEqual(["loss"]);
  });

  it("of the whole graph is training the whole", () => {
    const [a, b] = [chain(), chain()];
    const part = b.part({ outputs: b.outputs });
    part.compile({ optimizer: optimizers.adam({ learningRate: 0.01 }), loss: "mse" });
    for (let i = 0; i < 3; i++) expect(part.trainOnBatch(x, y)).toEqual(a.trainOnBatch(x, y));
    expect(weightBits(b)).toEqual(weightBits(a));
    expect(part.gradients(x, y)).toEqual(a.gradients(x, y));
  });

  it.each(["adam", "rmsprop", "sgd"])("leaves what the whole's %s has learned as it was", name => {
    // With a learning rate of 0 a part changes no weight: the whole must go on as if it had never been.
    const optimizer = (rate: number) =>
      name === "sgd"
        ? optimizers.sgd({ learningRate: rate, momentum: 0.9 })
        : name === "adam"
          ? optimizers.adam({ learningRate: rate })
          : optimizers.rmsprop({ learningRate: rate, momentum: 0.5, centered: true });
    const run = (between: (net: Model) => void) => {
      const net = sequential([lstm({ units: 5, inputShape: [T, 3] }), dense({ units: 2 })], { seed: 8 });
      net.compile({ optimizer: optimizer(0.01), loss: "mse" });
      for (let i = 0; i < 3; i++) net.trainOnBatch(x, y);
      between(net);
      for (let i = 0; i < 3; i++) net.trainOnBatch(x, y);
      return weightBits(net);
    };
    const alone = run(() => {});
    const beside = run(net => {
      const part = net.part({ outputs: "lstm" });
      part.compile({ optimizer: optimizer(0), loss: "mae" });
      for (let i = 0; i < 2; i++) part.trainOnBatch(x, numbers([6, 5], 12));
      part.compile({ optimizer: optimizer(0), loss: "mse" });
      part.trainOnBatch(x, numbers([6, 5], 12));
    });
    expect(beside).toEqual(alone);
  });

  it("by turns is what two models do that hand each other their weights", () => {
    const build = () => {
      const net = sequential([lstm({ units: 5, inputShape: [T, 3] }), dense({ units: 2 })], { seed: 8 });
      net.compile({ optimizer: "adam", loss: "mse" });
      return net;
    };
    const goal = numbers([6, 5], 12);
    const net = build();
    const part = net.part({ outputs: "lstm" });
    part.compile({ optimizer: "adam", loss: "mse" });
    const other = build();
    const body = sequential([lstm({ units: 5, inputShape: [T, 3] })]);
    body.compile({ optimizer: "adam", loss: "mse" });
    for (let i = 0; i < 4; i++) {
      net.trainOnBatch(x, y);
      part.trainOnBatch(x, goal);
      other.trainOnBatch(x, y);
      body.setWeights(other.getWeights().slice(0, 3));
      body.trainOnBatch(x, goal);
      other.setWeights([...body.getWeights(), ...other.getWeights().slice(3)]);
    }
    expect(weightBits(net)).toEqual(weightBits(other));
  });

  it("that fails leaves the weights as they were", async () => {
    const net = chain();
    const part = net.part({ outputs: "lstm" });
    part.compile({ optimizer: "adam", loss: "mse" });
    const goal = numbers([6, T, 5], 11);
    const before = weightBits(net);
    const bad = goal.data.slice();
    bad[7] = Number.NaN;
    await expectError(() => part.fit(x, ndarray(bad, goal.shape), { verbose: 0 }), "RangeError", /y has NaN/);
    expect(weightBits(net)).toEqual(before);
  });

  it("learns what needs no gradient", async () => {
    const net = sequential([
      missing({ strategy: "mean", inputShape: [T, 3] }),
      lstm({ units: 3 }),
      dense({ units: 1 }),
    ]);
    const part = net.part({ outputs: "lstm" });
    part.compile({ loss: "mse" });
    const holes = x.data.slice();
    holes[4] = Number.NaN;
    await part.fit(ndarray(holes, x.shape), numbers([6, 3]), { verbose: 0 });
    expect(net.getWeights()[0].data.every(mean => mean !== 0)).toBe(true);
  });

  it("goes on from a file to the same bits, dropout too", () => {
    const net = chain();
    net.trainOnBatch(x, y);
    const part = net.part({ inputs: "lstm", outputs: "dense" });
    part.compile({ optimizer: "adam", loss: "mse" });
    const inner = numbers([6, T, 5], 13);
    for (let i = 0; i < 2; i++) part.trainOnBatch(inner, y);
    const again = loadModel(part.save({ optimizer: true }));
    for (let i = 0; i < 3; i++) expect(again.trainOnBatch(inner, y)).toEqual(part.trainOnBatch(inner, y));
    expect(weightBits(again)).toEqual(weightBits(part));
  });
});

describe("layers of a model among others", () => {
  it("inside of another layer are refused", async () => {
    const inner = dense({ units: 2 });
    timeDistributed({ layer: inner });
    const v = input({ shape: [3] });
    await expectError(
      () => model({ inputs: v, outputs: inner.apply(v) }),
      "RangeError",
      'model: layer "dense" belongs to another layer; make a new layer for this one',
    );
  });
});

describe("apply", () => {
  /** Every kind of layer that keeps something beside its weights. */
  const forms = {
    chain: () => chain(),
    wrapped: () =>
      sequential([
        bidirectional({ layer: lstm({ units: 2, returnSequences: true, trainable: false }), inputShape: [T, 3] }),
        timeDistributed({ layer: dense({ units: 3 }) }),
        lstm({ units: 2 }),
      ]),
    missing: () =>
      sequential([missing({ strategy: "mean", means: [1, 2, 3], inputShape: [T, 3] }), lstm({ units: 2 })]),
    table: () =>
      sequential([
        embedding({ inputDim: V, outputDim: 3, weights: numbers([V, 3]), inputShape: [T] }),
        lstm({ units: 2 }),
      ]),
    cell: () => sequential([layers.rnn(customCells.elman, { units: 3, inputShape: [T, 3] }), dense({ units: 2 })]),
  };

  it.each(Object.entries(forms))("shares layers and weights, both ways: %s", (name, build) => {
    const body = build();
    body.compile({ optimizer: "adam", loss: "mse" });
    const data = name === "table" ? ids([6, T], V) : x;
    const symbol = input({ shape: body.inputs[0].shape });
    const net = model({ inputs: symbol, outputs: dense({ units: 2, name: "head" }).apply(body.apply(symbol)) });
    net.compile({ optimizer: "adam", loss: "mse" });
    const own = body.getWeights().length;
    const compare = () => {
      expect(weightBits(net).slice(0, own)).toEqual(weightBits(body));
      const inner = net.part({ outputs: net.layers[net.layers.length - 2].name });
      expect(bits(inner.predict(data).data)).toEqual(bits(body.predict(data).data));
      return weightBits(body);
    };
    const all = [compare()];
    net.trainOnBatch(data, y);
    all.push(compare());
    body.trainOnBatch(data, y);
    all.push(compare());
    body.setWeights(body.getWeights().map(({ shape }) => numbers(shape, 50)));
    all.push(compare());
    expect(new Set(all.map(String)).size).toBe(4);
    expect(warnings.filter(text => /part of/.test(text))).toEqual([]);
  });

  it("trains as one graph made of new layers does", () => {
    const symbols = () => [input({ shape: [T, 3] }), input({ shape: [T, 3] })];
    const body = () => lstm({ units: 4, name: "body" });
    const head = () => dense({ units: 2, name: "head" });
    const inner = sequential([lstm({ units: 4, name: "body", inputShape: [T, 3] })]);
    const [a, b] = symbols();
    const nested = model({
      inputs: [a, b],
      outputs: head().apply(layers.subtract({ name: "difference" }).apply([inner.apply(a), inner.apply(b)])),
    });
    const [c, d] = symbols();
    const shared = body();
    const flat = model({
      inputs: [c, d],
      outputs: head().apply(layers.subtract({ name: "difference" }).apply([shared.apply(c), shared.apply(d)])),
    });
    flat.setWeights(nested.getWeights());
    for (const net of [nested, flat]) net.compile({ optimizer: "adam", loss: "mse" });
    const data = [x, numbers([6, T, 3], 14)];
    for (let i = 0; i < 3; i++) expect(nested.trainOnBatch(data, y)).toEqual(flat.trainOnBatch(data, y));
    expect(weightBits(nested)).toEqual(weightBits(flat));
    expect(bits(inner.predict(x).data)).toEqual(
      bits(flat.part({ inputs: c, outputs: shared.apply(c) }).predict(x).data),
    );
    expect(loadModel(nested.save()).layers.map(layer => layer.name)).toEqual(["body", "difference", "head"]);
  });

  it("has random numbers of its own for new layers, and those of the body for the rest", async () => {
    const body = sequential([dense({ units: 4, inputShape: [4] }), dropout({ rate: 0.5 })]);
    const symbol = input({ shape: [4] });
    const first = dense({ units: 4 });
    const net = model({
      inputs: symbol,
      outputs: dropout({ rate: 0.5 }).apply(body.apply(first.apply(symbol))),
    });
    expect(new Set(net.layers.map(({ stream }) => stream)).size).toBe(4);
    const [kernel] = first.getWeights();
    expect(bits(kernel.data)).not.toEqual(bits(body.getWeights()[0].data));
    net.compile({ optimizer: "adam", loss: "mse" });
    const goal = numbers([6, 4], 2);
    net.trainOnBatch(goal, goal);
    const again = loadModel(net.save({ optimizer: true }));
    for (let i = 0; i < 3; i++) expect(again.trainOnBatch(goal, goal)).toEqual(net.trainOnBatch(goal, goal));
  });

  it("leaves scalers behind, and says so once", () => {
    const body = chain();
    body.setScaling(scalers(numbers([6, T, 3], 9)));
    for (let i = 0; i < 2; i++) body.apply(input({ shape: [T, 3] }));
    expect(warnings).toEqual([
      "wasm-lstm: apply: the model's scalers stay behind: give the new model its own, with setScaling",
    ]);
  });

  it("uses memory of heads that are gone again", async () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const body = sequential([lstm({ units: 40, inputShape: [T, 3] })]);
    const { memory } = body.network.engine;
    const none = memory.mark();
    const turn = async () => {
      const symbol = input({ shape: [T, 3] });
      const net = model({ inputs: symbol, outputs: dense({ units: 40 }).apply(body.apply(symbol)) });
      net.compile({ optimizer: "adam", loss: "mse" });
      net.trainOnBatch(x, numbers([6, 40]));
      collect();
      for (let i = 0; i < 3; i++) await new Promise(resolve => setTimeout(resolve, 1));
    };
    await turn();
    const one = memory.mark() - none;
    for (let i = 0; i < 60; i++) await turn();
    expect(memory.mark() - none).toBeLessThan(10 * one);
  });

  it("transfers what was learned: head first, then all of it", async () => {
    const body = chain().part({ outputs: "top" });
    body.trainable = false;
    const symbol = input({ shape: [T, 3] });
    const net = model({ inputs: symbol, outputs: dense({ units: 2, name: "head" }).apply(body.apply(symbol)) });
    net.compile({ optimizer: "adam", loss: "mse" });
    const start = weightBits(net);
    await net.fit(x, y, { epochs: 2, verbose: 0 });
    const headed = weightBits(net);
    expect(headed.slice(0, 6)).toEqual(start.slice(0, 6));
    expect(headed[6]).not.toEqual(start[6]);
    net.trainable = true;
    net.compile({ optimizer: "adam", loss: "mse" });
    await net.fit(x, y, { epochs: 2, verbose: 0 });
    weightBits(net).forEach((weight, i) => {
      expect(weight).not.toEqual(headed[i]);
    });
  });

  it.each<[string, (net: Model) => unknown, string | RegExp]>([
    ["too many tensors", net => net.apply([input({ shape: [T, 3] }), input({ shape: [T, 3] })]), /expected 1 tensors/],
    ["another size", net => net.apply(input({ shape: [T, 4] })), /fits its kernel \[3, 20\], got \[N, 5, 4\]/],
    [
      "several outputs",
      net => net.part({ outputs: ["lstm", "top"] }).apply(input({ shape: [T, 3] })),
      "apply: this model has 2 outputs; call applyAll() for a list of them",
    ],
  ])("refuses %s", async (_, act, text) => {
    await expectError(() => act(chain()), "RangeError", text);
  });
});

describe("memory", () => {
  it("does not grow with parts that are made and asked", () => {
    const net = chain();
    const ask = () => {
      net.part({ outputs: "top" }).predict(x);
      const inner = net.part({ inputs: "lstm", outputs: net.outputs });
      inner.predict(numbers([6, T, 5]));
      return net.memoryBytes;
    };
    const before = ask();
    for (let i = 0; i < 500; i++) ask();
    expect(net.memoryBytes).toBe(before);
  });

  it("of parts that are gone is used again, by optimizers and streams", async () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const net = sequential([lstm({ units: 40, inputShape: [T, 3] }), dense({ units: 2 })]);
    const use = () => {
      const part = net.part({ outputs: "lstm" });
      part.compile({ optimizer: "adam", loss: "mse" });
      part.trainOnBatch(x, numbers([6, 40]));
      part.stream().step([1, 2, 3]);
    };
    // The collector tells of what it took in a task of its own, on a busy machine some turns later.
    const turn = async () => {
      use();
      collect();
      for (let i = 0; i < 3; i++) await new Promise(resolve => setTimeout(resolve, 1));
    };
    const { memory } = net.network.engine;
    const none = memory.mark();
    await turn();
    const one = memory.mark() - none;
    for (let i = 0; i < 100; i++) await turn();
    expect(memory.mark() - none).toBeLessThan(10 * one);
  });

  it("is made for all weights when more of them are to be trained a second time", () => {
    const net = sequential([dense({ units: 100, inputShape: [100] }), ...[1, 2, 3].map(() => dense({ units: 100 }))]);
    net.trainable = false;
    const { memory } = net.network.engine;
    const marks = net.layers.map(layer => {
      layer.trainable = true;
      net.compile({ optimizer: "adam", loss: "mse" });
      return memory.mark();
    });
    expect(marks[2]).toBe(marks[1]);
    expect(marks[3]).toBe(marks[1]);
    expect(marks[1] - marks[0]).toBe(3 * 4 * (4 * 100 * 101));
  });
});
