/** A whole LSTM sequence through the kernels alone, each buffer guarded, all padding that nobody may use NaN. */
import { activationKind, type ElementwiseActivation } from "../../../src/activations.ts";
import type { KernelBench } from "../../helpers/kernels.ts";
import { seeded } from "../../helpers/random.ts";
import type { LstmGradients, LstmOuterGradients, LstmState, LstmWeights } from "../../reference/lstm.ts";

const GATES = 4;
const padded = (n: number) => (n + 3) & ~3;

export interface LstmCase {
  N: number;
  T: number;
  C: number;
  H: number;
  activation?: ElementwiseActivation;
  recurrentActivation?: ElementwiseActivation;
  goBackwards?: boolean;
  returnSequences?: boolean;
}

export interface LstmData {
  x: Float64Array;
  weights: LstmWeights;
  initial: LstmState;
  /** Gradients of the output, h and c. */
  outer: Required<LstmOuterGradients>;
}

/** Random numbers for all inputs and all outer gradients. */
export function randomData({ N, T, C, H, returnSequences }: LstmCase, { bias = true, seed = 1 } = {}): LstmData {
  const random = seeded(seed + N + 10 * T + 100 * C + 1000 * H);
  return {
    x: random.array(N * T * C),
    weights: {
      kernel: random.array(C * 4 * H, 0.8 / Math.sqrt(C)),
      recurrentKernel: random.array(H * 4 * H, 0.8 / Math.sqrt(H)),
      bias: bias ? random.array(4 * H, 0.5) : null,
    },
    initial: { h: random.array(N * H, 0.5), c: random.array(N * H) },
    outer: {
      output: random.array(returnSequences ? N * T * H : N * H),
      h: random.array(N * H),
      c: random.array(N * H),
    },
  };
}

/** How the work is cut: ranges of batch rows, in any order. */
export type Ranges = [begin: number, end: number][];

interface Run {
  /** After each step, in the order of the steps, [N, T, H]. */
  states: Float32Array;
  /** After the last step, [N, H]. */
  h: Float32Array;
  c: Float32Array;
  /** All cell states, padded. */
  cells: Float32Array;
  /** All gates, padded. */
  gates: Float32Array;
  /** Only with keep: the backward pass from the given outer gradients, added to ones. */
  backward(ranges?: Ranges): LstmGradients & { dz: Float32Array };
}

export function runLstm(
  bench: KernelBench,
  { N, T, C, H, activation = "tanh", recurrentActivation = "sigmoid", goBackwards = false, returnSequences }: LstmCase,
  { x, weights, initial, outer }: LstmData,
  { keep = true, ranges = [[0, N]] }: { keep?: boolean; ranges?: Ranges } = {},
): Run {
  const { kernels } = bench;
  const P = padded(H);
  const S = padded(C) + P;
  const G = GATES * P;
  const kinds = [activationKind(activation), activationKind(recurrentActivation)] as const;
  const slots = keep ? T : 1;
  const zeros = (n: number) => bench.inOut(new Float32Array(n));
  const unpadded = (pointer: number) => {
    const rows = bench.output(N * H);
    kernels.copyRows(rows, H, pointer, P, N, H);
    return bench.read(rows);
  };

  const [kernel, recurrentKernel] = [bench.input(weights.kernel), bench.input(weights.recurrentKernel)];
  const packed = bench.output(G * (C + H));
  kernels.recurrentPack(packed, kernel, recurrentKernel, C, H, GATES);
  const bias = weights.bias ? bench.output(G) : 0;
  if (weights.bias) kernels.recurrentPadGates(bias, bench.input(weights.bias), 1, H, GATES);

  const xh = bench.output((T + 1) * N * S);
  kernels.recurrentGatherInput(xh, bench.input(x), goBackwards, N, T, C, H);
  kernels.copyRows(xh + 4 * padded(C), S, bench.input(initial.h), H, N, H);
  const cells = bench.output((keep ? T + 1 : 1) * N * P);
  kernels.copyRows(cells, P, zeros(N * P), P, N, P);
  kernels.copyRows(cells, P, bench.input(initial.c), H, N, H);
  const [activated, gates] = [bench.output(slots * N * P), bench.output(slots * N * G)];
  for (const [begin, end] of ranges) {
    kernels.lstmForward(xh, cells, activated, gates, bias, packed, ...kinds, keep, N, T, C, H, begin, end);
  }
  const [states, h] = [bench.output(N * T * H), bench.output(N * H)];
  kernels.recurrentScatterOutput(states, xh, N, T, C, H);
  kernels.copyRows(h, H, xh + 4 * (T * N * S + padded(C)), S, N, H);

  function backward(ranges: Ranges = [[0, N]]): LstmGradients & { dz: Float32Array } {
    const [dh, dc] = [zeros(N * P), zeros(N * P)];
    kernels.addRows(dh, P, bench.input(outer.h), H, N, H);
    kernels.addRows(dc, P, bench.input(outer.c), H, N, H);
    const dOutput = bench.input(outer.output);
    if (!returnSequences) kernels.addRows(dh, P, dOutput, H, N, H);

    const recurrentTransposed = bench.output(kernels.packedSize(G, H));
    kernels.recurrentPackTransposed(recurrentTransposed, recurrentKernel, H, H, GATES);
    const kernelTransposed = bench.output(kernels.packedSize(G, C));
    kernels.recurrentPackTransposed(kernelTransposed, kernel, C, H, GATES);
    const ones = (n: number) => bench.inOut(new Float32Array(n).fill(1));
    const dx = ones(N * T * C);
    for (const [begin, end] of ranges) {
      const sequences = returnSequences ? dOutput : 0;
      kernels.lstmBackward(
        gates,
        dh,
        dc,
        sequences,
        cells,
        activated,
        recurrentTransposed,
        ...kinds,
        true,
        N,
        T,
        H,
        begin,
        end,
      );
      kernels.recurrentInputGradient(dx, gates, kernelTransposed, goBackwards, N, T, C, H, GATES, begin, end);
    }

    const both = zeros((C + H) * G);
    const scratch = bench.output(kernels.weightGradientScratch(C + H, G, T * N));
    kernels.weightGradient(both, G, xh + 4 * (padded(C) - C), S, gates, G, C + H, G, T * N, scratch);
    const [dKernel, dRecurrentKernel, dBias] = [ones(C * 4 * H), ones(H * 4 * H), ones(4 * H)];
    kernels.recurrentAddUnpadded(dKernel, both, C, H, GATES);
    kernels.recurrentAddUnpadded(dRecurrentKernel, both + 4 * C * G, H, H, GATES);
    const sums = zeros(G);
    kernels.sumRows(sums, gates, T * N, G);
    kernels.recurrentAddUnpadded(dBias, sums, 1, H, GATES);

    const added = (pointer: number) => Float64Array.from(bench.read(pointer), value => value - 1);
    return {
      dx: added(dx),
      dKernel: added(dKernel),
      dRecurrentKernel: added(dRecurrentKernel),
      dBias: weights.bias && added(dBias),
      dh0: Float64Array.from(unpadded(dh)),
      dc0: Float64Array.from(unpadded(dc)),
      dz: bench.read(gates),
    };
  }

  return {
    states: bench.read(states),
    h: bench.read(h),
    c: unpadded(cells + 4 * (keep ? T * N * P : 0)),
    cells: bench.read(cells),
    gates: bench.read(gates),
    backward,
  };
}
