/** Activations that cells have not, wherever a layer takes one: values, gradients, files, streams, errors. */
import { describe, expect, it } from "vitest";
import { type Layer, layers, loadModel, ops, sequential } from "../../src/index.ts";
import { expectClose } from "../helpers/compare.ts";
import { bits, expectError, numbers, scramble } from "../helpers/models.ts";
import { expectPredictBits, inFull, stepKernels } from "../helpers/streams.ts";
import { untyped } from "../helpers/untyped.ts";
import { moreActivations } from "../reference/moreActivations.ts";

type Given = Parameters<typeof layers.activation>[0]["activation"];

const given: Record<string, (activation: Given) => Layer> = {
  dense: activation => layers.dense({ units: 5, activation, inputShape: [null, 3] }),
  conv1D: activation =>
    layers.conv1D({ filters: 5, kernelSize: 2, padding: "causal", activation, inputShape: [null, 3] }),
  activation: activation => layers.activation({ activation, inputShape: [null, 3] }),
  timeDistributed: activation =>
    layers.timeDistributed({ layer: layers.dense({ units: 5, activation }), inputShape: [null, 3] }),
};

/** What is given, what the reference calls it, and its number. */
const ALL: [Given, string, number?][] = [
  ["silu", "silu"],
  ["swish", "silu"],
  ["gelu", "gelu"],
  ["mish", "mish"],
  ["hardSilu", "hardSilu"],
  ["hardSwish", "hardSilu"],
  ["relu6", "relu6"],
  ["celu", "celu", 1],
  ["squareplus", "squareplus", 4],
  ["logSigmoid", "logSigmoid"],
  ["hardTanh", "hardTanh"],
  ["tanhShrink", "tanhShrink"],
  ["softShrink", "softShrink", 0.5],
  ["hardShrink", "hardShrink", 0.5],
  ["sparsePlus", "sparsePlus"],
  ["sparseSigmoid", "sparseSigmoid"],
  [{ name: "gelu", approximate: true }, "tanhGelu"],
  [{ name: "gelu", approximate: false }, "gelu"],
  [{ name: "elu", alpha: 0.3 }, "elu", 0.3],
  [{ name: "elu" }, "elu", 1],
  [{ name: "celu", alpha: 2 }, "celu", 2],
  [{ name: "leakyRelu", negativeSlope: 0.1 }, "leakyRelu", 0.1],
  [{ name: "leakyRelu" }, "leakyRelu", 0.2],
  [{ name: "softShrink", threshold: 1 }, "softShrink", 1],
  [{ name: "hardShrink", threshold: 1 }, "hardShrink", 1],
  [{ name: "squareplus", b: 0.5 }, "squareplus", 0.5],
];

describe.each(Object.entries(given))("%s", (kind, make) => {
  it.each(ALL)("%j is what the formula says, forward and backward, and in a file", (activation, name, number = 0) => {
    const [value, slope] = moreActivations[name];
    const [net, plain] = [activation, "linear" as const].map(each => sequential([make(each)], { seed: 2 }));
    for (const each of [net, plain]) scramble(each, 5);
    const x = { shape: [2, 4, 3], data: numbers([2, 4, 3]).data.map(each => 4 * each) };
    const [z, y] = [plain.predict(x), net.predict(x)];
    expectClose(
      y.data,
      Float64Array.from(z.data, each => value(each, number)),
      { absolute: 2e-6 },
    );
    const outer = numbers(y.shape, 7);
    // The gradient of the mean squared error is that of the sum of y times outer.
    const target = (p: ArrayLike<number>, d: (i: number) => number) => ({
      shape: y.shape,
      data: Float64Array.from(p, (each, i) => each - (d(i) * y.data.length) / 2),
    });
    for (const each of [net, plain]) each.compile({ loss: "mse" });
    const own = net.gradients(
      x,
      target(y.data, i => outer.data[i]),
      { inputs: true },
    );
    const slopes = target(z.data, i => outer.data[i] * slope(z.data[i], number));
    for (const [i, through] of plain.gradients(x, slopes, { inputs: true }).entries()) {
      expectClose(own[i].data, through.data, { absolute: 2e-5 });
    }
    const again = loadModel(net.save());
    expect(bits(again.predict(x).data)).toEqual(bits(y.data));
    const options = [again, net].map(({ layers: [layer] }) => ({ ...layer.toJSON().options, name: "" }));
    expect(JSON.parse(JSON.stringify(options[0]))).toEqual(JSON.parse(JSON.stringify(options[1])));
  });

  it.each<Given>(["silu", "logSoftmax", { name: "elu", alpha: 0.3 }])("%j streams, short and in full", activation => {
    for (const form of [(layer: Layer) => layer, inFull]) {
      const net = sequential([form(make(activation)), layers.lstm({ units: 2 })]);
      scramble(net);
      if (kind === "conv1D" && form === inFull) continue; // what it carries is in its short form
      if (form !== inFull) expect(stepKernels(net)).not.toContain("forward");
      expectPredictBits(net, [numbers([1, 4, 3])]);
    }
  });
});

