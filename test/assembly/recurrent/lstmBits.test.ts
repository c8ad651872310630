import { afterEach, describe, expect, it } from "vitest";
import { KernelBench } from "../../helpers/kernels.ts";
import { type LstmCase, type Ranges, randomData, runLstm } from "./runLstm.ts";

const bench = new KernelBench();
afterEach(() => bench.reset());

describe.each(["tanh", "relu"] as const)("gives the same bits, activation %s", activation => {
  const bits = (values: ArrayLike<number>) => new Int32Array(Float32Array.from(values).buffer);

  it.each([
    [1, 1, 1, 1],
    [5, 4, 3, 6],
    [9, 3, 5, 9],
    [2, 6, 4, 4],
  ])("with and without keep: N = %i, T = %i, C = %i, H = %i", (N, T, C, H) => {
    const sizes = { N, T, C, H, activation };
    const data = randomData(sizes);
    const [kept, passing] = [true, false].map(keep => runLstm(bench, sizes, data, { keep }));
    for (const name of ["states", "h", "c"] as const) expect(bits(passing[name])).toEqual(bits(kept[name]));
  });

  it.each(
    (
      [
        [
          2,
          [
            [0, 1],
            [1, 2],
          ],
        ],
        [
          9,
          [
            [4, 9],
            [0, 4],
          ],
        ],
        [
          9,
          [
            [0, 1],
            [1, 4],
            [4, 6],
            [6, 9],
          ],
        ],
        [
          70,
          [
            [64, 70],
            [0, 3],
            [3, 64],
          ],
        ],
      ] as [number, Ranges][]
    ).flatMap(([N, ranges]): [number, Ranges, string][] => [
      [N, ranges, "whole"],
      [N, ranges, "masked"],
    ]),
  )("for %i places in ranges %j, %s", (N, ranges, which) => {
    const mask = which === "masked" ? Int32Array.from({ length: N * 4 }, (_, i) => Number((5 * i) % 7 > 2)) : undefined;
    const sizes: LstmCase = { N, T: 4, C: 3, H: 7, activation, returnSequences: true, goBackwards: true, mask };
    const data = randomData(sizes);
    const whole = runLstm(bench, sizes, data);
    const cut = runLstm(bench, sizes, data, { ranges });
    const cutPassing = runLstm(bench, sizes, data, { ranges, keep: false });
    for (const name of ["states", "h", "c"] as const) {
      expect(bits(cut[name])).toEqual(bits(whole[name]));
      expect(bits(cutPassing[name])).toEqual(bits(whole[name]));
    }
    const [expected, gradients] = [whole.backward(), cut.backward(ranges)];
    for (const name of ["dz", "dx", "dKernel", "dRecurrentKernel", "dBias", "dh0", "dc0"] as const) {
      expect(bits(gradients[name] ?? [])).toEqual(bits(expected[name] ?? []));
    }
  });

  it("for a row alone and among others", () => {
    const sizes = { N: 7, T: 3, C: 3, H: 5, activation };
    const data = randomData(sizes);
    const { states } = runLstm(bench, sizes, data);
    const row = (values: ArrayLike<number>, n: number) =>
      Float64Array.from(values).slice((n * values.length) / 7, ((n + 1) * values.length) / 7);
    for (let n = 0; n < 7; n++) {
      const alone = {
        ...data,
        x: row(data.x, n),
        initial: { h: row(data.initial.h, n), c: row(data.initial.c, n) },
      };
      expect(bits(runLstm(bench, { ...sizes, N: 1 }, alone, { keep: false }).states)).toEqual(bits(row(states, n)));
    }
  });
});
