/** What of ONNX is not read or not written: each is refused with the node or layer, and the option. */
import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Layer, layers, type Model, sequential, standardScaler } from "../../../src/index.ts";
import { loadOnnx, saveOnnx } from "../../../src/interchange/index.ts";
import { encode } from "../../../src/interchange/onnx/protobuf.ts";
import { MODEL, type TensorProto } from "../../../src/interchange/onnx/schema.ts";
import { bytesOf, floats, load, type Made, node, text, type Value, whole } from "./nodes.ts";

beforeEach(() => {
  vi.spyOn(console, "warn").mockImplementation(() => {});
});
afterEach(() => vi.restoreAllMocks());

const WEIGHTS = { LSTM: 4, GRU: 3, RNN: 1 };
/** A recurrent operator of 3 units on 2 features. */
const cell = (
  op: keyof typeof WEIGHTS,
  attributes: Record<string, Value> = {},
  more: string[] = [],
  others: Partial<Made> = {},
): Made => {
  const ways = attributes.direction === "bidirectional" ? 2 : 1;
  const rows = WEIGHTS[op] * 3;
  return {
    nodes: [node(op, ["x", "W", "R", ...more], ["", "y"], attributes)],
    ...others,
    constants: [floats("W", [ways, rows, 2]), floats("R", [ways, rows, 3]), ...(others.constants ?? [])],
  };
};
const dense = { inputs: { x: ["N", 2] } };

