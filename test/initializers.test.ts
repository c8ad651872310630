/** Initial weights: their distributions as Keras defines them, and where their random numbers come from. */
import { describe, expect, it } from "vitest";
import { Engine } from "../src/engine/engine.ts";
import { layers, sequential } from "../src/index.ts";
import { expectInitializer, type Initializer, initialize } from "../src/initializers.ts";
import { sizeOf } from "../src/ndarray.ts";
import { expectClose } from "./helpers/compare.ts";
import { matmul } from "./reference/matmul.ts";

function draw(initializer: Initializer, shape: readonly number[], seed = 1, stream = 0): Float32Array {
  const engine = new Engine();
  const pointer = engine.memory.persist(sizeOf(shape) + 4);
  initialize(engine, pointer, shape, expectInitializer(initializer, "test"), seed, stream);
  const numbers = engine.memory.floats.slice(pointer >> 2, (pointer >> 2) + sizeOf(shape) + 4);
  expect([...numbers.slice(-4)]).toEqual([0, 0, 0, 0]); // nothing written behind it
  return numbers.slice(0, -4);
}

function moments(numbers: Float32Array) {
  const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
  const deviation = Math.sqrt(numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0) / numbers.length);
  const largest = numbers.reduce((most, value) => Math.max(most, Math.abs(value - mean)), 0);
  return { mean, deviation, largest };
}

// 80,000 numbers: the deviation is good to 0.25 %, the mean to 0.35 % of the deviation; four times that is allowed.
const [rows, columns] = [100, 800];
const fans = { input: rows, average: (rows + columns) / 2 };

function expectSpread(numbers: Float32Array, deviation: number, mean = 0): void {
  const found = moments(numbers);
  expectClose([found.deviation], [deviation], { relative: 0.01 }, "deviation");
  expectClose([found.mean], [mean], { absolute: 0.015 * deviation }, "mean");
}

describe.each([
  ["glorot", 1 / fans.average],
  ["he", 2 / fans.input],
  ["lecun", 1 / fans.input],
] as const)("%s", (name, variance) => {
  it("uniform has its variance and limit", () => {
    const numbers = draw(`${name}Uniform`, [rows, columns]);
    const limit = Math.sqrt(3 * variance);
    expectSpread(numbers, Math.sqrt(variance));
    const { min, max } = { min: Math.min(...numbers), max: Math.max(...numbers) };
    expect(max).toBeLessThanOrEqual(limit * (1 + 1e-6));
    expect(min).toBeGreaterThanOrEqual(-limit * (1 + 1e-6));
    expect(Math.min(max, -min)).toBeGreaterThan(0.999 * limit);
    const inner = numbers.filter(value => Math.abs(value) < limit / 2).length / numbers.length;
    expect(Math.abs(inner - 0.5)).toBeLessThan(0.01); // evenly spread
  });

  it("normal has its variance, and ends at two deviations of the uncut distribution", () => {
    const numbers = draw(`${name}Normal`, [rows, columns]);
    const uncut = Math.sqrt(variance) / 0.87962566103423978;
    expectSpread(numbers, Math.sqrt(variance));
    const { largest } = moments(numbers);
    expect(largest).toBeLessThan(2.02 * uncut);
    expect(largest).toBeGreaterThan(1.98 * uncut);
    // The share within one deviation: erf(1/√2) / erf(2/√2).
    const inner = numbers.filter(value => Math.abs(value) < uncut).length / numbers.length;
    expect(Math.abs(inner - 0.682689 / 0.9545)).toBeLessThan(0.01);
  });
});

describe("the others", () => {
  it("uniform", () => {
    const numbers = draw({ name: "uniform", minimum: -1, maximum: 3 }, [rows, columns]);
    expectSpread(numbers, 4 / Math.sqrt(12), 1);
    expect(moments(numbers).largest).toBeLessThan(2.02);
    expectSpread(draw("uniform", [rows, columns]), 0.1 / Math.sqrt(12));
  });

  it("normal is not cut", () => {
    const numbers = draw({ name: "normal", mean: 2, deviation: 0.5 }, [rows, columns]);
    expectSpread(numbers, 0.5, 2);
    const outside = numbers.filter(value => Math.abs(value - 2) > 1).length / numbers.length;
    expect(Math.abs(outside - 0.0455)).toBeLessThan(0.004);
    expect(moments(numbers).largest).toBeGreaterThan(3.5 * 0.5);
    expectSpread(draw("normal", [rows, columns]), 0.05);
  });

  it("truncatedNormal ends at two deviations", () => {
    const numbers = draw({ name: "truncatedNormal", mean: -1, deviation: 0.2 }, [rows, columns]);
    expectSpread(numbers, 0.2 * 0.87962566103423978, -1);
    expect(moments(numbers).largest).toBeLessThan(0.4 * 1.02);
    expectSpread(draw("truncatedNormal", [rows, columns]), 0.05 * 0.87962566103423978);
  });

  it("zeros, ones, constant", () => {
    expect(new Set(draw("zeros", [3, 5]))).toEqual(new Set([0]));
    expect(new Set(draw("ones", [3, 5]))).toEqual(new Set([1]));
    expect(new Set(draw({ name: "constant", value: 0.25 }, [3, 5]))).toEqual(new Set([0.25]));
    expect(new Set(draw("constant", [2]))).toEqual(new Set([0]));
  });

  it("a vector's fans are its length", () => {
    const numbers = draw("glorotUniform", [30000]);
    expect(Math.max(...numbers.map(Math.abs))).toBeLessThanOrEqual(Math.sqrt(3 / 30000) * (1 + 1e-6));
    expectSpread(numbers, Math.sqrt(1 / 30000));
  });
});

