/** Ops on whole tensors: what moves, repeats and sums numbers. */
import { sizeOf } from "../../src/ndarray.ts";
import { broadcast } from "../../src/ops/broadcast.ts";
import { logSoftmaxOp } from "../../src/ops/logSoftmax.ts";
import { matmulOp } from "../../src/ops/matmul.ts";
import { run } from "../../src/ops/op.ts";
import { gatherOp, sliceAxisOp, stackOp } from "../../src/ops/places.ts";
import { reduceOps } from "../../src/ops/reduce.ts";
import { reverseOp } from "../../src/ops/reverse.ts";
import { move } from "../../src/ops/strided.ts";
import { permuted } from "../../src/ops/transpose.ts";
import { unaryOps } from "../../src/ops/unary.ts";
import { whereOp } from "../../src/ops/where.ts";
import type { Reference } from "../reference/reference.ts";
import type { Op } from "./cases.ts";

/** An input's element in an output's, times something. */
type Term = readonly [name: string, index: number, factor?: number];

/** The reference of an op that is linear: output element i is the sum of terms(i). */
export function linearSums(shapes: Op["shapes"], size: number, terms: (i: number) => readonly Term[]): Reference {
  return values => ({
    outputs: [
      Float64Array.from({ length: size }, (_, i) =>
        terms(i).reduce((sum, [name, index, factor = 1]) => sum + factor * values[name][index], 0),
      ),
    ],
    gradients([outer = []]) {
      const gradients = Object.fromEntries(
        Object.entries(shapes).map(([name, shape]) => [name, new Float64Array(sizeOf(shape))]),
      );
      for (let i = 0; i < size; i++) {
        for (const [name, index, factor = 1] of terms(i)) gradients[name][index] += factor * outer[i];
      }
      return gradients;
    },
  });
}

/** The index of an element along each axis. */
export function indexOf(i: number, shape: readonly number[]): number[] {
  const index: number[] = [];
  for (let axis = shape.length - 1, rest = i; axis >= 0; axis--) {
    index.unshift(rest % shape[axis]);
    rest = Math.floor(rest / shape[axis]);
  }
  return index;
}

/** The place of an element. */
export const placeOf = (index: readonly number[], shape: readonly number[]): number =>
  index.reduce((place, n, axis) => place * shape[axis] + n, 0);

function permuting(shape: readonly number[], order: readonly number[]): [string, Op] {
  const to = order.map(axis => shape[axis]);
  return [
    `permuted, ${shape.join("x")} as ${order.join()}`,
    {
      shapes: { x: shape },
      forward: (context, { x }) => [permuted(context, x, order)],
      reference: linearSums({ x: shape }, sizeOf(shape), i => {
        const index = indexOf(i, to);
        return [
          [
            "x",
            placeOf(
              shape.map((_, axis) => index[order.indexOf(axis)]),
              shape,
            ),
          ],
        ];
      }),
    },
  ];
}

function broadcasting(from: readonly number[], to: readonly number[]): [string, Op] {
  return [
    `broadcast, ${from.join("x")} to ${to.join("x")}`,
    {
      shapes: { x: from },
      forward: (context, { x }) => [broadcast(context, x, to)],
      reference: linearSums({ x: from }, sizeOf(to), i => {
        const index = indexOf(i, to).map((n, axis) => (from[axis] === 1 ? 0 : n));
        return [["x", placeOf(index, from)]];
      }),
    },
  ];
}

type Unary = readonly [value: (x: number) => number, slope: (x: number) => number];

const unary: Record<keyof typeof unaryOps, Unary> = {
  log: [Math.log, x => 1 / x],
  sqrt: [Math.sqrt, x => 0.5 / Math.sqrt(x)],
  abs: [Math.abs, Math.sign],
  square: [x => x * x, x => 2 * x],
};

function unaryCase(name: keyof typeof unaryOps): [string, Op] {
  const [value, slope] = unary[name];
  return [
    name,
    {
      shapes: { x: [2, 7] },
      forward: (context, { x }) => [run(unaryOps[name], context, [x], {})],
      reference: ({ x }) => ({
        outputs: [Float64Array.from(x, value)],
        gradients: ([outer = []]) => ({ x: Float64Array.from(x, (each, i) => outer[i] * slope(each)) }),
      }),
      // Far from where they bend; below 0 too, where they are defined.
      shift: { x: i => (name === "square" ? 0 : (name === "abs" && i % 2 ? -1 : 1) * (5 + (i % 3))) },
    },
  ];
}

