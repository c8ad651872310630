/** Models of all that is written as ONNX, with what they are asked: for this package, for ONNX Runtime and for Python. */
import { input, layers, type Model, model, type NDArray, ndarray, ops, sequential } from "../../../src/index.ts";
import { numbers, scramble } from "../../helpers/models.ts";

const { activation, bidirectional, dense, embedding, gru, lstm, simpleRNN } = layers;
const [N, T, C] = [3, 5, 4];
const inputShape = [null, C];

export interface Written {
  name: string;
  net: Model;
  x: NDArray[];
  lengths?: number[];
}

const sequence = () => numbers([N, T, C]);
const ids = ndarray(
  Int32Array.from({ length: N * T }, (_, i) => (7 * i) % 9),
  [N, T],
);
/** With padding at the end, of id 0. */
const padded = ndarray(Int32Array.of(1, 2, 3, 4, 5, 6, 7, 0, 0, 0, 8, 1, 2, 0, 0), [N, T]);

const CELLS: [string, (options: object) => ReturnType<typeof lstm>][] = [
  ["lstm", options => lstm({ units: 3, ...options })],
  ["lstm no bias", options => lstm({ units: 3, useBias: false, ...options })],
  ["lstm peephole", options => lstm({ units: 3, peephole: "gers", ...options })],
  ["lstm coupled", options => lstm({ units: 3, coupledGates: true, ...options })],
  ["lstm coupled peephole", options => lstm({ units: 3, coupledGates: true, peephole: "gers", ...options })],
  ["lstm clip", options => lstm({ units: 3, clip: 0.4, ...options })],
  ["lstm relu", options => lstm({ units: 3, activation: "relu", recurrentActivation: "hardSigmoid", ...options })],
  [
    "lstm three",
    options =>
      lstm({
        units: 3,
        activation: "softsign",
        cellActivation: "tanh",
        recurrentActivation: { name: "hardSigmoid", slope: 0.2 },
        ...options,
      }),
  ],
  ["gru", options => gru({ units: 3, ...options }) as never],
  ["gru before", options => gru({ units: 3, resetAfter: false, ...options }) as never],
  ["gru clip", options => gru({ units: 3, clip: 0.4, activation: "leakyRelu", ...options }) as never],
  ["rnn", options => simpleRNN({ units: 3, ...options }) as never],
  ["rnn linear", options => simpleRNN({ units: 3, activation: "linear", clip: 0.5, ...options }) as never],
  ["rnn elu", options => simpleRNN({ units: 3, activation: "elu", ...options }) as never],
];

const FORMS: [string, object][] = [
  ["last", {}],
  ["steps", { returnSequences: true }],
  ["back", { goBackwards: true }],
  ["steps back", { goBackwards: true, returnSequences: true }],
  ["states", { returnSequences: true, returnState: true }],
];

function chain(
  name: string,
  list: Parameters<typeof sequential>[0],
  x: NDArray = sequence(),
  lengths?: number[],
): Written {
  return { name, net: sequential(list as never, { seed: 4 }), x: [x], ...(lengths && { lengths }) };
}

/** Functional: encoder and decoder, states handed on, a gate, a skip connection. */
function functional(both: boolean): Written {
  const [x, y] = [input({ shape: [null, C] }), input({ shape: [null, 2] })];
  const wrap = (options: object) =>
    both ? bidirectional({ layer: lstm({ units: 3, ...options }) }) : lstm({ units: 3, ...options });
  const [, ...states] = wrap({ returnState: true }).applyAll(x);
  const decoded = wrap({ returnSequences: true }).apply([y, ...states]);
  const gate = dense({ units: both ? 6 : 3, activation: "sigmoid" }).apply(y);
  const z = ops.add(ops.multiply(gate, decoded), ops.scale(ops.tanh(decoded), 0.5));
  const outputs = [dense({ units: 2, activation: "softmax" }).apply(z), ...states];
  return {
    name: `functional${both ? " both" : ""}`,
    net: model({ inputs: [x, y], outputs, seed: 3 }),
    x: [sequence(), numbers([N, 4, 2], 5)],
  };
}

