/** The ops of which users write cells, through the public functions; and what runs those cells. */

import { sizeOf } from "../../src/ndarray.ts";
import { chooseRows } from "../../src/ops/chooseRows.ts";
import * as ops from "../../src/ops/index.ts";
import { stackSteps, timeStep } from "../../src/ops/timeSteps.ts";
import { Computation, tensorOf, type Value } from "../../src/ops/value.ts";
import { Packed } from "../../src/packed.ts";
import type { Forward } from "../helpers/gradients.ts";
import { activationReference, denseReference } from "../helpers/references.ts";
import { isSmooth } from "../reference/activations.ts";
import type { Reference } from "../reference/reference.ts";
import type { Op } from "./cases.ts";

type Build = (values: Readonly<Record<string, Value>>) => Value | readonly Value[];

/** A computation of public ops on the test's tensors. */
const written =
  (build: Build): Forward =>
  (context, tensors) => {
    const computation = new Computation(context);
    const values = Object.entries(tensors).map(([name, tensor]) => [name, computation.value(tensor)]);
    const result = build(Object.fromEntries(values));
    return (Array.isArray(result) ? result : [result]).map(value => tensorOf(value, "test"));
  };

type Slopes = readonly [y: number, da: number, db: number];

/**
 * The reference of y = f(a, b), element by element, with all derivatives; an operand that is a row serves all rows.
 *
 * @param f gives y and its derivatives
 */
function elementwise(shapes: Record<"a" | "b", readonly number[]>, f: (a: number, b: number) => Slopes): Reference {
  const [sizeA, sizeB] = [sizeOf(shapes.a), sizeOf(shapes.b)];
  const n = Math.max(sizeA, sizeB);
  return ({ a, b }) => {
    const at = (i: number) => f(a[i % sizeA], b[i % sizeB]);
    return {
      outputs: [Float64Array.from({ length: n }, (_, i) => at(i)[0])],
      gradients([outer = []]) {
        const [da, db] = [new Float64Array(sizeA), new Float64Array(sizeB)];
        for (let i = 0; i < n; i++) {
          const [, slopeA, slopeB] = at(i);
          da[i % sizeA] += outer[i] * slopeA;
          db[i % sizeB] += outer[i] * slopeB;
        }
        return { a: da, b: db };
      },
    };
  };
}

const pairs: [string, Record<"a" | "b", readonly number[]>][] = [
  ["equal shapes", { a: [3, 5], b: [3, 5] }],
  ["a row to the right", { a: [2, 3, 7], b: [7] }],
  ["a row to the left", { a: [4], b: [3, 4] }],
];

const operations: [string, Build, (a: number, b: number) => Slopes][] = [
  ["add", ({ a, b }) => ops.add(a, b), (a, b) => [a + b, 1, 1]],
  ["subtract", ({ a, b }) => ops.subtract(a, b), (a, b) => [a - b, 1, -1]],
  ["multiply", ({ a, b }) => ops.multiply(a, b), (a, b) => [a * b, b, a]],
  // Divisors away from 0.
  [
    "divide, exp",
    ({ a, b }) => ops.divide(a, ops.exp(b)),
    (a, b) => [a / Math.exp(b), 1 / Math.exp(b), -a / Math.exp(b)],
  ],
  [
    "numbers on either side",
    ({ a, b }) => ops.scale(ops.multiply(ops.subtract(1, a), ops.add(ops.divide(b, 4), 2)), -3),
    (a, b) => [-3 * (1 - a) * (b / 4 + 2), 3 * (b / 4 + 2), (-3 / 4) * (1 - a)],
  ],
];

/** By as much as no finite difference is long. */
const awayFromCorners = (i: number): number => (i % 2 ? 1.6 : -1.6);

/** The reference of an op that moves numbers: output j, element i is x's element from(j, i). */
function moving(size: number, sizes: readonly number[], from: (j: number, i: number) => number): Reference {
  return ({ x }) => ({
    outputs: sizes.map((length, j) => Float64Array.from({ length }, (_, i) => x[from(j, i)])),
    gradients(outer) {
      const dx = new Float64Array(size);
      outer.forEach((own, j) => {
        for (let i = 0; own && i < own.length; i++) dx[from(j, i)] += own[i];
      });
      return { x: dx };
    },
  });
}

const SPLIT = [2, 1, 4];
const BEGIN = [0, 2, 3];
const MASK = [1, 0, 1, 0];

const twice: Forward = (context, { x, kernel, bias }) => {
  const { kernels, memory } = context;
  const computation = new Computation(context);
  const [C, units] = kernel.shape;
  const room = () => new Packed(memory.allocate(kernels.packedSize(units, C)));
  const weight = computation.weight(kernel, { packed: room(), transposed: room() });
  const row = computation.weight(bias, undefined);
  const once = ops.matmul(computation.value(x), weight, row);
  return [once, ops.matmul(once, weight, row)].map(value => tensorOf(value, "test"));
};

