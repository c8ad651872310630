/** What cannot be: every such layer or call names the layer, what was expected, what came and what to do, and changes nothing. */
import { describe, expect, it } from "vitest";
import { defineCell, input, layers, type Model, model, ops, sequential } from "../../src/index.ts";
import type { Layer } from "../../src/layer/layer.ts";
import { Recurrent } from "../../src/recurrent/fusedLayer.ts";
import { bits, expectError, numbers, weightBits } from "../helpers/models.ts";
import { untyped } from "../helpers/untyped.ts";

type Kind = "TypeError" | "RangeError";
type Case = [action: () => unknown, type: Kind, message: string | RegExp];
type Options = Record<string, unknown>;

/** A factory that takes anything: wrong types are the point. */
const anyOf = (factory: unknown) => factory as (options: Options) => Layer;
const each = (cases: Record<string, Case>) =>
  it.each(Object.entries(cases).map(([name, own]) => [name, ...own] as const))("%s", async (_, ...own) => {
    await expectError(...own);
  });

const elman = defineCell({
  name: "elman",
  weights: ({ features, units }) => ({ kernel: [features, units] }),
  states: ({ units }) => ({ h: units }),
  step({ x, states, weights }) {
    const h = ops.tanh(ops.add(ops.matmul(x, weights.kernel), states.h));
    return { output: h, states: { h } };
  },
});
const { bidirectional, dense, embedding, gru, lstm, masking, missing, timeDistributed } = layers;
/** The cells that are fused: all layers that units alone make a recurrent layer of. */
const FUSED = (Object.keys(layers) as (keyof typeof layers)[]).filter(kind => {
  try {
    return anyOf(layers[kind])({ units: 4 }) instanceof Recurrent;
  } catch {
    return false;
  }
});
const recurrent: [string, (options: Options) => Layer][] = [
  ...FUSED.map((kind): [string, (options: Options) => Layer] => [kind, anyOf(layers[kind])]),
  ["rnn", options => layers.rnn(elman, options as never)],
];
const [N, T, C] = [4, 5, 3];
const one = (layer: Layer): Model => sequential([layer]);
const withNaN = (sample: number, step: number, feature: number) => {
  const x = numbers([N, T, C]);
  x.data[(sample * T + step) * C + feature] = Number.NaN;
  return x;
};

