/** The layers around recurrent ones as nodes of ONNX. */
import type { Layer } from "../../../layer/layer.ts";
import { additiveAttention, attention, multiHeadAttention } from "./attention.ts";
import type { Attribute } from "./graph.ts";
import { operation } from "./operations.ts";
import { bidirectional, recurrent } from "./recurrent.ts";
import { activated, constant, optionsOf, refuse, type Writer, type Writing } from "./writing.ts";

/** A product with its bias and activation. */
function biased(writing: Writing, product: string): string {
  const { graph, layer } = writing;
  const sum = writing.has("bias")
    ? graph.node("Add", [product, constant(writing, "bias")], `${layer.name}/sum`)
    : product;
  return activated(writing, sum, optionsOf(layer).activation);
}

const dense: Writer = writing => {
  const { graph, layer, inputs } = writing;
  return [biased(writing, graph.node("MatMul", [inputs[0], constant(writing, "kernel")], layer.name))];
};

const embedding: Writer = writing => {
  const { graph, layer, inputs, lengths } = writing;
  if (optionsOf(layer).maskZero && !lengths) {
    refuse(
      layer,
      "maskZero: ONNX has no masks; with saveOnnx(net, { lengths: true }) the recurrent operators read how long each sequence is",
    );
  }
  return [graph.node("Gather", [constant(writing, "embeddings"), inputs[0]], layer.name)];
};

const identity: Writer = ({ inputs }) => [inputs[0]];

const merging =
  (op: string): Writer =>
  ({ graph, layer, inputs }) => {
    const [first, ...others] = inputs;
    const merged = others.reduce((a, b) => graph.node(op, [a, b], layer.name), first);
    return [
      layer.kind === "average"
        ? graph.node("Mul", [merged, graph.number(1 / inputs.length)], `${layer.name}/mean`)
        : merged,
    ];
  };

const layerNormalization: Writer = writing => {
  const { graph, layer, inputs, symbols } = writing;
  const { epsilon } = optionsOf(layer) as { epsilon: number };
  const C = symbols[0].shape[symbols[0].shape.length - 1] as number;
  const gamma = writing.has("gamma")
    ? constant(writing, "gamma")
    : graph.constant(`${layer.name}/gamma`, [C], () => new Float32Array(C).fill(1));
  const beta = writing.has("beta") ? [constant(writing, "beta")] : [];
  return [
    graph.node("LayerNormalization", [inputs[0], gamma, ...beta], layer.name, {
      axis: -1,
      epsilon: { float: epsilon },
    }),
  ];
};

/** Between transposes: features are axis 1 in ONNX. */
function featuresSecond({ graph, layer, inputs, symbols }: Writing, run: (x: string) => string): string {
  const rank = symbols[0].shape.length + 1;
  if (rank === 2) return run(inputs[0]);
  const [there, back] = [
    [0, rank - 1, ...Array.from({ length: rank - 2 }, (_, i) => i + 1)],
    [0, ...Array.from({ length: rank - 2 }, (_, i) => i + 2), 1],
  ];
  const turned = graph.node("Transpose", [inputs[0]], `${layer.name}/features`, { perm: there });
  return graph.node("Transpose", [run(turned)], `${layer.name}/steps`, { perm: back });
}

const batchNormalization: Writer = writing => {
  const { graph, layer, symbols } = writing;
  const { epsilon } = optionsOf(layer) as { epsilon: number };
  const C = symbols[0].shape[symbols[0].shape.length - 1] as number;
  const filled = (name: string, value: number) =>
    writing.has(name)
      ? constant(writing, name)
      : graph.constant(`${layer.name}/${name}`, [C], () => new Float32Array(C).fill(value));
  const weights = [
    filled("gamma", 1),
    filled("beta", 0),
    constant(writing, "movingMean"),
    constant(writing, "movingVariance"),
  ];
  return [
    featuresSecond(writing, x =>
      graph.node("BatchNormalization", [x, ...weights], layer.name, { epsilon: { float: epsilon } }),
    ),
  ];
};

/** Steps of padding; where they depend on how many there are, ONNX is to find them. */
const padsOf = (padding: string, span: number, strides: number): Record<string, Attribute> => {
  if (padding === "same" && strides > 1) return { auto_pad: "SAME_UPPER" };
  const before = padding === "causal" ? span : padding === "same" ? Math.floor(span / 2) : 0;
  return { pads: [before, padding === "same" ? span - before : 0] };
};

const conv1D: Writer = writing => {
  const { graph, layer } = writing;
  const { kernelSize, strides, dilationRate, padding, activation } = optionsOf(layer) as {
    kernelSize: number;
    strides: number;
    dilationRate: number;
    padding: string;
    activation: string;
  };
  const { shape, data } = writing.weight("kernel");
  const [k, C, filters] = shape;
  const kernel = graph.constant(`${layer.name}/kernel`, [filters, C, k], () =>
    data.map((_, i) => data[((i % k) * C + (Math.floor(i / k) % C)) * filters + Math.floor(i / (k * C))]),
  );
  const bias = writing.has("bias") ? [constant(writing, "bias")] : [];
  const z = featuresSecond(writing, x =>
    graph.node("Conv", [x, kernel, ...bias], layer.name, {
      kernel_shape: [k],
      strides: [strides],
      dilations: [dilationRate],
      ...padsOf(padding, (kernelSize - 1) * dilationRate, strides),
    }),
  );
  return [activated(writing, z, activation)];
};

