import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { elementwiseActivations } from "../../../src/activations.ts";
import { expectClose } from "../../helpers/compare.ts";
import { KernelBench } from "../../helpers/kernels.ts";
import { lstmBackward, lstmForward } from "../../reference/lstm.ts";
import { type LstmCase, type LstmData, randomData, runLstm } from "./runLstm.ts";

const bench = new KernelBench();
afterEach(() => bench.reset());

/** Runs both ways and compares all outputs and gradients with the reference. */
function check(sizes: LstmCase, data: LstmData = randomData(sizes)): void {
  const run = runLstm(bench, sizes, data);
  const options = { ...sizes, returnSequences: true, zeroOutputForMask: true };
  const expected = lstmForward(data.x, data.weights, data.initial, sizes, options);
  const close = { relative: 3e-6, absolute: 2e-6 };
  expectClose(run.states, expected.output, close, "states");
  expectClose(run.h, expected.h, close, "h");
  expectClose(run.c, expected.c, close, "c");

  const gradients = lstmBackward(data.outer, expected, data.x, data.weights, sizes, {
    ...sizes,
    zeroOutputForMask: true,
  });
  const actual = run.backward();
  for (const name of ["dx", "dKernel", "dRecurrentKernel", "dBias", "dh0", "dc0"] as const) {
    // Against the largest: sums of terms that cancel have the error of those.
    const largest = gradients[name]?.reduce((most, value) => Math.max(most, Math.abs(value)), 0) ?? 0;
    const tolerance = { relative: 1e-5, absolute: 1e-6 + 2e-6 * largest };
    expectClose(actual[name] ?? [], gradients[name] ?? [], tolerance, name);
  }
}

describe("equals the reference", () => {
  const sizes = [1, 3, 4, 5, 8, 9];

  it.each(sizes.flatMap(H => sizes.map(C => [H, C])))("H = %i, C = %i", (H, C) => {
    const [N, T] = [sizes[(H + 2 * C) % 6], sizes[(2 * H + C) % 6]];
    check({ N, T, C, H, returnSequences: true, goBackwards: (H + C) % 2 === 0 });
  });

  it.each(sizes.flatMap(N => sizes.map(T => [N, T])))("N = %i, T = %i", (N, T) => {
    const [H, C] = [sizes[(N + 2 * T) % 6], sizes[(2 * N + T) % 6]];
    check({ N, T, C, H, returnSequences: T % 2 === 0, goBackwards: N % 2 === 0 });
  });

  it.each(
    elementwiseActivations
      .filter(activation => !["hardSigmoid", "exponential"].includes(activation)) // which would grow
      .flatMap(activation => (["sigmoid", "hardSigmoid"] as const).map(recurrent => [activation, recurrent] as const)),
  )("activation %s, recurrentActivation %s", (activation, recurrentActivation) => {
    check({ N: 3, T: 5, C: 2, H: 6, activation, recurrentActivation, returnSequences: true });
    check({ N: 5, T: 3, C: 4, H: 9, activation, recurrentActivation });
  });

  it.each([1, 4, 7])("without a bias, H = %i", H => {
    const sizes = { N: 3, T: 4, C: 3, H, returnSequences: true };
    check(sizes, randomData(sizes, { bias: false }));
  });

  it.each([
    { N: 66, T: 2, C: 5, H: 20 },
    { N: 2, T: 3, C: 520, H: 7 },
    { N: 6, T: 2, C: 3, H: 132 },
    { N: 4, T: 70, C: 2, H: 5 },
  ])("past the blocks of the products: %j", sizes => check({ ...sizes, returnSequences: true }));

  it.each([
    ["right", (n: number, t: number) => t < [5, 2, 0, 5, 1, 3, 4][n]],
    ["left", (n: number, t: number) => t >= [5, 2, 0, 5, 1, 3, 4][n]],
    ["holes", (n: number, t: number) => (7 * n + 3 * t) % 5 > 1],
    ["one step", (n: number, t: number) => n === 4 && t === 3],
    ["everything", () => false],
  ])("masked: %s", (_, real) => {
    const [N, T] = [7, 5];
    const mask = Int32Array.from({ length: N * T }, (_, i) => Number(real(Math.floor(i / T), i % T)));
    for (const goBackwards of [false, true]) {
      for (const returnSequences of [false, true]) check({ N, T, C: 3, H: 6, mask, goBackwards, returnSequences });
    }
  });

  it("with saturated gates and large inputs", () => {
    const sizes = { N: 3, T: 4, C: 3, H: 5, returnSequences: true };
    const data = randomData(sizes);
    check(sizes, { ...data, x: data.x.map(value => Math.fround(value * 1e4)) });
  });

  it("forward, for random shapes", () => {
    const size = fc.integer({ min: 1, max: 24 });
    const shapes = fc.record({
      N: size,
      T: fc.integer({ min: 1, max: 8 }),
      C: size,
      H: size,
      goBackwards: fc.boolean(),
      keep: fc.boolean(),
      seed: fc.nat(1000),
    });
    fc.assert(
      fc.property(shapes, ({ keep, seed, ...sizes }) => {
        bench.reset();
        const data = randomData(sizes, { seed });
        const run = runLstm(bench, sizes, data, { keep });
        const expected = lstmForward(data.x, data.weights, data.initial, sizes, { ...sizes, returnSequences: true });
        const close = { relative: 3e-6, absolute: 2e-6 };
        expectClose(run.states, expected.output, close, "states");
        expectClose(run.h, expected.h, close, "h");
        expectClose(run.c, expected.c, close, "c");
      }),
      { numRuns: 100, seed: 1 },
    );
  });
});

it("NaN in an input stays in its row, and starts at its step", () => {
  const sizes: LstmCase = { N: 6, T: 3, C: 4, H: 5, returnSequences: true };
  const data = randomData(sizes);
  data.x[(4 * 3 + 1) * 4 + 2] = Number.NaN; // row 4, step 1
  const { states } = runLstm(bench, sizes, data);
  const spoiled = [...states].map(Number.isNaN);
  expect(spoiled).toEqual(spoiled.map((_, i) => Math.floor(i / 15) === 4 && i % 15 >= 5));
});
