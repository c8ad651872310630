/** Layers of the user's: what they compute, learn, hide and leave in files, and what is refused. */
import { describe, expect, it } from "vitest";
import {
  defineLayer,
  input,
  layers,
  loadModel,
  type Model,
  model,
  ops,
  register,
  sequential,
  type Value,
} from "../../src/index.ts";
import type { Layer, SymbolicTensor } from "../../src/layer/layer.ts";
import { expectClose } from "../helpers/compare.ts";
import { expectLossSlopes } from "../helpers/lossSlopes.ts";
import { bits, expectError, numbers, scramble, weightBits } from "../helpers/models.ts";

const { dense, lambda, lstm, masking, timeDistributed } = layers;
const [N, T, C] = [3, 4, 3];

const highway = defineLayer({
  name: "highway",
  options: { bias: -1, kind: "tanh" },
  weights: ({ features }) => ({
    kernel: [features, 2 * features],
    shift: { shape: [2 * features], initializer: "ones" },
  }),
  call({ x, weights, options }) {
    const [h, t] = ops.split(ops.matmul(x, weights.kernel, weights.shift), 2);
    const gate = ops.sigmoid(ops.add(t, options.bias));
    const made = options.kind === "tanh" ? ops.tanh(h) : h;
    return ops.add(ops.multiply(gate, made), ops.multiply(ops.subtract(1, gate), x));
  },
});

/** Two inputs, two outputs, an option that sizes a weight. */
const mix = defineLayer({
  name: "mix",
  inputs: 2,
  options: { units: 2 },
  weights: ({ features, options }) => ({ kernel: [features, options.units] }),
  call: ({ inputs: [a, b], weights }) => [ops.matmul(a, weights.kernel), ops.multiply(a, b)],
});

const double = (options = {}) => lambda({ ...options, name: "double", call: x => ops.scale(x, 2) });

const own = { highway, mix, double };

function everything(): Model {
  const [x, y] = [input({ shape: [null, C] }), input({ shape: [null, C] })];
  const h = highway({ bias: 0.5, name: "first" }).apply(lstm({ units: C, returnSequences: true }).apply(x));
  const [a, b] = mix({ units: 5 }).applyAll([h, y]);
  const last = timeDistributed({ layer: highway({ kind: "linear" }) }).apply(ops.concat([double().apply(a), b]));
  return model({ inputs: [x, y], outputs: dense({ units: 2 }).apply(last), seed: 4 });
}

const data = [numbers([N, T, C], 1), numbers([N, T, C], 2)];
const target = numbers([N, T, 2], 3);

it("computes what it says, with weights and options under their names", () => {
  const net = sequential([highway({ inputShape: [C] })]);
  scramble(net);
  const [kernel, shift] = net.getWeights().map(weight => weight.toArray() as never as number[][] & number[]);
  const x = numbers([N, C]);
  const rows = x.toArray() as number[][];
  const expected = rows.flatMap(row =>
    row.map((value, j) => {
      const z = (k: number) => row.reduce((sum, xi, i) => sum + xi * kernel[i][k], 0) + shift[k];
      const gate = 1 / (1 + Math.exp(-(z(C + j) - 1)));
      return gate * Math.tanh(z(j)) + (1 - gate) * value;
    }),
  );
  expectClose(net.predict(x).data, Float64Array.from(expected), { absolute: 1e-6 }, "highway");
  expect(net.network.plan.specs.map(({ path }) => path)).toEqual(["highway/kernel", "highway/shift"]);
  expect(net.layers[0].options).toEqual({ bias: -1, kind: "tanh", inputShape: [C] });
});

it("knows its outputs' shapes, axes of any length too", () => {
  const h = highway().apply(input({ shape: [null, 5, C] }));
  expect(h.shape).toEqual([null, 5, C]);
  const [a, b] = mix().applyAll([input({ shape: [null, C] }), input({ shape: [null, C] })]);
  expect([a.shape, b.shape]).toEqual([
    [null, 2],
    [null, C],
  ]); // prettier-ignore
});

it("trains by gradients that equal finite differences", async () => {
  const net = everything();
  scramble(net);
  net.compile({ loss: "meanSquaredError", optimizer: "adam" });
  await expectLossSlopes(net, data, target);
});

it("a frozen one learns nothing, a weight that is not trainable neither", () => {
  const still = defineLayer({
    name: "still",
    weights: ({ features }) => ({ a: [features], b: { shape: [features], initializer: "ones", trainable: false } }),
    call: ({ x, weights }) => ops.add(ops.multiply(x, weights.b), weights.a),
  });
  const net = sequential([still({ inputShape: [C] }), highway({ trainable: false })]);
  net.compile({ loss: "meanSquaredError", optimizer: "sgd" });
  const before = weightBits(net);
  net.trainOnBatch(numbers([N, C]), numbers([N, C], 2));
  expect(weightBits(net).map((weight, i) => weight.join() === before[i].join())).toEqual([false, true, true, true]);
});

