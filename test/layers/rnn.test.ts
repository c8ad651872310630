/** Cells written with ops: the LSTM's against its reference and against the fused layer, the Elman network's against its own. */
import { describe, expect, it } from "vitest";
import {
  defineCell,
  layers,
  type Model,
  model,
  type NDArray,
  ndarray,
  ops,
  optimizers,
  type RnnOptions,
  sequential,
} from "../../src/index.ts";
import { inputNode } from "../../src/layer/layer.ts";
import type { InnerShape } from "../../src/weight.ts";
import { expectClose } from "../helpers/compare.ts";
import { elmanCell, lstmCell } from "../helpers/customCells.ts";
import { type NDArrays, randomArray } from "../helpers/gradients.ts";
import { numbers, scramble } from "../helpers/models.ts";
import { closeToReference, expectDifferences, expectReference, randomOuter } from "../helpers/nets.ts";
import { OneLayer } from "../helpers/oneLayer.ts";
import { seeded } from "../helpers/random.ts";
import { lstmReference } from "../helpers/references.ts";
import { elmanReference } from "../reference/elman.ts";
import type { Reference } from "../reference/reference.ts";

type Options = Partial<RnnOptions>;

const sizes = { N: 3, T: 4, C: 3, H: 5, F: 2 };

const variants: [string, Options, boolean][] = [
  ["last output", {}, false],
  ["returnSequences", { returnSequences: true }, false],
  ["returnState", { returnState: true }, false],
  ["goBackwards, returnSequences", { goBackwards: true, returnSequences: true }, false],
  ["initial state", {}, true],
  ["everything together", { returnState: true, returnSequences: true, goBackwards: true }, true],
];

function arraysOf(layer: OneLayer, inputs: Record<string, readonly number[]>): NDArrays {
  const random = seeded(5);
  const made = Object.entries(inputs).map(([name, shape]) => [name, randomArray(random, [sizes.N, ...shape])]);
  const weights = Object.entries(layer.weightShapes).map(([name, shape]) => [name, randomArray(random, shape, 0.5)]);
  return Object.fromEntries([...made, ...weights]);
}

/** Against the reference, which returns states always, and finite differences; returns the outer gradients. */
function expectGradients(
  layer: OneLayer,
  arrays: NDArrays,
  whole: Reference,
  { returnState }: Options,
): Float64Array[] {
  const reference: Reference = values => {
    const run = whole(values);
    return { ...run, outputs: returnState ? run.outputs : run.outputs.slice(0, 1) };
  };
  const outer = randomOuter(seeded(6), layer.forward(arrays));
  expectReference(layer, arrays, reference, outer);
  expectDifferences(layer, arrays, reference, outer, seeded(7));
  return outer;
}

describe.each(variants)("%s", (_, options, initial) => {
  const { N, T, C, H, F } = sizes;
  const states = (names: string[]) => (initial ? Object.fromEntries(names.map(name => [name, [H]])) : {});

  it("an LSTM equals the reference, finite differences and the fused layer", () => {
    const inputs = { x: [T, C], ...states(["h", "c"]) };
    const layer = new OneLayer(layers.rnn(lstmCell, { units: H, ...options }), inputs);
    const arrays = arraysOf(layer, inputs);
    const outer = expectGradients(layer, arrays, lstmReference({ N, T, C, H }, options), options);

    const fused = new OneLayer(layers.lstm({ units: H, ...options }), inputs).differentiate(arrays, outer);
    const own = layer.differentiate(arrays, outer);
    own.outputs.forEach((output, i) => {
      expectClose(output, fused.outputs[i], closeToReference, `output ${i}`);
    });
    for (const [name, gradient] of Object.entries(own.gradients)) {
      expectClose(gradient, fused.gradients[name], closeToReference, name);
    }
  });

  it("an Elman network equals its reference and finite differences", () => {
    const inputs = { x: [T, C], ...states(["h"]) };
    const layer = new OneLayer(layers.rnn(elmanCell(F), { units: H, ...options }), inputs);
    const arrays = arraysOf(layer, inputs);
    expectGradients(layer, arrays, elmanReference(sizes, options), options);
  });
});

