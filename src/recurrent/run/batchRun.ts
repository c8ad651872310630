/** One batch of sequences on its way through a cell: the states of now, and the segments that are computed from them. */
import type { Context } from "../../context.ts";
import type { Kernels } from "../../engine/kernels.ts";
import { padded, wholeWidePanels } from "../../engine/layout.ts";
import type { Tensor } from "../../tensor.ts";
import {
  type BoundCell,
  type Buffers,
  type Cell,
  gatesRowOf,
  otherStates,
  type Snapshots,
  stateRowOf,
} from "./cell.ts";
import { FRAME_ELEMENTS, type Frame, setWords, writeFrame } from "./frame.ts";
import { drawHiddenMasks, maskFrame, type RegularizerOptions, zoneoutFrame } from "./regularizers.ts";
import { firstRow, piecesOf, type Segment } from "./segments.ts";
import { type Steps, splitPlaces } from "./steps.ts";

/** States by place: h [N, padded(F)], and the others [N, state row]. */
export interface States {
  readonly h: number;
  readonly others: number;
}

export class RecurrentRun {
  readonly bound: BoundCell;
  /** Before the segment at hand, and of sequences that have ended their last ones. */
  readonly now: States;
  /** The frame of the segment that was computed last. */
  readonly frame: number;
  /** Elements of a row of `States`. */
  readonly hWidth: number;
  readonly stateWidth: number;
  /** Which states are kept, if not all. */
  readonly snapshots: Snapshots | undefined;
  readonly #context: Context;
  readonly #cell: Cell;
  readonly #steps: Steps;
  readonly #sizes: { readonly N: number; readonly T: number };
  readonly #regularizers: Frame;
  /** Elements of a row. */
  readonly #widths: { readonly xh: number; readonly gates: number; readonly saved: number };
  #buffers: Buffers | undefined;
  /** Whether the states before the first step are zeros. */
  #fresh = true;

  /** @param x [N, T, C] */
  constructor(context: Context, x: Tensor, cell: Cell, steps: Steps, options: RegularizerOptions) {
    const [N, T] = x.shape;
    const { kernels, memory } = context;
    this.#context = context;
    this.#cell = cell;
    this.#steps = steps;
    this.#sizes = { N, T };
    this.hWidth = padded(cell.hidden);
    this.stateWidth = stateRowOf(cell);
    this.snapshots = cell.snapshots?.(kernels);
    const masks = drawHiddenMasks(context, cell, options, steps, [N, T]);
    this.bound = cell.bind(context, x, steps, masks);
    this.#widths = {
      xh: padded(this.bound.width) + this.hWidth, // the input, then the hidden state before the step
      gates: gatesRowOf(cell),
      saved: cell.saved * padded(cell.units),
    };
    this.#regularizers = {
      ...(masks && maskFrame(context, cell, masks, N * this.#widths.xh)),
      ...zoneoutFrame(context, cell, options, N, N * T),
    };
    this.now = { h: memory.allocateZeros(N * this.hWidth), others: memory.allocateZeros(N * this.stateWidth) };
    this.frame = memory.allocate(FRAME_ELEMENTS);
  }

  /** Takes the states before the first step. */
  begin(initial: readonly Tensor[]): void {
    const { kernels } = this.#context;
    const { order } = this.#steps;
    this.#fresh = false;
    const [{ N }, { hidden: F }] = [this.#sizes, this.#cell];
    kernels.gatherRows(this.now.h, this.hWidth, initial[0].pointer, F, order, N, F);
    otherStates(this.#cell).forEach(({ size, at }, i) => {
      kernels.gatherRows(this.now.others + 4 * at, this.stateWidth, initial[i + 1].pointer, size, order, N, size);
    });
  }

  /** Room for states. */
  allocateStates(): States {
    const { memory } = this.#context;
    const { N } = this.#sizes;
    return { h: memory.allocate(N * this.hWidth), others: memory.allocate(N * this.stateWidth) };
  }

  copyStates(to: States, from: States): void {
    const { kernels } = this.#context;
    const { N } = this.#sizes;
    kernels.copyRows(to.h, this.hWidth, from.h, this.hWidth, N, this.hWidth);
    kernels.copyRows(to.others, this.stateWidth, from.others, this.stateWidth, N, this.stateWidth);
  }