function reducing(
  name: "sum" | "mean",
  shape: readonly number[],
  axis: readonly number[],
  keepdims: boolean,
): [string, Op] {
  const kept = shape.map((n, i) => (axis.includes(i) ? 1 : n));
  const factor = name === "mean" ? sizeOf(kept) / sizeOf(shape) : 1;
  const terms = (i: number) => {
    const index = indexOf(i, kept);
    return Array.from({ length: sizeOf(shape) }, (_, j) => j)
      .filter(j => indexOf(j, shape).every((n, a) => axis.includes(a) || n === index[a]))
      .map(j => ["x", j, factor] as const);
  };
  return [
    `${name} over ${axis.join()} of ${shape.join("x")}`,
    {
      shapes: { x: shape },
      forward: (context, { x }) => [run(reduceOps[name], context, [x], { axis: [...axis].reverse(), keepdims })],
      reference: linearSums({ x: shape }, sizeOf(kept), terms),
    },
  ];
}

const logSoftmaxReference: Reference = ({ x }) => {
  const V = 5;
  const y = Float64Array.from(x);
  for (let r = 0; r < x.length; r += V) {
    const sum = Math.log(
      Array.from(x)
        .slice(r, r + V)
        .reduce((total, value) => total + Math.exp(value), 0),
    );
    for (let j = r; j < r + V; j++) y[j] -= sum;
  }
  return {
    outputs: [y],
    gradients([outer = []]) {
      const dx = Float64Array.from(outer);
      for (let r = 0; r < x.length; r += V) {
        const total = Array.from(outer)
          .slice(r, r + V)
          .reduce((a, b) => a + b, 0);
        for (let j = r; j < r + V; j++) dx[j] -= Math.exp(y[j]) * total;
      }
      return { x: dx };
    },
  };
};

const CONDITION = [1, 0, -2, 0, 0, 3];

const matmulReference: Reference = ({ a, b }) => {
  const [B, M, K, C] = [2, 3, 4, 5];
  const y = new Float64Array(B * M * C);
  const each = (use: (y: number, a: number, b: number) => void) => {
    for (let n = 0; n < B; n++)
      for (let i = 0; i < M; i++)
        for (let j = 0; j < C; j++)
          for (let k = 0; k < K; k++) use((n * M + i) * C + j, (n * M + i) * K + k, (n * K + k) * C + j);
  };
  each((to, i, j) => {
    y[to] += a[i] * b[j];
  });
  return {
    outputs: [y],
    gradients([outer = []]) {
      const [da, db] = [new Float64Array(a.length), new Float64Array(b.length)];
      each((to, i, j) => {
        da[i] += outer[to] * b[j];
        db[j] += outer[to] * a[i];
      });
      return { a: da, b: db };
    },
  };
};