describe.each(recurrent)("%s", (kind, make) => {
  const named = (options: Options = {}) => make({ units: 4, name: "enc", inputShape: [T, C], ...options });
  const states = (layer: Layer, size: number) =>
    Array.from({ length: layer.inputs.most - 1 }, () => input({ shape: [size] }));

  each({
    "no unit": [() => named({ units: 0 }), "RangeError", "enc units: expected a whole number >= 1, got 0"],
    "half a unit": [() => named({ units: 1.5 }), "RangeError", "enc units: expected a whole number >= 1, got 1.5"],
    "units as text": [() => named({ units: "8" }), "TypeError", 'enc units: expected a whole number >= 1, got "8"'],
    "units in a layer without a name": [
      () => make({ units: -1 }),
      "RangeError",
      `${kind} units: expected a whole number >= 1, got -1`,
    ],
    "an option as Python spells it": [
      () => named({ return_sequences: true }),
      "TypeError",
      /enc: unknown option "return_sequences", did you mean "returnSequences"\? Known options are units, /,
    ],
    "a slip of the pen": [
      () => named({ unit: 4 }),
      "TypeError",
      /enc: unknown option "unit", did you mean "units"\? Known options are/,
    ],
    "a flag as a number": [() => named({ stateful: 1 }), "TypeError", "enc stateful: expected true or false, got 1"],
    "dropout of all": [() => named({ dropout: 1 }), "RangeError", "enc dropout: expected a number in [0, 1), got 1"],
    "an input without steps": [
      () => one(named({ inputShape: [C] })),
      "RangeError",
      "enc: expected an input of [N, T, C], got [N, 3]; a recurrent layer below it needs returnSequences: true",
    ],
    "sequences of sequences": [
      () => one(named({ inputShape: [2, T, C] })),
      "RangeError",
      "enc: expected an input of [N, T, C], got [N, 2, 5, 3]; put it into timeDistributed() for sequences of sequences",
    ],
    "features of any number": [
      () => one(named({ inputShape: [T, null] })),
      "RangeError",
      "enc: expected a known size of the last axis, got [5, any]; give inputShape a number there",
    ],
    "too many initial states": [
      () => {
        const layer = named();
        layer.apply([input({ shape: [T, C] }), ...states(layer, 4), input({ shape: [4] })]);
      },
      "RangeError",
      /enc: expected 1 to \d input tensors \[x, h(, \w)*\], got \d; from a layer with several outputs take those you want/,
    ],
    "initial states of another size": [
      () => {
        const layer = named();
        layer.apply([input({ shape: [T, C] }), ...states(layer, 3)]);
      },
      "RangeError",
      "enc: expected an initial state h of [N, 4], got [N, 3]; make it with that size, by a dense layer for instance",
    ],
    "a sequence as initial state": [
      () => {
        const layer = named();
        const sequences = states(layer, 4).map(() => input({ shape: [T, 4] }));
        layer.apply([input({ shape: [T, C] }), ...sequences]);
      },
      "RangeError",
      /enc: expected an initial state h of \[N, 4\], got \[N, 5, 4\]; /,
    ],
    "a stream from the end": [
      () => one(named({ goBackwards: true })).stream(),
      "RangeError",
      'stream: layer "enc" needs the whole sequence; use predict() for this model',
    ],
    "a stream of both directions": [
      () => one(bidirectional({ layer: untyped(named()), name: "both" })).stream(),
      "RangeError",
      'stream: layer "both" needs the whole sequence; use predict() for this model',
    ],
    "a state through steps that each begin anew": [
      () => timeDistributed({ layer: named({ stateful: true }), name: "each" }),
      "RangeError",
      "each layer: expected stateful: false, got true; every step begins with new states",
    ],
    "NaN, by sample, step and feature": [
      () => one(named()).predict(withNaN(2, 3, 1)),
      "RangeError",
      "predict, samples 0 to 3: x has NaN at [2, 3, 1] of [4, 5, 3]; " +
        "expected finite numbers: fill or drop missing values first, or use layers.missing()",
    ],
    "a batch of another size": [
      () => {
        const net = one(named({ stateful: true }));
        net.predict(numbers([N, T, C]));
        net.predict(numbers([3, T, C]));
      },
      "RangeError",
      "enc: a stateful layer expected a batch of 4 as before, got 3; " +
        "use a batchSize that divides the number of samples, or call resetStates() first",
    ],
  });

  it("a shorter last batch, a shuffled one: refused before anything is computed", async () => {
    const net = one(named({ stateful: true }));
    net.compile({ optimizer: "sgd", loss: "mse" });
    const [x, y] = [numbers([7, T, C]), numbers([7, 4], 2)];
    net.trainOnBatch(numbers([3, T, C]), numbers([3, 4]));
    const before = { weights: weightBits(net), state: net.network.states.get("enc")?.map(bits) };
    const message =
      "enc: a stateful layer expected batches of one size, here 3, got 7 samples, which leave a last batch of 1; " +
      "use a batchSize that divides the number of samples";
    const options = { batchSize: 3, verbose: 0 } as const;
    await expectError(() => net.fit(x, y, options), "RangeError", message);
    await expectError(() => net.evaluate(x, y, { batchSize: 3 }), "RangeError", message);
    await expectError(() => net.predict(x, { batchSize: 3 }), "RangeError", message);
    await expectError(
      () => net.fit(numbers([6, T, C]), numbers([6, 4]), { ...options, validationData: [x, y] }),
      "RangeError",
      message.replace("samples", "validation samples"),
    );
    await expectError(
      () => net.fit(numbers([6, T, C]), numbers([6, 4]), { ...options, shuffle: true }),
      "RangeError",
      "enc: a stateful layer expected shuffle: false, since sample n of a batch goes on from sample n of the one before, " +
        "got true; leave shuffle out",
    );
    expect({ weights: weightBits(net), state: net.network.states.get("enc")?.map(bits) }).toEqual(before);
    await net.fit(numbers([6, T, C]), numbers([6, 4]), options); // in order, without being told
  });
});