/** Every op that is written. */
function everyOp(): Written {
  const x = input({ shape: [T, C] });
  const h = gru({ units: C, returnSequences: true }).apply(x);
  const size = ops.sqrt(ops.add(ops.square(x), ops.abs(h)));
  const logs = ops.logSoftmax(ops.log(ops.add(size, 1)));
  const some = ops.gather(ops.maximum(x, ops.minimum(h, 0.3)), [3, 0, 0, 1]);
  const pairs = ops.stack([logs, some], 2);
  const one = ops.slice(ops.transpose(pairs, [0, 1, 3, 2]), 1, 3, 2);
  const parts = ops.max(one, { axis: 2, keepdims: true });
  const all = ops.add(ops.sum(pairs, { axis: 2 }), ops.scale(ops.reverse(some), 0.5));
  const flat = ops.mean(ops.reshape(parts, [-1, T, 1, 2]), { axis: [2, 3] });
  const more = ops.subtract(
    ops.stopGradient(some),
    ops.divide(all, ops.add(2, ops.exp(ops.concat([ops.slice(h, 0, 2), ops.slice(x, 1, 3)])))),
  );
  const acts = [
    ops.sigmoid,
    ops.tanh,
    ops.relu,
    ops.elu,
    ops.selu,
    ops.softplus,
    ops.softsign,
    ops.hardSigmoid,
    ops.leakyRelu,
    ops.softmax,
    ops.erf,
    x => ops.where(ops.greater(x, 0.1), ops.scale(x, 2), 0.3),
    x => ops.where(ops.greater(h, x), x, h),
  ] as ((x: typeof h) => typeof h)[];
  const activated = acts.reduce((sum, act, i) => ops.add(sum, ops.scale(act(more), 0.1 * (i + 1))), more);
  const stepped = ops.matmul(ops.transpose(activated, [0, 2, 1]), h);
  return {
    name: "every op",
    net: model({ inputs: x, outputs: [activated, ops.gather(stepped, [-1], 1), flat], seed: 2 }),
    x: [sequence()],
  };
}

/** Every layer that makes one tensor of several, of one shape or by axes of size 1. */
function merged(): Written {
  const x = input({ shape: [null, C] });
  const h = gru({ units: C, returnSequences: true }).apply(x);
  const [row, column] = [dense({ units: 1 }).apply(h), layers.globalMaxPooling1D({ keepdims: true }).apply(h)];
  const made = [
    layers.add().apply([x, h, row]),
    layers.subtract().apply([h, row]),
    layers.multiply().apply([h, column]),
    layers.average().apply([x, h, h]),
    layers.maximum().apply([x, h]),
    layers.minimum().apply([x, h]),
  ];
  const steps = layers
    .concatenate({ axis: 1 })
    .apply([column, layers.globalAveragePooling1D({ keepdims: true }).apply(x)]);
  const outputs = [layers.concatenate().apply(made), steps];
  return { name: "merged", net: model({ inputs: x, outputs, seed: 6 }), x: [sequence()] };
}

