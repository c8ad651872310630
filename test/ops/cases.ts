/** All ops with the shapes and options in which they are tested, and the reference of each. */
import { ndarray, sizeOf } from "../../src/ndarray.ts";
import { activation } from "../../src/ops/activation.ts";
import { concatOp } from "../../src/ops/concat.ts";
import { dropout } from "../../src/ops/dropout.ts";
import { embedding } from "../../src/ops/embedding.ts";
import { linear } from "../../src/ops/linear.ts";
import { linearTransposed } from "../../src/ops/linearTransposed.ts";
import { run } from "../../src/ops/op.ts";
import { reverseTime } from "../../src/ops/reverseTime.ts";
import { Packed } from "../../src/packed.ts";
import { lstmCell } from "../../src/recurrent/lstm.ts";
import { recurrent } from "../../src/recurrent/run/overSequences.ts";
import { uniformPackedSize } from "../../src/recurrent/run/weights.ts";
import type { Tolerance } from "../helpers/compare.ts";
import { type Forward, type NDArrays, ops } from "../helpers/gradients.ts";
import {
  activationReference,
  denseReference,
  dropoutReference,
  embeddingReference,
  lstmReference,
} from "../helpers/references.ts";
import type { Reference } from "../reference/reference.ts";
import { attentionCases } from "./attentionCases.ts";
import { cellCases } from "./cellCases.ts";
import { hiddenCases } from "./hiddenCases.ts";
import { lookedUp } from "./lookedUp.ts";
import { lstmVariantCases } from "./lstmVariantCases.ts";
import { modernCases } from "./modernCases.ts";
import { moreActivationCases } from "./moreActivationCases.ts";
import { regularizedCases } from "./regularizedCases.ts";
import { tensorCases } from "./tensorCases.ts";
import { windowCases } from "./windowCases.ts";

export interface Op {
  /** Shapes of the float inputs by name. */
  shapes: Readonly<Record<string, readonly number[]>>;
  ids?: NDArrays;
  forward: Forward;
  reference: Reference;
  /** Step of the finite differences, where outputs curve strongly. */
  h?: number;
  /** As for expectReference. */
  untaped?: Tolerance;
  /** What is added to the random numbers of an input, by index. */
  shift?: Readonly<Record<string, (i: number) => number>>;
}

export const linearOp: Forward = (context, { x, kernel, bias }) => {
  const [C, units] = kernel.shape;
  const packed = new Packed(context.memory.allocate(context.kernels.packedSize(C, units)));
  return [linear(context, x, kernel, bias, packed)];
};

/** A dense layer whose kernel is a table [V, C], transposed. */
function transposedCase(leading: readonly number[], V: number, C: number, withBias: boolean): [string, Op] {
  const sizes = { rows: sizeOf(leading), C, units: V };
  const flipped = (data: ArrayLike<number>, columns: number) => {
    const rows = data.length / columns;
    return Float64Array.from(data, (_, i) => data[(i % rows) * columns + Math.floor(i / rows)]);
  };
  return [
    `linear, transposed, ${[...leading, C]} to ${V}${withBias ? "" : ", without bias"}`,
    {
      shapes: { x: [...leading, C], table: [V, C], ...(withBias ? { bias: [V] } : {}) },
      forward: (context, { x, table, bias }) => {
        const packed = new Packed(context.memory.allocate(context.kernels.packedSize(C, V)));
        return [linearTransposed(context, x, table, bias, packed)];
      },
      reference({ table, ...v }) {
        const { outputs, gradients } = denseReference(sizes, "linear")({ ...v, kernel: flipped(table, C) });
        return {
          outputs,
          gradients(outer) {
            const { kernel, ...d } = gradients(outer);
            return { ...d, table: flipped(kernel ?? [], V) };
          },
        };
      },
    },
  ];
}

interface LstmCaseOptions {
  returnSequences: boolean;
  goBackwards: boolean;
  /** [N, T] */
  mask?: readonly number[];
  zeroOutputForMask?: boolean;
}

