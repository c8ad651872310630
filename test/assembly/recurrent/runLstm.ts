/** A whole LSTM sequence through the kernels alone, each buffer guarded, all padding that nobody may use NaN. */
import { activationKind, type ElementwiseActivation } from "../../../src/activations.ts";
import { frameWords } from "../../../src/engine/frame.generated.ts";
import type { Frame } from "../../../src/recurrent/run/frame.ts";
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
  /** [N, T] */
  mask?: ArrayLike<number> | undefined;
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

/** How the work is cut: ranges of places in the sorted batch, in any order. */
export type Ranges = [begin: number, end: number][];

interface Run {
  /** After each step, in the order of the steps, [N, T, H]; what a mask hides is 0. */
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

/** A frame that kernels may only read. */
export function placeFrame(bench: KernelBench, frame: Frame): number {
  const words = Object.keys(frameWords) as (keyof Frame)[];
  return bench.inputInts(words.map(word => (frame[word] as number | undefined) ?? 0));
}

export function runLstm(
  bench: KernelBench,
  sizes: LstmCase,
  { x, weights, initial, outer }: LstmData,
  { keep = true, ranges = [[0, sizes.N]] }: { keep?: boolean; ranges?: Ranges } = {},
): Run {
  const { N, T, C, H, activation = "tanh", recurrentActivation = "sigmoid", goBackwards = false } = sizes;
  const { kernels } = bench;
  const P = padded(H);
  const S = padded(C) + P;
  const G = GATES * P;
  const kinds = {
    activation: activationKind(activation),
    recurrentActivation: activationKind(recurrentActivation),
  };
  const zeros = (n: number) => bench.inOut(new Float32Array(n));

  const [lengths, order, offsets] = [bench.output(N), bench.output(N), bench.output(T + 1)];
  const [outputs, inputs] = [bench.output(N * T), bench.output(N * T)];
  const mask = sizes.mask ? bench.inputInts(sizes.mask) : 0;
  const R = kernels.recurrentSteps(lengths, order, offsets, outputs, inputs, mask, goBackwards, N, T);
  const slots = keep ? R : N;
  /** Rows [N, P] by place, as rows [N, H] by sequence. */
  const bySequence = (pointer: number) => {
    const rows = bench.output(N * H);
    kernels.scatterRows(rows, H, pointer, P, order, N, H);
    return bench.read(rows);
  };

  const [kernel, recurrentKernel] = [bench.input(weights.kernel), bench.input(weights.recurrentKernel)];
  const packed = bench.output(G * (C + H));
  kernels.recurrentPack(packed, kernel, C, recurrentKernel, H, H, GATES, false);
  const bias = weights.bias ? bench.output(G) : 0;
  if (weights.bias) kernels.recurrentPadGates(bias, bench.input(weights.bias), 1, H, GATES);

  const xh = bench.output((R + N) * S);
  kernels.gatherRows(xh + 4 * (padded(C) - C), S, bench.input(x), C, inputs, R, C);
  const cells = bench.output((keep ? R + N : N) * P);
  const [h0, c0] = [bench.input(initial.h), bench.input(initial.c)];
  const running = bench.readInts(offsets)[1];
  // The last places, of sequences without a step, have their states behind the last row at once.
  for (const [at, from, to] of [
    [0, 0, running],
    [R, running, N],
  ]) {
    const cellRow = keep ? at : 0;
    kernels.gatherRows(xh + 4 * ((at + from) * S + padded(C)), S, h0, H, order + 4 * from, to - from, H);
    kernels.copyRows(cells + 4 * (cellRow + from) * P, P, zeros(N * P), P, to - from, P);
    kernels.gatherRows(cells + 4 * (cellRow + from) * P, P, c0, H, order + 4 * from, to - from, H);
  }
  const [saved, gates] = [bench.output(slots * P), bench.output(slots * G)];
  const frame = {
    T,
    from: 0,
    to: T,
    last: R,
    C,
    H,
    F: H,
    offsets,
    outputs,
    ...kinds,
    forBackward: Number(keep),
    xh,
    state: cells,
    gates,
    saved,
    bias,
    packed,
  };
  for (const [begin, end] of ranges) kernels.lstmForward(placeFrame(bench, frame), begin, end);
  const states = zeros(N * T * H);
  kernels.recurrentOutputs(states, placeFrame(bench, frame));
  const lastH = bench.output(N * P);
  kernels.copyRows(lastH, P, xh + 4 * (R * S + padded(C)), S, N, H);

  function backward(ranges: Ranges = [[0, N]]): LstmGradients & { dz: Float32Array } {
    const [dh, dc] = [zeros(N * P), zeros(N * P)];
    kernels.gatherAddRows(dh, P, bench.input(outer.h), H, order, N, H);
    kernels.gatherAddRows(dc, P, bench.input(outer.c), H, order, N, H);
    const dOutput = bench.input(outer.output);
    const sequences = sizes.returnSequences ? dOutput : 0;
    if (!sequences) kernels.gatherAddRows(dh, P, dOutput, H, order, running, H);

    const recurrentTransposed = bench.output(kernels.packedSize(G, H));
    kernels.recurrentPackTransposed(recurrentTransposed, recurrentKernel, H, H, GATES);
    const kernelTransposed = bench.output(kernels.packedSize(G, C));
    kernels.recurrentPackTransposed(kernelTransposed, kernel, C, H, GATES);
    const ones = (n: number) => bench.inOut(new Float32Array(n).fill(1));
    const back = { dh, dState: dc, dOutput: sequences, packedTransposed: recurrentTransposed, initial: 1 };
    for (const [begin, end] of ranges) kernels.lstmBackward(placeFrame(bench, { ...frame, ...back }), begin, end);
    const dx = ones(N * T * C);
    const dRows = bench.output(R * C);
    kernels.product(dRows, C, 0, 0, gates, G, kernelTransposed, R, C, G);
    kernels.scatterAddRows(dx, C, dRows, C, inputs, R, C);

    const both = zeros((C + H) * G);
    const scratch = bench.output(kernels.weightGradientScratch(C + H, G, R));
    kernels.weightGradient(both, G, xh + 4 * (padded(C) - C), S, gates, G, C + H, G, R, scratch);
    const [dKernel, dRecurrentKernel, dBias] = [ones(C * 4 * H), ones(H * 4 * H), ones(4 * H)];
    kernels.recurrentAddUnpadded(dKernel, both, C, H, GATES);
    kernels.recurrentAddUnpadded(dRecurrentKernel, both + 4 * C * G, H, H, GATES);
    const sums = zeros(G);
    kernels.sumRows(sums, gates, R, G);
    kernels.recurrentAddUnpadded(dBias, sums, 1, H, GATES);

    const added = (pointer: number) => Float64Array.from(bench.read(pointer), value => value - 1);
    return {
      dx: added(dx),
      dKernel: added(dKernel),
      dRecurrentKernel: added(dRecurrentKernel),
      dBias: weights.bias && added(dBias),
      dh0: Float64Array.from(bySequence(dh)),
      dc0: Float64Array.from(bySequence(dc)),
      dz: bench.read(gates),
    };
  }

  return {
    states: bench.read(states),
    h: bySequence(lastH),
    c: bySequence(cells + 4 * (keep ? R * P : 0)),
    cells: bench.read(cells),
    gates: bench.read(gates),
    backward,
  };
}