describe.each(FUSED)("%s, fused", kind => {
  const make = anyOf(layers[kind]);
  const named = (options: Options) => make({ units: 4, name: "enc", inputShape: [T, C], ...options });
  const STEPS = 'enc checkpointSteps: expected "auto", a whole number of steps, or 0 to keep them all, got';
  each({
    "checkpoints below 0": [() => named({ checkpointSteps: -1 }), "RangeError", `${STEPS} -1`],
    "checkpoints between steps": [() => named({ checkpointSteps: 2.5 }), "RangeError", `${STEPS} 2.5`],
    "checkpoints by name": [() => named({ checkpointSteps: "sqrt" }), "RangeError", `${STEPS} "sqrt"`],
    "checkpoints as a flag": [() => named({ checkpointSteps: true }), "TypeError", `${STEPS} true`],
    "zoneout of all": [() => named({ zoneout: 1 }), "RangeError", "enc zoneout: expected a number in [0, 1), got 1"],
    "zoneout below 0": [
      () => named({ zoneout: { hidden: -0.1 } }),
      "RangeError",
      "enc zoneout.hidden: expected a number in [0, 1), got -0.1",
    ],
    "zoneout of something else": [
      () => named({ zoneout: { hiden: 0.1 } }),
      "TypeError",
      'enc zoneout: unknown option "hiden", did you mean "hidden"? Known options are hidden, cell',
    ],
    "recurrentDropout of all": [
      () => named({ recurrentDropout: 1 }),
      "RangeError",
      "enc recurrentDropout: expected a number in [0, 1), got 1",
    ],
    "an unknown initializer": [
      () => named({ kernelInitializer: "xavier" }),
      "RangeError",
      /enc kernelInitializer: expected one of zeros, .*, got "xavier"/,
    ],
  });
});

describe("cells without what an option is for", () => {
  // The maker refuses, before there is a model.
  const named = (kind: keyof typeof layers, options: Options) =>
    anyOf(layers[kind])({ units: 4, name: "enc", ...options });
  it.each(["indRNN", "minGRU", "minLSTM", "mLSTM"] as const)("%s: recurrentDropout", async kind => {
    await expectError(
      () => named(kind, { recurrentDropout: 0.5 }),
      "RangeError",
      "enc: expected recurrentDropout 0, since no gate multiplies the hidden state with a matrix, got 0.5; use zoneout",
    );
  });
  it.each(["minGRU", "minLSTM", "mLSTM"] as const)("%s: recurrentInitializer", async kind => {
    await expectError(
      () => named(kind, { recurrentInitializer: "zeros" }),
      "RangeError",
      "enc recurrentInitializer: expected none, since the gates do not see the hidden state and there is no " +
        'recurrentKernel, got "zeros"; leave it out',
    );
  });
  it.each(["gru", "simpleRNN", "indRNN", "minGRU"] as const)("%s: zoneout.cell", async kind => {
    await expectError(
      () => named(kind, { zoneout: { cell: 0.5 } }),
      "RangeError",
      "enc: expected zoneout.cell 0, since besides h the layer has no state, got 0.5; use zoneout.hidden",
    );
  });
  it.each(["sLSTM", "mLSTM"] as const)("%s: zoneout.cell", async kind => {
    await expectError(
      () => named(kind, { zoneout: { cell: 0.5 } }),
      "RangeError",
      /zoneout.cell: expected 0, since its states c, n and m belong together, got 0.5; use zoneout.hidden/,
    );
  });
  it.each(["gru", "simpleRNN", "sLSTM", "mLSTM", "minLSTM", "indRNN"] as const)("%s: projection", async kind => {
    await expectError(() => named(kind, { projection: 2 }), "TypeError", /enc: unknown option "projection"/);
  });
});