export const tensorCases: [string, Op][] = [
  unaryCase("log"),
  unaryCase("sqrt"),
  unaryCase("abs"),
  unaryCase("square"),
  reducing("sum", [2, 3, 5], [2], false),
  reducing("sum", [2, 3, 5], [1], true),
  reducing("mean", [2, 3, 5], [0, 2], false),
  reducing("mean", [3, 4], [0, 1], false),
  [
    "max over two axes",
    {
      shapes: { x: [2, 3, 4] },
      forward: (context, { x }) => [run(reduceOps.max, context, [x], { axis: [0, 2] })],
      reference({ x }) {
        const best = [0, 1, 2].map(r =>
          Array.from({ length: 24 }, (_, i) => i)
            .filter(i => Math.floor(i / 4) % 3 === r)
            .reduce((a, b) => (x[b] > x[a] ? b : a)),
        );
        return {
          outputs: [Float64Array.from(best, i => x[i])],
          gradients: ([outer = []]) => ({
            x: Float64Array.from({ length: 24 }, (_, i) => (best.includes(i) ? outer[best.indexOf(i)] : 0)),
          }),
        };
      },
      h: 1 / 8,
      shift: { x: i => ((i * 7) % 25) * 4 },
    },
  ],
  [
    "logSoftmax",
    {
      shapes: { x: [2, 3, 5] },
      forward: (context, { x }) => [run(logSoftmaxOp, context, [x], {})],
      reference: logSoftmaxReference,
    },
  ],
  [
    "where",
    {
      shapes: { a: [2, 3], b: [2, 3] },
      forward: (context, { a, b }) => [
        run(whereOp, context, [context.tensorFrom(Float32Array.from(CONDITION), [2, 3]), a, b], {}),
      ],
      reference: linearSums({ a: [2, 3], b: [2, 3] }, 6, i => [[CONDITION[i] ? "a" : "b", i]]),
    },
  ],
  [
    "gather, one row twice",
    {
      shapes: { x: [2, 4, 3] },
      forward: (context, { x }) => [run(gatherOp, context, [x], { indices: [3, 0, -1], axis: 1 })],
      reference: linearSums({ x: [2, 4, 3] }, 18, i => {
        const [n, k, c] = indexOf(i, [2, 3, 3]);
        return [["x", placeOf([n, [3, 0, 3][k], c], [2, 4, 3])]];
      }),
    },
  ],
  ...[0, 1, 2].map((axis): [string, Op] => [
    `stack along ${axis}`,
    {
      shapes: { a: [2, 3], b: [2, 3] },
      forward: (context, { a, b }) => [run(stackOp, context, [a, b], { axis })],
      reference: linearSums({ a: [2, 3], b: [2, 3] }, 12, i => {
        const shape = [2, 3];
        shape.splice(axis, 0, 2);
        const index = indexOf(i, shape);
        const [which] = index.splice(axis, 1);
        return [[which ? "b" : "a", placeOf(index, [2, 3])]];
      }),
    },
  ]),
  [
    "reverse",
    {
      shapes: { x: [2, 4, 3] },
      forward: (context, { x }) => [run(reverseOp, context, [x], {})],
      reference: linearSums({ x: [2, 4, 3] }, 24, i => {
        const [n, t, c] = indexOf(i, [2, 4, 3]);
        return [["x", placeOf([n, 3 - t, c], [2, 4, 3])]];
      }),
    },
  ],
  [
    "slice of an inner axis",
    {
      shapes: { x: [2, 5, 3] },
      forward: (context, { x }) => [run(sliceAxisOp, context, [x], { begin: 1, end: 4, axis: 1 })],
      reference: linearSums({ x: [2, 5, 3] }, 18, i => {
        const [n, t, c] = indexOf(i, [2, 3, 3]);
        return [["x", placeOf([n, t + 1, c], [2, 5, 3])]];
      }),
    },
  ],
  [
    "matmul, batched",
    {
      shapes: { a: [2, 3, 4], b: [2, 4, 5] },
      forward: (context, { a, b }) => [run(matmulOp, context, [a, b], {})],
      reference: matmulReference,
    },
  ],
  permuting([3, 5], [1, 0]),
  permuting([2, 3, 4], [0, 2, 1]),
  permuting([2, 3, 4], [2, 0, 1]),
  permuting([2, 3, 2, 5], [0, 2, 1, 3]),
  broadcasting([2, 1, 5], [2, 3, 5]),
  broadcasting([2, 3, 1], [2, 3, 6]),
  broadcasting([1, 3, 1], [2, 3, 5]),
  [
    "move, between gaps, of a part in reverse",
    {
      shapes: { x: [2, 9] },
      // Of each row the elements 7, 5, 3 to the places 2, 3, 4 of a row of 6.
      forward: (context, { x }) => [
        move(context, x, [2, 6], {
          axes: [
            [2, 6, 9],
            [3, 1, -2],
          ],
          offsets: { y: 2, x: 7 },
          gaps: true,
        }),
      ],
      reference: linearSums({ x: [2, 9] }, 12, i => {
        const [row, j] = [Math.floor(i / 6), i % 6];
        return j >= 2 && j < 5 ? [["x", row * 9 + 7 - 2 * (j - 2)]] : [];
      }),
    },
  ],
];
