/**
 * One optimizer step in float64, as Keras 3 defines it, and gradient clipping. Nothing is changed in place: weights,
 * gradients and the state of the step before go in (null before the first), new weights and the new state come out.
 */

export interface SgdOptions {
  learningRate?: number;
  momentum?: number;
  nesterov?: boolean;
}

export interface SgdState {
  velocity: Float64Array;
}

/** velocity = momentum velocity - rate g; w += velocity, or with Nesterov w += momentum velocity - rate g. */
export function sgd(
  w: ArrayLike<number>,
  g: ArrayLike<number>,
  state: SgdState | null,
  { learningRate = 0.01, momentum = 0, nesterov = false }: SgdOptions = {},
): { w: Float64Array; state: SgdState } {
  const velocity = Float64Array.from(w, (_, i) => momentum * (state?.velocity[i] ?? 0) - learningRate * g[i]);
  const next = Float64Array.from(w, (value, i) =>
    nesterov ? value + momentum * velocity[i] - learningRate * g[i] : value + velocity[i],
  );
  return { w: next, state: { velocity } };
}

export interface RmspropOptions {
  learningRate?: number;
  rho?: number;
  momentum?: number;
  epsilon?: number;
  centered?: boolean;
}

export interface RmspropState {
  /** Running means of g² and of g. */
  square: Float64Array;
  average: Float64Array;
  velocity: Float64Array;
}

/** velocity = momentum velocity + rate g / sqrt(variance + epsilon); w -= velocity. */
export function rmsprop(
  w: ArrayLike<number>,
  g: ArrayLike<number>,
  state: RmspropState | null,
  { learningRate = 0.001, rho = 0.9, momentum = 0, epsilon = 1e-7, centered = false }: RmspropOptions = {},
): { w: Float64Array; state: RmspropState } {
  const square = Float64Array.from(w, (_, i) => rho * (state?.square[i] ?? 0) + (1 - rho) * g[i] * g[i]);
  const average = Float64Array.from(w, (_, i) => rho * (state?.average[i] ?? 0) + (1 - rho) * g[i]);
  const velocity = Float64Array.from(w, (_, i) => {
    const variance = centered ? square[i] - average[i] * average[i] : square[i];
    return momentum * (state?.velocity[i] ?? 0) + (learningRate * g[i]) / Math.sqrt(variance + epsilon);
  });
  return { w: Float64Array.from(w, (value, i) => value - velocity[i]), state: { square, average, velocity } };
}

export interface AdamOptions {
  learningRate?: number;
  beta1?: number;
  beta2?: number;
  epsilon?: number;
}

export interface AdamState {
  /** Steps taken. */
  step: number;
  /** Running means of g and of g². */
  m: Float64Array;
  v: Float64Array;
}

/** w -= alpha m / (sqrt(v) + epsilon), alpha = rate sqrt(1 - beta2^t) / (1 - beta1^t), t = 1 in the first step. */
export function adam(
  w: ArrayLike<number>,
  g: ArrayLike<number>,
  state: AdamState | null,
  { learningRate = 0.001, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7 }: AdamOptions = {},
): { w: Float64Array; state: AdamState } {
  const step = (state?.step ?? 0) + 1;
  const alpha = (learningRate * Math.sqrt(1 - beta2 ** step)) / (1 - beta1 ** step);
  const m = Float64Array.from(w, (_, i) => beta1 * (state?.m[i] ?? 0) + (1 - beta1) * g[i]);
  const v = Float64Array.from(w, (_, i) => beta2 * (state?.v[i] ?? 0) + (1 - beta2) * g[i] * g[i]);
  const next = Float64Array.from(w, (value, i) => value - (alpha * m[i]) / (Math.sqrt(v[i]) + epsilon));
  return { w: next, state: { step, m, v } };
}

/** Adam after w -= rate weightDecay w. */
export function adamW(
  w: ArrayLike<number>,
  g: ArrayLike<number>,
  state: AdamState | null,
  { weightDecay = 0.004, ...options }: AdamOptions & { weightDecay?: number } = {},
): { w: Float64Array; state: AdamState } {
  const { learningRate = 0.001 } = options;
  return adam(
    Float64Array.from(w, value => value - learningRate * weightDecay * value),
    g,
    state,
    options,
  );
}

function normOf(arrays: readonly ArrayLike<number>[]): number {
  let sum = 0;
  for (const array of arrays) for (let i = 0; i < array.length; i++) sum += array[i] * array[i];
  return Math.sqrt(sum);
}

/** All gradients times limit / norm where the norm over all of them together is above the limit. */
export function clipByGlobalNorm(gradients: readonly ArrayLike<number>[], limit: number): Float64Array[] {
  const factor = limit / Math.max(normOf(gradients), limit);
  return gradients.map(gradient => Float64Array.from(gradient, g => g * factor));
}

/** The same for the gradient of one weight by itself. */
export function clipByNorm(gradient: ArrayLike<number>, limit: number): Float64Array {
  return clipByGlobalNorm([gradient], limit)[0];
}

/** Every element brought into [-limit, limit]. */
export function clipByValue(gradient: ArrayLike<number>, limit: number): Float64Array {
  return Float64Array.from(gradient, g => Math.min(Math.max(g, -limit), limit));
}