it("is told whether it trains", () => {
  const seen: boolean[] = [];
  const watch = defineLayer({
    name: "watch",
    call({ x, training }) {
      seen.push(training);
      return ops.scale(x, 1);
    },
  });
  const net = sequential([watch({ inputShape: [2] }), dense({ units: 1 })]);
  net.compile({ loss: "meanSquaredError" });
  seen.length = 0;
  net.predict([[1, 2]]);
  net.trainOnBatch([[1, 2]], [[1]]);
  expect(seen).toEqual([false, true]);
});

it("passes masks on", async () => {
  const evaluate = (between: (x: SymbolicTensor) => SymbolicTensor) => {
    const x = input({ shape: [null, 2] });
    const net = model({ inputs: x, outputs: between(masking({ maskValue: 9 }).apply(x)) });
    net.compile({ loss: "meanAbsoluteError", optimizer: "sgd" });
    return net.evaluate(
      [
        [
          [2, 2],
          [9, 9],
        ],
      ],
      [
        [
          [0, 0],
          [50, 50],
        ],
      ],
    ); // prettier-ignore
  };
  expect((await evaluate(x => x)).loss).toBe(2);
  expect((await evaluate(x => double().apply(x))).loss).toBe(4);
  expect((await evaluate(x => timeDistributed({ layer: double() }).apply(x))).loss).toBe(4);
});

it("saves its name and options, and loads to the same bits with training", () => {
  const net = everything();
  scramble(net);
  net.compile({ loss: "meanSquaredError", optimizer: "adam" });
  net.trainOnBatch(data, target);
  const bytes = net.save({ optimizer: true });
  const text = new TextDecoder("latin1").decode(bytes);
  expect(text).toContain('\\"kind\\":\\"highway\\"');
  expect(text).not.toContain("split");
  const again = loadModel(bytes, { layers: own });
  expect(again.layers.map(layer => layer.name)).toEqual(net.layers.map(layer => layer.name));
  for (const each of [net, again]) each.trainOnBatch(data, target);
  expect(weightBits(again)).toEqual(weightBits(net));
});

it("is copied into another model, with its weights and options", () => {
  const body = everything();
  scramble(body);
  const inputs = [input({ shape: [null, C] }), input({ shape: [null, C] })];
  const net = model({ inputs, outputs: body.apply(inputs) as SymbolicTensor });
  expect(bits(net.predict(data).data)).toEqual(bits(body.predict(data).data));
});

it("streams to the bits of predict", () => {
  const net = sequential([
    lstm({ units: 4, returnSequences: true, inputShape: [null, C] }),
    highway(),
    double(),
    dense({ units: 2 }),
  ]);
  scramble(net);
  const x = numbers([1, T, C]);
  const whole = net.predict(x).data;
  const stream = net.stream();
  for (let t = 0; t < T; t++) {
    const y = stream.step(x.data.subarray(t * C, (t + 1) * C));
    expect(bits(y)).toEqual(bits(whole.subarray(2 * t, 2 * t + 2)));
  }
});

it("keeps the logits of a sigmoid for the loss", () => {
  const head = lambda({ call: x => ops.sigmoid(x) });
  const net = sequential([dense({ units: 1, inputShape: [1] }), head]);
  net.setWeights([[[300]], [0]]);
  net.compile({ loss: "binaryCrossentropy", optimizer: "sgd" });
  expect(net.gradients([[1]], [[0]]).map(({ data: [d] }) => d)).toEqual([1, 1]);
});

it("types: names of weights and options are known", () => {
  defineLayer({
    name: "typed",
    options: { factor: 2, mode: "a" },
    weights: ({ options }) => ({ kernel: [options.factor, 1] }),
    call({ x, weights, options }) {
      const factor: number = options.factor;
      // @ts-expect-error: no such weight
      void weights.kernle;
      // @ts-expect-error: no such option
      void options.faktor;
      return ops.scale(ops.matmul(x, weights.kernel), factor);
    },
  });
  // @ts-expect-error: a number
  void (() => highway({ bias: "1" }));
  // @ts-expect-error: no such option
  void (() => highway({ bios: 1 }));
  // @ts-expect-error: neither is it without options
  void (() => defineLayer({ name: "plain", call: ({ x }) => x })({ bias: 1 }));
  highway({ bias: 1, name: "a", inputShape: [3] });
});

