import { afterEach, describe, expect, it } from "vitest";
import { moreActivationKinds } from "../../../src/engine/kinds.generated.ts";
import { expectClose } from "../../helpers/compare.ts";
import { KernelBench } from "../../helpers/kernels.ts";
import { seeded } from "../../helpers/random.ts";
import { moreActivations, preluBackward, preluForward } from "../../reference/moreActivations.ts";
import { byExponent, evenly, worstUlp } from "../math/sweep.ts";

type Kind = keyof typeof moreActivationKinds;

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
const bench = new KernelBench();
const { kernels } = bench;
afterEach(() => bench.reset());

/** What some have a number for: as float32, since the kernel has that. */
const NUMBERS: Partial<Record<Kind, number>> = { celu: 1.3, elu: 0.7, leakyRelu: 0.3, squareplus: 4 };
const numberOf = (name: Kind): number => Math.fround(NUMBERS[name] ?? 0.5);
const kinds = Object.keys(moreActivationKinds) as Kind[];

const kernelOf = (name: Kind) => (y: number, x: number, n: number) =>
  kernels.moreActivationForward(y, x, moreActivationKinds[name], numberOf(name), n);

function forward(name: Kind, x: ArrayLike<number>): number[] {
  const y = bench.output(x.length);
  kernelOf(name)(y, bench.input(x), x.length);
  return [...bench.read(y)];
}

function slopes(name: Kind, x: ArrayLike<number>): Float32Array {
  const dx = bench.inOut(new Float32Array(x.length));
  const ones = bench.input(new Float32Array(x.length).fill(1));
  kernels.moreActivationBackward(dx, ones, bench.input(x), moreActivationKinds[name], numberOf(name), x.length);
  return bench.read(dx);
}

describe("accuracy", () => {
  // Of functions that are 0 somewhere else than at 0, or differences, the absolute error is small alone: see below. Below 0 a sigmoid has
  // the relative error of e^x, whose argument is rounded.
  it.each([
    ["silu", "its middle", x => (x < 0 ? 3.5 - 1.2 * x : 3.5), evenly(-60, 60, 200_000)],
    ["silu", "numbers by size", () => 3.5, byExponent(-1, 1e-36, 1, 100_000)],
    ["gelu", "above 0", () => 5, evenly(1e-6, 20, 200_000)],
    ["gelu", "below 0", () => 9, evenly(-12.5, -1e-6, 200_000)],
    ["gelu", "numbers by size", () => 6, byExponent(-1, 1e-36, 0.5, 100_000)],
    ["mish", "its middle", () => 4, evenly(-60, 60, 200_000)],
    ["mish", "numbers by size", () => 4, byExponent(-1, 1e-36, 1, 100_000)],
    ["elu", "both sides", () => 6, evenly(-20, 3, 100_000)],
    ["celu", "both sides", () => 6, evenly(-20, 3, 100_000)],
    ["leakyRelu", "both sides", () => 1, evenly(-9, 9, 100_000)],
    ["squareplus", "both sides, without cancellation", () => 3, evenly(-1e4, 1e4, 200_000)],
    ["logSigmoid", "its domain", () => 3, evenly(-100, 87, 200_000)],
    ["sparsePlus", "between its corners", () => 3, evenly(-0.99, 3, 100_000)],
    ["erf", "its middle", () => 3, evenly(-5, 5, 200_000)],
    ["erf", "numbers by size", () => 3, byExponent(1, 1e-36, 3e38, 100_000)],
  ] as const satisfies readonly (readonly [Kind, string, (x: number) => number, Float32Array])[])(
    "%s over %s",
    (name, _, allowed, numbers) => {
      const [value] = moreActivations[name];
      const worst = worstUlp(bench, kernelOf(name), x => value(x, numberOf(name)), numbers, allowed);
      expect(worst.share, `at ${worst.at}`).toBeLessThanOrEqual(1);
      expect(worst.share).toBeGreaterThan(0);
    },
  );

  it.each(kinds)("%s and its slope are within 2^-21 of the size of the numbers", name => {
    const [value, slope] = moreActivations[name];
    const x = evenly(-30.123, 29.71, 100_000);
    const [y, d] = [forward(name, x), slopes(name, x)];
    const a = numberOf(name);
    const size = (i: number) => 2 ** -21 * Math.max(1, Math.abs(x[i]));
    expect(y.filter((each, i) => !(Math.abs(each - value(x[i], a)) <= size(i)))).toEqual([]);
    // The approximate gelu has x³ in an exponent.
    const times = name === "tanhGelu" ? 5 : 1;
    expect(d.filter((each, i) => !(Math.abs(each - slope(x[i], a)) <= 2 ** -21 * times))).toEqual(new Float32Array());
  });
});

