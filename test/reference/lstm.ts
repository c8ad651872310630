/**
 * A whole LSTM layer in float64, as Keras 3 defines it. Gate order i f g o:
 *
 *   z = x_t·kernel + h·recurrentKernel + bias      i, f, o = recurrentActivation(z)      g = activation(z)
 *   c = f c + i g                                  h = o activation(c)
 */
import { type Activation, activate, slopeFromOutput } from "./activations.ts";

export interface LstmSizes {
  N: number;
  T: number;
  C: number;
  H: number;
}

export interface LstmWeights {
  /** [C, 4H] */
  kernel: ArrayLike<number>;
  /** [H, 4H] */
  recurrentKernel: ArrayLike<number>;
  /** [4H] */
  bias: ArrayLike<number> | null;
}

/** h and c, each [N, H]. */
export interface LstmState {
  h: ArrayLike<number>;
  c: ArrayLike<number>;
}

/** Defaults are Keras': tanh, sigmoid, false, false. goBackwards leaves the output in the order of computation. */
export interface LstmOptions {
  activation?: Activation;
  recurrentActivation?: Activation;
  goBackwards?: boolean;
  returnSequences?: boolean;
  /** [N, T], in the order of x: 0 hides a step, which then changes no state and repeats the output before it. */
  mask?: ArrayLike<number> | undefined;
  /** A hidden step gives 0 instead. */
  zeroOutputForMask?: boolean | undefined;
}

export interface LstmResult {
  /** [N, T, H] with returnSequences, else [N, H]. */
  output: Float64Array;
  /** Final states [N, H]. */
  h: Float64Array;
  c: Float64Array;
  /** Activated gates [T, N, 4H], in the order of computation. */
  gates: Float64Array;
  /** States before and after each step, [T + 1, N, H]: slot 0 is the initial state. */
  hStates: Float64Array;
  cStates: Float64Array;
}

/** Gradients of the loss by what the layer gives; one left out counts as zero. */
export interface LstmOuterGradients {
  /** [N, T, H] with returnSequences, else [N, H]. */
  output?: ArrayLike<number>;
  /** Of the final states, [N, H]; added to what comes through `output`. */
  h?: ArrayLike<number>;
  c?: ArrayLike<number>;
}

export interface LstmGradients {
  dx: Float64Array;
  dKernel: Float64Array;
  dRecurrentKernel: Float64Array;
  /** Null for a layer without bias. */
  dBias: Float64Array | null;
  dh0: Float64Array;
  dc0: Float64Array;
}

/** Runs x [N, T, C] through the layer, from `initial` or zeros. */
export function lstmForward(
  x: ArrayLike<number>,
  { kernel, recurrentKernel, bias }: LstmWeights,
  initial: LstmState | null,
  { N, T, C, H }: LstmSizes,
  options: LstmOptions = {},
): LstmResult {
  const { activation = "tanh", recurrentActivation = "sigmoid", goBackwards, returnSequences } = options;
  const { mask, zeroOutputForMask } = options;
  const gates = new Float64Array(T * N * 4 * H);
  const hStates = new Float64Array((T + 1) * N * H);
  const cStates = new Float64Array((T + 1) * N * H);
  if (initial) {
    hStates.set(initial.h);
    cStates.set(initial.c);
  }
  const output = new Float64Array(returnSequences ? N * T * H : N * H);
  for (let t = 0; t < T; t++) {
    for (let n = 0; n < N; n++) {
      const step = n * T + (goBackwards ? T - 1 - t : t);
      const xt = step * C;
      const before = (t * N + n) * H;
      const after = before + N * H;
      if (mask && !mask[step]) {
        for (let j = 0; j < H; j++) {
          hStates[after + j] = hStates[before + j];
          cStates[after + j] = cStates[before + j];
          const at = (n * T + t) * H + j;
          if (returnSequences && t > 0 && !zeroOutputForMask) output[at] = output[at - H];
        }
        continue;
      }
      const i = 4 * before;
      const [f, g, o] = [i + H, i + 2 * H, i + 3 * H];
      for (let k = 0; k < 4 * H; k++) {
        let z = bias ? bias[k] : 0;
        for (let j = 0; j < C; j++) z += x[xt + j] * kernel[j * 4 * H + k];
        for (let j = 0; j < H; j++) z += hStates[before + j] * recurrentKernel[j * 4 * H + k];
        gates[i + k] = activate(k >= 2 * H && k < 3 * H ? activation : recurrentActivation, z);
      }
      for (let j = 0; j < H; j++) {
        cStates[after + j] = gates[f + j] * cStates[before + j] + gates[i + j] * gates[g + j];
        hStates[after + j] = gates[o + j] * activate(activation, cStates[after + j]);
        if (returnSequences) output[(n * T + t) * H + j] = hStates[after + j];
        else output[n * H + j] = hStates[after + j]; // the last step stays
      }
    }
  }
  return { output, h: hStates.slice(T * N * H), c: cStates.slice(T * N * H), gates, hStates, cStates };
}

