/** Which module of PyTorch's a layer is, and how the parameters of the two follow from each other. */
import type { NamedSpec } from "../../graph/plan.ts";
import type { Layer } from "../../layer/layer.ts";

/** A parameter of the module: its shape there. */
export interface Parameter {
  name: string;
  shape: readonly number[];
}

/** Numbers by name. */
export type Numbers = ReadonlyMap<string, Float32Array>;

export interface Counterpart {
  /** "nn.LSTM" */
  module: string;
  /** Whether it is one layer of a stack, whose parameters are numbered */
  stacked: boolean;
  parameters: Parameter[];
  /** The layer's weights, by their names in the layer, of the module's parameters */
  read(of: Numbers): Map<string, Float32Array>;
  /** The module's parameters of the layer's weights */
  write(of: Numbers): Map<string, Float32Array>;
}

/** [rows, columns] as [columns, rows]. */
export function transposed(matrix: Float32Array, rows: number): Float32Array {
  const columns = matrix.length / rows;
  const turned = new Float32Array(matrix.length);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) turned[j * rows + i] = matrix[i * columns + j];
  return turned;
}

/** Rows in blocks, of which the first two change places: PyTorch's gates r z n and Keras' z r h. */
function swapped(rows: Float32Array, gates: number): Float32Array {
  if (gates !== 3) return rows;
  const block = rows.length / 3;
  const result = rows.slice();
  result.copyWithin(0, block, 2 * block);
  result.set(rows.subarray(0, block), block);
  return result;
}

interface Kind {
  module: string;
  gates: number;
  /** Options that the module has no other value for */
  fixed: Readonly<Record<string, readonly unknown[]>>;
}

const RECURRENT: Readonly<Record<string, Kind>> = {
  lstm: {
    module: "nn.LSTM",
    gates: 4,
    fixed: {
      activation: ["tanh"],
      recurrentActivation: ["sigmoid"],
      cellActivation: [undefined, "tanh"],
      inputGate: ["plain"],
      coupledGates: [false],
      layerNorm: [false],
      peephole: [undefined],
      cellClip: [undefined],
      clip: [undefined],
    },
  },
  gru: {
    module: "nn.GRU",
    gates: 3,
    fixed: {
      activation: ["tanh"],
      recurrentActivation: ["sigmoid"],
      resetAfter: [true],
      layerNorm: [false],
      clip: [undefined],
    },
  },
  simpleRNN: { module: "nn.RNN", gates: 1, fixed: { activation: ["tanh", "relu"], clip: [undefined] } },
};

type Options = Readonly<Record<string, unknown>>;
const optionsOf = (layer: Layer): Options => layer.options as unknown as Options;

function refuse(layer: Layer, module: string, option: string, value: unknown, wanted: unknown): never {
  throw new RangeError(
    `layer "${layer.name}": ${option} is ${JSON.stringify(value)}, and ${module} has ${wanted === undefined ? "no such thing" : `${JSON.stringify(wanted)} alone`}; ` +
      "its weights would mean something else",
  );
}

/** The counterpart of one direction; names of weights begin with `side`, names of parameters end with `end`. */
function ofDirection(
  layer: Layer,
  options: Options,
  kind: Kind,
  shapes: Map<string, readonly number[]>,
  side: string,
  end: string,
): Counterpart {
  const { module, gates, fixed } = kind;
  for (const [option, values] of Object.entries(fixed)) {
    if (!values.includes(options[option])) refuse(layer, module, option, options[option], values[0]);
  }
  const zoneout = options.zoneout as { hidden: number; cell: number } | undefined;
  if (zoneout && (zoneout.hidden > 0 || zoneout.cell > 0)) refuse(layer, module, "zoneout", zoneout, undefined);
  const shape = (name: string) => shapes.get(side + name) as readonly number[];
  const [C, G] = shape("kernel");
  const F = shape("recurrentKernel")[0];
  const projection = shapes.has(`${side}projectionKernel`);
  const bias = shapes.has(`${side}bias`);
  const parameters: Parameter[] = [
    { name: `weight_ih${end}`, shape: [G, C] },
    { name: `weight_hh${end}`, shape: [G, F] },
    ...(bias
      ? [
          { name: `bias_ih${end}`, shape: [G] },
          { name: `bias_hh${end}`, shape: [G] },
        ]
      : []),
    ...(projection ? [{ name: `weight_hr${end}`, shape: [F, G / gates] }] : []),
  ];
  return {
    module,
    stacked: true,
    parameters,
    read(of) {
      const get = (name: string) => swapped(of.get(name + end) as Float32Array, gates);
      const weights = new Map([
        [`${side}kernel`, transposed(get("weight_ih"), G)],
        [`${side}recurrentKernel`, transposed(get("weight_hh"), G)],
      ]);
      if (bias) {
        const [input, hidden] = [get("bias_ih"), get("bias_hh")];
        const both = gates === 3 ? Float32Array.of(...input, ...hidden) : input.map((b, i) => b + hidden[i]);
        weights.set(`${side}bias`, both);
      }
      if (projection) weights.set(`${side}projectionKernel`, transposed(of.get(`weight_hr${end}`) as Float32Array, F));
      return weights;
    },
    write(of) {
      const get = (name: string) => of.get(side + name) as Float32Array;
      const made = new Map([
        [`weight_ih${end}`, swapped(transposed(get("kernel"), C), gates)],
        [`weight_hh${end}`, swapped(transposed(get("recurrentKernel"), F), gates)],
      ]);
      if (bias) {
        const both = get("bias");
        made.set(`bias_ih${end}`, swapped(both.slice(0, G), gates));
        made.set(`bias_hh${end}`, gates === 3 ? swapped(both.slice(G), gates) : new Float32Array(G));
      }
      if (projection) made.set(`weight_hr${end}`, transposed(get("projectionKernel"), G / gates));
      return made;
    },
  };
}

