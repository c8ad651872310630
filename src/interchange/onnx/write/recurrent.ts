/** Recurrent layers as the operators LSTM, GRU and RNN of ONNX. */
import { type ElementwiseActivation, HARD_SLOPE } from "../../../activations.ts";
import type { Layer } from "../../../layer/layer.ts";
import type { Attribute } from "./graph.ts";
import { type Options, optionsOf, refuse, type Writer, type Writing } from "./writing.ts";

/** Alphas and betas where they are others than ONNX' own, which are used up in the order of the activations that have any. */
const ACTIVATIONS: Readonly<Record<string, Numbered>> = {
  tanh: ["Tanh"],
  sigmoid: ["Sigmoid"],
  relu: ["Relu"],
  softsign: ["Softsign"],
  softplus: ["Softplus"],
  elu: ["Elu", 1],
  leakyRelu: ["LeakyRelu", 0.2],
  hardSigmoid: ["HardSigmoid", HARD_SLOPE, 0.5],
  linear: ["Affine", 1, 0],
};

type Numbered = readonly [name: string, alpha?: number, beta?: number];

function numbered(layer: Layer, activation: ElementwiseActivation): Numbered {
  if (typeof activation === "object") return ["HardSigmoid", activation.slope ?? HARD_SLOPE, activation.offset ?? 0.5];
  return ACTIVATIONS[activation] ?? refuse(layer, `the activation ${activation} is none of ONNX' recurrent operators`);
}

function activationAttributes(layer: Layer, activations: readonly unknown[], ways: number): Record<string, Attribute> {
  const known = activations.map(activation => numbered(layer, activation as ElementwiseActivation));
  const all = ways === 2 ? [...known, ...known] : known;
  const [alphas, betas] = [1, 2].map(i => all.flatMap(each => (each[i] === undefined ? [] : [each[i] as number])));
  return {
    activations: all.map(([name]) => name),
    ...(alphas.length > 0 && { activation_alpha: { floats: alphas } }),
    ...(betas.length > 0 && { activation_beta: { floats: betas } }),
  };
}

/** Ours [K, blocks·H] as [gates·H, K]: which block each gate of ONNX is, zeros for one that is not there. */
function turned(matrix: Float32Array, order: readonly number[], H: number, K: number): Float32Array {
  const width = matrix.length / K;
  const rows = new Float32Array(order.length * H * K);
  order.forEach((block, gate) => {
    if (block < 0) return;
    for (let j = 0; j < H; j++)
      for (let k = 0; k < K; k++) rows[(gate * H + j) * K + k] = matrix[k * width + block * H + j];
  });
  return rows;
}

const joined = (parts: readonly Float32Array[]): Float32Array => {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
};

/** What predictions of the layer depend on and no operator has. */
function expectPlain(layer: Layer, options: Options): void {
  const zoneout = options.zoneout as { hidden: number; cell: number } | undefined;
  if (zoneout && (zoneout.hidden > 0 || zoneout.cell > 0))
    refuse(layer, "zoneout changes predictions too, and ONNX has none");
  if (options.stateful)
    refuse(
      layer,
      "stateful: ONNX keeps no states between batches; give them as inputs and take them as outputs, by returnState",
    );
  for (const [option, plain] of [
    ["layerNorm", false],
    ["inputGate", "plain"],
    ["cellClip", undefined],
    ["projection", undefined],
  ] as const) {
    const value = options[option];
    if (value !== undefined && value !== plain)
      refuse(layer, `${option} is ${JSON.stringify(value)}, which ONNX has not`);
  }
  if (options.peephole === "previous")
    refuse(layer, 'peephole is "previous"; the output gate of ONNX sees the new cell state, as in "gers"');
}

const KINDS: Readonly<Record<string, { op: string; gates: number }>> = {
  lstm: { op: "LSTM", gates: 4 },
  gru: { op: "GRU", gates: 3 },
  simpleRNN: { op: "RNN", gates: 1 },
};

interface Run {
  /** [T, D, N, H], [D, N, H] and [D, N, H], those that are wanted */
  made: string[];
  ways: number;
  options: Options;
  isLstm: boolean;
}