/** All gradients, from what lstmForward gave for the same x, weights, sizes and options. */
export function lstmBackward(
  outer: LstmOuterGradients,
  { gates, hStates, cStates }: LstmResult,
  x: ArrayLike<number>,
  { kernel, recurrentKernel, bias }: LstmWeights,
  { N, T, C, H }: LstmSizes,
  options: LstmOptions = {},
): LstmGradients {
  const { activation = "tanh", recurrentActivation = "sigmoid", goBackwards, returnSequences } = options;
  const { mask, zeroOutputForMask } = options;
  const dx = new Float64Array(N * T * C);
  const dKernel = new Float64Array(C * 4 * H);
  const dRecurrentKernel = new Float64Array(H * 4 * H);
  const dBias = bias && new Float64Array(4 * H);
  // The gradients by the states between two steps, carried from the last step to the first.
  const dh = outer.h ? Float64Array.from(outer.h) : new Float64Array(N * H);
  const dc = outer.c ? Float64Array.from(outer.c) : new Float64Array(N * H);
  // The gradient by the output of the step at hand; that of a hidden step belongs to the one it repeats.
  const dOutput = new Float64Array(N * H);
  if (outer.output && !returnSequences) dOutput.set(Float64Array.from(outer.output));
  const dz = new Float64Array(4 * H);
  for (let t = T - 1; t >= 0; t--) {
    for (let n = 0; n < N; n++) {
      const step = n * T + (goBackwards ? T - 1 - t : t);
      const xt = step * C;
      const before = (t * N + n) * H;
      const after = before + N * H;
      const hidden = mask && !mask[step];
      for (let j = 0; j < H; j++) {
        const own = n * H + j;
        if (returnSequences) dOutput[own] += outer.output?.[(n * T + t) * H + j] ?? 0;
        if (!hidden) dh[own] += dOutput[own];
        if (!hidden || (returnSequences && zeroOutputForMask)) dOutput[own] = 0;
      }
      if (hidden) continue;
      for (let j = 0; j < H; j++) {
        const [i, f, g, o] = [0, 1, 2, 3].map(gate => gates[4 * before + gate * H + j]);
        const a = activate(activation, cStates[after + j]);
        const dCell = dc[n * H + j] + dh[n * H + j] * o * slopeFromOutput(activation, a);
        dz[j] = dCell * g * slopeFromOutput(recurrentActivation, i);
        dz[H + j] = dCell * cStates[before + j] * slopeFromOutput(recurrentActivation, f);
        dz[2 * H + j] = dCell * i * slopeFromOutput(activation, g);
        dz[3 * H + j] = dh[n * H + j] * a * slopeFromOutput(recurrentActivation, o);
        dc[n * H + j] = dCell * f;
        dh[n * H + j] = 0;
      }
      for (let k = 0; k < 4 * H; k++) {
        if (dBias) dBias[k] += dz[k];
        for (let j = 0; j < C; j++) {
          dKernel[j * 4 * H + k] += x[xt + j] * dz[k];
          dx[xt + j] += dz[k] * kernel[j * 4 * H + k];
        }
        for (let j = 0; j < H; j++) {
          dRecurrentKernel[j * 4 * H + k] += hStates[before + j] * dz[k];
          dh[n * H + j] += dz[k] * recurrentKernel[j * 4 * H + k];
        }
      }
    }
  }
  return { dx, dKernel, dRecurrentKernel, dBias, dh0: dh, dc0: dc };
}
