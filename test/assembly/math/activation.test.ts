import { afterEach, describe, expect, it } from "vitest";
import { activationKind, elementwiseActivations } from "../../../src/activations.ts";
import { expectClose } from "../../helpers/compare.ts";
import { KernelBench } from "../../helpers/kernels.ts";
import { seeded } from "../../helpers/random.ts";
import { activate, activationBackward, activationForward } from "../../reference/activations.ts";
import { byExponent, evenly, worstUlp } from "./sweep.ts";

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
const bench = new KernelBench();
afterEach(() => bench.reset());

const kernelOf = (name: (typeof elementwiseActivations)[number]) => (y: number, x: number, n: number) =>
  bench.kernels.activationForward(y, x, activationKind(name), n);

function forward(name: (typeof elementwiseActivations)[number], x: ArrayLike<number>): number[] {
  const y = bench.output(x.length);
  kernelOf(name)(y, bench.input(x), x.length);
  return [...bench.read(y)];
}

describe("accuracy", () => {
  // The largest errors over all float32 numbers from 1e-4 in size, rounded up. Below 0 a sigmoid has the relative error of e^x,
  // whose argument is rounded.
  const sigmoidUlp = (x: number) => (x < 0 ? 2 - 1.2 * x : 1.6);
  const tanhUlp = () => 3.9;
  const softplusUlp = () => 3;
  const eluUlp = () => 6;
  const seluUlp = () => 7;

  it.each([
    ["sigmoid", "its middle", sigmoidUlp, evenly(-64, 64, 200_000)],
    ["sigmoid", "where its error is largest", sigmoidUlp, evenly(-45, -44.3, 50_000)],
    ["sigmoid", "positive numbers by size", sigmoidUlp, byExponent(1, 1e-45, 3e38, 100_000)],
    ["sigmoid", "negative numbers by size", sigmoidUlp, byExponent(-1, 1e-45, 63.9, 100_000)],
    ["tanh", "its middle", tanhUlp, evenly(-9.5, 9.5, 200_000)],
    ["tanh", "where its error is largest", tanhUlp, evenly(0.055, 0.065, 100_000)],
    ["tanh", "positive numbers by size, subnormals too", tanhUlp, byExponent(1, 1e-45, 3e38, 200_000)],
    ["tanh", "negative numbers by size, subnormals too", tanhUlp, byExponent(-1, 1e-45, 3e38, 200_000)],
    // -ln sigmoid(-x), on which the gates of xLSTM rest too.
    ["softplus", "its domain", softplusUlp, evenly(-87, 100, 200_000)],
    ["softplus", "its middle", softplusUlp, evenly(-20, 20, 200_000)],
    ["softplus", "numbers near 0", softplusUlp, evenly(-1, 1, 100_000)],
    ["softplus", "positive numbers by size", softplusUlp, byExponent(1, 1e-45, 3e38, 100_000)],
    ["softplus", "negative numbers by size", softplusUlp, byExponent(-1, 1e-45, 87, 100_000)],
    ["softsign", "positive numbers by size", () => 2, byExponent(1, 1e-38, 1e38, 100_000)],
    ["softsign", "negative numbers by size", () => 2, byExponent(-1, 1e-38, 1e38, 100_000)],
    ["elu", "its middle", eluUlp, evenly(-9, 3, 200_000)],
    ["elu", "negative numbers by size", eluUlp, byExponent(-1, 1e-36, 3e38, 200_000)],
    ["selu", "its middle", seluUlp, evenly(-9, 3, 200_000)],
    ["selu", "negative numbers by size", seluUlp, byExponent(-1, 1e-36, 3e38, 200_000)],
    ["leakyRelu", "both sides", () => 1, evenly(-9, 9, 100_000)],
    ["exponential", "its middle", () => 1, evenly(-87, 88, 200_000)],
  ] as const)("%s over %s", (name, _, allowed, numbers) => {
    const worst = worstUlp(bench, kernelOf(name), x => activate(name, x), numbers, allowed);
    expect(worst.share, `at ${worst.at}`).toBeLessThanOrEqual(1);
    expect(worst.share).toBeGreaterThan(0);
  });

  it("hardSigmoid is within 2^-24 everywhere", () => {
    const x = evenly(-3.5, 3.5, 100_000);
    expectClose(forward("hardSigmoid", x), activationForward("hardSigmoid", x), { absolute: 2 ** -24 });
  });

  it("tanh is odd to the ULP, sigmoid never subnormal", () => {
    const x = byExponent(1, 1e-3, 9, 10_000);
    expectClose(
      forward(
        "tanh",
        x.map(value => -value),
      ),
      forward("tanh", x).map(value => -value),
      { relative: 6e-7 },
    );
    expect(Math.min(...forward("sigmoid", evenly(-1000, 0, 10_000)))).toBeGreaterThan(1e-28);
  });
});

