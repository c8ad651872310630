/** What scalers learn: constants that wobble in their last bits, large offsets, and numbers far apart. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { minMaxScaler, type Scaler, standardScaler } from "../../src/data/index.ts";

const column = (values: readonly number[]) => values.map(value => [value]);
const deviationOf = (scaler: Scaler) => (scaler.toJSON() as { deviation: number[] }).deviation[0];
const meanOf = (scaler: Scaler) => (scaler.toJSON() as { mean: number[] }).mean[0];

/** The next number in float64 or float32. */
function next(x: number, Kind: typeof Float64Array | typeof Float32Array): number {
  const view = Kind.of(x);
  const word = Kind === Float64Array ? new BigUint64Array(view.buffer) : new Uint32Array(view.buffer);
  word[0] = (typeof word[0] === "bigint" ? word[0] + 1n : word[0] + 1) as never;
  return view[0];
}

describe("a feature that is constant but for rounding", () => {
  const kinds: [string, () => Scaler][] = [
    ["standardScaler", standardScaler],
    ["minMaxScaler", minMaxScaler],
  ];
  const wobbles: [string, number[]][] = [
    ["0.3 and 0.1 + 0.2", [0.3, 0.1 + 0.2, 0.3]],
    ["sums of tenths", [1, new Array(10).fill(0.1).reduce((a, b) => a + b)]],
    ["one bit at 1e9", [1e9, 1e9 + 1e-7]],
    ["one bit at -1e9", [-1e9, -1e9 - 1e-7]],
    ["one bit at 1e-20", [1e-20, next(1e-20, Float64Array)]],
    ["shares that sum to 1", [0.1 + 0.2 + 0.7, 0.7 + 0.2 + 0.1, 0.15 + 0.35 + 0.5, 1 / 3 + 1 / 3 + 1 / 3]],
  ];
  describe.each(kinds)("%s", (_, make) => {
    it.each(wobbles)("%s", (_, values) => {
      for (const data of [values, [...values].reverse()]) {
        const scaler = make().fit(column(data));
        for (const y of scaler.transform(column(data)).data) expect(Math.abs(y)).toBeLessThan(1e-6);
        const [y] = scaler.transform([[data[0] + 0.5]]).data;
        expect(y).toBeCloseTo(0.5, 5);
        expect(scaler.inverseTransform([[y]]).data[0]).toBeCloseTo(data[0] + 0.5, 5);
      }
    });

    it("one bit of float32, in a Float32Array", () => {
      for (const x of [0.3, -7.25, 1e6]) {
        const data = Float32Array.of(x, next(x, Float32Array), x);
        expect(data[0]).not.toBe(data[1]);
        const [y] = make()
          .fit({ shape: [3, 1], data })
          .transform([[data[0] + 0.5]]).data;
        expect(y).toBeCloseTo(0.5, 1);
      }
    });

    it("is none where the numbers are exact, however close", () => {
      for (const [low, high] of [
        [1, 1 + 1e-9],
        [1e9, 1e9 + 1e-3],
        [1e-30, 3e-30],
        [0, 1e-37],
        [-1e-12, 1e-12],
      ]) {
        const scaler = make().fit([[low], [high]]);
        const [a, b] = scaler.transform([[low], [high]]).data;
        expect(b - a).toBeCloseTo(scaler.kind === "standard" ? 2 : 1, 5);
      }
    });

    it("is none where dividing makes nothing larger", () => {
      const steps = { shape: [2, 1], data: Float32Array.of(1.7e9, next(1.7e9, Float32Array)) };
      const [a, b] = make().fit(steps).transform(steps).data;
      expect(b - a).toBeCloseTo(make().kind === "standard" ? 2 : 1, 5);
    });

    it("stays so among others", () => {
      const scaler = make().fit([
        [0.3, 1, 5],
        [0.1 + 0.2, 2, 5],
      ]);
      const y = scaler.transform([[0.5, 1.5, 6]]).data;
      expect(y[0]).toBeCloseTo(0.2, 6);
      expect(y[2]).toBeCloseTo(1, 6);
      expect(Math.abs(y[1])).toBeLessThan(1);
    });
  });
});

describe("statistics", () => {
  it.each([0, 1e5, 1e9, 1.7e9, 1e10, -1e10])("are exact at an offset of %d", offset => {
    const waves = Array.from({ length: 1000 }, (_, i) => offset + Math.round(1024 * Math.sin(i)) / 1024);
    // In integers, which are exact.
    const units = waves.map(x => BigInt(Math.round((x - offset) * 1024)));
    const sum = units.reduce((a, b) => a + b);
    const squares = units.reduce((a, b) => a + b * b, 0n);
    const scaler = standardScaler().fit(column(waves));
    expect(meanOf(scaler) - offset).toBeCloseTo(Number(sum) / 1024 / 1000, 5);
    const variance = Number(1000n * squares - sum * sum) / 1e6 / 2 ** 20;
    expect(Math.abs(deviationOf(scaler) / Math.sqrt(variance) - 1)).toBeLessThan(1e-9);
  });

  it("do not depend on a first value far from the others", () => {
    const values = [1e10, ...Array.from({ length: 100_000 }, (_, i) => (i % 2) * 1e-3)];
    const forward = standardScaler().fit(column(values));
    const backward = standardScaler().fit(column([...values].reverse()));
    expect(Math.abs(meanOf(forward) / meanOf(backward) - 1)).toBeLessThan(1e-10);
    expect(Math.abs(deviationOf(forward) / deviationOf(backward) - 1)).toBeLessThan(1e-10);
  });

  it("bring any numbers to mean 0 and deviation 1, or leave a constant alone", () => {
    const offset = fc.constantFrom(0, 1, -1e5, 1.7e9, 1e10);
    const spread = fc.constantFrom(1e-3, 1, 1e6);
    const numbers = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 2, maxLength: 200 });
    fc.assert(
      fc.property(offset, spread, numbers, (at, by, list) => {
        const values = list.map(x => at + by * x);
        const y = [...standardScaler().fitTransform(column(values)).data];
        const mean = y.reduce((a, b) => a + b, 0) / y.length;
        const deviation = Math.sqrt(y.reduce((a, b) => a + (b - mean) ** 2, 0) / y.length);
        const { mean: means, deviation: deviations } = standardScaler().fit(column(values)).toJSON() as {
          mean: number[];
          deviation: number[];
        };
        const rounding = (2 ** -52 * Math.abs(means[0])) / (deviations[0] || 1); // of the mean itself
        expect(Math.abs(mean)).toBeLessThan(1e-5 + rounding);
        if (deviation > 1e-3) expect(Math.abs(deviation - 1)).toBeLessThan(1e-5);
        for (const value of y) expect(Math.abs(value)).toBeLessThanOrEqual(Math.sqrt(y.length) + 1e-5);
      }),
      { seed: 7, numRuns: 500 },
    );
  });

  it("of numbers as large as float32 has do not overflow", () => {
    const [a, b] = standardScaler().fitTransform([[-3e38], [3e38]]).data;
    expect([a, b]).toEqual([-1, 1]);
  });
});