const lstmOp =
  ({ mask, ...options }: LstmCaseOptions): Forward =>
  (context, { x, kernel, recurrentKernel, bias, h, c }) => {
    if (mask) x.mask = context.tensorFrom(Int32Array.from(mask), x.shape.slice(0, 2));
    const size = uniformPackedSize(x.shape[2], recurrentKernel.shape[0], 4);
    const weights = { kernel, recurrentKernel, bias, packed: new Packed(context.memory.allocate(size)) };
    const cell = lstmCell(weights, { activation: "tanh", recurrentActivation: "sigmoid" });
    const { output, states } = recurrent(context, x, cell, options, h && [h, c]);
    return [output, ...states];
  };

/** The reference of an op that only moves numbers: output element i is input element from(i). */
function movingReference(shapes: Op["shapes"], from: (i: number) => [name: string, index: number]): Reference {
  const size = Object.values(shapes).reduce((sum, shape) => sum + sizeOf(shape), 0);
  return values => ({
    outputs: [Float64Array.from({ length: size }, (_, i) => values[from(i)[0]][from(i)[1]])],
    gradients([outer = []]) {
      const gradients = Object.fromEntries(
        Object.entries(shapes).map(([name, shape]) => [name, new Float64Array(sizeOf(shape))]),
      );
      for (let i = 0; i < size; i++) gradients[from(i)[0]][from(i)[1]] += outer[i];
      return gradients;
    },
  });
}

const lstmShapes = ({ N, T, C, H }: { N: number; T: number; C: number; H: number }) => ({
  x: [N, T, C],
  kernel: [C, 4 * H],
  recurrentKernel: [H, 4 * H],
  bias: [4 * H],
  h: [N, H],
  c: [N, H],
});

function lstmCase(sizes: Parameters<typeof lstmShapes>[0], options: Parameters<typeof lstmOp>[0]): Op {
  return { shapes: lstmShapes(sizes), forward: lstmOp(options), reference: lstmReference(sizes, options) };
}

function maskOf(rate: number, N: number, T: number, C: number, sharedOverTime: boolean): Float32Array {
  const x = ndarray(new Float32Array(N * T * C).fill(1), [N, T, C]);
  const forward: Forward = (context, tensors) => [dropout(context, tensors.x, rate, 7, sharedOverTime)];
  const [y] = ops(forward, { training: true, seed: 1 }).forward({ x });
  if (!sharedOverTime) return y;
  return Float32Array.from({ length: N * C }, (_, i) => y[Math.floor(i / C) * T * C + (i % C)]);
}

const reverse = { N: 2, T: 3, C: 5 };