describe("lstm", () => {
  const named = (options: Options) => anyOf(lstm)({ units: 4, name: "enc", ...options });
  const NORM = "got true; normalization is there for the plain cell alone, leave one of them out";
  each({
    "a projection of as many units": [
      () => named({ projection: 4 }),
      "RangeError",
      "enc projection: expected fewer than units (4), got 4; without it the hidden state has all units",
    ],
    "a projection of more": [
      () => named({ projection: 9 }),
      "RangeError",
      "enc projection: expected fewer than units (4), got 9; without it the hidden state has all units",
    ],
    "a projection of none": [
      () => named({ projection: 0 }),
      "RangeError",
      "enc projection: expected a whole number >= 1, got 0",
    ],
    "layerNorm with peephole": [
      () => named({ layerNorm: true, peephole: "gers" }),
      "RangeError",
      `enc layerNorm: expected false with peephole, ${NORM}`,
    ],
    "layerNorm with projection": [
      () => named({ layerNorm: true, projection: 2 }),
      "RangeError",
      `enc layerNorm: expected false with projection, ${NORM}`,
    ],
    "layerNorm with coupled gates": [
      () => named({ layerNorm: true, coupledGates: true }),
      "RangeError",
      `enc layerNorm: expected false with coupledGates, ${NORM}`,
    ],
    "an unknown peephole": [
      () => named({ peephole: "next" }),
      "RangeError",
      'enc peephole: expected one of gers, previous, got "next"',
    ],
    "peephole as a flag": [
      () => named({ peephole: true }),
      "TypeError",
      "enc peephole: expected one of gers, previous, got true",
    ],
    "a clip of 0": [() => named({ cellClip: 0 }), "RangeError", "enc cellClip: expected a number > 0, got 0"],
    "a clip without end": [
      () => named({ clip: Infinity }),
      "RangeError",
      "enc clip: expected a number > 0, got Infinity",
    ],
    "the bias of a gate that is not there": [
      () => named({ coupledGates: true, unitForgetBias: true }),
      "RangeError",
      "enc unitForgetBias: expected false with coupledGates, got true; that cell has no forget gate, leave it out",
    ],
    "a state of the projection's size where all units are wanted": [
      () => named({ projection: 2 }).apply([input({ shape: [T, C] }), input({ shape: [2] }), input({ shape: [2] })]),
      "RangeError",
      /enc: expected an initial state c of \[N, 4\], got \[N, 2\]; /,
    ],
    "half an initial state": [
      () => named({}).apply([input({ shape: [T, C] }), input({ shape: [4] })]),
      "RangeError",
      "enc: expected an initial state of 2 tensors [h, c], got 1; give all of them or none",
    ],
    "heads that do not divide units": [
      () => anyOf(layers.mLSTM)({ units: 4, heads: 3 }),
      "RangeError",
      "mLSTM heads: expected a number that divides units 4, got 3; try 1, 2, 4",
    ],
  });
});

describe("bidirectional", () => {
  const both = (options: Options = {}) => anyOf(bidirectional)({ layer: lstm({ units: 2 }), name: "both", ...options });
  const x = () => input({ shape: [T, C] });
  const h = () => input({ shape: [2] });
  const MODES = "both mergeMode (or null for both outputs): expected one of concat, sum, mul, ave, got";
  each({
    "an unknown mergeMode": [() => both({ mergeMode: "avg" }), "RangeError", `${MODES} "avg", did you mean "ave"?`],
    "a mergeMode that is no text": [() => both({ mergeMode: 1 }), "TypeError", `${MODES} 1`],
    "no recurrent layer": [
      () => both({ layer: dense({ units: 2 }) }),
      "TypeError",
      "both layer: expected a recurrent layer such as layers.lstm(), got an object (Dense)",
    ],
    itself: [
      () => both({ layer: both() }),
      "TypeError",
      "both layer: expected a recurrent layer such as layers.lstm(), got an object (Bidirectional)",
    ],
    "the states of one direction": [
      () => both().apply([x(), h(), h()]),
      "RangeError",
      "both: expected an initial state of 4 tensors [forward h, forward c, backward h, backward c], got 2; " +
        "give all of them or none",
    ],
    "a state too many": [
      () => both().apply([x(), h(), h(), h(), h(), h()]),
      "RangeError",
      "both: expected 1 to 5 input tensors [x, forward h, forward c, backward h, backward c], got 6; " +
        "from a layer with several outputs take those you want, with applyAll()",
    ],
    "a batch of another size": [
      () => {
        const net = one(both({ layer: gru({ units: 2, stateful: true, inputShape: [T, C] }) }));
        net.predict(numbers([N, T, C]));
        net.predict(numbers([2, T, C]));
      },
      "RangeError",
      /both.forward: a stateful layer expected a batch of 4 as before, got 2; /,
    ],
  });
});

