/** The fused recurrent op: a whole batch of sequences, one kernel call each way, all large products outside the loop over time. */
import type { Context } from "../../context.ts";
import type { Tensor } from "../../tensor.ts";
import { type Buffers, type Cell, gatesRowOf, otherStates, padded, stateRowOf } from "./cell.ts";
import { FRAME_ELEMENTS, setWords, wordOf, writeFrame } from "./frame.ts";
import { masksHidden, type RegularizerOptions, regularizerFrame } from "./regularizers.ts";
import { type CheckpointSteps, firstRow, piecesOf, type Segment, segmentsOf } from "./segments.ts";
import { recurrentSteps, splitPlaces } from "./steps.ts";

export interface RecurrentOptions extends RegularizerOptions {
  returnSequences: boolean;
  goBackwards: boolean;
  /** The output at a hidden step is 0; else it repeats the one before it. */
  zeroOutputForMask?: boolean;
  checkpointSteps?: CheckpointSteps;
}

export interface RecurrentResult {
  /** [N, T, F] or [N, F] */
  output: Tensor;
  /** The states after the last step: h [N, F], then the cell's others */
  states: Tensor[];
}

/**
 * @param x [N, T, C], with a mask where some steps are hidden: they change no state
 * @param initial states before the first step, as in the result; zeros without
 */