/** An op with each of its forms, by name. */
export const cases: [string, Op][] = [
  [
    "linear, 2-D",
    {
      shapes: { x: [3, 5], kernel: [5, 7], bias: [7] },
      forward: linearOp,
      reference: denseReference({ rows: 3, C: 5, units: 7 }, "linear"),
    },
  ],
  [
    "linear, 3-D, whole vectors",
    {
      shapes: { x: [2, 3, 4], kernel: [4, 8], bias: [8] },
      forward: linearOp,
      reference: denseReference({ rows: 6, C: 4, units: 8 }, "linear"),
    },
  ],
  [
    "linear, without bias",
    {
      shapes: { x: [9, 1], kernel: [1, 1] },
      forward: linearOp,
      reference: denseReference({ rows: 9, C: 1, units: 1 }, "linear"),
    },
  ],
  transposedCase([3], 7, 5, true),
  transposedCase([2, 3], 8, 4, false),
  transposedCase([9], 1, 3, true),
  transposedCase([4], 6, 1, true),
  [
    "linear, the same kernel twice",
    {
      shapes: { x: [3, 5], kernel: [5, 5] },
      forward: (context, tensors) => linearOp(context, { ...tensors, x: linearOp(context, tensors)[0] }),
      reference({ x, kernel }) {
        const once = denseReference({ rows: 3, C: 5, units: 5 }, "linear");
        const first = once({ x, kernel });
        const second = once({ x: first.outputs[0], kernel });
        return {
          outputs: second.outputs,
          gradients(outer) {
            const after = second.gradients(outer);
            const before = first.gradients([after.x ?? undefined]);
            return { x: before.x, kernel: before.kernel?.map((d, i) => d + (after.kernel?.[i] ?? 0)) ?? null };
          },
        };
      },
    },
  ],
  ["lstm", lstmCase({ N: 3, T: 4, C: 3, H: 5 }, { returnSequences: false, goBackwards: false })],
  ["lstm, sequences", lstmCase({ N: 2, T: 3, C: 5, H: 4 }, { returnSequences: true, goBackwards: false })],
  ["lstm, sequences, backwards", lstmCase({ N: 3, T: 2, C: 1, H: 3 }, { returnSequences: true, goBackwards: true })],
  [
    "lstm, masked",
    lstmCase(
      { N: 4, T: 3, C: 2, H: 3 },
      { returnSequences: true, goBackwards: false, mask: [1, 0, 1, 0, 0, 0, 1, 1, 1, 0, 1, 1] },
    ),
  ],
  [
    "lstm, masked, backwards, zeros",
    lstmCase(
      { N: 3, T: 3, C: 2, H: 3 },
      { returnSequences: true, goBackwards: true, zeroOutputForMask: true, mask: [1, 0, 0, 0, 1, 0, 1, 1, 0] },
    ),
  ],
  [
    "lstm, masked, last output",
    lstmCase(
      { N: 3, T: 3, C: 2, H: 3 },
      { returnSequences: false, goBackwards: false, mask: [1, 1, 0, 0, 0, 0, 0, 1, 1] },
    ),
  ],
  [
    "lstm, masked, last output of one sequence",
    lstmCase({ N: 1, T: 6, C: 3, H: 5 }, { returnSequences: false, goBackwards: false, mask: [1, 1, 0, 0, 0, 0] }),
  ],
  ["lstm, looked up", lookedUp(lstmCase({ N: 3, T: 4, C: 3, H: 5 }, { returnSequences: true, goBackwards: false }), 7)],
  [
    "lstm, looked up, masked, backwards",
    lookedUp(
      lstmCase(
        { N: 3, T: 3, C: 4, H: 2 },
        { returnSequences: true, goBackwards: true, mask: [1, 1, 0, 0, 0, 0, 0, 1, 1] },
      ),
      5,
    ),
  ],
  ...lstmVariantCases,
  ...regularizedCases,
  ...hiddenCases,
  ...modernCases,
  ...(["tanh", "sigmoid", "softmax", "linear"] as const).map((kind): [string, Op] => [
    `activation ${kind}`,
    {
      shapes: { x: [2, 3, 5] },
      forward: (context, { x }) => [activation(context, x, kind)],
      reference: activationReference(kind, 5),
    },
  ]),
  [
    "embedding",
    {
      shapes: { embeddings: [5, 3] },
      ids: { ids: ndarray(Int32Array.of(4, 0, 4, 2, 4, 0), [2, 3]) },
      forward: (context, { ids, embeddings }) => [embedding(context, ids, embeddings, "embedding")],
      reference: embeddingReference(5, 3),
    },
  ],
  ...[true, false].map((shared): [string, Op] => {
    const [N, T, C] = [3, 4, 5];
    const mask = maskOf(0.4, N, T, C, shared);
    return [
      `dropout, ${shared ? "one mask" : "other masks"} over time`,
      {
        shapes: { x: [N, T, C] },
        forward: (context, { x }) => [dropout(context, x, 0.4, 7, shared)],
        reference: shared ? dropoutReference(mask, N, T, C) : dropoutReference(mask, 1, 1, N * T * C),
      },
    ];
  }),
  [
    "concat",
    {
      shapes: { a: [2, 3, 1], b: [2, 3, 6], c: [2, 3, 3] },
      forward: (context, { a, b, c }) => [run(concatOp, context, [a, b, c], {})],
      reference: movingReference({ a: [2, 3, 1], b: [2, 3, 6], c: [2, 3, 3] }, i => {
        const [row, j] = [Math.floor(i / 10), i % 10];
        if (j < 1) return ["a", row];
        return j < 7 ? ["b", row * 6 + j - 1] : ["c", row * 3 + j - 7];
      }),
    },
  ],
  [
    "reverseTime",
    {
      shapes: { x: [reverse.N, reverse.T, reverse.C] },
      forward: (context, { x }) => [reverseTime(context, x)],
      reference: movingReference({ x: [reverse.N, reverse.T, reverse.C] }, i => {
        const { T, C } = reverse;
        const [n, t] = [Math.floor(i / (T * C)), Math.floor(i / C) % T];
        return ["x", (n * T + (T - 1 - t)) * C + (i % C)];
      }),
    },
  ],
  ...cellCases,
  ...tensorCases,
  ...moreActivationCases,
  ...windowCases,
  ...attentionCases,
];