const pooling =
  (op: string): Writer =>
  writing => {
    const { graph, layer } = writing;
    const { poolSize, strides, padding } = optionsOf(layer) as { poolSize: number; strides: number; padding: string };
    const windows = { kernel_shape: [poolSize], strides: [strides], ...padsOf(padding, poolSize - 1, strides) };
    return [featuresSecond(writing, x => graph.node(op, [x], layer.name, windows))];
  };

const globalPooling =
  (op: string): Writer =>
  ({ graph, layer, inputs }) => [
    graph.node(op, [inputs[0]], layer.name, { axes: [1], keepdims: Number(optionsOf(layer).keepdims) }),
  ];

const timeDistributed: Writer = writing => {
  const { layer } = optionsOf(writing.layer) as { layer: Layer };
  if (!["dense", "activation", "layerNormalization", "dropout"].includes(layer.kind)) {
    refuse(writing.layer, `timeDistributed over ${layer.kind}; over layers of a row it is the layer itself`);
  }
  const own = Object.create(layer, { name: { value: writing.layer.name } }) as Layer;
  return LAYERS[layer.kind]({ ...writing, layer: own });
};

const LAYERS: Readonly<Record<string, Writer>> = {
  activation: writing => [activated(writing, writing.inputs[0], optionsOf(writing.layer).activation)],
  add: merging("Add"),
  additiveAttention,
  attention,
  average: merging("Add"),
  averagePooling1D: pooling("AveragePool"),
  batchNormalization,
  bidirectional,
  concatenate: ({ graph, layer, inputs }) => [
    graph.node("Concat", inputs, layer.name, { axis: optionsOf(layer).axis as number }),
  ],
  conv1D,
  cropping1D: ({ graph, layer, inputs }) => {
    const { cropping } = optionsOf(layer) as { cropping: readonly [number, number] };
    const [before, after] = cropping;
    const ends = [before, after > 0 ? -after : 2 ** 31 - 1, 1].map(n => graph.whole([n]));
    return [graph.node("Slice", [inputs[0], ...ends], layer.name)];
  },
  dense,
  dropout: identity,
  embedding,
  flatten: ({ graph, layer, inputs }) => [graph.node("Flatten", [inputs[0]], layer.name, { axis: 1 })],
  gaussianNoise: identity,
  globalAveragePooling1D: globalPooling("ReduceMean"),
  globalMaxPooling1D: globalPooling("ReduceMax"),
  gru: recurrent,
  layerNormalization,
  lstm: recurrent,
  maximum: merging("Max"),
  maxPooling1D: pooling("MaxPool"),
  minimum: merging("Min"),
  multiHeadAttention,
  multiply: merging("Mul"),
  operation,
  permute: ({ graph, layer, inputs }) => [
    graph.node("Transpose", [inputs[0]], layer.name, { perm: [0, ...(optionsOf(layer).dims as number[])] }),
  ],
  prelu: writing => [writing.graph.node("PRelu", [writing.inputs[0], constant(writing, "alpha")], writing.layer.name)],
  repeatVector: ({ graph, layer, inputs, symbols }) => {
    const one = graph.node("Unsqueeze", [inputs[0], graph.whole([1])], `${layer.name}/step`);
    return [
      graph.node(
        "Expand",
        [one, graph.whole([1, optionsOf(layer).n as number, symbols[0].shape[0] as number])],
        layer.name,
      ),
    ];
  },
  reshape: ({ graph, layer, inputs }) => [
    graph.node("Reshape", [inputs[0], graph.whole([0, ...(optionsOf(layer).targetShape as number[])])], layer.name),
  ],
  simpleRNN: recurrent,
  spatialDropout1D: identity,
  subtract: merging("Sub"),
  tiedDense: writing => {
    const { graph, layer, inputs } = writing;
    const table = constant(writing, "embeddings", layer.tied?.());
    const kernel = graph.node("Transpose", [table], `${layer.name}/kernel`, { perm: [1, 0] });
    return [biased(writing, graph.node("MatMul", [inputs[0], kernel], layer.name))];
  },
  timeDistributed,
  zeroPadding1D: ({ graph, layer, inputs }) => {
    const [before, after] = optionsOf(layer).padding as readonly [number, number];
    return [graph.node("Pad", [inputs[0], graph.whole([0, before, 0, 0, after, 0])], layer.name)];
  },
};

/** Layers through which padding goes as other steps do, so that what lengths hide stays where it is. */
const BY_STEPS =
  /^(activation|add|average|batchNormalization|bidirectional|concatenate|dense|dropout|embedding|gaussianNoise|gru|layerNormalization|lstm|maximum|minimum|multiply|prelu|simpleRNN|spatialDropout1D|subtract|tiedDense|timeDistributed)$/;

export const writeLayer: Writer = writing => {
  const { layer, lengths } = writing;
  const { kind } = layer;
  if (!Object.hasOwn(LAYERS, kind))
    refuse(layer, `${kind} is not written as ONNX; there are ${Object.keys(LAYERS).join(", ")}`);
  if (lengths && !BY_STEPS.test(kind)) refuse(layer, `${kind} beside lengths: what is padding would count in ONNX`);
  return LAYERS[kind](writing);
};