  /**
   * Computes a segment from the states of now. Its rows are followed by those of the step after it, and by the states of
   * sequences that end in it. The buffers are in `frame` then, moved back so that rows keep their numbers in the batch.
   *
   * @param forBackward whether a backward pass will come
   */
  compute({ from, to, rows }: Segment, forBackward: boolean): void {
    const { kernels, memory } = this.#context;
    const { bound, now, hWidth, snapshots, stateWidth: Q } = this;
    const { units: H, hidden: F, flop, forward } = this.#cell;
    const { N, T } = this.#sizes;
    const { xh: S, gates: G, saved: A } = this.#widths;
    const { first, count } = rows;
    const next = first + count;
    const last = next + (to < T ? N : 0);
    // Either every row has its own states, or they are by place and change there.
    const keepsAll = forBackward && !snapshots;
    const [slots, own] = forBackward ? [count, first] : [N, 0];
    const allocate = (elements: number, width: number, row: number, more = 0): number =>
      memory.allocate(elements * width + more) - 4 * row * width;
    const panel = wholeWidePanels(1); // a product with one row may write up to that much behind it
    const buffers = {
      xh: allocate(last - first + N, S, first),
      state: keepsAll ? allocate(last - first + N, Q, first) : now.others,
      saved: allocate(slots, A, own),
      gates: bound.project ? allocate(count, G, first) : allocate(slots, G, own, panel),
    };
    const { offsets, outputs } = this.#steps;
    const flags = { forBackward: Number(forBackward), fresh: Number(this.#fresh && from === 0) };
    const sizes = { T, C: bound.width, H, F, from, to, last, offsets, outputs, ...flags };
    writeFrame(memory, this.frame, this.#cell.frame, bound.frame, this.#regularizers, sizes, buffers);
    if (forBackward && snapshots) this.#takeSnapshots(snapshots, to - from);

    const [begun, going] = [this.#running(from), this.#running(to)];
    const hAt = (row: number): number => buffers.xh + 4 * (row * S + padded(bound.width));
    const stateAt = (row: number): number => buffers.state + 4 * row * Q;
    kernels.copyRows(hAt(first), S, now.h, hWidth, begun, hWidth);
    if (keepsAll) kernels.copyRows(stateAt(first), Q, now.others, Q, begun, Q);
    bound.load(buffers.xh + 4 * first * S, rows);
    bound.project?.(buffers.gates + 4 * first * G, rows);
    this.#run(forward, count * (flop ?? 2 * G * (bound.width + F)));

    kernels.copyRows(now.h, hWidth, hAt(next), S, going, hWidth);
    kernels.copyRows(now.h + 4 * going * hWidth, hWidth, hAt(last + going), S, begun - going, hWidth);
    if (keepsAll) {
      kernels.copyRows(now.others, Q, stateAt(next), Q, going, Q);
      kernels.copyRows(now.others + 4 * going * Q, Q, stateAt(last + going), Q, begun - going, Q);
    }
    this.#buffers = buffers;
  }

  /**
   * Goes back through the segment that was computed last, and adds the gradients that follow from it.
   *
   * @param words more words of the frame
   */
  differentiate(segment: Segment, words: Frame): void {
    const { memory } = this.#context;
    const { hidden: F, flop, backward } = this.#cell;
    const { xh: S, gates: G, saved: A } = this.#widths;
    setWords(memory, this.frame, words);
    this.#run(backward, segment.rows.count * (flop ?? 2 * G * F));
    const { xh, state, saved, gates } = this.#buffers as Buffers;
    for (const { rows } of piecesOf(memory, this.#steps, this.#sizes.N, segment, this.snapshots?.every)) {
      const from = (pointer: number, width: number): number => pointer + 4 * rows.first * width;
      this.bound.backward(
        {
          xh: from(xh, S),
          state: from(state, this.stateWidth),
          saved: from(saved, A),
          gates: from(gates, G),
        },
        rows,
      );
    }
  }

  /** Room for a cell that keeps the states before every so many steps. */
  #takeSnapshots({ every, size, scratch }: Snapshots, steps: number): void {
    const { memory } = this.#context;
    const { N } = this.#sizes;
    const snapshotRow = Math.ceil(steps / every) * size;
    const [pointer, room] = [memory.allocate(N * snapshotRow), memory.allocate(N * scratch)];
    setWords(memory, this.frame, { every, snapshots: pointer, snapshotRow, scratch: room, scratchRow: scratch });
  }

  /** How many sequences run at a step. */
  #running(t: number): number {
    const { memory } = this.#context;
    return t < this.#sizes.T ? firstRow(memory, this.#steps, t + 1) - firstRow(memory, this.#steps, t) : 0;
  }

  #run(kernel: keyof Kernels, flop: number): void {
    const ranges = splitPlaces(this.#context, this.#steps, this.#sizes.N, flop);
    this.#context.parallel.run(
      kernel,
      ranges.map(([begin, end]) => [this.frame, begin, end]),
    );
  }
}