/** Attention, of which the file has parts, a table that is shared, parts of normalization: read again, layers are others. */
export function attending(): Written[] {
  const kinds = [
    layers.attention(),
    layers.attention({ useScale: true, returnAttentionScores: true }),
    layers.attention({ useScale: true, scoreMode: "concat" }),
    layers.additiveAttention(),
    layers.additiveAttention({ useScale: false, returnAttentionScores: true }),
    layers.multiHeadAttention({ numHeads: 2, keyDim: 3 }),
    layers.multiHeadAttention({ numHeads: 3, keyDim: 2, valueDim: 5, outputShape: 6, useBias: false }),
    layers.multiHeadAttention({ numHeads: 2, keyDim: 3, returnAttentionScores: true }),
    layers.attention({ useCausalMask: true }),
    layers.multiHeadAttention({ numHeads: 2, keyDim: 3, useCausalMask: true }),
    layers.additiveAttention({ useCausalMask: true }),
    layers.attention({ useCausalMask: true, useScale: true, scoreMode: "concat", returnAttentionScores: true }),
  ];
  const all = kinds.map((layer, i): Written => {
    const [x, y] = [input({ shape: [null, C] }), input({ shape: [4, C] })];
    const own = lstm({ units: C, returnSequences: true }).apply(x);
    const keys = i % 2 === 0 ? [y] : [y, ops.multiply(y, 0.5)];
    const outputs = layer.applyAll([own, ...keys]);
    const asked = [sequence(), numbers([N, 4, C])];
    return { name: `${layer.kind} ${i}`, net: model({ inputs: [x, y], outputs, seed: 5 }), x: asked };
  });
  const self = [
    layers.attention({ useCausalMask: true }),
    layers.multiHeadAttention({ numHeads: 3, keyDim: 2, useCausalMask: true, returnAttentionScores: true }),
  ];
  for (const layer of self) {
    const x = input({ shape: [null, C] });
    const own = gru({ units: C, returnSequences: true }).apply(x);
    all.push({
      name: `${layer.kind} of itself`,
      net: model({ inputs: x, outputs: layer.applyAll([own, own]) }),
      x: [sequence()],
    });
  }
  for (const options of [{ useBias: false }, { activation: "softmax" }] as const) {
    const words = embedding({ inputDim: "activation" in options ? 9 : 11, outputDim: 3, inputShape: [null] });
    const tied = layers.tiedDense({ tiedTo: words, ...options });
    all.push(
      chain(`tiedDense ${JSON.stringify(options)}`, [words, gru({ units: 3, returnSequences: true }), tied], ids),
    );
  }
  // ONNX has all of their weights: 0 and 1 where there are none here.
  all.push(
    chain("parts of normalization", [
      layers.batchNormalization({ center: false, momentum: 0.9, inputShape }),
      gru({ units: 3, returnSequences: true }),
      layers.layerNormalization({ scale: false }),
      layers.batchNormalization({ scale: false }),
      layers.layerNormalization({ center: false, scale: false }),
    ]),
  );
  for (const { net } of all) settle(net);
  return all;
}

/** Random weights; variances are above 0. */
function settle(net: Model): void {
  scramble(net);
  const { specs } = net.network.plan;
  const positive = (data: ArrayLike<number>) => Float32Array.from(data, value => Math.abs(value) + 0.5);
  net.setWeights(
    net
      .getWeights()
      .map((weight, i) =>
        specs[i].name === "movingVariance" ? { shape: [...weight.shape], data: positive(weight.data) } : weight,
      ),
  );
}