describe("loadOnnx refuses", () => {
  it.each<[string, () => unknown, RegExp]>([
    [
      "an unknown activation",
      load(cell("LSTM", { activations: ["Sigmoid", "Gelu", "Tanh"] })),
      /LSTM "it": the activation Gelu is not there/,
    ],
    [
      "too few activations",
      load(cell("LSTM", { activations: ["Sigmoid"] })),
      /LSTM "it": activations: expected 3 names, got 1/,
    ],
    [
      "another slope",
      load(cell("RNN", { activations: ["LeakyRelu"], activation_alpha: { floats: [0.3] } })),
      /RNN "it": LeakyRelu with alpha 0\.3 is not there \(alpha 0\.2 is\)/,
    ],
    [
      "ONNX' usual slope",
      load(cell("RNN", { activations: ["LeakyRelu"] })),
      /alpha 0\.01 is not there \(alpha 0\.2 is\)/,
    ],
    [
      "another elu",
      load(cell("RNN", { activations: ["Elu"], activation_alpha: { floats: [2] } })),
      /Elu with alpha 2 is not there \(alpha 1 is\)/,
    ],
    [
      "a scaled tanh",
      load(
        cell("RNN", {
          activations: ["ScaledTanh"],
          activation_alpha: { floats: [2] },
          activation_beta: { floats: [1] },
        }),
      ),
      /ScaledTanh with alpha 2 and beta 1/,
    ],
    [
      "an affine activation",
      load(cell("RNN", { activations: ["Affine"], activation_alpha: { floats: [2] } })),
      /Affine with alpha 2/,
    ],
    ["a threshold", load(cell("RNN", { activations: ["ThresholdedRelu"] })), /ThresholdedRelu with alpha 1/],
    [
      "alphas that nothing takes",
      load(cell("LSTM", { activation_alpha: { floats: [1] } })),
      /activation_alpha and activation_beta have more numbers/,
    ],
    [
      "two directions with other activations",
      load(cell("RNN", { direction: "bidirectional", activations: ["Tanh", "Relu"] })),
      /the two directions have other ones \(Tanh, Relu\)/,
    ],
    ["an unknown direction", load(cell("GRU", { direction: "sideways" })), /GRU "it": direction is "sideways"/],
    ["an unknown layout", load(cell("GRU", { layout: 2 })), /layout is 2/],
    ["another hidden size", load(cell("GRU", { hidden_size: 4 })), /hidden_size is 4, and R has 3 units/],
    [
      "an attribute that is not known",
      load(cell("LSTM", { project: 1 })),
      /LSTM "it": the attribute project is not read/,
    ],
    ["an attribute of another type", load(cell("LSTM", { clip: 3 })), /the attribute clip is of another type/],
    [
      "weights of another shape",
      load(cell("LSTM", { direction: "bidirectional" }, ["B"], { constants: [floats("B", [2, 12])] })),
      /B: expected \[2, 24\], got \[2, 12\]/,
    ],
    [
      "weights that are computed",
      load({
        nodes: [node("LSTM", ["x", "W", "R"], ["", "y"])],
        inputs: { x: ["T", "N", 2], W: [1, 12, 2], R: [1, 12, 3] },
      }),
      /LSTM "it": expected W to be a constant/,
    ],
    [
      "peepholes of a GRU",
      load(cell("GRU", {}, ["", "", "", "", "P"], { constants: [floats("P", [1, 9])] })),
      /input 7 is not read/,
    ],
    [
      "lengths by sample in the file",
      load(cell("LSTM", {}, ["", "l"], { constants: [{ name: "l", dims: [2], data_type: 6, int32_data: [3, 2] }] })),
      /sequence_lens: expected an input of the graph/,
    ],
    [
      "lengths for one of two",
      load({
        ...cell("LSTM"),
        inputs: { x: ["T", "N", 2], l: ["N"] },
        ids: ["l"],
        nodes: [
          node("LSTM", ["x", "W", "R", "", "l"], ["a"], {}, "one"),
          node("Squeeze", ["a", "axis"], ["b"]),
          node("LSTM", ["b", "W2", "R"], ["", "y"], {}, "two"),
        ],
        constants: [...(cell("LSTM").constants ?? []), floats("W2", [1, 12, 3]), whole("axis", [1])],
      }),
      /LSTM "two" reads no sequence_lens and others do/,
    ],
    [
      "a state of other numbers for each sample",
      load(cell("GRU", {}, ["", "", "h"], { constants: [floats("h", [1, 2, 3])] })),
      /initial_h has other numbers for each sample, which are independent here; make it an input/,
    ],
    [
      "a state of another size",
      load(cell("GRU", {}, ["", "", "h"], { inputs: { x: ["T", "N", 2], h: [1, "N", 4] } })),
      /initial_h: expected 1 times 3 numbers a sample/,
    ],
    [
      "features that W has not",
      load(cell("LSTM", {}, [], { inputs: { x: ["T", "N", 5] } })),
      /X: expected 2 features, as W has, got \[.*5\]/,
    ],
    [
      "an unknown operator",
      load({ nodes: [node("NonZero", ["x"], ["y"])] }),
      /NonZero "it": this operator is not read; write the model with those that are: .*Abs/,
    ],
    [
      "an operator of others",
      load({ nodes: [{ ...node("LSTM", ["x"], ["y"]), domain: "com.microsoft" }] }),
      /LSTM "it": an operator of "com.microsoft"/,
    ],
    [
      "a node without a name",
      load({ nodes: [node("Loop", ["x"], ["y"], {}, "")] }),
      /Loop \(node 0\): this operator is not read/,
    ],
    [
      "what comes later",
      load({ nodes: [node("Tanh", ["b"], ["y"]), node("Tanh", ["x"], ["b"])] }),
      /Tanh "it": its input "b" is not there, or comes later/,
    ],
    [
      "an output that nothing computes",
      load({ nodes: [node("Tanh", ["x"], ["z"])] }),
      /output "y": nothing computes it/,
    ],
    [
      "a mask of dropout",
      load({ nodes: [node("Dropout", ["x"], ["z", "m"]), node("Mul", ["z", "m"], ["y"])] }),
      /Dropout "it": its mask is not made/,
    ],
    [
      "a softmax over several axes",
      load({ nodes: [node("Softmax", ["x"], ["y"], { axis: 1 })], inputs: { x: ["N", 3, 2] }, opset: 11 }),
      /Softmax "it": axis 1 of 3 in version 11/,
    ],
    [
      "a sum over the batch",
      load({ nodes: [node("ReduceMean", ["x"], ["y"], { axes: [0] })], ...dense }),
      /ReduceMean "it": over the batch's axis; samples are independent/,
    ],
    [
      "a mean over everything",
      load({ nodes: [node("ReduceMean", ["x"], ["y"])], ...dense }),
      /ReduceMean "it": over all axes/,
    ],
    [
      "the batch joined with steps",
      load({
        nodes: [node("Reshape", ["x", "s"], ["z"]), node("Conv", ["z", "K"], ["y"])],
        constants: [whole("s", [-1, 2, 1]), floats("K", [4, 2, 1])],
        inputs: { x: ["N", 3, 2] },
      }),
      /the batch's axis is joined with another/,
    ],
    [
      "a sample picked from the batch",
      load({ nodes: [node("Gather", ["x", "i"], ["y"], { axis: 0 })], constants: [whole("i", [0])], ...dense }),
      /samples of a batch cannot be picked/,
    ],
    [
      "another shape than there are numbers",
      load({ nodes: [node("Reshape", ["x", "s"], ["y"])], constants: [whole("s", [0, 7])], ...dense }),
      /Reshape "it": reshape: expected as many numbers as targetShape \[7\]/,
    ],
    [
      "a transposed first matrix",
      load({ nodes: [node("Gemm", ["x", "B"], ["y"], { transA: 1 })], constants: [floats("B", [2, 3])], ...dense }),
      /Gemm "it": transA is 1/,
    ],
    [
      "a row instead of a matrix",
      load({ nodes: [node("Gemm", ["x", "B"], ["y"], { transB: 1 })], constants: [floats("B", [3])], ...dense }),
      /Gemm "it": expected a matrix, got \[3\]/,
    ],
    ...[-4, 0, 2 ** 40].map((times): [string, () => unknown, RegExp] => [
      `an axis that is repeated ${times} times`,
      load({
        nodes: [node("Expand", ["x", "s"], ["y"])],
        constants: [whole("s", [1, 3, times])],
        inputs: { x: ["N", 3, 1] },
      }),
      /Expand "it": \[.*\] to \[.*\]: axes of size 1 are repeated, as often as is known/,
    ]),
    [
      "another number of features",
      load({ nodes: [node("MatMul", ["x", "B"], ["y"])], constants: [floats("B", [3, 3])], ...dense }),
      /MatMul "it": expected 3 features for a matrix of \[3, 3\]/,
    ],
    [
      "grouped convolutions",
      load({
        nodes: [node("Conv", ["x", "K"], ["y"], { group: 2 })],
        constants: [floats("K", [4, 1, 3])],
        inputs: { x: ["N", 2, "T"] },
      }),
      /Conv "it": group: one is read/,
    ],
    [
      "auto_pad",
      load({
        nodes: [node("Conv", ["x", "K"], ["y"], { auto_pad: "SAME_LOWER" })],
        constants: [floats("K", [4, 2, 3])],
        inputs: { x: ["N", 2, "T"] },
      }),
      /auto_pad is SAME_LOWER; pads and SAME_UPPER are read/,
    ],
    [
      "numbers for each sample",
      load({ nodes: [node("Add", ["x", "c"], ["y"])], constants: [floats("c", [3, 2])], inputs: { x: [3, 2] } }),
      /Add "it": a constant has other numbers for each sample/,
    ],
    ...(
      [
        ["that is turned", [node("Transpose", ["m"], ["o"]), node("Add", ["x", "o"], ["y"])], "Transpose"],
        ["of one axis", [node("ReduceSum", ["m", "two"], ["o"]), node("Add", ["x", "o"], ["y"])], "ReduceSum"],
        ["as a factor", [node("Mul", ["x", "m"], ["y"])], "Mul"],
        [
          "of two diagonals",
          [node("Trilu", ["all", "two"], ["o"]), node("Add", ["m", "o"], ["p"]), node("Add", ["x", "p"], ["y"])],
          "Add",
        ],
        ["with a row", [node("Add", ["m", "row"], ["o"]), node("Add", ["x", "o"], ["y"])], "Add"],
        ["with its axes apart", [node("Unsqueeze", ["m", "two"], ["o"]), node("Add", ["x", "o"], ["y"])], "Unsqueeze"],
      ] as const
    ).map(([what, nodes, op]): [string, () => unknown, RegExp] => [
      `a mask for any number of steps, ${what}`,
      load({
        nodes: [
          node("Shape", ["x"], ["s"]),
          node("ConstantOfShape", ["s"], ["zeros"]),
          node("Add", ["zeros", "tenth"], ["all"]),
          node("Trilu", ["all"], ["m"], { upper: 0 }),
          ...nodes,
        ],
        constants: [whole("two", [2]), floats("tenth", [1]), floats("row", [3])],
        inputs: { x: ["N", "T", "T"] },
      }),
      new RegExp(
        `${op} "it": .*(a mask of .* is not followed here|two masks of different diagonals|do not go together)`,
      ),
    ]),
    [
      "an axis that is repeated as often as the batch",
      load({
        nodes: [node("Shape", ["x"], ["s"]), node("Tile", ["x", "s"], ["y"])],
        inputs: { x: ["N", 2] },
      }),
      /Tile "it": axis 0 of \[.*\]: axes of size 1 are repeated/,
    ],
    [
      "a choice between two tensors by a constant",
      load({
        nodes: [node("Tanh", ["x"], ["z"]), node("Where", ["c", "x", "z"], ["y"])],
        constants: [whole("c", [1, 0])],
        ...dense,
      }),
      /Where "it": two tensors by a constant/,
    ],
    [
      "padding of samples",
      load({
        nodes: [node("Pad", ["x", "p"], ["y"])],
        constants: [whole("p", [0, 0, 0, 1, 0, 0])],
        inputs: { x: ["N", 3, 2] },
      }),
      /Pad "it": pads: got \[0, 0, 0, 1, 0, 0\]; steps of a sequence are padded/,
    ],
    [
      "padding of features",
      load({ nodes: [node("Pad", ["x", "p"], ["y"])], constants: [whole("p", [0, 0, 0, 1])], ...dense }),
      /Pad "it": pads: got \[0, 0, 0, 1\]; steps of a sequence are padded/,
    ],
    [
      "a remainder",
      load({ nodes: [node("Mod", ["x", "c"], ["y"])], constants: [floats("c", [1], 3)], ...dense }),
      /Mod "it": of what is computed; it is read of constants/,
    ],
    [
      "constants that grow",
      load({
        nodes: [
          ...Array.from({ length: 40 }, (_, i) => node("Expand", ["row", "s"], [`e${i}`])),
          node("Sum", ["x", ...Array.from({ length: 40 }, (_, i) => `e${i}`)], ["y"]),
        ],
        constants: [floats("row", [1000]), whole("s", [1000, 1000])],
        ...dense,
      }),
      /Expand "it": its constants are used so often that they would take many times the file's size/,
    ],
    ["nothing to join", load({ nodes: [node("Concat", [], ["y"], { axis: 0 })] }), /Concat "it": input 0 is missing/],
    [
      "numbers beside none",
      load({
        nodes: [node("Mul", ["none", "one"], ["p"]), node("Add", ["x", "p"], ["y"])],
        constants: [floats("none", [0, 2]), floats("one", [1])],
      }),
      /Add "it": /,
    ],
    [
      "a shape of very many axes",
      load({ nodes: [node("Expand", ["x", "s"], ["y"])], constants: [whole("s", new Array(500).fill(3))] }),
      /Expand "it": .*, …\]: it would have more axes$/,
    ],
    [
      "pooling with padding of its own",
      load({
        nodes: [node("MaxPool", ["x"], ["y"], { kernel_shape: [2], pads: [1, 1] })],
        inputs: { x: ["N", 2, "T"] },
      }),
      /MaxPool "it": pads \[1,1\]: pooling is read without padding/,
    ],
    [
      "means that count padding",
      load({
        nodes: [node("AveragePool", ["x"], ["y"], { kernel_shape: [3], pads: [1, 1], count_include_pad: 1 })],
        inputs: { x: ["N", 2, "T"] },
      }),
      /AveragePool "it": pads \[1,1\].*means do not count/,
    ],
    [
      "pooling over two axes",
      load({ nodes: [node("MaxPool", ["x"], ["y"], { kernel_shape: [2, 2] })], inputs: { x: ["N", 2, "T", 3] } }),
      /MaxPool "it": kernel_shape: expected \[steps\], one axis, got \[2, 2\]/,
    ],
    [
      "rounding up",
      load({
        nodes: [node("MaxPool", ["x"], ["y"], { kernel_shape: [2], ceil_mode: 1 })],
        inputs: { x: ["N", 2, "T"] },
      }),
      /MaxPool "it": dilations, ceil_mode, storage_order or indices/,
    ],
    [
      "a normalization over several axes",
      load({
        nodes: [node("LayerNormalization", ["x", "g"], ["y"], { axis: 1 })],
        constants: [floats("g", [2])],
        inputs: { x: ["N", 3, 2] },
      }),
      /LayerNormalization "it": axis 1 of 3/,
    ],
    [
      "a power",
      load({ nodes: [node("Pow", ["x", "p"], ["y"])], constants: [floats("p", [1], 4)], ...dense }),
      /Pow "it": the exponent 4; 1, 2, 3, 0\.5, -0\.5, -1 are read/,
    ],
    [
      "numbers for ids",
      load({ nodes: [node("Gather", ["E", "x"], ["y"])], constants: [floats("E", [5, 3])], ...dense }),
      /Gather "it": indices: expected constants, or token ids/,
    ],
    [
      "arithmetic with ids",
      load({ nodes: [node("Tanh", ["x"], ["y"])], ids: ["x"], ...dense }),
      /Tanh "it": expected input 0 to be numbers, got whole numbers/,
    ],
    [
      "complex inputs",
      () =>
        loadOnnx(
          encode(MODEL, {
            opset_import: [{ version: 17 }],
            graph: {
              node: [node("Tanh", ["x"], ["y"])],
              input: [{ name: "x", type: { tensor_type: { elem_type: 14, shape: {} } } }],
              output: [{ name: "y" }],
            },
          }),
        ),
      /input "x": expected floating-point numbers or int32 or int64 ids, got the type 14/,
    ],
    [
      "numbers in another file",
      load({
        nodes: [node("Add", ["x", "b"], ["y"])],
        constants: [{ ...floats("b", [2]), data_location: 1 }],
        ...dense,
      }),
      /initializer "b": its numbers are in another file/,
    ],
    [
      "texts",
      load({ nodes: [node("Add", ["x", "b"], ["y"])], constants: [{ name: "b", dims: [1], data_type: 8 }], ...dense }),
      /initializer "b": expected numbers, got the type 8/,
    ],
    [
      "too few numbers",
      load({ nodes: [node("Add", ["x", "b"], ["y"])], constants: [{ ...floats("b", [2]), dims: [3] }], ...dense }),
      /initializer "b": expected 3 numbers for \[3\], got 2/,
    ],
    [
      "NaN for a weight",
      load({ nodes: [node("MatMul", ["x", "B"], ["y"])], constants: [floats("B", [2, 3], Number.NaN)], ...dense }),
      /the weight it\/kernel has NaN at \[0, 0\]/,
    ],
    [
      "an old version",
      load({ nodes: [node("Tanh", ["x"], ["y"])], ...dense, opset: 6 }),
      /version 6 of the operators; 7 and later are read/,
    ],
    [
      "a constant output",
      load({ nodes: [node("Constant", [], ["y"], { value_int: 3 })], ...dense }),
      /output "y": it is a constant/,
    ],
    ["an empty file", () => loadOnnx(new Uint8Array()), /an empty file/],
    ["a text", () => loadOnnx(text("not a model")), /protobuf|no ONNX model/],
    [
      "a PyTorch file",
      () => loadOnnx(new Uint8Array(readFileSync(new URL("../../fixtures/interchange/torch/gru.pt", import.meta.url)))),
      /protobuf/,
    ],
    [
      "an option that there is not",
      () => loadOnnx(new Uint8Array(4), { strict: true } as never),
      /unknown option "strict"/,
    ],
  ])("%s", (_, run, message) => {
    expect(run).toThrow(message);
    expect(run).toThrow(/^loadOnnx: |^loadOnnx:/);
  });
});