describe("masks and lengths", () => {
  const net = () => one(lstm({ units: 2, name: "enc", inputShape: [T, C] }));
  const x = numbers([2, T, C]);
  const predict = (given: unknown) => () => net().predict(untyped(given));
  const WHOLE = "lengths: expected whole numbers in [0, 5], as x has 5 steps, got";
  each({
    "a length below 0": [predict({ x, lengths: [1, -1] }), "RangeError", `${WHOLE} -1 at element 1`],
    "a length beyond the data": [predict({ x, lengths: [6, 1] }), "RangeError", `${WHOLE} 6 at element 0`],
    "half a step": [predict({ x, lengths: [0.5, 1] }), "RangeError", `${WHOLE} 0.5 at element 0`],
    "a length of NaN": [predict({ x, lengths: [1, Number.NaN] }), "RangeError", `${WHOLE} NaN at element 1`],
    "a length too few": [
      predict({ x, lengths: [1] }),
      "RangeError",
      "lengths: expected one for each of the 2 sequences in x, got 1",
    ],
    "lengths as text": [
      predict({ x, lengths: "12" }),
      "TypeError",
      'lengths: expected an array with a number for each sequence, got "12"',
    ],
    "lengths under another name": [
      predict({ x, length: [1, 2] }),
      "TypeError",
      'x with lengths: unknown option "length", did you mean "lengths"? Known options are x, lengths',
    ],
    "maskValue as text": [
      () => anyOf(masking)({ maskValue: "0", name: "pad" }),
      "TypeError",
      'pad maskValue: expected a finite number, got "0"',
    ],
    "a misspelt maskValue": [
      () => anyOf(masking)({ maskvalue: 0, name: "pad" }),
      "TypeError",
      'pad: unknown option "maskvalue", did you mean "maskValue"? Known options are maskValue, name, inputShape, trainable, activityRegularizer',
    ],
  });
});

describe("embedding", () => {
  const words = (options: Options = {}) =>
    anyOf(embedding)({ inputDim: 4, outputDim: 2, name: "words", inputShape: [3], ...options });
  each({
    "weights the other way round": [
      () => words({ weights: numbers([2, 4]) }),
      "RangeError",
      "words weights: expected [4, 2], a row for each id, got [2, 4]",
    ],
    "weights with NaN": [
      () => words({ inputDim: 1, weights: [[1, Number.NaN]] }),
      "RangeError",
      "words weights: expected finite numbers, got NaN at [0, 1]",
    ],
    "weights that are none": [
      () => words({ weights: "glove" }),
      "TypeError",
      /words weights: expected nested number arrays, .*, got "glove"/,
    ],
    "numbers in place of ids": [
      () => sequential([lstm({ units: 2, name: "enc", inputShape: [3, 2] }), words()]),
      "RangeError",
      'words: expected token ids, an input of the model, got the output of layer "enc"; ids come first',
    ],
    "ids that another layer takes for numbers": [
      () => {
        const x = input({ shape: [3] });
        model({ inputs: x, outputs: [words().apply(x), dense({ units: 2, name: "head" }).apply(x)] });
      },
      "RangeError",
      'head: expected numbers, got the token ids that layer "words" reads from the same input; ' +
        "give each layer an input of its own",
    ],
    "an id beyond the table": [
      () => one(words()).predict([[0, 4, 1]]),
      "RangeError",
      "words: expected token ids in 0..3, got 4 at element 1 of the batch; raise inputDim or map rare tokens to a known id",
    ],
    "half an id": [
      () => one(words()).predict([[0, 0.5, 1]]),
      "RangeError",
      "x: expected whole numbers (ids), got 0.5 at element 1",
    ],
  });
});

describe("timeDistributed", () => {
  const over = (layer: unknown, inputShape: readonly number[] = [2, T, C]) =>
    one(anyOf(timeDistributed)({ layer, name: "each", inputShape }));
  each({
    "a factory": [() => over(lstm), "TypeError", "each layer: expected a layer such as layers.lstm(), got a function"],
    "a layer of several outputs": [
      () => over(lstm({ units: 2, returnState: true })),
      "RangeError",
      "each: expected a layer of one output, got 3; use returnState: false",
    ],
    "samples without steps": [
      () => over(dense({ units: 2 }), [C]),
      "RangeError",
      "each: expected an input of [N, T, ...], got [N, 3]; a recurrent layer below it needs returnSequences: true",
    ],
    "a layer in use": [
      () => {
        const layer = dense({ units: 1, inputShape: [C] });
        one(layer);
        over(layer, [T, C]);
      },
      "RangeError",
      "each layer: it belongs to another model or layer already; make a new one",
    ],
  });
});

