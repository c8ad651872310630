import { describe, expect, it } from "vitest";
import { type SampleOptions, sample, seededRandom } from "../../src/text/index.ts";
import { expectError } from "../helpers/models.ts";

const P = [0.1, 0.4, 0.05, 0.3, 0.15];

/** How often each token is drawn. */
function shares(p: readonly number[], options: SampleOptions, count = 20_000): number[] {
  const random = seededRandom(5);
  const drawn = new Array(p.length).fill(0);
  for (let i = 0; i < count; i++) drawn[sample(p, { random, ...options })]++;
  return drawn.map(n => n / count);
}

/** What the shares must be, by the formulas in double precision. */
function expected(p: readonly number[], { temperature = 1, topK = p.length, topP = 1 }: SampleOptions): number[] {
  const most = Math.max(...p);
  const powers = p.map(value => (value / most) ** (1 / temperature));
  const order = [...p.keys()].sort((a, b) => p[b] - p[a]).slice(0, topK);
  const total = order.reduce((sum, i) => sum + powers[i], 0);
  let [sum, kept] = [0, 0];
  while (kept < order.length && (kept === 0 || sum < topP - 1e-12)) sum += powers[order[kept++]] / total;
  const nucleus = new Set(order.slice(0, kept));
  const mass = order.slice(0, kept).reduce((all, i) => all + powers[i], 0);
  return p.map((_, i) => (nucleus.has(i) ? powers[i] / mass : 0));
}

describe.each<SampleOptions>([
  {},
  { temperature: 0.5 },
  { temperature: 3 },
  { topK: 2 },
  { topP: 0.7 },
  { topP: 0.71 },
  { topP: 0 },
  { temperature: 0.7, topK: 4, topP: 0.8 },
  { temperature: 1e-4 },
  { temperature: 1e4 },
])("%j", options => {
  const wanted = expected(P, options);
  it("draws each token as often as the formula says", () => {
    for (const [i, share] of shares(P, options).entries()) {
      expect(Math.abs(share - wanted[i])).toBeLessThan(4 * Math.sqrt((wanted[i] * (1 - wanted[i])) / 20_000) + 1e-9);
    }
  });

  it("draws the same from logits", () => {
    const logits = P.map(p => Math.log(p) + 3);
    const random = [seededRandom(1), seededRandom(1)];
    for (let i = 0; i < 500; i++) {
      expect(sample(logits, { ...options, fromLogits: true, random: random[0] })).toBe(
        sample(P, { ...options, random: random[1] }),
      );
    }
  });
});

it("takes the most probable token at temperature 0, the first of equal ones", () => {
  expect(sample(P, { temperature: 0 })).toBe(1);
  expect(sample([0.2, 0.4, 0.4], { temperature: 0, random: () => 0.99 })).toBe(1);
  expect(sample([-3, -1, -1], { temperature: 0, fromLogits: true })).toBe(1);
  expect(sample([0.25, 0.25, 0.25, 0.25], { topK: 1 })).toBe(0);
  expect(new Set(Array.from({ length: 50 }, (_, i) => sample([0.25, 0.25, 0.25, 0.25], { topK: 2, seed: i })))).toEqual(
    new Set([0, 1]),
  );
});

it("never draws what is impossible, at either end of the random numbers", () => {
  for (const temperature of [0.01, 0.5, 1, 2, 100]) {
    for (const random of [() => 0, () => 1 - 2 ** -53]) {
      expect(sample([0, 0, 0.5, 0.5, 0], { temperature, random })).toBe(random() === 0 ? 2 : 3);
      expect(sample([-Infinity, 2, -Infinity], { temperature, random, fromLogits: true })).toBe(1);
    }
  }
  expect(sample([0, 1e-40, 0], { temperature: 0.5 })).toBe(1);
  // Whatever rounding leaves over.
  const uniform = seededRandom(1);
  for (let i = 0; i < 1000; i++) {
    const raw = Array.from({ length: 9 }, uniform);
    const total = raw.reduce((sum, x) => sum + x, 0);
    const p = [...raw.map(x => x / total), 0, 0];
    expect(sample(p, { random: () => 1 - 2 ** -53 })).toBeLessThan(9);
  }
});