/** Gradients, losses and predictions of two models on the same data with the same weights, and after ten steps. */
function expectEqualModels(own: Model, fused: Model, x: NDArray, y: NDArray): void {
  scramble(own);
  fused.setWeights(own.getWeights());
  for (const net of [own, fused]) {
    net.compile({ optimizer: optimizers.adam({ learningRate: 0.01 }), loss: "meanSquaredError" });
  }
  const [a, b] = [own, fused].map(net => net.gradients(x, y));
  a.forEach((gradient, i) => {
    expectClose(gradient.data, b[i].data, closeToReference, own.network.plan.specs[i].path);
  });
  for (let step = 0; step < 10; step++) {
    const [mine, theirs] = [own, fused].map(net => net.trainOnBatch(x, y).loss);
    expectClose([mine], [theirs], { relative: 1e-4 }, `loss ${step}`);
  }
  expectClose(own.predict(x).data, fused.predict(x).data, { relative: 1e-3, absolute: 1e-4 }, "predictions");
}

/** Token 0 is padding: on the left, on the right, in between, everywhere, nowhere. */
const TOKENS = [
  [0, 0, 3, 4, 1],
  [2, 1, 5, 0, 0],
  [4, 0, 2, 0, 1],
  [0, 0, 0, 0, 0],
  [1, 2, 3, 4, 5],
];
const padded = ndarray(Int32Array.from(TOKENS.flat()), [5, 5]);

describe("behind a mask, as the fused layer", () => {
  const flags: Options[] = [
    {},
    { returnSequences: true },
    { returnSequences: true, goBackwards: true },
    { goBackwards: true },
    { returnSequences: true, zeroOutputForMask: true },
  ];

  it.each(flags)("%o", options => {
    const build = (fused: boolean) => {
      const table = layers.embedding({ inputDim: 6, outputDim: 3, maskZero: true, inputShape: [5] });
      const layer = fused ? layers.lstm({ units: 4, ...options }) : layers.rnn(lstmCell, { units: 4, ...options });
      return sequential([table, layer, layers.dense({ units: 2 })]);
    };
    expectEqualModels(build(false), build(true), padded, numbers(options.returnSequences ? [5, 5, 2] : [5, 2]));
  });

  it.each([false, true])("in both directions, returnSequences: %s", returnSequences => {
    const build = (fused: boolean) => {
      const options = { units: 4, returnSequences };
      const inner = fused ? layers.lstm(options) : layers.rnn(lstmCell, options);
      const table = layers.embedding({ inputDim: 6, outputDim: 3, maskZero: true, inputShape: [5] });
      return sequential([table, layers.bidirectional({ layer: inner }), layers.dense({ units: 2 })]);
    };
    expectEqualModels(build(false), build(true), padded, numbers(returnSequences ? [5, 5, 2] : [5, 2]));
  });

  it("an output that is no state repeats the last real one, also in a stream", () => {
    const build = (maskZero: boolean) =>
      sequential([
        layers.embedding({ inputDim: 6, outputDim: 3, maskZero, inputShape: [null] }),
        layers.rnn(elmanCell(2), { units: 4, returnSequences: true }),
      ]);
    const [masked, plain] = [build(true), build(false)];
    scramble(masked);
    plain.setWeights(masked.getWeights());
    const tokens = [0, 3, 0, 4, 0];
    const { data } = masked.predict([tokens]);
    const real = plain.predict([[3, 4]]).data;
    expect([...data]).toEqual([0, 0, real[0], real[1], real[0], real[1], real[2], real[3], real[2], real[3]]);
    const stream = masked.stream();
    expect(tokens.flatMap(token => [...stream.step(token)])).toEqual([...data]);
  });
});