describe("saveOnnx refuses", () => {
  const inputShape = [3, 2];
  const one = (layer: Layer) => {
    const net = sequential([layer]);
    return () => saveOnnx(net);
  };
  const { lstm } = layers;
  const scaled = () => {
    const net = sequential([lstm({ units: 2, inputShape })]);
    net.setScaling({
      input: standardScaler().fit([
        [1, 2],
        [3, 5],
      ]),
    });
    return saveOnnx(net);
  };
  it.each<[string, () => unknown, RegExp]>([
    [
      "layer normalization inside",
      one(lstm({ units: 2, layerNorm: true, inputShape })),
      /layer "lstm": layerNorm is true/,
    ],
    ["projections", one(lstm({ units: 2, projection: 1, inputShape })), /layer "lstm": projection is 1/],
    ["a clipped cell state", one(lstm({ units: 2, cellClip: 1, inputShape })), /cellClip is 1/],
    ["squared input gates", one(lstm({ units: 2, inputGate: "squared", inputShape })), /inputGate is "squared"/],
    ["peepholes of another kind", one(lstm({ units: 2, peephole: "previous", inputShape })), /peephole is "previous"/],
    ["zoneout", one(lstm({ units: 2, zoneout: 0.1, inputShape })), /zoneout changes predictions/],
    ["states between batches", one(lstm({ units: 2, stateful: true, inputShape })), /stateful/],
    [
      "an activation that ONNX has not",
      one(lstm({ units: 2, activation: "selu", inputShape })),
      /the activation selu is none of ONNX/,
    ],
    ["another cell", one(layers.sLSTM({ units: 2, inputShape })), /layer "sLSTM": sLSTM is not written as ONNX/],
    [
      "it in both directions",
      one(layers.bidirectional({ layer: layers.indRNN({ units: 2 }), inputShape })),
      /layer "bidirectional": indRNN is no operator/,
    ],
    [
      "both directions the other way round",
      one(layers.bidirectional({ layer: lstm({ units: 2, goBackwards: true }), inputShape })),
      /its forward layer has goBackwards/,
    ],
    [
      "masks of ids",
      one(layers.embedding({ inputDim: 3, outputDim: 2, maskZero: true, inputShape: [3] })),
      /layer "embedding": maskZero: ONNX has no masks/,
    ],
    ["masks of values", one(layers.masking({ inputShape })), /layer "masking"/],
    ["scalers", scaled, /the model has scalers/],
    [
      "convolutions beside lengths",
      () => saveOnnx(sequential([layers.conv1D({ filters: 2, kernelSize: 2, inputShape })]), { lengths: true }),
      /conv1D beside lengths/,
    ],
    ["what is no model", () => saveOnnx({} as Model), /expected a model, got an object/],
  ])("%s", (_, run, message) => {
    expect(run).toThrow(message);
    expect(run).toThrow(/^saveOnnx: /);
  });
});