it("takes what streams and predictions give: typed arrays, and rows of one step", () => {
  const p = Float32Array.of(0, 1, 0);
  expect(sample(p)).toBe(1);
  expect(sample({ shape: [1, 1, 3], data: p })).toBe(1);
  expect(sample([[0, 1, 0]])).toBe(1);
});

it("draws by a seed: the same token of the same one, another row of another", () => {
  const draws = (seed: number) => {
    const random = seededRandom(seed);
    return Array.from({ length: 20 }, () => sample(P, { random }));
  };
  expect(draws(1)).toEqual(draws(1));
  expect(draws(1)).not.toEqual(draws(2));
  expect(sample(P, { seed: 3 })).toBe(sample(P, { seed: 3 }));
  // Of the generator called mulberry32: bits that must not change.
  const random = seededRandom(7);
  expect([random(), random(), random()]).toEqual([0.011704753153026104, 0.06195825757458806, 0.97690763277933]);
  const few = seededRandom(0);
  const mean = Array.from({ length: 10_000 }, few).reduce((sum, x) => sum + x, 0) / 10_000;
  expect(Math.abs(mean - 0.5)).toBeLessThan(0.01);
});

it.each<[unknown, object, "TypeError" | "RangeError", string | RegExp]>([
  [[0.5, NaN], {}, "RangeError", "sample p: expected probabilities, got NaN at element 1"],
  [[0.5, Infinity], {}, "RangeError", "sample p: expected probabilities, got Infinity at element 1"],
  [[0.5, NaN], { temperature: 0 }, "RangeError", "sample p: expected probabilities, got NaN at element 1"],
  [
    [0.5, -1],
    {},
    "RangeError",
    "sample p: expected probabilities, got -1 at element 1; of logits say fromLogits: true",
  ],
  [[3, 1], {}, "RangeError", "sample p: expected probabilities, got 3 at element 0; of logits say fromLogits: true"],
  [
    [0.75, 0.5],
    {},
    "RangeError",
    "sample p: expected probabilities that sum to 1, got a sum of 1.25; of logits say fromLogits: true",
  ],
  [[0, 0], {}, "RangeError", "sample p: expected a token that is possible, got none"],
  [[1, NaN], { fromLogits: true }, "RangeError", "sample p: expected logits, got NaN at element 1"],
  [[1, Infinity], { fromLogits: true }, "RangeError", "sample p: expected logits, got Infinity at element 1"],
  [[-Infinity, -Infinity], { fromLogits: true }, "RangeError", "sample p: expected a token that is possible, got none"],
  [[], {}, "RangeError", "sample p: expected the numbers of one step, [V], got [0]"],
  [
    [
      [1, 0],
      [0, 1],
    ],
    {},
    "RangeError",
    "sample p: expected the numbers of one step, [V], got [2, 2]",
  ],
  ["p", {}, "TypeError", 'sample p: expected nested number arrays, { shape, data } or ndarray(data, shape), got "p"'],
  [[1], { temperature: -1 }, "RangeError", "sample temperature: expected a number >= 0, got -1"],
  [[1], { temperature: NaN }, "RangeError", "sample temperature: expected a number >= 0, got NaN"],
  [[1], { topK: 0 }, "RangeError", "sample topK: expected a whole number >= 1, got 0"],
  [[1], { topP: 2 }, "RangeError", "sample topP: expected a number in [0, 1], got 2"],
  [[1], { seed: 1, random: Math.random }, "TypeError", "sample: expected seed or random, got both"],
  [[1], { random: 4 }, "TypeError", "sample random: expected a function that gives a number in [0, 1), got 4"],
  [[0.5, 0.5], { random: () => 1 }, "RangeError", "random: expected a function that gives numbers in [0, 1), got 1"],
])("refuses case %#", async (p, options, type, message) => {
  await expectError(() => sample(p as number[], options), type, message);
});
