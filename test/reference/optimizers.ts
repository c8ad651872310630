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

/** Numbers that an optimizer keeps for a weight, by name; zeros at first. */
export type Kept = Record<string, Float64Array> & { step?: number };

/** The rule of one number: its slots change in place. @returns what is taken off the weight */
type Rule = (g: number, slots: Record<string, number>, t: number, o: Required<MoreOptions>) => number;

export interface MoreOptions {
  learningRate?: number;
  beta1?: number;
  beta2?: number;
  rho?: number;
  epsilon?: number;
  initialAccumulatorValue?: number;
}

/** Product of Nadam's momenta u_1 ... u_t, and u_t. */
const nadamMomenta = (t: number, beta1: number): [product: number, last: number] => {
  const u = (k: number) => beta1 * (1 - 0.5 * 0.96 ** k);
  return [Array.from({ length: t }, (_, k) => u(k + 1)).reduce((a, b) => a * b, 1), u(t)];
};

/** Optimizers as Keras 3 defines them, each with its slots. */
export const rules: Record<string, { slots: string[]; defaults: MoreOptions; rule: Rule }> = {
  adagrad: {
    slots: ["a"],
    defaults: {},
    rule(g, s, _t, o) {
      s.a += g * g;
      return (o.learningRate * g) / Math.sqrt(s.a + o.initialAccumulatorValue + o.epsilon);
    },
  },
  adadelta: {
    slots: ["v", "u"],
    defaults: {},
    rule(g, s, _t, o) {
      s.v = o.rho * s.v + (1 - o.rho) * g * g;
      const move = (Math.sqrt(s.u + o.epsilon) * g) / Math.sqrt(s.v + o.epsilon);
      s.u = o.rho * s.u + (1 - o.rho) * move * move;
      return o.learningRate * move;
    },
  },
  nadam: {
    slots: ["m", "v"],
    defaults: {},
    rule(g, s, t, o) {
      s.m += (g - s.m) * (1 - o.beta1);
      s.v += (g * g - s.v) * (1 - o.beta2);
      const [[now, u], [next, ahead]] = [nadamMomenta(t, o.beta1), nadamMomenta(t + 1, o.beta1)];
      const mean = (ahead * s.m) / (1 - next) + ((1 - u) * g) / (1 - now);
      return (o.learningRate * mean) / (Math.sqrt(s.v / (1 - o.beta2 ** t)) + o.epsilon);
    },
  },
  adamax: {
    slots: ["m", "u"],
    defaults: {},
    rule(g, s, t, o) {
      s.m += (g - s.m) * (1 - o.beta1);
      s.u = Math.max(o.beta2 * s.u, Math.abs(g));
      return (o.learningRate * s.m) / ((1 - o.beta1 ** t) * (s.u + o.epsilon));
    },
  },
  lion: {
    slots: ["m"],
    defaults: { beta2: 0.99 },
    rule(g, s, _t, o) {
      const sign = Math.sign(s.m * o.beta1 + g * (1 - o.beta1));
      s.m = s.m * o.beta2 + g * (1 - o.beta2);
      return o.learningRate * sign;
    },
  },
  adamAmsgrad: {
    slots: ["m", "v", "largest"],
    defaults: {},
    rule(g, s, t, o) {
      s.m += (g - s.m) * (1 - o.beta1);
      s.v += (g * g - s.v) * (1 - o.beta2);
      s.largest = Math.max(s.largest, s.v);
      const alpha = (o.learningRate * Math.sqrt(1 - o.beta2 ** t)) / (1 - o.beta1 ** t);
      return (alpha * s.m) / (Math.sqrt(s.largest) + o.epsilon);
    },
  },
};

/** One step by a rule: step `t` from 1. */
export function byRule(
  name: string,
  w: ArrayLike<number>,
  g: ArrayLike<number>,
  kept: Kept | null,
  options: MoreOptions = {},
): { w: Float64Array; state: Kept } {
  const { slots, defaults, rule } = rules[name];
  const standard = {
    learningRate: 0.001,
    beta1: 0.9,
    beta2: 0.999,
    rho: 0.95,
    epsilon: 1e-7,
    initialAccumulatorValue: 0.1,
  };
  const step = (kept?.step ?? 0) + 1;
  const state = Object.fromEntries(slots.map(slot => [slot, Float64Array.from(w, (_, i) => kept?.[slot][i] ?? 0)]));
  const next = Float64Array.from(w, (value, i) => {
    const own = Object.fromEntries(slots.map(slot => [slot, state[slot][i]]));
    const move = rule(g[i], own, step, { ...standard, ...defaults, ...options });
    for (const slot of slots) state[slot][i] = own[slot];
    return value - move;
  });
  return { w: next, state: { ...state, step } as unknown as Kept };
}