it("but layer normalization in parts, as exporters wrote it before version 17, is read", () => {
  const nodes = [
    node("ReduceMean", ["x"], ["mean"], { axes: [-1], keepdims: 1 }, "mean"),
    node("Sub", ["x", "mean"], ["apart"], {}, "apart"),
    node("Pow", ["apart", "two"], ["squares"], {}, "squares"),
    node("ReduceMean", ["squares"], ["variance"], { axes: [-1], keepdims: 1 }, "variance"),
    node("Add", ["variance", "epsilon"], ["more"], {}, "more"),
    node("Sqrt", ["more"], ["deviation"], {}, "deviation"),
    node("Div", ["apart", "deviation"], ["y"], {}, "over"),
  ];
  const constants = [floats("two", [], 2), floats("epsilon", [], 1e-5)];
  const net = loadOnnx(bytesOf({ nodes, constants, inputs: { x: ["N", "T", 3] } }));
  const y = net.predict([[[1, 2, 4]], [[-3, 0, 0.5]]]);
  const expected = [
    [1, 2, 4],
    [-3, 0, 0.5],
  ].flatMap(row => {
    const mean = row.reduce((a, b) => a + b) / 3;
    const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 3;
    return row.map(value => (value - mean) / Math.sqrt(variance + 1e-5));
  });
  y.data.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i], 6);
  });
});

