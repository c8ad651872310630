/** Filling of missing values: the reference, finite differences, and what states carry from one part to the next. */
import { describe, expect, it } from "vitest";
import type { Context } from "../../src/context.ts";
import { ndarray } from "../../src/ndarray.ts";
import { concatOp } from "../../src/ops/concat.ts";
import { type Filling, maskOfMissing, missing } from "../../src/ops/missing.ts";
import { run } from "../../src/ops/op.ts";
import { sliceOp } from "../../src/ops/slice.ts";
import { type Forward, type NDArrays, ops, randomArray, runWithGradients, type Tensors } from "../helpers/gradients.ts";
import { expectDifferences, expectReference, randomOuter } from "../helpers/nets.ts";
import { type Random, seeded } from "../helpers/random.ts";
import { type MissingOptions, type MissingSizes, missingBackward, missingForward } from "../reference/missing.ts";
import type { Reference } from "../reference/reference.ts";

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
  (context, { x: features, kernel, bias }) => {
    const { times, mask, ...others } = options;
    const [N, T, C] = features.shape;
    const filling: Filling = { ...others, kernel, bias };
    if (mean) filling.mean = context.tensorFrom(mean, [mean.length]);
    let x = features;
    if (times) {
      filling.time = timeChannel(C);
      const clock = context.tensorFrom(Float32Array.from(times), [N, T, 1]);
      const columns = (begin: number, end: number) => run(sliceOp, context, [x], { begin, end });
      const parts = [columns(0, filling.time), clock];
      x = run(concatOp, context, filling.time < C ? [...parts, columns(filling.time, C)] : parts, {});
    }
    if (mask) x.mask = context.tensorFrom(Int32Array.from(mask), [N, T]);
    return [missing(context, x, filling).output];
  };

/** In the middle, or behind a single feature. */
const timeChannel = (C: number): number => Math.ceil(C / 2);

const referenceOf =
  (mean: Float32Array | undefined, options: MissingOptions, sizes: MissingSizes): Reference =>
  ({ x, kernel, bias }) => {
    const weights = { mean, kernel, bias };
    const result = missingForward(x, weights, sizes, options);
    return {
      outputs: [result.output],
      gradients([outer = []]) {
        const { dx, dKernel, dBias } = missingBackward(outer, result, x, weights, sizes, options.mask);
        return { x: dx, kernel: dKernel, bias: dBias };
      },
    };
  };

/** Times that go on by 0 to 3, now and then by nothing. */
function irregularTimes(random: Random, { N, T }: MissingSizes): number[] {
  return Array.from({ length: N }, () => {
    let time = 10 * random.uniform() - 5;
    return Array.from({ length: T }, () => {
      if (random.uniform() < 0.8) time += 3 * random.uniform();
      return Math.fround(time);
    });
  }).flat();
}

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
  const steps = [
    { irregular: false, holes: false },
    { irregular: true, holes: false },
    { irregular: false, holes: true },
    { irregular: true, holes: true },
  ];
  const cases = SIZES.flatMap(sizes => channels.flatMap(own => steps.map(way => ({ ...sizes, ...own, ...way }))));
  it.each(cases)("%o", ({ N, T, C, irregular, holes, ...own }) => {
    const sizes = { N, T, C };
    const random = seeded(21);
    const options: MissingOptions = { kind, ...own };
    if (irregular) options.times = irregularTimes(random, sizes);
    if (holes) options.mask = Array.from({ length: N * T }, () => Number(random.uniform() < 0.7));
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

  it.each([false, true])("gives the same bits in one part or in two, the states in between; by time: %s", irregular => {
    const [N, T, C] = [2, 7, 3];
    const time = irregular ? 1 : undefined;
    const options = { kind, indicators: true, intervals: true, time };
    const mean = Float32Array.of(0.5, -1, 2);
    const { x: features, ...weights } = arraysOf(24, { N, T, C }, kind);
    const times = irregularTimes(seeded(25), { N, T, C });
    const width = irregular ? C + 1 : C;
    /** Steps [begin, end), with the time as channel 1. */
    const part = (begin: number, end: number) => {
      const rows = [0, 1].flatMap(n => Array.from({ length: end - begin }, (_, t) => n * T + begin + t));
      const data = rows.flatMap(row => {
        const own = [...features.data.slice(row * C, (row + 1) * C)];
        return irregular ? [own[0], times[row], ...own.slice(1)] : own;
      });
      return ndarray(Float32Array.from(data), [N, end - begin, width]);
    };
    const fillingOf = (context: Context, { kernel, bias }: Tensors): Filling => ({
      ...{ ...options, kernel, bias },
      mean: context.tensorFrom(mean, [C]),
    });
    const inOne: Forward = (context, tensors) => [missing(context, tensors.x, fillingOf(context, tensors)).output];
    const [whole] = ops(inOne).forward({ x: part(0, T), ...weights });
    const inParts: Forward = (context, tensors) => {
      const filling = fillingOf(context, tensors);
      const first = missing(context, tensors.a, filling);
      return [first.output, missing(context, tensors.b, filling, first.states).output];
    };
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
