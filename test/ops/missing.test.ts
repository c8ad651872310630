/** Filling of missing values: the reference, finite differences, and what states carry from one part to the next. */
import { describe, expect, it } from "vitest";
import { ndarray } from "../../src/ndarray.ts";
import { type Filling, maskOfMissing, missing } from "../../src/ops/missing.ts";
import { type Forward, type NDArrays, ops, randomArray, runWithGradients } from "../helpers/gradients.ts";
import { expectDifferences, expectReference, randomOuter } from "../helpers/nets.ts";
import { seeded } from "../helpers/random.ts";
import type { Reference } from "../helpers/references.ts";
import { type MissingOptions, type MissingSizes, missingBackward, missingForward } from "../reference/missing.ts";

/** Runs of missing values of every length, at the beginning, in between and at the end; a feature without any value. */
function withHoles(seed: number, { N, T, C }: MissingSizes) {
  const random = seeded(seed);
  const x = randomArray(random, [N, T, C]);
  for (let i = 0; i < x.data.length; i++) if (random.uniform() < 0.55) x.data[i] = Number.NaN;
  for (let t = 0; t < T; t++) x.data[t * C] = Number.NaN;
  return x;
}

function arraysOf(seed: number, sizes: MissingSizes, kind: MissingOptions["kind"]): NDArrays {
  const random = seeded(seed + 1);
  const { C } = sizes;
  const x = withHoles(seed, sizes);
  if (kind !== "decay") return { x };
  const positive = (base: number) =>
    ndarray(
      Float32Array.from({ length: C }, () => base + 0.3 * random.uniform()),
      [C],
    );
  const [kernel, bias] = [positive(0.15), positive(0.1)];
  if (C > 1) [kernel.data[1], bias.data[1]] = [-0.4, -0.5]; // no decay at all, and no gradient
  return { x, kernel, bias };
}

const forwardOf =
  (mean: Float32Array | undefined, options: MissingOptions): Forward =>
  (context, { x, kernel, bias }) => {
    const filling: Filling = { ...options, kernel, bias };
    if (mean) filling.mean = context.tensorFrom(mean, [mean.length]);
    return [missing(context, x, filling).output];
  };

const referenceOf =
  (mean: Float32Array | undefined, options: MissingOptions, sizes: MissingSizes): Reference =>
  ({ x, kernel, bias }) => {
    const weights = { mean, kernel, bias };
    const result = missingForward(x, weights, sizes, options);
    return {
      outputs: [result.output],
      gradients([outer = []]) {
        const { dx, dKernel, dBias } = missingBackward(outer, result, x, weights, sizes);
        return { x: dx, kernel: dKernel, bias: dBias };
      },
    };
  };

const SIZES: MissingSizes[] = [
  { N: 3, T: 6, C: 3 },
  { N: 2, T: 9, C: 5 },
  { N: 1, T: 1, C: 1 },
  { N: 2, T: 4, C: 8 },
];

describe.each(["mean", "last", "decay"] as const)("%s", kind => {
  const channels = [
    { indicators: false, intervals: false },
    { indicators: true, intervals: false },
    { indicators: false, intervals: true },
    { indicators: true, intervals: true },
  ];
  it.each(SIZES.flatMap(sizes => channels.map(own => ({ ...sizes, ...own }))))("%o", ({ N, T, C, ...own }) => {
    const sizes = { N, T, C };
    const options = { kind, ...own };
    const random = seeded(21);
    const mean = kind === "mean" && C === 3 ? undefined : Float32Array.from(random.array(C));
    const arrays = arraysOf(20, sizes, kind);
    const system = ops(forwardOf(mean, options));
    const reference = referenceOf(mean, options, sizes);
    const outer = randomOuter(random, system.forward(arrays));
    expectReference(system, arrays, reference, outer);
    expectDifferences(system, arrays, reference, outer, random);
  });

  it("has the same gradients whichever of them are wanted, and adds them to what is there", () => {
    const [sizes] = SIZES;
    const options = { kind, indicators: true, intervals: true };
    const mean = Float32Array.of(0.5, -1, 2);
    const arrays = arraysOf(22, sizes, kind);
    const forward = forwardOf(mean, options);
    const outer = randomOuter(seeded(23), ops(forward).forward(arrays));
    const all = runWithGradients(arrays, outer, forward).gradients;
    const names = Object.keys(arrays);
    for (let chosen = 1; chosen < 2 ** names.length; chosen++) {
      const wanted = names.filter((_, i) => chosen & (1 << i));
      const frozen = names.filter(name => !wanted.includes(name));
      const { gradients } = runWithGradients(arrays, outer, forward, { frozen });
      expect(gradients).toEqual(Object.fromEntries(wanted.map(name => [name, all[name]])));
    }
    const twice: Forward = (context, tensors) => [...forward(context, tensors), ...forward(context, tensors)];
    const { gradients } = runWithGradients(arrays, [...outer, ...outer], twice);
    expect(gradients.x).toEqual(all.x.map(d => 2 * d));
  });

  it("gives the same bits in one part or in two, the states in between", () => {
    const [N, T, C] = [2, 7, 3];
    const options = { kind, indicators: true, intervals: true };
    const mean = Float32Array.of(0.5, -1, 2);
    const arrays = arraysOf(24, { N, T, C }, kind);
    const part = (begin: number, end: number) =>
      ndarray(
        Float32Array.from({ length: N * (end - begin) * C }, (_, i) => {
          const n = Math.floor(i / ((end - begin) * C));
          return arrays.x.data[(n * T + begin) * C + (i % ((end - begin) * C))];
        }),
        [N, end - begin, C],
      );
    const [whole] = ops(forwardOf(mean, options)).forward(arrays);
    const inParts: Forward = (context, { a, b, kernel, bias }) => {
      const filling: Filling = { ...options, kernel, bias, mean: context.tensorFrom(mean, [C]) };
      const first = missing(context, a, filling);
      return [first.output, missing(context, b, filling, first.states).output];
    };
    const { x: _, ...weights } = arrays;
    const [a, b] = ops(inParts).forward({ a: part(0, 3), b: part(3, T), ...weights });
    const row = 3 * C;
    for (let n = 0; n < N; n++) {
      const joined = [...a.slice(n * 3 * row, (n + 1) * 3 * row), ...b.slice(n * 4 * row, (n + 1) * 4 * row)];
      expect(joined).toEqual([...whole.slice(n * T * row, (n + 1) * T * row)]);
    }
  });
});

it("a step has a mask of 0 where all its features are missing", () => {
  const x = ndarray([Number.NaN, 1, Number.NaN, Number.NaN, 0, 0, 2, Number.NaN], [2, 2, 2]);
  let mask: number[] = [];
  ops((context, tensors) => {
    const { pointer, size, shape } = maskOfMissing(context, tensors.x);
    expect(shape).toEqual([2, 2]);
    mask = [...context.memory.ints.subarray(pointer >> 2, (pointer >> 2) + size)];
    return [];
  }).forward({ x });
  expect(mask).toEqual([1, 0, 1, 1]);
});