describe("varianceScaling", () => {
  it("has Keras' names and defaults", () => {
    const shape = [rows, columns];
    expect(draw("varianceScaling", shape)).toEqual(draw("lecunNormal", shape));
    const glorot = { name: "varianceScaling", mode: "fanAvg", distribution: "uniform" } as const;
    expect(draw(glorot, shape)).toEqual(draw("glorotUniform", shape));
    expect(draw({ name: "varianceScaling", scale: 2 }, shape)).toEqual(draw("heNormal", shape));
  });

  it("untruncated, of what goes out", () => {
    const given = { name: "varianceScaling", scale: 3, mode: "fanOut", distribution: "untruncatedNormal" } as const;
    const numbers = draw(given, [rows, columns]);
    expectSpread(numbers, Math.sqrt(3 / columns));
    expect(moments(numbers).largest).toBeGreaterThan(3.5 * Math.sqrt(3 / columns));
  });
});

describe("identity", () => {
  it("has ones where row and column are the same", () => {
    expect([...draw("identity", [2, 3])]).toEqual([1, 0, 0, 0, 1, 0]);
    expect([...draw({ name: "identity", gain: 0.5 }, [3, 2])]).toEqual([0.5, 0, 0, 0.5, 0, 0]);
    expect(() => draw("identity", [3])).toThrow("initializer identity: expected a matrix, got [3]");
  });
});

describe("orthogonal", () => {
  it.each([
    ["wide", 6, 24],
    ["tall", 24, 6],
    ["square", 13, 13],
    ["square", 64, 64],
    ["of an LSTM of 50 units", 50, 200],
    ["one row", 1, 7],
    ["one column", 7, 1],
    ["one number", 1, 1],
  ])("%s, %i x %i", (_, m, n) => {
    const q = draw("orthogonal", [m, n]);
    const short = Math.min(m, n);
    const gram = m <= n ? matmul(q, q, m, n, m, { transposeB: true }) : matmul(q, q, n, m, n, { transposeA: true });
    const identity = Array.from({ length: short * short }, (_, i) => (i % (short + 1) === 0 ? 1 : 0));
    expectClose(gram, identity, { absolute: 1e-6 });
  });

  it("has the gain, and no preferred direction", () => {
    const doubled = draw({ name: "orthogonal", gain: 2 }, [6, 24]);
    expect([...doubled]).toEqual([...draw("orthogonal", [6, 24])].map(value => 2 * value));
    const numbers = draw("orthogonal", [100, 400]);
    expectClose([moments(numbers).deviation], [1 / 20], { relative: 0.01 });
    expectClose([moments(numbers).mean], [0], { absolute: 0.001 });
    const signs = Array.from({ length: 200 }, (_, seed) => Math.sign(draw("orthogonal", [3, 3], seed)[0]));
    expect(Math.abs(signs.reduce((a, b) => a + b, 0))).toBeLessThan(60);
  });
});

describe("random numbers", () => {
  const random = ["uniform", "normal", "truncatedNormal", "glorotUniform", "heNormal", "orthogonal"] as const;

  it.each(random)("%s: the same seed and weight give the same bits, others give others", name => {
    const shape = [5, 7];
    const first = draw(name, shape, 1, 0);
    expect(draw(name, shape, 1, 0)).toEqual(first);
    expect(shared(draw(name, shape, 2, 0), first)).toBe(0);
    expect(shared(draw(name, shape, 1, 1), first)).toBe(0);
    const own = { name, seed: 7 };
    expect(draw(own, shape, 1)).toEqual(draw(own, shape, 2));
    expect(draw(own, shape, 1)).toEqual(draw(name, shape, 7));
  });

  /** How many numbers two arrays have at the same place. */
  const shared = (a: Float32Array, b: Float32Array) => a.filter((value, i) => value === b[i]).length;

  it("weights of one model all differ; the same seed gives the same model", () => {
    const build = (seed?: number) =>
      sequential(
        [
          layers.lstm({ units: 4, returnSequences: true, inputShape: [3, 4] }),
          layers.lstm({ units: 4 }),
          layers.dense({ units: 16 }),
        ],
        seed === undefined ? {} : { seed },
      ).getWeights();
    const [kernel, recurrent, , kernel1, recurrent1, , dense] = build(1).map(({ data }) => data as Float32Array);
    const all = [kernel, recurrent, kernel1, recurrent1, dense];
    all.forEach((a, i) => {
      for (const b of all.slice(0, i)) expect(shared(a, b)).toBe(0);
    });
    expect(build(1)).toEqual(build(1));
    expect(build()).toEqual(build(0));
    expect(build(2)[0].data).not.toEqual(kernel);
  });
});
