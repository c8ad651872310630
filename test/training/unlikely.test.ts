/** What can be compiled and is almost surely a mistake is said once, with the remedy; what may be meant is not. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  defineLayer,
  input,
  type Layer,
  layers,
  losses,
  model,
  ops,
  type SymbolicTensor,
  sequential,
} from "../../src/index.ts";
import { expectError } from "../helpers/models.ts";

const { activation, dense, dropout, gru, lambda, lstm, timeDistributed } = layers;

let said: string[] = [];
beforeEach(() => {
  said = [];
  vi.spyOn(console, "warn").mockImplementation(text => void said.push(String(text)));
});
afterEach(() => vi.restoreAllMocks());

type Name = "binaryCrossentropy" | "categoricalCrossentropy" | "sparseCategoricalCrossentropy";

/** Names of its own, since what is said once is said once. */
let count = 0;
const name = () => `layer${count++}`;

/** What compile says of a layer at the end of a model of sequences. */
function sayOf(last: Layer, loss: Name, fromLogits = false): string[] {
  const from = said.length;
  const net = sequential([dense({ units: 4, inputShape: [3, 2], name: name() }), last]);
  for (let i = 0; i < 2; i++) net.compile({ loss: losses[loss]({ fromLogits }) });
  return said.slice(from);
}

const OWN = {
  binaryCrossentropy: "sigmoid",
  categoricalCrossentropy: "softmax",
  sparseCategoricalCrossentropy: "softmax",
} as const;

describe.each(Object.entries(OWN) as [Name, "sigmoid" | "softmax"][])("%s", (loss, own) => {
  const complaint = (layer: Layer, is: string) =>
    `wasm-lstm: compile: the output of layer "${layer.name}" is ${is}, and ${loss} compares probabilities; end with "${own}", or ` +
    "use fromLogits: true";

  it.each(["linear", "relu", "tanh", "softsign", "elu", "selu", "leakyRelu"] as const)("on %s", kind => {
    for (const layer of [
      dense({ units: 3, activation: kind, name: name() }),
      ...(kind === "linear" ? [] : [activation({ activation: kind, name: name() })]),
      timeDistributed({ layer: dense({ units: 3, activation: kind }), name: name() }),
    ]) {
      expect(sayOf(layer, loss)).toEqual([complaint(layer, kind)]);
    }
    expect(sayOf(dense({ units: 3, activation: kind, name: name() }), loss, true)).toEqual([]);
  });

  it("on the states of recurrent layers", () => {
    const layer = lstm({ units: 3, name: name() });
    expect(sayOf(layer, loss)).toEqual([complaint(layer, "tanh")]);
    expect(sayOf(gru({ units: 3, activation: "sigmoid", name: name() }), loss)).toEqual([]);
  });

  it("on an op, behind what leaves numbers as they are", () => {
    const build = (head: (x: SymbolicTensor) => SymbolicTensor) => {
      const x = input({ shape: [3, 2] });
      const y = activation({ activation: "linear" }).apply(dropout({ rate: 0.1 }).apply(head(x)));
      model({ inputs: x, outputs: y }).compile({ loss });
    };
    build(x => ops.tanh(x));
    expect(said).toHaveLength(1);
    expect(said[0]).toContain('the output of layer "tanh" is tanh, and');
    said = [];
    for (const op of ["sigmoid", "softmax"] as const) build(x => ops[op](x));
    build(x => ops.scale(ops.sigmoid(x), 0.5));
    expect(said).toEqual([]);
  });

  it("says nothing of probabilities, nor of layers of one's own", () => {
    const ownTanh = defineLayer({ name: "own", options: { activation: "tanh" }, call: ({ x }) => ops.sigmoid(x) });
    for (const kind of ["sigmoid", "hardSigmoid", "softmax"] as const) {
      expect(sayOf(dense({ units: 3, activation: kind, name: name() }), loss)).toEqual([]);
    }
    expect(sayOf(ownTanh(), loss)).toEqual([]);
    expect(sayOf(lambda({ call: x => ops.tanh(x) }), loss)).toEqual([]);
  });

  it("softplus and exponential are no numbers of yes and no, and rows of them are distributions", () => {
    for (const kind of ["softplus", "exponential"] as const) {
      const layer = dense({ units: 3, activation: kind, name: name() });
      expect(sayOf(layer, loss)).toEqual(own === "sigmoid" ? [complaint(layer, kind)] : []);
    }
  });

  it.each(["sigmoid", "softmax"] as const)("fromLogits on %s", kind => {
    const layer = dense({ units: 3, activation: kind, name: name() });
    expect(sayOf(layer, loss, true)).toEqual([
      `wasm-lstm: compile: the output of layer "${layer.name}" is ${kind}, and ${loss} has fromLogits: true; leave out one of the two`,
    ]);
  });

  it("one unit", () => {
    const sigmoid = dense({ units: 1, activation: "sigmoid", name: name() });
    expect(sayOf(sigmoid, loss)).toEqual(
      own === "sigmoid"
        ? []
        : [
            `wasm-lstm: compile: the output of layer "${sigmoid.name}" is sigmoid, and ${loss} of one class is always 0; ` +
              "use binaryCrossentropy, or more units",
          ],
    );
    const softmax = dense({ units: 1, activation: "softmax", name: name() });
    expect(sayOf(softmax, loss)).toEqual([
      `wasm-lstm: compile: the output of layer "${softmax.name}" is softmax over one number, always 1; use sigmoid, or more units`,
    ]);
  });
});

