import { afterEach, describe, expect, it } from "vitest";
import { KernelBench } from "../../helpers/kernels.ts";
import { seeded } from "../../helpers/random.ts";
import { byExponent, evenly, worstUlp } from "./sweep.ts";

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

describe("expForward", () => {
  const bench = new KernelBench();
  const { expForward } = bench.kernels;
  afterEach(() => bench.reset());

  const exp = (x: number[]): number[] => {
    const y = bench.output(x.length);
    expForward(y, bench.input(x), x.length);
    return [...bench.read(y)];
  };

  it.each([
    ["the domain", evenly(-87.29999, 88.29999, 200_000)],
    ["near 0", evenly(-0.5, 0.5, 100_000)],
    ["above 0, by size", byExponent(1, 1e-45, 88.2, 100_000)],
    ["below 0, by size", byExponent(-1, 1e-45, 87.2, 100_000)],
  ])("is at most 1 ULP off over %s", (_, numbers) => {
    const worst = worstUlp(bench, expForward, Math.exp, numbers, () => 1);
    expect(worst.share, `at ${worst.at}`).toBeLessThanOrEqual(1);
    expect(worst.share).toBeGreaterThan(0);
  });

  it("is at most 3 ULP off above the domain, to the end of float32", () => {
    const numbers = evenly(88.30001, 88.722, 50_000);
    const worst = worstUlp(bench, expForward, Math.exp, numbers, () => 3);
    expect(worst.share, `at ${worst.at}`).toBeLessThanOrEqual(1);
  });

  it("is exact at 0, 0 below the domain, infinity beyond float32, NaN for NaN", () => {
    const y = exp([0, -0, 1e-45, -1e-40, nan, inf, -inf, 3e38, -3e38, 88.73, -87.31, -104]);
    expect(y.slice(0, 5)).toEqual([1, 1, 1, 1, nan]);
    expect(y.slice(5)).toEqual([inf, 0, inf, 0, inf, 0, 0]);
  });

  it("never gives a subnormal", () => {
    const y = exp([...evenly(-105, -87, 20_000)]);
    expect(y.filter(value => value !== 0 && value < 2 ** -126)).toEqual([]);
    expect(y.some(value => value === 0) && y.some(value => value > 0)).toBe(true);
  });

  it.each([1, 2, 3, 4, 5, 7, 8, 9])("takes %i numbers, in place too, each the same wherever it stands", n => {
    const x = Float32Array.from({ length: n }, (_, i) => 1.7 - 0.9 * i);
    const y = exp([...x]);
    const both = bench.inOut(x);
    expForward(both, both, n);
    expect([...bench.read(both)]).toEqual(y);
    expect(y).toEqual([...x].map(value => exp([value])[0]));
  });

  it.each([1, 2, 3, 4, 5, 7, 8, 9])("its gradient, dy·y, is added: %i numbers", n => {
    const random = seeded(n);
    const [before, dy, y] = [0, 1, 2].map(() => Float32Array.from(random.array(n)));
    const dx = bench.inOut(before);
    bench.kernels.expBackward(dx, bench.input(dy), bench.input(y), n);
    expect(bench.read(dx)).toEqual(before.map((value, i) => value + Math.fround(dy[i] * y[i])));
  });
});
