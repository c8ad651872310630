import { afterEach, describe, expect, it } from "vitest";
import { KernelBench } from "../../helpers/kernels.ts";
import { seeded } from "../../helpers/random.ts";
import { panels } from "../matmul/panels.ts";
import { placeFrame } from "./runLstm.ts";

const bench = new KernelBench();
const { kernels } = bench;
afterEach(() => bench.reset());

const padded = (n: number) => (n + 3) & ~3;

describe.each([
  [1, 1, 4],
  [3, 4, 4],
  [4, 5, 4],
  [5, 9, 4],
  [8, 3, 3],
  [2, 8, 3],
  [9, 2, 1],
])("C = %i, H = %i, %i gates", (C, H, G) => {
  const P = padded(H);
  const random = seeded(100 * C + 10 * H + G);
  const [kernel, recurrentKernel] = [random.array(C * G * H), random.array(H * G * H)];

  /** An element of a matrix [rows, G·H] seen as [rows, G·P]. */
  const inPadded = (x: Float64Array, row: number, column: number) => {
    const [gate, unit] = [Math.floor(column / P), column % P];
    return unit < H ? x[row * G * H + gate * H + unit] : 0;
  };

  it("recurrentPack", () => {
    const expected = panels(C + H, G * P, (k, n) =>
      k < C ? inPadded(kernel, k, n) : inPadded(recurrentKernel, k - C, n),
    );
    const packed = bench.output(expected.length);
    kernels.recurrentPack(packed, bench.input(kernel), C, bench.input(recurrentKernel), H, H, G, false);
    expect(bench.read(packed)).toEqual(expected);
  });

  it("recurrentPack of one alone", () => {
    const [first, second] = [bench.output(kernels.packedSize(C, G * P)), bench.output(kernels.packedSize(H, G * P))];
    kernels.recurrentPack(first, bench.input(kernel), C, 0, 0, H, G, false);
    kernels.recurrentPack(second, 0, 0, bench.input(recurrentKernel), H, H, G, false);
    expect(bench.read(first)).toEqual(panels(C, G * P, (k, n) => inPadded(kernel, k, n)));
    expect(bench.read(second)).toEqual(panels(H, G * P, (k, n) => inPadded(recurrentKernel, k, n)));
  });

  it("recurrentPackTransposed", () => {
    const expected = panels(G * P, C, (k, n) => inPadded(kernel, n, k));
    const packed = bench.output(expected.length);
    kernels.recurrentPackTransposed(packed, bench.input(kernel), C, H, G);
    expect(bench.read(packed)).toEqual(expected);
  });

  it("recurrentPackPart and recurrentPackTransposedPart: neighbouring gates of more", () => {
    if (G < 2) return;
    const first = 1;
    const part = G - first;
    const at = (k: number, n: number) =>
      k < C ? inPadded(kernel, k, first * P + n) : inPadded(recurrentKernel, k - C, first * P + n);
    const expected = panels(C + H, part * P, at);
    const packed = bench.output(expected.length);
    const [x, h] = [kernel, recurrentKernel].map(matrix => bench.input(matrix) + 4 * first * H);
    kernels.recurrentPackPart(packed, x, C, h, H, H, part, G, false);
    expect(bench.read(packed)).toEqual(expected);

    const back = panels(part * P, C, (k, n) => inPadded(kernel, n, first * P + k));
    const transposed = bench.output(back.length);
    kernels.recurrentPackTransposedPart(transposed, x, C, H, part, G);
    expect(bench.read(transposed)).toEqual(back);
  });

  it("recurrentPadGates, and back by recurrentAddUnpadded", () => {
    const rows = bench.output(C * G * P);
    kernels.recurrentPadGates(rows, bench.input(kernel), C, H, G);
    const expected = Float32Array.from({ length: C * G * P }, (_, i) =>
      inPadded(kernel, Math.floor(i / (G * P)), i % (G * P)),
    );
    expect(bench.read(rows)).toEqual(expected);

    const before = random.array(C * G * H);
    const sum = bench.inOut(before);
    kernels.recurrentAddUnpadded(sum, rows, C, H, G);
    expect(bench.read(sum)).toEqual(Float32Array.from(before, (value, i) => value + kernel[i]));
  });
});

describe("recurrentOutputs and what a mask hides", () => {
  const [N, T, C, H] = [3, 4, 2, 5];
  const S = padded(C) + padded(H);
  const mask = [1, 0, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1];

  it.each([false, true])("reverse %s", reverse => {
    const [lengths, order, offsets] = [bench.output(N), bench.output(N), bench.output(T + 1)];
    const [outputs, inputs] = [bench.output(N * T), bench.output(N * T)];
    const shown = bench.inputInts(mask);
    const R = kernels.recurrentSteps(lengths, order, offsets, outputs, inputs, shown, reverse, N, T);
    expect(R).toBe(5);
    const xh = bench.input(Float32Array.from({ length: (R + N) * S }, (_, i) => i));
    const y = bench.output(N * T * H);
    kernels.recurrentOutputs(y, placeFrame(bench, { T, from: 0, to: T, last: R, C, F: H, offsets, outputs, xh }));
    kernels.recurrentRepeat(y, shown, reverse, N, T, H);
    // Sequence 2 has place 0 and its states after its steps in rows 2, 4 and 5; sequence 0 place 1, rows 3 and 6.
    const rows = [reverse ? [0, 3, 3, 6] : [3, 3, 6, 6], [0, 0, 0, 0], reverse ? [2, 4, 5, 5] : [0, 2, 4, 5]];
    const expected = rows.flatMap((steps, n) =>
      steps.flatMap(row => Array.from({ length: H }, (_, j) => (n === 1 || row === 0 ? 0 : row * S + padded(C) + j))),
    );
    expect([...bench.read(y)]).toEqual(expected);

    const dy = seeded(3).array(N * T * H);
    const moved = bench.inOut(dy);
    kernels.recurrentRepeatBackward(moved, shown, reverse, N, T, H);
    const got = bench.read(moved);
    const f32 = Float32Array.from(dy);
    for (let n = 0; n < N; n++) {
      for (let j = 0; j < H; j++) {
        let carried = 0;
        for (let u = T - 1; u >= 0; u--) {
          const at = (n * T + u) * H + j;
          const sum = Math.fround(f32[at] + carried);
          if (u > 0 || mask[n * T + (reverse ? T - 1 : 0)]) expect(got[at]).toBe(sum);
          carried = mask[n * T + (reverse ? T - 1 - u : u)] ? 0 : sum;
        }
      }
    }
  });
});