function run(writing: Writing, layer: Layer, ways: number, sides: readonly string[]): Run {
  const { graph, inputs, lengths } = writing;
  const name = writing.layer.name;
  const kind =
    KINDS[layer.kind] ?? refuse(writing.layer, `${layer.kind} is no operator of ONNX; LSTM, GRU and RNN are`);
  const options = optionsOf(layer);
  expectPlain(writing.layer, options);
  const { op, gates } = kind;
  const H = options.units as number;
  const isLstm = op === "LSTM";
  const coupled = options.coupledGates === true;
  // ONNX: i o f c, z r h; ours: i f g o or, coupled, i g o; z r h.
  const order = isLstm ? (coupled ? [0, 2, -1, 1] : [0, 3, 1, 2]) : Array.from({ length: gates }, (_, g) => g);
  const weights = (own: string) => sides.map(side => writing.weight(`${side}${own}`));
  const [kernel] = weights("kernel");
  const C = kernel.shape[0];
  const all = (own: string, make: (data: Float32Array) => Float32Array) => () =>
    joined(weights(own).map(({ data }) => make(data)));
  const rows = gates * H;
  const biasRows = (bias: Float32Array): Float32Array => {
    const width = bias.length / (options.resetAfter ? 2 : 1);
    const input = turned(bias.subarray(0, width), order, H, 1);
    // Of two biases that are added, one is the least that changes no bit.
    const own = options.resetAfter ? turned(bias.subarray(width), order, H, 1) : new Float32Array(rows).fill(-0);
    return joined([input, own]);
  };
  const state = (i: number): string => {
    const [, ...initial] = inputs;
    if (initial.length === 0) return "";
    const states = isLstm ? 2 : 1;
    const parts = Array.from({ length: ways }, (_, d) =>
      graph.node("Unsqueeze", [initial[d * states + i], graph.whole([0])], `${name}/initial`),
    );
    return ways === 1 ? parts[0] : graph.node("Concat", parts, `${name}/initial`, { axis: 0 });
  };
  const steps = graph.node("Transpose", [inputs[0]], `${name}/steps`, { perm: [1, 0, 2] });
  const given = [
    steps,
    graph.constant(
      `${name}/W`,
      [ways, rows, C],
      all("kernel", data => turned(data, order, H, C)),
    ),
    graph.constant(
      `${name}/R`,
      [ways, rows, H],
      all("recurrentKernel", data => turned(data, order, H, H)),
    ),
    writing.has(`${sides[0]}bias`) ? graph.constant(`${name}/B`, [ways, 2 * rows], all("bias", biasRows)) : "",
    lengths ?? "",
    state(0),
    isLstm ? state(1) : "",
    options.peephole
      ? graph.constant(
          `${name}/P`,
          [ways, 3 * H],
          all("peephole", data => turned(data, coupled ? [0, 1, -1] : [0, 2, 1], H, 1)),
        )
      : "",
  ];
  while (given[given.length - 1] === "") given.pop();
  const activations = isLstm
    ? [options.recurrentActivation, options.activation, options.cellActivation ?? options.activation]
    : op === "GRU"
      ? [options.recurrentActivation, options.activation]
      : [options.activation];
  const reverse = options.goBackwards === true;
  const attributes: Record<string, Attribute> = {
    hidden_size: H,
    direction: ways === 2 ? "bidirectional" : reverse ? "reverse" : "forward",
    ...activationAttributes(writing.layer, activations, ways),
    ...(op === "GRU" && { linear_before_reset: Number(options.resetAfter) }),
    ...(coupled && { input_forget: 1 }),
    ...(options.clip !== undefined && { clip: { float: options.clip as number } }),
  };
  const sequences = options.returnSequences === true;
  const states = options.returnState === true;
  const made = graph.nodes(op, given, attributes, [sequences, !sequences || states, ...(isLstm ? [states] : [])], name);
  return { made, ways, options, isLstm };
}

/** The states [N, H] of each direction, in its order. */
function statesOf({ graph, layer }: Writing, { made, ways, options, isLstm }: Run): string[] {
  if (options.returnState !== true) return [];
  const last = isLstm ? [made[1], made[2]] : [made[1]];
  return Array.from({ length: ways }, (_, d) =>
    last.map(each => graph.node("Gather", [each, graph.whole(d)], `${layer.name}/state`, { axis: 0 })),
  ).flat();
}

export const recurrent: Writer = writing => {
  const { graph, layer } = writing;
  const done = run(writing, layer, 1, [""]);
  const { made, options } = done;
  const name = `${layer.name}/output`;
  if (!options.returnSequences)
    return [graph.node("Squeeze", [made[1], graph.whole([0])], name), ...statesOf(writing, done)];
  const steps = graph.node("Squeeze", [made[0], graph.whole([1])], name);
  const ordered = graph.node("Transpose", [steps], name, { perm: [1, 0, 2] });
  // Ours come in the order in which they were made.
  const output = options.goBackwards ? reversed(writing, ordered) : ordered;
  return [output, ...statesOf(writing, done)];
};

export function reversed({ graph, layer }: Writing, x: string): string {
  const ends = [-1, -(2 ** 31), 1, -1].map(n => graph.whole([n]));
  return graph.node("Slice", [x, ...ends], `${layer.name}/reversed`);
}

const MERGES: Readonly<Record<string, string>> = { sum: "Add", mul: "Mul", ave: "Add" };

export const bidirectional: Writer = writing => {
  const { graph, layer } = writing;
  const { layer: inner, mergeMode } = optionsOf(layer) as { layer: Layer; mergeMode: string | null };
  if (optionsOf(inner).goBackwards) refuse(layer, "its forward layer has goBackwards; ONNX runs forward first");
  const done = run(writing, inner, 2, ["forward/", "backward/"]);
  const { made, options } = done;
  const H = options.units as number;
  const name = `${layer.name}/output`;
  const sequences = options.returnSequences === true;
  const states = statesOf(writing, done);
  if (mergeMode === "concat") {
    const batchFirst = graph.node("Transpose", [made[sequences ? 0 : 1]], name, {
      perm: sequences ? [2, 0, 1, 3] : [1, 0, 2],
    });
    const shape = graph.whole(sequences ? [0, 0, 2 * H] : [0, 2 * H]);
    return [graph.node("Reshape", [batchFirst, shape], name), ...states];
  }
  const both = [0, 1].map(d => {
    const one = graph.node("Gather", [made[sequences ? 0 : 1], graph.whole(d)], name, { axis: sequences ? 1 : 0 });
    return sequences ? graph.node("Transpose", [one], name, { perm: [1, 0, 2] }) : one;
  });
  if (mergeMode === null) return [...both, ...states];
  const merged = graph.node(MERGES[mergeMode] ?? refuse(layer, `mergeMode is ${mergeMode}`), both, name);
  return [mergeMode === "ave" ? graph.node("Mul", [merged, graph.number(0.5)], name) : merged, ...states];
};
