/** How much of bolder forecasts is taken. */
import { describe, expect, it } from "vitest";
import { bestShare, bestShares, isBetter, mix } from "../../src/forecast/share.ts";

const n = 40;
const numbers = (f: (i: number) => number) => Float64Array.from({ length: n }, (_, i) => f(i));
const truth = numbers(() => 0);
const plain = numbers(i => (i % 2 ? 10 : -8));
const compared = { truth, counts: [20, 20], horizon: 1, clip: Number.POSITIVE_INFINITY };
/** Errors of the one are the other's, turned round. */
const [one, other] = [numbers(i => (i % 4 < 2 ? 2 : -2)), numbers(i => (i % 4 < 2 ? -2 : 2))];

describe("shares of bolder forecasts", () => {
  it("are chosen all at once: the mean of two whose errors cancel", () => {
    const { shares, mixed } = bestShares(plain, [one, other], compared);
    // Half of each: all of the first, then half of the second.
    expect(shares).toEqual([1, 0.5]);
    expect([...mixed]).toEqual([...truth]);
    const [first, second] = shares;
    expect([...mix(mix(plain, one, first), other, second)]).toEqual([...mixed]);
  });

  it("are as large together as they may be", () => {
    const { shares } = bestShares(plain, [one, other], compared, 0.5);
    const left = shares.reduce((rest, share) => rest * (1 - share), 1);
    expect(left).toBeCloseTo(0.5, 12);
    expect(bestShare(plain, truth, compared, 0.5).share).toBe(0.5);
  });

  it("are none of what helps after one origin and harms after another, or helps too little", () => {
    const uneven = numbers(i => (i < 20 ? 0 : 1.02 * plain[i]));
    expect(bestShare(plain, uneven, compared).share).toBeLessThan(1);
    expect(isBetter(plain, uneven, compared)).toBe(false);
    expect(
      isBetter(
        plain,
        numbers(i => 0.999 * plain[i]),
        compared,
      ),
    ).toBe(false);
    expect(
      isBetter(
        plain,
        numbers(i => 0.99 * plain[i]),
        compared,
      ),
    ).toBe(true);
    expect(bestShares(plain, [numbers(i => 1.1 * plain[i]), numbers(i => 2 * plain[i])], compared)).toEqual({
      shares: [0, 0],
      mixed: plain,
    });
    expect(bestShares(plain, [], compared)).toEqual({ shares: [], mixed: plain });
  });
});