describe("special numbers", () => {
  const [big, small] = [3e38, Math.fround(1e-30)];
  const x = [nan, inf, -inf, big, -big, 0, small, -small];
  const half = small / 2;
  it.each([
    ["silu", [nan, inf, 0, big, 0, 0, half, -half]],
    ["gelu", [nan, inf, 0, big, 0, 0, half, -half]],
    ["tanhGelu", [nan, inf, 0, big, 0, 0, half, -half]],
    ["mish", [nan, inf, 0, big, 0, 0, 0.6 * small, -0.6 * small]],
    ["hardSilu", [nan, inf, 0, big, 0, 0, half, -half]],
    ["relu6", [nan, 6, 0, 6, 0, 0, small, 0]],
    ["elu", [nan, inf, -0.7, big, -0.7, 0, small, -0.7 * small]],
    ["leakyRelu", [nan, inf, -inf, big, -0.3 * big, 0, small, -0.3 * small]],
    ["celu", [nan, inf, -1.3, big, -1.3, 0, small, -small]],
    ["logSigmoid", [nan, 0, -inf, 0, -big, -Math.LN2, -Math.LN2, -Math.LN2]],
    ["hardTanh", [nan, 1, -1, 1, -1, 0, small, -small]],
    ["tanhShrink", [nan, inf, -inf, big, -big, 0, 0, 0]],
    ["softShrink", [nan, inf, -inf, big, -big, 0, 0, 0]],
    ["hardShrink", [nan, inf, -inf, big, -big, 0, 0, 0]],
    ["sparsePlus", [nan, inf, 0, big, 0, 0.25, 0.25, 0.25]],
    ["sparseSigmoid", [nan, 1, 0, 1, 0, 0.5, 0.5, 0.5]],
    ["erf", [nan, 1, -1, 1, -1, 0, 1.1283792 * small, -1.1283792 * small]],
  ] as const satisfies readonly (readonly [Kind, readonly number[]])[])("%s", (name, expected) => {
    expectClose(forward(name, x), expected, {
      relative: 1e-6,
      absolute: name.endsWith("Gelu") || name === "silu" ? 1e-25 : 1e-37,
    });
    // One at a time, they go through the tail.
    expect(x.map(value => forward(name, [value])[0])).toEqual(forward(name, x));
  });

  it.each(kinds)("%s: slopes are finite where numbers are infinite, and NaN passes", name => {
    const at = slopes(name, [inf, -inf, big, -big]);
    const [, slope] = moreActivations[name];
    expectClose(
      at,
      [1e30, -1e30, 1e30, -1e30].map(value => slope(value, numberOf(name))),
      { absolute: 1e-20 },
    );
    const dx = bench.inOut([0]);
    kernels.moreActivationBackward(dx, bench.input([nan]), bench.input([0.2]), moreActivationKinds[name], 1, 1);
    expect(bench.read(dx)[0]).toBeNaN();
  });

  it.each([
    ["hardSilu", [-3, 3], [0, 1]],
    ["relu6", [0, 6], [0, 0]],
    ["elu", [0], [0.7]],
    ["leakyRelu", [0], [0.3]],
    ["hardTanh", [-1, 1], [0, 0]],
    ["softShrink", [-0.5, 0.5], [0, 0]],
    ["hardShrink", [-0.5, 0.5], [0, 0]],
    ["sparseSigmoid", [-1, 1], [0, 0]],
  ] as const)("%s: slopes at corners", (name, corners, expected) => {
    expect(slopes(name, corners)).toEqual(Float32Array.from(expected));
  });
});

