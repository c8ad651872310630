/** Ops on whole tensors: what moves, repeats and sums numbers. */
import { sizeOf } from "../../src/ndarray.ts";
import { broadcast } from "../../src/ops/broadcast.ts";
import { move } from "../../src/ops/strided.ts";
import { permuted } from "../../src/ops/transpose.ts";
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

export const tensorCases: [string, Op][] = [
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