export const cellCases: [string, Op][] = [
  ...operations.flatMap(([name, build, f]) =>
    pairs.map(([form, shapes]): [string, Op] => [
      `ops: ${name}, ${form}`,
      { shapes, forward: written(build), reference: elementwise(shapes, f) },
    ]),
  ),
  [
    "ops: multiply, a tensor by itself",
    {
      shapes: { x: [3, 5] },
      forward: written(({ x }) => ops.multiply(x, x)),
      reference: ({ x }) => ({
        outputs: [Float64Array.from(x, v => v * v)],
        gradients: ([outer = []]) => ({ x: Float64Array.from(x, (v, i) => 2 * v * outer[i]) }),
      }),
    },
  ],
  ...(
    ["sigmoid", "hardSigmoid", "tanh", "softmax", "softplus", "softsign", "relu", "elu", "selu", "leakyRelu"] as const
  ).map((kind): [string, Op] => [
    `ops: ${kind}`,
    {
      shapes: { x: [3, 5] },
      ...(isSmooth(kind) ? {} : { shift: { x: awayFromCorners } }),
      forward: written(({ x }) => ops[kind](x)),
      reference: activationReference(kind, 5),
    },
  ]),
  [
    "ops: split into sizes",
    {
      shapes: { x: [3, 7] },
      forward: written(({ x }) => ops.split(x, SPLIT)),
      reference: moving(
        21,
        SPLIT.map(size => 3 * size),
        (j, i) => Math.floor(i / SPLIT[j]) * 7 + BEGIN[j] + (i % SPLIT[j]),
      ),
    },
  ],
  [
    "ops: split evenly, slice, concat",
    {
      shapes: { x: [2, 8] },
      forward: written(({ x }) => {
        const [a, b] = ops.split(x, 2);
        return ops.concat([b, ops.slice(a, 1, 3)]);
      }),
      reference: moving(16, [12], (_, i) => {
        const [row, j] = [Math.floor(i / 6), i % 6];
        return row * 8 + (j < 4 ? 4 + j : j - 3);
      }),
    },
  ],
  [
    "ops: matmul with a matrix that is no weight",
    {
      shapes: { x: [3, 5], kernel: [5, 7], bias: [7] },
      forward: written(({ x, kernel, bias }) => ops.matmul(x, kernel, bias)),
      reference: denseReference({ rows: 3, C: 5, units: 7 }, "linear"),
    },
  ],
  [
    "ops: matmul with one weight at two steps",
    {
      shapes: { x: [3, 5], kernel: [5, 5], bias: [5] },
      forward: twice,
      reference({ x, kernel, bias }) {
        const once = denseReference({ rows: 3, C: 5, units: 5 }, "linear");
        const first = once({ x, kernel, bias });
        const second = once({ x: first.outputs[0], kernel, bias });
        const zeros = () => new Float64Array(15);
        const sum = (a: Float64Array | null, b: Float64Array | null) => a?.map((d, i) => d + (b?.[i] ?? 0)) ?? null;
        return {
          outputs: [first.outputs[0], second.outputs[0]],
          gradients([direct, outer]) {
            const after = second.gradients([outer ?? zeros()]);
            const before = first.gradients([sum(Float64Array.from(direct ?? zeros()), after.x) ?? undefined]);
            return {
              x: before.x,
              kernel: sum(before.kernel, after.kernel),
              bias: sum(before.bias, after.bias),
            };
          },
        };
      },
    },
  ],
  [
    "chooseRows",
    {
      shapes: { a: [4, 5], b: [4, 5] },
      forward: (context, { a, b }) => [chooseRows(context, context.tensorFrom(Int32Array.from(MASK), [4]), a, b)],
      reference: ({ a, b }) => {
        const chosen = (i: number) => MASK[Math.floor(i / 5)] === 1;
        return {
          outputs: [Float64Array.from({ length: 20 }, (_, i) => (chosen(i) ? a : b)[i])],
          gradients: ([outer = []]) => ({
            a: Float64Array.from({ length: 20 }, (_, i) => (chosen(i) ? outer[i] : 0)),
            b: Float64Array.from({ length: 20 }, (_, i) => (chosen(i) ? 0 : outer[i])),
          }),
        };
      },
    },
  ],
  [
    "timeStep, stackSteps",
    {
      shapes: { x: [2, 3, 5] },
      forward: (context, { x }) => {
        const [first, , last] = [0, 1, 2].map(t => timeStep(context, x, t));
        return [stackSteps(context, [last, first, last])];
      },
      reference: moving(30, [30], (_, i) => {
        const [n, t] = [Math.floor(i / 15), Math.floor(i / 5) % 3];
        return n * 15 + (t === 1 ? 0 : 10) + (i % 5);
      }),
    },
  ],
];