it("a softmax over one number inside a model is said too; losses of numbers say nothing", () => {
  const inner = dense({ units: 1, activation: "softmax", name: "attention" });
  sequential([dense({ units: 2, inputShape: [2] }), inner, dense({ units: 1 })]).compile({ loss: "mse" });
  expect(said).toEqual([
    'wasm-lstm: compile: the output of layer "attention" is softmax over one number, always 1; use sigmoid, or more units',
  ]);
});

it("each of several outputs has a loss of its own", () => {
  const x = input({ shape: [2] });
  const [a, b] = ["first", "second"].map(own => dense({ units: 3, name: own }).apply(x));
  model({ inputs: x, outputs: [a, b] }).compile({ loss: ["mse", "categoricalCrossentropy"] });
  expect(said).toHaveLength(1);
  expect(said[0]).toContain('the output of layer "second" is linear');
});

describe("a softmax without features to go over", () => {
  const text = ": expected [N, ..., C] to go over C, got [N]; use sigmoid, or an input with features";
  it.each<[string, string, () => unknown]>([
    ["the layer", "activation", () => sequential([activation({ activation: "softmax", inputShape: [] })])],
    ["the op", "ops.softmax", () => ops.softmax(input({ shape: [] }))],
    ["the op in a layer", "ops.softmax", () => sequential([lambda({ call: x => ops.softmax(x), inputShape: [] })])],
  ])("is an error: %s", async (_, what, make) => {
    await expectError(make, "RangeError", `${what}${text}`);
  });

  it("over numbers of any count works, and not step by step", async () => {
    const net = sequential([activation({ activation: "softmax", inputShape: [null] })]);
    const p = net.predict([[1, 2, 3]]).data;
    expect(p[0] + p[1] + p[2]).toBeCloseTo(1, 6);
    await expectError(
      () => net.stream(),
      "RangeError",
      'stream: layer "activation" needs the whole sequence; use predict() for this model',
    );
    const tanh = sequential([activation({ activation: "tanh", inputShape: [null] })]);
    expect([...tanh.stream().step(0.5)]).toEqual([tanh.predict([[0.5]]).data[0]]);
  });
});

describe("numbers that are no probabilities", () => {
  const y = {
    binaryCrossentropy: [[1], [0]],
    categoricalCrossentropy: [
      [1, 0],
      [0, 1],
    ],
    sparseCategoricalCrossentropy: [1, 0],
  };
  /** A model that puts out its input. */
  const passing = (loss: Name, activation: "linear" | "tanh" | "softplus", units: number) => {
    const net = sequential([dense({ units, activation, kernelInitializer: "ones", inputShape: [1], name: name() })]);
    net.compile({ loss, optimizer: "sgd" });
    return net;
  };

  it.each([
    ["binaryCrossentropy", 1, 1.25, "in 0..1, got 1.25", "sigmoid"],
    ["binaryCrossentropy", 1, -0.5, "in 0..1, got -0.5", "sigmoid"],
    ["categoricalCrossentropy", 2, -0.5, "0 or more, got -0.5", "softmax"],
    ["sparseCategoricalCrossentropy", 2, -0.5, "0 or more, got -0.5", "softmax"],
  ] as const)("are an error of %s, in training too", async (loss, units, value, text, own) => {
    const net = passing(loss, "linear", units);
    const before = net.getWeights()[0].data.slice();
    const complaint = (where: string) =>
      `${where}: ${loss} of layer "${net.layers[0].name}", which is linear, expected probabilities, ${text}; end the model with ` +
      `"${own}", or use fromLogits: true`;
    const x = [[0.5], [value]];
    await expectError(() => net.evaluate(x, y[loss]), "RangeError", complaint("batch 1"));
    await expectError(() => net.trainOnBatch(x, y[loss]), "RangeError", complaint("step 1"));
    await expectError(() => net.gradients(x, y[loss]), "RangeError", complaint("gradients"));
    expect(net.getWeights()[0].data).toEqual(before);
  });

  it("are none where they happen to be some: the formula is that of probabilities", async () => {
    const net = passing("binaryCrossentropy", "linear", 1);
    const { loss } = await net.evaluate([[0.25], [0.5]], y.binaryCrossentropy);
    expect(loss).toBeCloseTo(-(Math.log(0.25) + Math.log(0.5)) / 2, 6);
    const classes = passing("categoricalCrossentropy", "linear", 2);
    expect((await classes.evaluate([[3], [2]], y.categoricalCrossentropy)).loss).toBeCloseTo(Math.log(2), 6);
  });

  it("may be hidden by a mask", async () => {
    const net = sequential([
      layers.masking({ maskValue: 9, inputShape: [2, 1] }),
      dense({ units: 1, kernelInitializer: "ones", name: name() }),
    ]);
    net.compile({ loss: "binaryCrossentropy" });
    const { loss } = await net.evaluate([[[0.5], [9]]], [[[1], [1]]]);
    expect(loss).toBeCloseTo(Math.log(2), 6);
  });
});
