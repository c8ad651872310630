/** Ops over windows of steps, over all steps, and over all rows. */
import { sizeOf } from "../../src/ndarray.ts";
import { batchNormalization, momentsOf } from "../../src/ops/batchNorm.ts";
import { conv1D } from "../../src/ops/conv1D.ts";
import { highest } from "../../src/ops/highest.ts";
import { type Pool, pool, stepMean } from "../../src/ops/pooling.ts";
import { Packed } from "../../src/packed.ts";
import type { Reference } from "../reference/reference.ts";
import type { Op } from "./cases.ts";
import { linearSums } from "./tensorCases.ts";

interface Convolution {
  N: number;
  T: number;
  C: number;
  k: number;
  filters: number;
  stride?: number;
  dilation?: number;
  bias?: boolean;
}

function convolving({ N, T, C, k, filters, stride = 1, dilation = 1, bias = true }: Convolution): [string, Op] {
  const steps = Math.floor((T - (k - 1) * dilation - 1) / stride) + 1;
  const shapes = { x: [N, T, C], kernel: [k, C, filters], ...(bias ? { bias: [filters] } : {}) };
  /** Every product that an output element sums. */
  function* terms(): Generator<[y: number, x: number, kernel: number, f: number]> {
    for (let n = 0; n < N; n++)
      for (let i = 0; i < steps; i++)
        for (let f = 0; f < filters; f++)
          for (let j = 0; j < k; j++)
            for (let c = 0; c < C; c++)
              yield [
                (n * steps + i) * filters + f,
                (n * T + i * stride + j * dilation) * C + c,
                (j * C + c) * filters + f,
                f,
              ];
  }
  const reference: Reference = values => ({
    outputs: [
      (() => {
        const y = Float64Array.from({ length: N * steps * filters }, (_, i) => values.bias?.[i % filters] ?? 0);
        for (const [to, x, w] of terms()) y[to] += values.x[x] * values.kernel[w];
        return y;
      })(),
    ],
    gradients([outer = []]) {
      const [dx, dKernel, dBias] = [N * T * C, k * C * filters, filters].map(size => new Float64Array(size));
      for (const [to, x, w] of terms()) {
        dx[x] += outer[to] * values.kernel[w];
        dKernel[w] += outer[to] * values.x[x];
      }
      for (let i = 0; i < outer.length; i++) dBias[i % filters] += outer[i];
      return { x: dx, kernel: dKernel, ...(bias ? { bias: dBias } : {}) };
    },
  });
  return [
    `conv1D, ${N}x${T}x${C}, ${k} steps, ${filters} filters, stride ${stride}, dilation ${dilation}`,
    {
      shapes,
      forward(context, tensors) {
        const packed = new Packed(context.memory.allocate(context.kernels.packedSize(k * C, filters)));
        return [conv1D(context, tensors.x, tensors.kernel, tensors.bias, steps, { stride, dilation }, packed)];
      },
      reference,
    },
  ];
}

function pooling(kind: Pool, T: number, size: number, stride: number, before: number, steps: number): [string, Op] {
  const [N, C] = [2, 5];
  const windowOf = (i: number) => {
    const [n, step, c] = [Math.floor(i / (steps * C)), Math.floor(i / C) % steps, i % C];
    const from = step * stride - before;
    const real = Array.from({ length: size }, (_, j) => from + j).filter(t => t >= 0 && t < T);
    return real.map(t => (n * T + t) * C + c);
  };
  const average = linearSums({ x: [N, T, C] }, N * steps * C, i => {
    const window = windowOf(i);
    return window.map(at => ["x", at, 1 / window.length] as const);
  });
  const largest: Reference = values => {
    const best = Array.from({ length: N * steps * C }, (_, i) =>
      windowOf(i).reduce((a, b) => (values.x[b] > values.x[a] ? b : a)),
    );
    return {
      outputs: [Float64Array.from(best, at => values.x[at])],
      gradients([outer = []]) {
        const dx = new Float64Array(N * T * C);
        best.forEach((at, i) => {
          dx[at] += outer[i];
        });
        return { x: dx };
      },
    };
  };
  return [
    `pool, ${kind} of ${size}, every ${stride}, ${before} before`,
    {
      shapes: { x: [N, T, C] },
      forward: (context, { x }) => [pool(context, x, kind, { size, stride, before, steps })],
      reference: kind === "average" ? average : largest,
      h: 1 / 8,
      shift: { x: i => ((i * 7) % 11) * 4 }, // no two near each other
    },
  ];
}

function meanOfSteps(mask: readonly number[] | undefined): [string, Op] {
  const [N, T, C] = [3, 4, 5];
  const real = (n: number) => Array.from({ length: T }, (_, t) => t).filter(t => mask?.[n * T + t] ?? 1);
  return [
    `stepMean${mask ? ", masked" : ""}`,
    {
      shapes: { x: [N, T, C] },
      forward(context, { x }) {
        if (mask) x.mask = context.tensorFrom(Int32Array.from(mask), [N, T]);
        return [stepMean(context, x)];
      },
      reference: linearSums({ x: [N, T, C] }, N * C, i => {
        const n = Math.floor(i / C);
        const steps = real(n);
        return steps.map(t => ["x", (n * T + t) * C + (i % C), 1 / steps.length] as const);
      }),
    },
  ];
}