describe("missing", () => {
  const fill = (options: Options) => anyOf(missing)({ strategy: "last", name: "fill", inputShape: [T, C], ...options });
  const timed = (times: readonly number[]) => {
    const x = numbers([1, T, C]);
    times.forEach((time, t) => {
      x.data[t * C + 1] = time;
    });
    return () => one(fill({ time: 1 })).predict(x);
  };
  const TIMES = "fill: expected times that do not decrease, one at every step, got";
  const SORT = "sort the steps by time, leave none of their times out, and begin a new sequence with new states";
  each({
    "an unknown strategy": [
      () => fill({ strategy: "median" }),
      "RangeError",
      'fill strategy: expected one of mask, zero, mean, last, decay, got "median", did you mean "mean"?',
    ],
    "means without use": [
      () => fill({ strategy: "zero", means: [1, 2, 3] }),
      "RangeError",
      'fill means: strategy "zero" has no use for them; leave them out or use "mean"',
    ],
    "means of another number": [
      () => one(fill({ means: [1, 2] })),
      "RangeError",
      "fill: expected means for 3 features, got 2; give one for each feature",
    ],
    "a time by name": [() => fill({ time: "t" }), "TypeError", 'fill time: expected a whole number >= 0, got "t"'],
    "a time that is no channel": [
      () => one(fill({ time: 3 })),
      "RangeError",
      "fill: expected time to be one of the input's channels, 0 to 2, and a feature beside it, got 3; count channels from 0",
    ],
    "a time and no feature": [
      () => one(fill({ time: 0, inputShape: [T, 1] })),
      "RangeError",
      /fill: expected time to be one of the input's channels, .* and a feature beside it, got 0/,
    ],
    "times that go back": [timed([0, 1, 3, 2.5, 4]), "RangeError", `${TIMES} 2.5 after 3 at [0, 3] of [1, 5]; ${SORT}`],
    "a time that is missing": [
      timed([0, 1, Number.NaN, 3, 4]),
      "RangeError",
      `${TIMES} NaN at [0, 2] of [1, 5]; ${SORT}`,
    ],
    "a batch of another size": [
      () => {
        const net = one(fill({ stateful: true }));
        net.predict(numbers([N, T, C]));
        net.predict(numbers([2, T, C]));
      },
      "RangeError",
      /fill: a stateful layer expected a batch of 4 as before, got 2; /,
    ],
    infinity: [
      () => {
        const x = numbers([1, T, C]);
        [x.data[4], x.data[7]] = [Number.NaN, -Infinity];
        return one(fill({})).predict(x);
      },
      "RangeError",
      "predict, samples 0 to 0: x has -Infinity at [0, 2, 1] of [1, 5, 3]; " +
        "expected finite numbers, or NaN where a value is missing",
    ],
  });
});

describe("a bad number in shuffled data", () => {
  const net = () => {
    const built = sequential([lstm({ units: 2, inputShape: [T, C] })], { seed: 3 });
    built.compile({ loss: "mse" });
    return built;
  };
  const options = { batchSize: 2, verbose: 0, shuffle: true } as const;
  it.each([0, 1, 2, 3])("is found by its number in the data: %i", async sample => {
    await expectError(
      () => net().fit(withNaN(sample, 1, 2), numbers([N, 2]), options),
      "RangeError",
      new RegExp(
        `x has NaN at \\[[01], 1, 2\\] of \\[2, 5, 3\\], sample ${sample} of the data; expected finite numbers`,
      ),
    );
    const y = numbers([N, 2]);
    y.data[2 * sample] = Number.NaN;
    await expectError(
      () => net().fit(numbers([N, T, C]), y, options),
      "RangeError",
      new RegExp(`y has NaN at \\[[01], 0\\] of \\[2, 2\\], sample ${sample} of the data; expected finite numbers`),
    );
  });
});