it("but samples that are joined with steps are apart where they come out, which is said", () => {
  const warn = vi.spyOn(console, "warn");
  const nodes = [node("Reshape", ["x", "s"], ["z"]), node("Tanh", ["z"], ["y"])];
  const net = loadOnnx(bytesOf({ nodes, constants: [whole("s", [-1, 2])], inputs: { x: ["N", 3, 2] } }));
  expect(
    net.predict([
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
    ]).shape,
  ).toEqual([1, 3, 2]);
  expect(warn.mock.calls.flat().join()).toMatch(/the output "y" joins samples with other axes in the file/);
});

it("but constants are folded as numbers of their kind: quotients of whole numbers alone are whole", () => {
  const scalar = (name: string, value: number): TensorProto => ({ name, dims: [], data_type: 1, float_data: [value] });
  const nodes = [
    node("Div", ["one", "four"], ["quarter"]),
    node("Div", ["one", "two"], ["half"]),
    node("Mul", ["quarter", "half"], ["eighth"]),
    node("Mul", ["x", "eighth"], ["scaled"]),
    node("Shape", ["x"], ["s"]),
    node("Gather", ["s", "last"], ["width"]),
    node("Div", ["width", "pair"], ["whole"]),
    node("Cast", ["whole"], ["number"], { to: 1 }),
    node("Add", ["scaled", "number"], ["y"]),
  ];
  const constants = [scalar("one", 1), scalar("two", 2), scalar("four", 4), whole("last", [1]), whole("pair", [2])];
  const net = loadOnnx(bytesOf({ nodes, constants, inputs: { x: ["N", 3] } }));
  expect(net.predict([[8, 16, -8]]).toArray()).toEqual([[2, 3, 0]]);
});