describe.each(kinds)("%s", name => {
  it.each([1, 2, 3, 4, 5, 7, 8, 9, 31])("forward, in place too, and backward of %i numbers", n => {
    const random = seeded(n);
    const [x, dy, before] = [3, 1, 1].map(size => Float32Array.from({ length: n }, () => size * random.normal()));
    const [value, slope] = moreActivations[name];
    const a = numberOf(name);
    const y = forward(name, x);
    expectClose(
      y,
      x.map(each => value(each, a)),
      { relative: 1e-6, absolute: 3e-7 },
    );
    const both = bench.inOut(x);
    kernelOf(name)(both, both, n);
    expect([...bench.read(both)]).toEqual(y);
    const dx = bench.inOut(before);
    kernels.moreActivationBackward(dx, bench.input(dy), bench.input(x), moreActivationKinds[name], a, n);
    expectClose(
      bench.read(dx),
      before.map((each, i) => each + dy[i] * slope(x[i], a)),
      { relative: 1e-6, absolute: 2e-6 },
    );
  });
});

describe("prelu", () => {
  it.each([
    [1, 1],
    [5, 3],
    [3, 8],
    [7, 6],
    [40, 5],
  ])("%i rows of %i", (rows, C) => {
    const random = seeded(rows);
    const draw = (n: number) => Float32Array.from({ length: n }, () => random.normal());
    const [x, dy, alpha] = [draw(rows * C), draw(rows * C), draw(C)];
    const y = bench.output(rows * C);
    kernels.preluForward(y, bench.input(x), bench.input(alpha), rows, C);
    expectClose(bench.read(y), preluForward(x, alpha), { relative: 1e-7 });
    const both = bench.inOut(x);
    kernels.preluForward(both, both, bench.input(alpha), rows, C);
    expect(bench.read(both)).toEqual(bench.read(y));
    const [beforeX, beforeAlpha] = [draw(rows * C), draw(C)];
    const expected = preluBackward(dy, x, alpha);
    const back = (wantsX: boolean, wantsAlpha: boolean) => {
      const [dx, dAlpha] = [bench.inOut(beforeX), bench.inOut(beforeAlpha)];
      kernels.preluBackward(
        wantsX ? dx : 0,
        wantsAlpha ? dAlpha : 0,
        bench.input(dy),
        bench.input(x),
        bench.input(alpha),
        rows,
        C,
      );
      return [bench.read(dx), bench.read(dAlpha)];
    };
    const [dx, dAlpha] = back(true, true);
    expectClose(
      dx,
      beforeX.map((each, i) => each + expected.dx[i]),
      { relative: 1e-6, absolute: 1e-6 },
    );
    expectClose(
      dAlpha,
      beforeAlpha.map((each, j) => each + expected.dAlpha[j]),
      { relative: 1e-6, absolute: 1e-6 },
    );
    expect(back(true, false)).toEqual([dx, beforeAlpha]);
    expect(back(false, true)).toEqual([beforeX, dAlpha]);
  });

  it("NaN passes", () => {
    const y = bench.output(5);
    kernels.preluForward(y, bench.input([nan, 1, nan, -1, 0]), bench.input([0.5]), 5, 1);
    expect([...bench.read(y)]).toEqual([nan, 1, nan, -0.5, 0]);
    const dAlpha = bench.inOut([0, 0, 0, 0, 0]);
    kernels.preluBackward(
      0,
      dAlpha,
      bench.input([1, 1, 1, 1, 1]),
      bench.input([nan, 1, -2, nan, nan]),
      bench.input([0, 0, 0, 0, 0]),
      1,
      5,
    );
    expect([...bench.read(dAlpha)]).toEqual([nan, 0, -2, nan, nan]);
  });
});