export function written(): Written[] {
  const all: Written[] = CELLS.flatMap(([cell, make]) => [
    ...FORMS.map(([form, options]) => chain(`${cell}, ${form}`, [make({ ...options, inputShape })])),
    ...["concat", "sum", "mul", "ave", null].map((mergeMode, i) =>
      chain(`${cell}, both, ${mergeMode}`, [
        bidirectional({
          layer: make({ returnSequences: i % 2 === 0, returnState: i > 2 }),
          mergeMode: mergeMode as "sum",
          inputShape,
        }),
      ]),
    ),
    chain(`${cell}, lengths`, [make({ returnSequences: true, inputShape }), make({})], undefined, [5, 2, 1]),
  ]);
  const dropouts = [
    layers.dropout({ rate: 0.2 }),
    layers.spatialDropout1D({ rate: 0.2 }),
    layers.gaussianNoise({ stddev: 0.1 }),
  ];
  all.push(
    chain(
      "tagger",
      [
        embedding({ inputDim: 9, outputDim: 4, inputShape: [null] }),
        bidirectional({ layer: lstm({ units: 3, returnSequences: true }) }),
        dense({ units: 3, activation: "softmax" }),
      ],
      ids,
    ),
    chain(
      "tagger of padded ids",
      [
        embedding({ inputDim: 9, outputDim: 4, maskZero: true, inputShape: [null] }),
        bidirectional({ layer: gru({ units: 3 }) }),
        dense({ units: 3 }),
      ],
      padded,
      [5, 2, 3],
    ),
    chain("convolution", [
      layers.conv1D({ filters: 5, kernelSize: 3, padding: "causal", activation: "relu", inputShape }),
      layers.batchNormalization(),
      layers.conv1D({ filters: 4, kernelSize: 2, dilationRate: 2, padding: "same" }),
      lstm({ units: 3 }),
      layers.batchNormalization({ epsilon: 1e-5 }),
      dense({ units: 2, useBias: false }),
    ]),
    chain("pooling", [
      layers.maxPooling1D({ poolSize: 3, strides: 1, padding: "same", inputShape }),
      layers.averagePooling1D({ poolSize: 2, strides: 1, padding: "same" }),
      layers.conv1D({ filters: 5, kernelSize: 4, strides: 2, padding: "same" }),
      layers.maxPooling1D({ poolSize: 2, strides: 1 }),
      gru({ units: 3, returnSequences: true }),
      layers.averagePooling1D({ poolSize: 2, padding: "same" }),
      layers.globalMaxPooling1D({ keepdims: true }),
    ]),
    chain("padded", [
      layers.zeroPadding1D({ padding: [2, 1], inputShape }),
      gru({ units: 3, returnSequences: true }),
      layers.cropping1D({ cropping: [1, 0] }),
    ]),
    chain("strides", [
      layers.conv1D({ filters: 5, kernelSize: 3, strides: 2, useBias: false, inputShape: [T, C] }),
      layers.globalMaxPooling1D(),
      dense({ units: 2, activation: { name: "hardSigmoid", slope: 0.3, offset: 0.4 } }),
    ]),
    chain("normalized", [
      lstm({ units: 3, returnSequences: true, inputShape }),
      layers.layerNormalization(),
      ...dropouts,
      layers.timeDistributed({ layer: dense({ units: 2, activation: "selu" }) }),
      layers.globalAveragePooling1D({ keepdims: true }),
    ]),
    chain("shapes", [
      layers.permute({ dims: [2, 1], inputShape: [T, C] }),
      layers.reshape({ targetShape: [-1, 2] }),
      gru({ units: 3, returnSequences: true }),
      layers.cropping1D({ cropping: [1, 2] }),
      layers.flatten(),
      activation({ activation: "softsign" }),
      layers.repeatVector({ n: 4 }),
      lstm({ units: 2 }),
    ]),
    ...[
      ...(["silu", "gelu", "mish", "hardSilu", "relu6", "celu", "logSigmoid", "logSoftmax"] as const),
      { name: "gelu", approximate: true } as const,
      { name: "elu", alpha: 0.3 } as const,
      { name: "celu", alpha: 0.7 } as const,
      { name: "leakyRelu", negativeSlope: 0.1 } as const,
    ].map(each =>
      chain(`activation ${JSON.stringify(each)}`, [
        lstm({ units: 3, returnSequences: true, inputShape }),
        dense({ units: 5, activation: each }),
        activation({ activation: each }),
        layers.conv1D({ filters: 4, kernelSize: 2, activation: each }),
      ]),
    ),
    chain("prelu", [
      lstm({ units: 3, returnSequences: true, inputShape }),
      layers.prelu({ sharedAxes: [1] }),
      lstm({ units: 3 }),
      layers.prelu(),
    ]),
    chain("other options", [
      layers.zeroPadding1D({ padding: [0, 2], inputShape }),
      layers.conv1D({ filters: 4, kernelSize: 2, activation: "exponential" }),
      layers.maxPooling1D({ poolSize: 2, strides: 2 }),
      layers.averagePooling1D({ poolSize: 3, strides: 1 }),
      layers.layerNormalization({ center: false, epsilon: 1e-5 }),
      layers.batchNormalization({ trainable: false }),
      layers.timeDistributed({ layer: layers.layerNormalization() }),
      gru({ units: 2, useBias: false, recurrentActivation: "hardSigmoid", returnSequences: true }),
      layers.timeDistributed({ layer: activation({ activation: "hardSilu" }) }),
      layers.timeDistributed({ layer: layers.dropout({ rate: 0.1 }) }),
      simpleRNN({ units: 2, useBias: false, returnSequences: true }),
      layers.globalAveragePooling1D(),
      layers.repeatVector({ n: 6 }),
      layers.permute({ dims: [1, 2] }),
      layers.reshape({ targetShape: [4, 3] }),
    ]),
    chain(
      "zeros where lengths hide",
      [simpleRNN, gru, lstm].map((make, i) =>
        (make as typeof lstm)({
          units: 3,
          returnSequences: true,
          zeroOutputForMask: true,
          ...(i === 0 && { inputShape }),
        }),
      ),
      undefined,
      [5, 2, 1],
    ),
    merged(),
    functional(false),
    functional(true),
    everyOp(),
  );
  for (const { net } of all) settle(net);
  return all;
}
