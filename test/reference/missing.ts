/**
 * Missing values in float64, each filled from its own past. With x̂ the last value, μ the mean, δ the steps or the time
 * since x̂:
 *
 *   mean: μ      last: x̂      decay: γ·x̂ + (1 - γ)·μ, γ = e^-max(0, w·δ + b)      before the first value: μ
 */
export interface MissingSizes {
  N: number;
  T: number;
  C: number;
}

export interface MissingOptions {
  kind: "mean" | "last" | "decay";
  indicators: boolean;
  intervals: boolean;
  /** [N, T], of the steps; without, every step is 1 after the one before */
  times?: ArrayLike<number>;
  /** [N, T], 0 at steps that are no part of their sequence */
  mask?: ArrayLike<number>;
}

export interface MissingWeights {
  /** [C] each; a mean left out is 0 */
  mean?: ArrayLike<number> | undefined;
  kernel?: ArrayLike<number> | undefined;
  bias?: ArrayLike<number> | undefined;
}

/** Where a missing value came from. */
interface Origin {
  /** Index in x of the last value, -1 for none */
  from: number;
  /** What share of it is left */
  share: number;
  /** What has passed since */
  passed: number;
}

/**
 * @param x [N, T, C], NaN where a value is missing
 * @returns output [N, T, C·(1 + indicators + intervals)], 0 at hidden steps
 */
export function missingForward(
  x: ArrayLike<number>,
  { mean, kernel, bias }: MissingWeights,
  { N, T, C }: MissingSizes,
  { kind, indicators, intervals, times, mask }: MissingOptions,
) {
  const isReal = (n: number, t: number) => mask?.[n * T + t] !== 0;
  const timeOf = (n: number, t: number) =>
    times ? times[n * T + t] : Array.from({ length: t }, (_, i) => Number(isReal(n, i))).reduce((a, b) => a + b, 0);
  const parts = 1 + Number(indicators) + Number(intervals);
  const output = new Float64Array(N * T * C * parts);
  const origins = new Map<number, Origin>();
  for (let n = 0; n < N; n++) {
    for (let j = 0; j < C; j++) {
      let [first, seen] = [-1, -1];
      for (let t = 0; t < T; t++) {
        if (!isReal(n, t)) continue;
        if (first < 0) first = t;
        const i = (n * T + t) * C + j;
        const passed = timeOf(n, t) - timeOf(n, seen < 0 ? first : seen);
        const there = !Number.isNaN(x[i]);
        let filled = x[i];
        if (!there) {
          const from = seen < 0 ? -1 : (n * T + seen) * C + j;
          const decayed = kind === "decay" ? Math.exp(-Math.max(0, (kernel?.[j] ?? 0) * passed + (bias?.[j] ?? 0))) : 1;
          const share = from < 0 || kind === "mean" ? 0 : decayed;
          filled = (share > 0 ? share * x[from] : 0) + (1 - share) * (mean?.[j] ?? 0);
          origins.set(i, { from, share, passed });
        }
        const row = (n * T + t) * C * parts;
        output[row + j] = filled;
        if (indicators) output[row + C + j] = Number(there);
        if (intervals) output[row + (parts - 1) * C + j] = passed;
        if (there) seen = t;
      }
    }
  }
  return { output, origins, parts };
}

/** Gradients by x (0 where it is missing or its step hidden) and by the weights of the decay. */
export function missingBackward(
  dOutput: ArrayLike<number>,
  { origins, parts }: ReturnType<typeof missingForward>,
  x: ArrayLike<number>,
  { mean, kernel, bias }: MissingWeights,
  { N, T, C }: MissingSizes,
  mask?: ArrayLike<number>,
) {
  const dx = new Float64Array(N * T * C);
  const [dKernel, dBias] = [new Float64Array(C), new Float64Array(C)];
  for (let i = 0; i < dx.length; i++) {
    if (mask && !mask[Math.floor(i / C)]) continue;
    const j = i % C;
    const d = dOutput[Math.floor(i / C) * C * parts + j];
    const origin = origins.get(i);
    if (!origin) dx[i] += d;
    else if (origin.from >= 0 && origin.share > 0) {
      const { from, share, passed } = origin;
      dx[from] += share * d;
      if (!kernel || !bias || kernel[j] * passed + bias[j] <= 0) continue;
      const dz = -share * (x[from] - (mean?.[j] ?? 0)) * d;
      dKernel[j] += dz * passed;
      dBias[j] += dz;
    }
  }
  return { dx, dKernel, dBias };
}