it("but the steps of a tensor times itself are two axes", () => {
  const nodes = [
    node("Tanh", ["x"], ["t"]),
    node("Transpose", ["t"], ["u"], { perm: [0, 2, 1] }),
    node("MatMul", ["t", "u"], ["pairs"]),
    node("Add", ["pairs", "rows"], ["y"]),
  ];
  const net = loadOnnx(bytesOf({ nodes, constants: [floats("rows", [3, 1])], inputs: { x: ["N", 3, 1] } }));
  const [a, b, c] = [0.5, -1, 2].map(Math.tanh);
  const rows = [a, b, c].map((each, i) => [each * a, each * b, each * c].map(product => product + 0.1 * (i + 1)));
  net.predict([[[0.5], [-1], [2]]]).data.forEach((value, i) => {
    expect(value).toBeCloseTo(rows.flat()[i], 6);
  });
});

it("but positions are rows of a table, which are known", () => {
  const scalar = (name: string, value: number): TensorProto => ({ name, dims: [], data_type: 7, int64_data: [value] });
  const nodes = [
    node("Shape", ["x"], ["s"]),
    node("Gather", ["s", "one"], ["steps"]),
    node("Range", ["zero", "steps", "one"], ["line"]),
    node("Unsqueeze", ["line", "first"], ["places"]),
    node("Gather", ["table", "places"], ["positions"]),
    node("Add", ["x", "positions"], ["y"]),
  ];
  const constants = [scalar("zero", 0), scalar("one", 1), whole("first", [0]), floats("table", [5, 2])];
  const net = loadOnnx(bytesOf({ nodes, constants, inputs: { x: ["N", 3, 2] } }));
  const y = net.predict([new Array(3).fill([1, 2])]); // the table has 0.1, 0.2, 0.3, …
  [1.1, 2.2, 1.3, 2.4, 1.5, 2.6].forEach((value, i) => {
    expect(y.data[i]).toBeCloseTo(value, 6);
  });
});

