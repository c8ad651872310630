import { afterEach, describe, expect, it } from "vitest";
import { KernelBench } from "../../helpers/kernels.ts";
import { byExponent, evenly, worstUlp } from "./sweep.ts";

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

describe("logSigmoidForward", () => {
  const bench = new KernelBench();
  const { logSigmoidForward } = bench.kernels;
  afterEach(() => bench.reset());

  const exact = (x: number) => Math.min(x, 0) - Math.log1p(Math.exp(-Math.abs(x)));

  it.each([
    ["the domain", evenly(-100, 87, 200_000)],
    ["near 0", evenly(-1, 1, 100_000)],
    ["above 0, by size", byExponent(1, 1e-40, 86, 100_000)],
    ["below 0, by size", byExponent(-1, 1e-40, 3e38, 100_000)],
  ])("is at most 3 ULP off over %s", (_, numbers) => {
    const worst = worstUlp(bench, logSigmoidForward, exact, numbers, () => 3);
    expect(worst.share, `at ${worst.at}`).toBeLessThanOrEqual(1);
    expect(worst.share).toBeGreaterThan(0);
  });

  it.each([1, 2, 3, 4, 5, 7, 9])("takes %i numbers, in place too, and the ends of the line", n => {
    const x = Float32Array.from({ length: n }, (_, i) => [nan, inf, -inf, 0, -0, 88, -3e38, 1e-45, 5][i]);
    const y = bench.output(n);
    logSigmoidForward(y, bench.input(x), n);
    const both = bench.inOut(x);
    logSigmoidForward(both, both, n);
    expect(bench.read(both)).toEqual(bench.read(y));
    const ln2 = Math.fround(-Math.LN2);
    const expected = [nan, 0, -inf, ln2, ln2, 0, Math.fround(-3e38), ln2, Math.fround(exact(5))];
    bench.read(y).forEach((value, i) => {
      if (Number.isNaN(expected[i])) expect(value).toBeNaN();
      else if (Number.isFinite(expected[i]))
        expect(Math.abs(value - expected[i])).toBeLessThanOrEqual(3e-7 * Math.abs(expected[i]));
      else expect(value).toBe(expected[i]);
    });
  });
});