describe("what users do wrong", () => {
  const make = (definition: object) =>
    defineLayer({ name: "mine", call: ({ x }: { x: Value }) => x, ...definition } as never);
  const run = (definition: object, shape: (number | null)[] = [2]) =>
    sequential([(make(definition) as (options: object) => Layer)({ inputShape: shape })]).predict(
      numbers([2, ...shape.map(n => n ?? 3)]),
    );
  let kept: Value | undefined;

  it.each<[string, () => unknown, "TypeError" | "RangeError", RegExp]>([
    ["no name", () => make({ name: undefined }), "TypeError", /defineLayer name: expected a name of letters/],
    ["no call", () => make({ call: undefined }), "TypeError", /defineLayer call: expected a function, got undefined/],
    ["a misspelt property", () => make({ weight: 1 }), "TypeError", /defineLayer: unknown option "weight"/],
    ["weights as an object", () => make({ weights: {} }), "TypeError", /defineLayer weights: expected a function/],
    ["no inputs", () => make({ inputs: 0 }), "RangeError", /defineLayer inputs: /],
    [
      "an option of all layers",
      () => make({ options: { name: "x" } }),
      "RangeError",
      /options: every layer has "name"/,
    ],
    ["a function as option", () => make({ options: { f: () => 1 } }), "TypeError", /options.f: expected plain JSON/],
    ["a bad weight", () => run({ weights: () => ({ w: [0] }) }), "RangeError", /layer mine: weight w: .* >= 1, got 0/],
    ["an unknown option", () => highway({ bios: 1 } as never), "TypeError", /highway: unknown option "bios".*"bias"/],
    [
      "an option's type",
      () => highway({ bias: "1" as never }),
      "TypeError",
      /highway bias: expected a number, got "1"/,
    ],
    ["another's", () => highway({ kind: 3 as never }), "TypeError", /highway kind: expected a text, got 3/],
    [
      "nothing",
      () => run({ call: () => undefined }),
      "TypeError",
      /layer mine: output 0 of call: expected a tensor, got/,
    ],
    ["numbers", () => run({ call: () => [[1, 2]] }), "TypeError", /layer mine: output 0 of call: expected a tensor/],
    [
      "a weight alone",
      () => run({ weights: () => ({ w: [4] }), call: ({ weights }: { weights: { w: Value } }) => weights.w }),
      "RangeError",
      /layer mine: output 0 of call: expected \[N, ...\], N samples as the input has, got \[4\]/,
    ],
    ["two inputs", () => mix().apply(input({ shape: [2] })), "RangeError", /mix: expected 2 input tensor.*got 1/],
    [
      "numbers where there are none",
      () => run({ call: ({ x }: { x: Value }) => ops.scale(x, x.data[0]) }),
      "Error" as "TypeError",
      /layer mine: there are no numbers yet.*outputShapes/,
    ],
    [
      "a shape that is not so",
      () => run({ outputShapes: () => [[7]] }),
      "RangeError",
      /layer mine: expected call to give \[N, 7\], .* got \[2, 2\]/,
    ],
    [
      "a shape that is none",
      () => run({ outputShapes: () => [2] }),
      "TypeError",
      /layer mine: outputShapes: expected an/,
    ],
    [
      "a tensor of another pass",
      () => run({ call: ({ x }: { x: Value }) => (kept = kept ? ops.add(kept, x) : x) }),
      "RangeError",
      /ops.add: this tensor belongs to a step that is over|ops.add: these tensors belong to different/,
    ],
    [
      "a symbolic tensor",
      () => run({ call: ({ x }: { x: Value }) => ops.add(x, input({ shape: [2] }) as never) }),
      "TypeError",
      /ops.add: expected the numbers .*got a symbolic tensor of a model; make it one of the layer's inputs/,
    ],
    [
      "a lambda without function",
      () => lambda({} as never),
      "TypeError",
      /lambda call: expected a function, got undefined/,
    ],
  ])("%s", async (_, action, type, message) => {
    await expectError(action, type, message);
  });

  const bytes = everything().save();

  it.each<[string, object, "TypeError" | "RangeError", RegExp]>([
    ["loading without them", {}, "RangeError", /layer "highway".*loadModel\(bytes, \{ layers: \{ highway \} \}\)/],
    ["without one", { layers: { highway, mix } }, "RangeError", /layer "double".*\{ layers: \{ double \} \}/],
    ["with what every object has", { layers: Object.create(own) }, "RangeError", /layer "highway"/],
    ["with a list", { layers: [highway] }, "TypeError", /loadModel layers: expected an object such as \{ myOwn \}/],
    [
      "with no maker",
      { layers: { ...own, mix: () => 1 } },
      "TypeError",
      /layers.mix: expected a function that makes a layer/,
    ],
    [
      "with another layer",
      {
        layers: {
          ...own,
          highway: defineLayer({
            name: "highway",
            options: { bias: 1, kind: "" },
            weights: () => ({ kernel: [1] }),
            call: ({ x }) => x,
          }),
        },
      },
      "RangeError",
      /tensor "first\/kernel" should be \[1\] and is/,
    ],
  ])("%s", async (_, options, type, message) => {
    await expectError(() => loadModel(bytes, options), type, message);
  });

  it("one that is registered needs not be given", () => {
    const triple = defineLayer({ name: "triple", call: ({ x }) => ops.scale(x, 3) });
    register({ layers: { triple } });
    const net = sequential([triple({ inputShape: [2] })]);
    expect([...loadModel(net.save()).predict([[2, 4]]).data]).toEqual([6, 12]);
  });

  it("a layer named as one of the package's is not taken for it", async () => {
    const dropout = defineLayer({
      name: "dropout",
      options: { rate: 0.5 },
      call: ({ x, options }) => ops.scale(x, options.rate),
    });
    const net = sequential([dropout({ inputShape: [2] })]);
    await expectError(() => loadModel(net.save()), "RangeError", /layer "dropout"; a file holds no code/);
    const again = loadModel(net.save(), { layers: { dropout } });
    expect([...again.predict([[2, 4]]).data]).toEqual([1, 2]);
  });
});
