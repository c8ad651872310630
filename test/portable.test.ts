/** Mathematics that every runtime does alike, against that of this one. */
import { expect, it } from "vitest";
import { cosOfHalfTurns, power, wholePower } from "../src/portable.ts";

it("wholePower is the power", () => {
  for (const base of [0.9, 0.999, 1, 0, 0.5]) {
    for (const n of [0, 1, 2, 3, 7, 10, 1000, 123457]) {
      expect(Math.abs(wholePower(base, n) - base ** n)).toBeLessThanOrEqual(1e-11 * base ** n);
    }
  }
});

it("power is the power, behind the point too", () => {
  expect([0.5, 1, 2].map(base => power(base, Infinity))).toEqual([0, 1, Infinity]);
  for (const base of [0.9, 0.96, 0.5, 1, 1.3, 1e-3, 0]) {
    for (const exponent of [0, 1e-9, 0.001, 0.1, 0.5, 1 / 3, 0.999999, 1, 2.75, 10.1, 1234.567]) {
      const expected = base ** exponent;
      expect(Math.abs(power(base, exponent) - expected), `${base}^${exponent}`).toBeLessThanOrEqual(1e-13 * expected);
    }
  }
});

it("cosOfHalfTurns is the cosine", () => {
  for (let i = 0; i <= 1000; i++) {
    const x = i / 1000;
    expect(Math.abs(cosOfHalfTurns(x) - Math.cos(Math.PI * x)), `${x}`).toBeLessThanOrEqual(4e-16);
  }
  expect([0, 0.5, 1].map(cosOfHalfTurns)).toEqual([1, 0, -1]);
});