it("logSoftmax is over the last axis, forward and backward", () => {
  const [own, op] = ["own", "op"].map(which => {
    const dense = layers.dense({ units: 4, inputShape: [3], ...(which === "own" ? { activation: "logSoftmax" } : {}) });
    const net = sequential([dense, ...(which === "op" ? [layers.lambda({ call: x => ops.logSoftmax(x) })] : [])], {
      seed: 3,
    });
    net.compile({ loss: "mse" });
    return net;
  });
  const [x, y] = [numbers([5, 3]), numbers([5, 4], 2)];
  expect(bits(own.predict(x).data)).toEqual(bits(op.predict(x).data));
  expect(own.gradients(x, y).map(({ data }) => bits(data))).toEqual(op.gradients(x, y).map(({ data }) => bits(data)));
});

it("names of Keras are the same thing, and are saved under their usual names", () => {
  const net = sequential([layers.dense({ units: 2, activation: "swish", inputShape: [3] })]);
  expect(JSON.parse(JSON.stringify(net.layers[0].toJSON())).options.activation).toBe("silu");
  expect(String((net.layers[0].options as { activation?: unknown }).activation)).toBe("silu");
});

it.each<[string, unknown, "TypeError" | "RangeError", RegExp]>([
  [
    "another name",
    { name: "tanh" },
    "RangeError",
    /dense activation name: expected one of hardSigmoid, .*elu.*, got "tanh"/,
  ],
  ["an option of another", { name: "gelu", alpha: 1 }, "TypeError", /dense activation: .*alpha/],
  [
    "a number that is none",
    { name: "elu", alpha: "1" },
    "TypeError",
    /dense activation alpha: expected a finite number, got "1"/,
  ],
  ["no b", { name: "squareplus", b: 0 }, "RangeError", /dense activation b: expected a number > 0, got 0/],
  [
    "a threshold below 0",
    { name: "softShrink", threshold: -1 },
    "RangeError",
    /dense activation threshold: expected a number >= 0/,
  ],
  ["glu", "glu", "RangeError", /dense activation: expected one of linear, .*, got "glu"/],
])("refuses %s", async (_, activation, kind, text) => {
  await expectError(() => layers.dense({ units: 1, activation: untyped(activation) }), kind, text);
});

it("logSoftmax of a batch alone is refused, as softmax is", async () => {
  await expectError(
    () => sequential([layers.activation({ activation: "logSoftmax", inputShape: [] })]),
    "RangeError",
    /expected \[N, ..., C\] to go over C, got \[N\]/,
  );
});

describe("prelu", () => {
  it("has an alpha for each element of a sample, or for each feature, that is trained", () => {
    for (const [sharedAxes, shape] of [
      [[], [4, 3]],
      [[1], [1, 3]],
    ] as const) {
      const net = sequential([layers.prelu({ sharedAxes, alphaInitializer: "ones", inputShape: [4, 3] })], { seed: 1 });
      expect(net.layers[0].getWeights().map(weight => weight.shape)).toEqual([shape]);
      const x = numbers([2, 4, 3]);
      expect(bits(net.predict(x).data)).toEqual(bits(x.data));
      scramble(net);
      const [alpha] = net.layers[0].getWeights();
      const expected = x.data.map((each, i) =>
        each > 0 ? each : Math.fround(each * alpha.data[i % alpha.data.length]),
      );
      expect(bits(net.predict(x).data)).toEqual(bits(expected));
      net.compile({ loss: "mse" });
      net.trainOnBatch(x, numbers([2, 4, 3], 3));
      expect(bits(net.layers[0].getWeights()[0].data)).not.toEqual(bits(alpha.data));
      expect(bits(loadModel(net.save()).predict(x).data)).toEqual(bits(net.predict(x).data));
    }
  });

  it("streams where all steps have the same alphas, and says so where not", async () => {
    const lstm = (T: number | null) => layers.lstm({ units: 3, returnSequences: true, inputShape: [T, 2] });
    const shared = sequential([
      lstm(null),
      layers.prelu({ sharedAxes: [1] }),
      layers.timeDistributed({ layer: layers.prelu() }),
    ]);
    scramble(shared);
    expect(stepKernels(shared)).not.toContain("forward");
    expectPredictBits(shared, [numbers([1, 4, 2])]);
    const own = sequential([lstm(4), layers.prelu()]);
    await expectError(() => own.stream(), "RangeError", /prelu/);
  });

  it("refuses what it has no alpha for", async () => {
    await expectError(
      () => sequential([layers.prelu({ inputShape: [null, 3] })]),
      "RangeError",
      "prelu: expected an input of known sizes, since each element has an alpha, got [N, any, 3]; give a size, or sharedAxes: [1]",
    );
    await expectError(
      () => sequential([layers.prelu({ sharedAxes: [1], inputShape: [3] })]),
      "RangeError",
      "prelu: expected an input of 2 axes or more beside the batch, for sharedAxes [1], got [N, 3]",
    );
    await expectError(
      () => layers.prelu({ sharedAxes: [2] }),
      "RangeError",
      "prelu sharedAxes: expected the first axes without a gap, such as [1] or [1, 2], got [2]",
    );
  });
});
