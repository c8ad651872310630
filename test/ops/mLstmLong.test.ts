/**
 * The mLSTM over more steps than are taken together, against finite differences: sequences that end in the middle of
 * them, in which at some steps the new scale wins, so that what was before decays, and at others the old one.
 */
import { describe, it } from "vitest";
import { ndarray } from "../../src/ndarray.ts";
import { type NDArrays, ops, randomArray } from "../helpers/gradients.ts";
import { expectDifferences, expectReference, inOtherOrder, randomOuter } from "../helpers/nets.ts";
import { type Random, seeded } from "../helpers/random.ts";
import { modernCaseOf } from "./modernCases.ts";

const [N, T, C] = [2, 37, 2];
const EVERY = 5;
const PEAK = 4;

/** Sequences of 32 and 20 real steps, among hidden ones. */
const mask = Array.from({ length: N * T }, (_, i) => {
  const [n, t] = [Math.floor(i / T), i % T];
  return (n ? t > 3 && t % 3 && t < 35 : t % 7 !== 3) ? 1 : 0;
});

/**
 * Numbers far from kinks: the input gate follows the first input, which is large at every fifth step, by enough that
 * the new scale wins there and nowhere else. Scales, and so the least divisor e^-m, are high or low.
 */
function arraysOf(random: Random, H: number, heads: number, shapes: Record<string, number[]>, least: boolean) {
  const changed = (name: string, scale: number, change: (value: number, i: number) => number): NDArrays[string] => {
    const { data, shape } = randomArray(random, shapes[name], scale);
    return ndarray(Float32Array.from(data, change), shape);
  };
  const width = 4 * H + 2 * heads;
  const offset = least ? -7 : 0;
  return {
    x: changed("x", 0.8, (value, i) => (i % C ? value : Math.floor(i / C) % EVERY ? 0 : PEAK)),
    kernel: changed("kernel", 0.4, (value, i) => {
      const [row, column] = [Math.floor(i / width), i % width];
      if (column < 4 * H) return row ? value : value / 4;
      return row ? value / 10 : Number(column < 4 * H + heads);
    }),
    bias: changed("bias", 0.3, (value, i) => {
      if (i < 2 * H) return least ? value : value + 1.5;
      if (i < 4 * H) return value;
      return value / 5 + (i < 4 * H + heads ? offset : 1.2);
    }),
    ...(shapes.gamma ? { gamma: changed("gamma", 1, value => value) } : {}),
    h: changed("h", 0.5, value => value),
    c: changed("c", 0.5, value => value),
    n: changed("n", 0.5, value => (least ? value : value + 2)),
    m: changed("m", 0.1, value => value + PEAK - 1 + offset),
  };
}

describe("mLSTM over many steps equals the reference and finite differences", () => {
  it.each<
    [
      string,
      { H: number; heads: number; least?: boolean; masked?: boolean; goBackwards?: boolean; normalizes?: boolean },
    ]
  >([
    ["one head", { H: 5, heads: 1 }],
    ["one head, whole vectors, divisors at their least, masked", { H: 4, heads: 1, least: true, masked: true }],
    ["two heads, masked, backwards", { H: 6, heads: 2, masked: true, goBackwards: true }],
    ["two heads, whole vectors, masked", { H: 8, heads: 2, masked: true }],
    ["two heads, normalized, masked", { H: 14, heads: 2, masked: true, normalizes: true }],
  ])("%s", (_, { H, heads, least = false, masked = false, goBackwards = false, normalizes = false }) => {
    const options = { heads, returnSequences: true, goBackwards, normalizes, ...(masked && { mask }) };
    const op = modernCaseOf("mLSTM", { N, T, C, H }, options);
    const random = seeded(1);
    const arrays = arraysOf(random, H, heads, op.shapes as Record<string, number[]>, least);
    const system = ops(op.forward, { training: true, seed: 1 });
    const outer = randomOuter(random, system.forward(arrays));
    expectReference(system, arrays, op.reference, outer, { relative: 2e-5, absolute: 2e-5 }, inOtherOrder);
    expectDifferences(system, arrays, op.reference, outer, random, { h: 1 / 64 });
  });
});
