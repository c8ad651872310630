import { afterEach, describe, expect, it } from "vitest";
import { KernelBench } from "../../helpers/kernels.ts";
import { seeded } from "../../helpers/random.ts";
import { panels } from "../matmul/panels.ts";

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
    kernels.recurrentPack(packed, bench.input(kernel), bench.input(recurrentKernel), C, H, G);
    expect(bench.read(packed)).toEqual(expected);
  });

  it("recurrentPackTransposed", () => {
    const expected = panels(G * P, C, (k, n) => inPadded(kernel, n, k));
    const packed = bench.output(expected.length);
    kernels.recurrentPackTransposed(packed, bench.input(kernel), C, H, G);
    expect(bench.read(packed)).toEqual(expected);
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

  it.each([false, true])("recurrentGatherInput, reverse %s, and recurrentScatterOutput", reverse => {
    const [N, T] = [3, 4];
    const S = padded(C) + P;
    const x = random.array(N * T * C);
    const xh = bench.output((T + 1) * N * S);
    kernels.recurrentGatherInput(xh, bench.input(x), reverse, N, T, C, H);
    const rows = bench.read(xh);
    rows.forEach((value, i) => {
      const [t, n, j] = [Math.floor(i / (N * S)), Math.floor(i / S) % N, (i % S) - (padded(C) - C)];
      const expected = t < T && j >= 0 && j < C ? x[(n * T + (reverse ? T - 1 - t : t)) * C + j] : Number.NaN;
      expect(value).toBe(expected);
    });

    const numbered = bench.input(rows.map((_, i) => i));
    const y = bench.output(N * T * H);
    kernels.recurrentScatterOutput(y, numbered, N, T, C, H);
    bench.read(y).forEach((value, i) => {
      const [n, t, j] = [Math.floor(i / (T * H)), Math.floor(i / H) % T, i % H];
      expect(value).toBe(((t + 1) * N + n) * S + padded(C) + j);
    });
  });
});
