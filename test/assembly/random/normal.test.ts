import { afterEach, describe, expect, it } from "vitest";
import { expectClose } from "../../helpers/compare.ts";
import { KernelBench } from "../../helpers/kernels.ts";
import { draw, LARGE, moments, spread } from "./draw.ts";

const bench = new KernelBench();
const { kernels } = bench;
afterEach(() => bench.reset());

const normal = (n: number, mean: number, deviation: number, truncated = false) =>
  draw(bench, n, (y, ...key) => kernels.randomNormal(y, mean, deviation, truncated, ...key, n));

const density = (z: number) => Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);

/** The standard normal distribution by its series 1/2 + density (z + z³/3 + z⁵/15 + ...). */
function distribution(z: number): number {
  let term = z;
  let sum = z;
  for (let k = 3; Math.abs(term) > 1e-17 * Math.abs(sum); k += 2) {
    term *= (z * z) / k;
    sum += term;
  }
  return 0.5 + density(z) * sum;
}

/** The z below which a share u of a normal distribution lies, by Newton's method from a guess. */
function quantile(u: number, guess: number): number {
  let z = guess;
  for (let i = 0; i < 4; i++) z -= (distribution(z) - u) / density(z);
  return z;
}

describe("randomNormal", () => {
  it("is the inverse of the normal distribution to 1e-6", () => {
    const { values, bits } = normal(20_000, 0, 1);
    expectClose(
      values,
      Float64Array.from(bits, (b, i) => quantile((b + 0.5) / 2 ** 32, values[i])),
      { absolute: 1e-6 },
    );
    expect(Math.max(...values)).toBeGreaterThan(3.5);
    expect(Math.min(...values)).toBeLessThan(-3.5);
  });

  it.each([
    [0.5, 0],
    [0.75, 0.6744897501960817],
    [0.975, 1.959963984540054],
    [1e-6, -4.753424308822899],
  ])("the reference at %d is that of tables", (u, z) => {
    expectClose([quantile(u, z + 0.01)], [z], { absolute: 1e-9 });
  });

  it.each([
    [0, 1],
    [-3, 0.05],
    [10, 2],
  ])("has mean %d and deviation %d", (mean, deviation) => {
    const m = moments(normal(LARGE, mean, deviation).values);
    expect(Math.abs(m.mean - mean)).toBeLessThan(spread(deviation));
    expect(Math.abs(m.deviation - deviation)).toBeLessThan(spread(deviation));
  });

  it("truncated at 2 deviations: range, mean, deviation, and the quantile of what is left", () => {
    const { values, bits } = normal(LARGE, 0, 1, true);
    expect(values.findIndex(z => Math.abs(z) > 2)).toBe(-1);
    expect(values.some(z => z > 1.999) && values.some(z => z < -1.999)).toBe(true);
    const { mean, deviation } = moments(values);
    expect(Math.abs(mean)).toBeLessThan(spread(1));
    expect(Math.abs(deviation - 0.8796256610342398)).toBeLessThan(spread(1));
    const below = distribution(-2);
    const exact = (b: number, i: number) => quantile(below + (1 - 2 * below) * ((b + 0.5) / 2 ** 32), values[i]);
    expectClose(values.subarray(0, 5000), Float64Array.from(bits.subarray(0, 5000), exact), { absolute: 1e-6 });
  });
});
