import { afterEach, describe, expect, it } from "vitest";
import { KernelBench } from "../../helpers/kernels.ts";
import { type LstmCase, type LstmData, randomData, runLstm } from "./runLstm.ts";

const bench = new KernelBench();
afterEach(() => bench.reset());

const SMALLEST_NORMAL = 2 ** -126;
const subnormals = (values: Float32Array) => values.filter(value => value !== 0 && Math.abs(value) < SMALLEST_NORMAL);

describe("a decaying state is never subnormal", () => {
  const [N, T, C, H] = [2, 300, 3, 6];

  /** Zero input; the forget gate is sigmoid(-1) = 0.27 where nothing comes from the recurrent weights. */
  function decaying(sizes: LstmCase, factor: number, outputBias = 0.5): LstmData {
    const data = randomData(sizes);
    data.x.fill(0);
    const { recurrentKernel } = data.weights;
    return {
      ...data,
      weights: {
        ...data.weights,
        recurrentKernel: Float64Array.from(recurrentKernel, value => Math.fround(value * factor)),
        bias: Float64Array.from({ length: 4 * H }, (_, i) => [-1, -1, 0, outputBias][Math.floor(i / H)]),
      },
    };
  }

  it.each([
    ["tanh", "sigmoid", 0, 0.5],
    ["tanh", "sigmoid", 0.3, 0.5],
    ["tanh", "sigmoid", 0, -20],
    ["linear", "sigmoid", 0.1, 0.5],
    ["relu", "hardSigmoid", 0.1, 0.5],
  ] as const)("%s, %s, recurrent weights times %d, output bias %d", (activation, recurrentActivation, factor, bias) => {
    const sizes: LstmCase = { N, T, C, H, activation, recurrentActivation, returnSequences: true };
    const data = decaying(sizes, factor, bias);
    for (const keep of [true, false]) {
      const run = runLstm(bench, sizes, data, { keep });
      for (const values of [run.states, run.cells]) expect(subnormals(values)).toHaveLength(0);
      expect([...run.c, ...run.h].every(value => value === 0)).toBe(true);
      // Not all at once: it went through small numbers.
      expect(run.states.some(value => value !== 0 && Math.abs(value) < 1e-15)).toBe(true);
    }
  });

  // After 67 to 78 steps of 0.27 each, what is not cut is subnormal.
  it.each([68, 72, 76, 300])("nor is its gradient after %i steps back", T => {
    for (const factor of [0, 0.1]) {
      const sizes: LstmCase = { N, T, C, H };
      const { dz, dc0, dh0 } = runLstm(bench, sizes, decaying(sizes, factor)).backward();
      expect(subnormals(dz)).toHaveLength(0);
      expect(subnormals(Float32Array.from(dc0))).toHaveLength(0);
      expect(subnormals(Float32Array.from(dh0))).toHaveLength(0);
      expect(dz.some(value => value !== 0 && Math.abs(value) < 1e-15)).toBe(true);
      if (factor === 0 || T === 300) expect([...dc0].every(value => value === 0)).toBe(true);
    }
  });
});