function bothDirections(ahead: Counterpart, back: Counterpart): Counterpart {
  const join = (make: (part: Counterpart) => Map<string, Float32Array>) => new Map([...make(ahead), ...make(back)]);
  return {
    ...ahead,
    parameters: [...ahead.parameters, ...back.parameters],
    read: of => join(part => part.read(of)),
    write: of => join(part => part.write(of)),
  };
}

/** A module whose parameters are ours under other names, matrices and kernels turned. */
function renamed(
  module: string,
  shapes: Map<string, readonly number[]>,
  names: Readonly<Record<string, string>>,
): Counterpart {
  // [a, b] and [k, in, out] have their axes the other way round there; an embedding and vectors do not.
  const turns = (name: string) => name === "kernel";
  const turn = (data: Float32Array, shape: readonly number[]): Float32Array => {
    if (shape.length === 2) return transposed(data, shape[0]);
    const [a, b, c] = shape;
    return data.map((_, i) => data[((i % a) * b + (Math.floor(i / a) % b)) * c + Math.floor(i / (a * b))]);
  };
  const ours = Object.keys(names).filter(name => shapes.has(name));
  const shapeOf = (name: string) => shapes.get(name) as readonly number[];
  const thereOf = (name: string) => (turns(name) ? [...shapeOf(name)].reverse() : shapeOf(name));
  return {
    module,
    stacked: false,
    parameters: ours.map(name => ({ name: names[name], shape: thereOf(name) })),
    read: of =>
      new Map(
        ours.map(name => {
          const data = of.get(names[name]) as Float32Array;
          return [name, turns(name) ? turn(data, thereOf(name)) : data];
        }),
      ),
    write: of =>
      new Map(
        ours.map(name => {
          const data = of.get(name) as Float32Array;
          return [names[name], turns(name) ? turn(data, shapeOf(name)) : data];
        }),
      ),
  };
}

const RENAMED: Readonly<Record<string, readonly [string, Readonly<Record<string, string>>]>> = {
  dense: ["nn.Linear", { kernel: "weight", bias: "bias" }],
  embedding: ["nn.Embedding", { embeddings: "weight" }],
  layerNormalization: ["nn.LayerNorm", { gamma: "weight", beta: "bias" }],
  batchNormalization: [
    "nn.BatchNorm1d",
    { gamma: "weight", beta: "bias", movingMean: "running_mean", movingVariance: "running_var" },
  ],
  conv1D: ["nn.Conv1d", { kernel: "weight", bias: "bias" }],
};

/**
 * @param specs the layer's weights
 * @throws RangeError for a layer, or an option, that no module has
 */
export function counterpartOf(layer: Layer, specs: readonly NamedSpec[]): Counterpart {
  const shapes = new Map(specs.map(({ name, shape }) => [name, shape]));
  let { kind } = layer;
  let options = optionsOf(layer);
  for (let inner = layer; inner.kind === "timeDistributed"; ) {
    inner = (inner.options as { layer: Layer }).layer;
    kind = inner.kind;
    options = optionsOf(inner);
  }
  const inner = kind === "bidirectional" ? (options.layer as Layer) : undefined;
  const cell = RECURRENT[inner?.kind ?? kind];
  if (cell) {
    const side = (name: string, end: string) =>
      ofDirection(layer, inner ? optionsOf(inner) : options, cell, shapes, name, end);
    return inner ? bothDirections(side("forward/", ""), side("backward/", "_reverse")) : side("", "");
  }
  if (Object.hasOwn(RENAMED, kind)) return renamed(RENAMED[kind][0], shapes, RENAMED[kind][1]);
  throw new RangeError(
    `layer "${layer.name}": ${kind} has no counterpart in PyTorch; give names for the layers that have, and set the weights ` +
      "of this one with setWeights",
  );
}