describe("special numbers", () => {
  const floor = Math.fround(Math.exp(-64));
  const seluLimit = 1.7580993408473766;
  const x = [nan, inf, -inf, 0, -0, 1e-45, -1e-40, 3.4e38, -3.4e38];
  it.each([
    ["linear", x.map(Math.fround)],
    ["relu", [nan, inf, 0, 0, -0, Math.fround(1e-45), 0, Math.fround(3.4e38), 0]],
    ["tanh", [nan, 1, -1, 0, 0, Math.fround(1e-45), Math.fround(-1e-40), 1, -1]],
    ["sigmoid", [nan, 1, floor, 0.5, 0.5, 0.5, 0.5, 1, floor]],
    ["hardSigmoid", [nan, 1, 0, 0.5, 0.5, 0.5, 0.5, 1, 0]],
    ["softplus", [nan, inf, 0, Math.LN2, Math.LN2, Math.LN2, Math.LN2, Math.fround(3.4e38), 0]],
    ["softsign", [nan, 1, -1, 0, 0, Math.fround(1e-45), Math.fround(-1e-40), 1, -1]],
    ["elu", [nan, inf, -1, 0, 0, Math.fround(1e-45), Math.fround(-1e-40), Math.fround(3.4e38), -1]],
    ["selu", [nan, inf, -seluLimit, 0, 0, Math.fround(1e-45), Math.fround(-seluLimit * 1e-40), inf, -seluLimit]],
    ["leakyRelu", [nan, inf, -inf, 0, 0, Math.fround(1e-45), Math.fround(-2e-41), Math.fround(3.4e38), -6.8e37]],
    ["exponential", [nan, inf, 0, 1, 1, 1, 1, inf, 0]],
  ] as const)("%s", (name, expected) => {
    // The sigmoid of -64 is 79 ULP accurate.
    expectClose(forward(name, x), expected, { relative: 1e-5 });
    // One at a time, they go through the tail.
    expectClose(
      x.map(value => forward(name, [value])[0]),
      expected,
      { relative: 1e-5 },
    );
  });

  it.each(elementwiseActivations)("%s: NaN stays in its lane, and passes backward", name => {
    for (const at of [0, 2, 3, 4]) {
      const numbers = [0.5, -0.25, 1, 0.75, -1];
      numbers[at] = nan;
      expect(forward(name, numbers).map(Number.isNaN)).toEqual(numbers.map(Number.isNaN));
    }
    const dx = bench.inOut([0]);
    bench.kernels.activationBackward(dx, bench.input([nan]), bench.input([0.5]), activationKind(name), 1);
    expect(bench.read(dx)[0]).toBeNaN();
  });
});

describe.each(elementwiseActivations)("%s", name => {
  it.each([1, 2, 3, 4, 5, 7, 8, 9, 31])("forward and backward of %i numbers", n => {
    const random = seeded(n);
    const x = random.array(n, 2);
    const y = Float32Array.from(forward(name, x));
    expectClose(y, activationForward(name, x), { relative: 4e-7, absolute: 6e-8 });

    const both = bench.inOut(x);
    kernelOf(name)(both, both, n);
    expect([...bench.read(both)]).toEqual([...y]);

    const [before, dy] = [random.array(n), random.array(n)];
    const dx = bench.inOut(before);
    bench.kernels.activationBackward(dx, bench.input(dy), bench.input(y), activationKind(name), n);
    const added = activationBackward(name, dy, y);
    expectClose(
      bench.read(dx),
      before.map((value, i) => value + added[i]),
      { relative: 2e-7, absolute: 2e-7 },
    );
  });
});

it("slopes at the corners are those of the flat side", () => {
  const slopes = (name: "relu" | "hardSigmoid", y: number[]) => {
    const dx = bench.inOut(y.map(() => 0));
    const dy = bench.input(y.map(() => 1));
    bench.kernels.activationBackward(dx, dy, bench.input(y), activationKind(name), y.length);
    return [...bench.read(dx)];
  };
  expect(slopes("relu", [0, -0, 1e-45, 2, inf])).toEqual([0, 0, 1, 1, 1]);
  expectClose(slopes("hardSigmoid", [0, 1, 0.5, 1e-30, 1 - 2 ** -24]), [0, 0, 1 / 6, 1 / 6, 1 / 6], { relative: 6e-8 });
});