describe("states", () => {
  const shape: InnerShape = [4, 3];

  it("go on from batch to batch where the layer is stateful", () => {
    const build = (fused: boolean) => {
      const options = { units: 5, stateful: true, inputShape: shape };
      return sequential([fused ? layers.lstm(options) : layers.rnn(lstmCell, options), layers.dense({ units: 1 })]);
    };
    expectEqualModels(build(false), build(true), numbers([2, 4, 3]), numbers([2, 1]));
  });

  it("given ones reach the cell in a functional model, and those returned go on", () => {
    const build = (fused: boolean) => {
      const x = inputNode(shape);
      const make = (options: { returnState?: boolean }) =>
        fused ? layers.lstm({ units: 4, ...options }) : layers.rnn(lstmCell, { units: 4, ...options });
      const [, h, c] = make({ returnState: true }).applyAll(x);
      return model({ inputs: x, outputs: make({}).apply([x, h, c]) });
    };
    expectEqualModels(build(false), build(true), numbers([3, 4, 3]), numbers([3, 4]));
  });
});

it("moves states to one another's place, with and without a tape, and may size them by the input", () => {
  // A register: each step gives back the input of two steps ago.
  const register = defineCell({
    name: "register",
    weights: () => ({}),
    states: ({ features }) => ({ newer: features, older: features }),
    step: ({ x, states: { newer, older } }) => ({ output: older, states: { newer: x, older: newer } }),
  });
  const { T, C } = sizes;
  const layer = new OneLayer(layers.rnn(register, { units: 1, returnSequences: true, returnState: true }), {
    x: [T, C],
  });
  const arrays = arraysOf(layer, { x: [T, C] });
  const { data } = arrays.x;
  const step = (t: number) => (i: number) => {
    const [n, j] = [Math.floor(i / C), i % C];
    return t < 0 ? 0 : data[(n * T + t) * C + j];
  };
  const rows = Array.from({ length: sizes.N * C }, (_, i) => i);
  const delayed = rows.flatMap(i =>
    i % C === 0 ? Array.from({ length: T }, (_, t) => rows.slice(i, i + C).map(step(t - 2))).flat() : [],
  );
  const expected = [delayed, rows.map(step(T - 1)), rows.map(step(T - 2))];
  const outer = expected.map(output => output.map(() => 1));
  for (const outputs of [layer.forward(arrays), layer.differentiate(arrays, outer).outputs]) {
    expect(outputs.map(output => [...output])).toEqual(expected);
  }
});

it("is one layer on every step of a longer sequence", () => {
  const inner = sequential([layers.rnn(elmanCell(3), { units: 4, inputShape: [5, 3] })]);
  const net = sequential([
    layers.timeDistributed({ layer: layers.rnn(elmanCell(3), { units: 4 }), inputShape: [2, 5, 3] }),
  ]);
  scramble(net);
  inner.setWeights(net.getWeights());
  const x = numbers([3, 2, 5, 3]);
  const one = ndarray(x.data, [6, 5, 3]);
  expect(net.predict(x).data).toEqual(inner.predict(one).data);
});

describe("a cell whose sizes are those of its input", () => {
  const sum = defineCell({
    name: "sum",
    weights: () => ({}),
    states: ({ features }) => ({ total: features }),
    step({ x, states }) {
      const total = ops.add(x, states.total);
      return { output: total, states: { total } };
    },
  });
  const rnn = (options: Partial<RnnOptions> = {}) => layers.rnn(sum, { units: 1, ...options });
  const x = [
    [
      [1, 2, 3],
      [10, 20, 30],
    ],
  ];

  it("has them in both directions", () => {
    expect(layers.bidirectional({ layer: rnn() }).apply(inputNode([2, 3])).shape).toEqual([6]);
    const net = sequential([layers.bidirectional({ layer: rnn({ returnSequences: true }), inputShape: [2, 3] })]);
    expect(net.predict(x).toArray()).toEqual([
      [
        [1, 2, 3, 11, 22, 33],
        [11, 22, 33, 10, 20, 30],
      ],
    ]);
  });

  it("answers for one shape after another, as if it had not been asked before", () => {
    const layer = rnn({ returnState: true });
    const shapesOn = (C: number) => layer.outputShapes([[2, C]]);
    expect([shapesOn(3), shapesOn(5), shapesOn(3)]).toEqual([
      [[3], [3]],
      [[5], [5]],
      [[3], [3]],
    ]);
    expect(layer.applyAll(inputNode([2, 3])).map(({ shape }) => shape)).toEqual([[3], [3]]);
  });
});
