/** The ops that masks need: each against its reference and finite differences. */
import { describe, expect, it } from "vitest";
import { ndarray } from "../../src/ndarray.ts";
import { activation } from "../../src/ops/activation.ts";
import { arithmetic } from "../../src/ops/arithmetic.ts";
import { masking } from "../../src/ops/masking.ts";
import { reshape } from "../../src/ops/reshape.ts";
import { selectRows } from "../../src/ops/selectRows.ts";
import { type Forward, type NDArrays, ops, randomArray, runWithGradients } from "../helpers/gradients.ts";
import { expectDifferences, expectReference, randomOuter } from "../helpers/nets.ts";
import { seeded } from "../helpers/random.ts";
import type { Reference } from "../reference/reference.ts";

const [N, T, C] = [3, 4, 5];
const MASK = [1, 1, 0, 0, 0, 0, 0, 0, 1, 0, 1, 1];
const mask = ndarray(Int32Array.from(MASK), [N, T]);
const count = MASK.filter(Boolean).length;
const row = (i: number) => Math.floor(i / C);

/** Output k is input element from[k], or 0 where that is -1. */
const movingReference =
  (from: readonly number[]): Reference =>
  ({ x }) => ({
    outputs: [Float64Array.from(from, i => (i < 0 ? 0 : x[i]))],
    gradients([outer = []]) {
      const dx = new Float64Array(x.length);
      from.forEach((i, k) => {
        if (i >= 0) dx[i] += outer[k];
      });
      return { x: dx };
    },
  });

const all = Array.from({ length: N * T * C }, (_, i) => i);
const paddedX = () => {
  const x = randomArray(seeded(2), [N, T, C]);
  for (const i of all) if (!MASK[row(i)]) x.data[i] = 3;
  return x;
};

const select: Forward = (context, tensors) => [selectRows(context, tensors.x, tensors.mask, count)];

describe.each<[string, Forward, NDArrays, number[]]>([
  ["selectRows", select, { x: randomArray(seeded(1), [N, T, C]), mask }, all.filter(i => MASK[row(i)])],
  [
    "reshape",
    (context, { x }) => [reshape(context, reshape(context, x, [N * T, C]), [T, C, N])],
    { x: randomArray(seeded(1), [N, T, C]) },
    all,
  ],
])("%s", (_, forward, arrays, from) => {
  it("equals the reference and finite differences", () => {
    const random = seeded(3);
    const outer = randomOuter(random, ops(forward).forward(arrays));
    expectReference(ops(forward), arrays, movingReference(from), outer);
    expectDifferences(ops(forward), arrays, movingReference(from), outer, random);
  });

  it("adds to gradients that are there, and records nothing where none is wanted", () => {
    const outer = randomOuter(seeded(4), ops(forward).forward(arrays));
    const once = runWithGradients(arrays, outer, forward).gradients.x;
    const twice: Forward = (context, tensors) => [...forward(context, tensors), ...forward(context, tensors)];
    expect(runWithGradients(arrays, [...outer, ...outer], twice).gradients.x).toEqual(once.map(d => 2 * d));
    expect(runWithGradients(arrays, [], forward).gradients).toEqual({});
    runWithGradients(
      arrays,
      [],
      (context, tensors) => {
        const outputs = forward(context, tensors);
        expect(outputs[0].requiresGradient).toBe(false);
        return outputs;
      },
      { frozen: ["x"] },
    );
  });
});

it("masking gives zeros, a mask, and gradients to real steps alone", () => {
  const from = all.map(i => (MASK[row(i)] ? i : -1));
  const forward: Forward = (context, { x }) => {
    const y = masking(context, x, 3);
    expect(y.mask?.shape).toEqual([N, T]);
    const at = (y.mask?.pointer ?? 0) >> 2;
    expect([...context.memory.ints.subarray(at, at + N * T)]).toEqual(MASK);
    return [y];
  };
  const arrays = { x: paddedX() };
  const outer = randomOuter(seeded(5), ops(forward).forward(arrays));
  expectReference(ops(forward), arrays, movingReference(from), outer);
});

it("masking equals finite differences, where moving a number makes no step real", () => {
  const factors = ndarray(
    Float32Array.from(all, i => MASK[row(i)]),
    [N, T, C],
  );
  // Whatever x is, 0·x is padding.
  const forward: Forward = (context, { x }) => {
    const constant = context.tensorFrom(factors.data, factors.shape);
    return [masking(context, arithmetic(context, "multiply", x, constant), 0)];
  };
  const arrays = { x: randomArray(seeded(8), [N, T, C]) };
  const from = all.map(i => (MASK[row(i)] ? i : -1));
  const random = seeded(9);
  const outer = randomOuter(random, ops(forward).forward(arrays));
  expectReference(ops(forward), arrays, movingReference(from), outer);
  expectDifferences(ops(forward), arrays, movingReference(from), outer, random);
});

it("reshape keeps what losses know of the logits", () => {
  const x = randomArray(seeded(6), [N, T, C]);
  runWithGradients({ x }, [], (context, tensors) => {
    const y = reshape(context, activation(context, tensors.x, "softmax"), [N * T, C]);
    expect(y.logits?.z.shape).toEqual([N * T, C]);
    expect(y.logits?.z.pointer).toBe(tensors.x.pointer);
    return [y];
  });
});