export function recurrent(
  context: Context,
  x: Tensor,
  cell: Cell,
  options: RecurrentOptions,
  initial?: readonly Tensor[],
): RecurrentResult {
  const { kernels, memory, parallel, tape } = context;
  const { goBackwards, returnSequences } = options;
  const { units: H, hidden: F, keeps } = cell;
  const [N, T] = x.shape;
  const [G, Q, A] = [gatesRowOf(cell), stateRowOf(cell), cell.saved * padded(H)];
  const kinds = otherStates(cell);
  const hWidth = padded(F);
  const inputs = [x, ...cell.weights, ...(initial ?? [])];
  const records = tape !== undefined && inputs.some(input => input?.requiresGradient);

  const output = context.tensor(returnSequences ? [N, T, F] : [N, F], inputs);
  const h = context.tensor([N, F], inputs);
  const others = kinds.map(({ size }) => context.tensor([N, size], inputs));
  const result = { output, states: [h, ...others] };

  const mark = memory.mark();
  const steps = recurrentSteps(context, N, T, x.mask, goBackwards);
  const { rows: R, order, offsets, outputs, empty } = steps;
  const mask = R < N * T ? (x.mask?.pointer ?? 0) : 0;
  const bound = cell.bind(context, x, steps, masksHidden(context, options));
  const regularizers = regularizerFrame(context, cell, options, steps, [N, T]);
  const M = (regularizers.maskedGates ?? 0) * hWidth;
  const xWidth = padded(bound.width);
  const S = xWidth + hWidth; // a row of xh: the input, then the hidden state before it
  const segments = segmentsOf(memory, steps, N, T, options.checkpointSteps ?? 0);
  const recomputes = records && segments.length > 1;
  const running = (t: number): number => (t < T ? firstRow(memory, steps, t + 1) - firstRow(memory, steps, t) : 0);

  // The states by place: those before the segment at hand, and of sequences that have ended their last ones.
  const hNow = memory.allocateZeros(N * hWidth);
  const stateNow = memory.allocateZeros(N * Q);
  if (initial) {
    kernels.gatherRows(hNow, hWidth, initial[0].pointer, F, order, N, F);
    initial.slice(1).forEach(({ pointer }, i) => {
      const { size, at } = kinds[i];
      kernels.gatherRows(stateNow + 4 * at, Q, pointer, size, order, N, size);
    });
  }
  const borders = recomputes ? segments.map(() => [memory.allocate(N * hWidth), memory.allocate(N * Q)] as const) : [];

  /** Whether every row has its own states; else they are by place and change in place. */
  const keepsAll = (keep: boolean): boolean => keep && !keeps;

  const frame = memory.allocate(FRAME_ELEMENTS);
  const run = (kernel: typeof cell.forward, flop: number): void => {
    const ranges = splitPlaces(context, steps, N, flop);
    parallel.run(
      kernel,
      ranges.map(([begin, end]) => [frame, begin, end]),
    );
  };

  /**
   * Computes a segment from the states of now. Its rows are followed by those of the step after it, and by the states of
   * sequences that end in it. The buffers are those of `frame` then, moved back so that rows keep their numbers in the batch.
   */
  const compute = ({ from, to, rows }: Segment, keep: boolean): Buffers => {
    const { first, count } = rows;
    const next = first + count;
    const last = next + (to < T ? N : 0);
    const allocate = (slots: number, width: number, row: number): number =>
      memory.allocate(slots * width) - 4 * row * width;
    const [slots, own] = keep ? [count, first] : [N, 0];
    const buffers = {
      xh: allocate(last - first + N, S, first),
      state: keepsAll(keep) ? allocate(last - first + N, Q, first) : stateNow,
      saved: allocate(slots, A, own),
      gates: bound.project ? allocate(count, G, first) : allocate(slots, G, own),
      maskedHidden: M ? allocate(slots, M, own) : 0,
    };
    const { xh, state } = buffers;
    const sizes = { T, C: bound.width, H, F, from, to, last, offsets, outputs, keep: Number(keep) };
    writeFrame(memory, frame, cell.frame, bound.frame, regularizers, sizes, buffers);
    if (keep && keeps) {
      const keptRow = Math.ceil((to - from) / keeps.every) * keeps.size;
      setWords(memory, frame, { every: keeps.every, kept: memory.allocate(N * keptRow), keptRow });
      setWords(memory, frame, { scratch: memory.allocate(N * keeps.scratch), scratchRow: keeps.scratch });
    }

    const [begun, going] = [running(from), running(to)];
    const hAt = (row: number): number => xh + 4 * (row * S + xWidth);
    kernels.copyRows(hAt(first), S, hNow, hWidth, begun, hWidth);
    if (keepsAll(keep)) kernels.copyRows(state + 4 * first * Q, Q, stateNow, Q, begun, Q);
    bound.load(xh + 4 * first * S, rows);
    bound.project?.(buffers.gates + 4 * first * G, rows);
    run(cell.forward, count * (cell.flop ?? 2 * G * (bound.width + F)));

    kernels.copyRows(hNow, hWidth, hAt(next), S, going, hWidth);
    kernels.copyRows(hNow + 4 * going * hWidth, hWidth, hAt(last + going), S, begun - going, hWidth);
    if (keepsAll(keep)) {
      kernels.copyRows(stateNow, Q, state + 4 * next * Q, Q, going, Q);
      kernels.copyRows(stateNow + 4 * going * Q, Q, state + 4 * (last + going) * Q, Q, begun - going, Q);
    }
    return buffers;
  };

  const repeats = returnSequences && mask !== 0 && !options.zeroOutputForMask;
  if (returnSequences ? mask && !repeats : empty) context.numbers(output).fill(0);
  let buffers: Buffers | undefined;
  segments.forEach((segment, i) => {
    if (recomputes) {
      kernels.copyRows(borders[i][0], hWidth, hNow, hWidth, N, hWidth);
      kernels.copyRows(borders[i][1], Q, stateNow, Q, N, Q);
    }
    const segmentMark = memory.mark();
    buffers = compute(segment, records && !recomputes);
    if (returnSequences) kernels.recurrentOutputs(output.pointer, frame);
    if (segments.length > 1) memory.release(segmentMark);
  });

  kernels.scatterRows(h.pointer, F, hNow, hWidth, order, N, F);
  others.forEach(({ pointer }, i) => {
    const { size, at } = kinds[i];
    kernels.scatterRows(pointer, size, stateNow + 4 * at, Q, order, N, size);
  });
  if (repeats) kernels.recurrentRepeat(output.pointer, mask, goBackwards, N, T, F);
  // As in Keras, a sequence without a real step gives zeros.
  if (!returnSequences) kernels.scatterRows(output.pointer, F, hNow, hWidth, order, N - empty, F);
  // In a stream the steps before this one are real: their last output stays.
  if (context.streaming && empty && !options.zeroOutputForMask) kernels.copyRows(output.pointer, F, h.pointer, F, N, F);

  if (!records) {
    memory.release(mark);
    return result;
  }
  tape.record([output, ...result.states], () => {
    const dInitial = (initial ?? []).map(tensor => tape.gradientOf(tensor));
    for (const tensor of bound.wanted) tape.gradientOf(tensor);
    const scratchMark = memory.mark();

    const dh = memory.allocateZeros(N * hWidth);
    const dState = memory.allocateZeros(N * Q);
    const addTo = (pointer: number, stride: number, { gradient }: Tensor, width: number, count = N): void => {
      if (gradient) kernels.gatherAddRows(pointer, stride, gradient, width, order, count, width);
    };
    addTo(dh, hWidth, h, F);
    others.forEach((tensor, i) => {
      addTo(dState + 4 * kinds[i].at, Q, tensor, kinds[i].size);
    });
    if (!returnSequences) addTo(dh, hWidth, output, F, N - empty);
    if (output.gradient && repeats) kernels.recurrentRepeatBackward(output.gradient, mask, goBackwards, N, T, F);

    const dMasked = M ? memory.allocateZeros(N * hWidth) : 0;
    const words = { ...bound.transpose(), dh, dState, dMasked, dOutput: returnSequences ? output.gradient : 0 };
    for (let i = segments.length - 1; i >= 0; i--) {
      const segmentMark = memory.mark();
      if (recomputes) {
        kernels.copyRows(hNow, hWidth, borders[i][0], hWidth, N, hWidth);
        kernels.copyRows(stateNow, Q, borders[i][1], Q, N, Q);
        buffers = compute(segments[i], true);
      }
      const { xh, state, saved, gates, maskedHidden } = buffers as Buffers;
      setWords(memory, frame, words);
      memory.ints[wordOf(frame, "initial")] = Number(i > 0 || dInitial[0] > 0);
      run(cell.backward, segments[i].rows.count * (cell.flop ?? 2 * G * F));
      for (const { rows } of piecesOf(memory, steps, N, segments[i])) {
        const moved = (pointer: number, width: number): number => (pointer ? pointer + 4 * rows.first * width : 0);
        bound.backward(
          {
            xh: moved(xh, S),
            state: moved(state, Q),
            saved: moved(saved, A),
            gates: moved(gates, G),
            maskedHidden: moved(maskedHidden, M),
          },
          rows,
        );
      }
      memory.release(segmentMark);
    }
    dInitial.forEach((gradient, i) => {
      if (!gradient) return;
      const { size, at } = i === 0 ? { size: F, at: 0 } : kinds[i - 1];
      const [from, stride] = i === 0 ? [dh, hWidth] : [dState + 4 * at, Q];
      kernels.scatterAddRows(gradient, size, from, stride, order, N, size);
    });
    memory.release(scratchMark);
  });
  return result;
}