it.each([
  ["Add", { upper: 1 }, 1],
  ["Add", { upper: 1 }, 0],
  ["Add", { upper: 0 }, 0],
  ["Add", { upper: 0 }, -1],
  ["Add", { upper: 0 }, 2],
  ["Where", { upper: 1 }, 1],
  ["Where", { upper: 0 }, 0],
])("but %s of a mask for any number of steps, %o from diagonal %i, is computed", (op, attributes, k) => {
  const scalar = (name: string, type: object): TensorProto => ({ name, dims: [], ...type });
  const nodes = [
    node("Shape", ["x"], ["s"]),
    node("Expand", ["some", "s"], ["all"]),
    node("Trilu", ["all", "k"], ["mask"], attributes),
    node("Mul", ["mask", "twice"], ["more"]),
    ...(op === "Add"
      ? [node("Add", ["x", "more"], ["y"])]
      : [node("Equal", ["mask", "none"], ["hidden"]), node("Where", ["hidden", "some", "x"], ["y"])]),
  ];
  const constants = [
    scalar("k", { data_type: 7, int64_data: [k] }),
    scalar("some", { data_type: 1, float_data: [-4] }),
    scalar("twice", { data_type: 1, float_data: [2] }),
    scalar("none", { data_type: 1, float_data: [0] }),
  ];
  const net = loadOnnx(bytesOf({ nodes, constants, inputs: { x: ["N", "Q", "K"] } }));
  for (const [Q, K] of [
    [3, 4],
    [5, 2],
    [1, 1],
  ]) {
    const x = { shape: [2, Q, K], data: Float32Array.from({ length: 2 * Q * K }, (_, i) => i / 8) };
    const kept = (i: number) => {
      const beyond = (i % K) - (Math.floor(i / K) % Q);
      return attributes.upper ? beyond >= k : beyond <= k;
    };
    const wanted = x.data.map((n, i) => (op === "Add" ? n + (kept(i) ? -8 : 0) : kept(i) ? n : -4));
    expect([...net.predict(x).data]).toEqual([...wanted]);
  }
});