function highestOf(outer: number, size: number, inner: number): [string, Op] {
  const shape = [outer, size, inner];
  const at = (i: number, k: number) => (Math.floor(i / inner) * size + k) * inner + (i % inner);
  const range = Array.from({ length: size }, (_, k) => k);
  const reference: Reference = values => {
    const best = Array.from({ length: outer * inner }, (_, i) =>
      range.map(k => at(i, k)).reduce((a, b) => (values.x[b] > values.x[a] ? b : a)),
    );
    return {
      outputs: [Float64Array.from(best, place => values.x[place])],
      gradients([outerGradient = []]) {
        const dx = new Float64Array(sizeOf(shape));
        best.forEach((place, i) => {
          dx[place] += outerGradient[i];
        });
        return { x: dx };
      },
    };
  };
  return [
    `highest, ${shape.join("x")}`,
    {
      shapes: { x: shape },
      forward: (context, { x }) => [highest(context, x, { outer, size, inner }, [outer, inner])],
      reference,
      h: 1 / 8,
      shift: { x: i => ((i * 7) % 13) * 4 },
    },
  ];
}

function normalizing(name: string, mask: readonly number[] | undefined, moving: boolean): [string, Op] {
  const [N, T, C] = [3, 4, 5];
  const epsilon = 0.01;
  const rows = N * T;
  const counts = Array.from({ length: rows }, (_, r) => (moving ? 0 : (mask?.[r] ?? 1)));
  const count = counts.reduce((a, b) => a + b, 0);
  const own = (c: number) => [0.1 * c - 0.2, 1 + 0.2 * c]; // moving moments
  const reference: Reference = ({ x, gamma, beta }) => {
    const column = (c: number) => Array.from({ length: rows }, (_, r) => x[r * C + c]);
    const moments = Array.from({ length: C }, (_, c) => {
      if (moving) return own(c).map(Math.fround);
      const mean = column(c).reduce((sum, value, r) => sum + counts[r] * value, 0) / count;
      return [mean, column(c).reduce((sum, value, r) => sum + counts[r] * (value - mean) ** 2, 0) / count];
    });
    const inverse = moments.map(([, variance]) => 1 / Math.sqrt(variance + epsilon));
    const normalized = Float64Array.from({ length: rows * C }, (_, i) => (x[i] - moments[i % C][0]) * inverse[i % C]);
    return {
      outputs: [normalized.map((value, i) => value * gamma[i % C] + beta[i % C])],
      gradients([outer = []]) {
        const [dGamma, dBeta, dx] = [C, C, rows * C].map(size => new Float64Array(size));
        for (let i = 0; i < rows * C; i++) {
          dGamma[i % C] += outer[i] * normalized[i];
          dBeta[i % C] += outer[i];
        }
        for (let i = 0; i < rows * C; i++) {
          const c = i % C;
          const through = count > 0 ? (counts[Math.floor(i / C)] / count) * (dBeta[c] + normalized[i] * dGamma[c]) : 0;
          dx[i] = gamma[c] * inverse[c] * (outer[i] - through);
        }
        return { x: dx, gamma: dGamma, beta: dBeta };
      },
    };
  };
  return [
    `batchNormalization, ${name}`,
    {
      shapes: { x: [N, T, C], gamma: [C], beta: [C] },
      forward(context, { x, gamma, beta }) {
        if (mask) x.mask = context.tensorFrom(Int32Array.from(mask), [N, T]);
        const given = [0, 1].map(k =>
          context.tensorFrom(
            Float32Array.from({ length: C }, (_, c) => own(c)[k]),
            [C],
          ),
        );
        const moments = moving ? { mean: given[0], variance: given[1], count: 0 } : momentsOf(context, x);
        return [batchNormalization(context, x, { gamma, beta }, moments, epsilon)];
      },
      reference,
    },
  ];
}

const MASK = [1, 0, 1, 1, 0, 0, 0, 1, 1, 1, 1, 1];

export const windowCases: [string, Op][] = [
  convolving({ N: 2, T: 6, C: 3, k: 3, filters: 5 }),
  convolving({ N: 3, T: 5, C: 1, k: 2, filters: 1 }),
  convolving({ N: 2, T: 7, C: 4, k: 3, filters: 9, stride: 2 }),
  convolving({ N: 2, T: 8, C: 2, k: 3, filters: 4, dilation: 2, bias: false }),
  convolving({ N: 2, T: 7, C: 3, k: 1, filters: 6, stride: 3 }),
  pooling("maximum", 6, 2, 2, 0, 3),
  pooling("maximum", 7, 3, 2, 1, 4),
  pooling("average", 6, 3, 1, 0, 4),
  pooling("average", 7, 3, 2, 1, 4),
  meanOfSteps(undefined),
  meanOfSteps(MASK),
  meanOfSteps([1, 1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0]),
  highestOf(3, 4, 1),
  highestOf(2, 3, 5),
  normalizing("of a batch", undefined, false),
  normalizing("of a batch, masked", MASK, false),
  normalizing("by moving means", undefined, true),
];
