import type { Context } from "../../context.ts";
import type { Arena } from "../../engine/memory.ts";
import type { Range } from "../../engine/threads/parallel.ts";
import type { Tensor } from "../../tensor.ts";

/** The order in which a recurrent layer works through a batch; see assembly/recurrent/steps.ts. Pointers to int32. */
export interface Steps {
  /** R, how many steps are real */
  rows: number;
  /** [N] */
  lengths: number;
  /** [N] */
  order: number;
  /** [T + 1] */
  offsets: number;
  /** [R] */
  outputs: number;
  /** [R] */
  inputs: number;
  /** Sequences without any real step: the last places. */
  empty: number;
}

/** @param mask int32 [N, T], if some steps are padding */
export function recurrentSteps(
  context: Context,
  N: number,
  T: number,
  mask: Tensor | undefined,
  reverse: boolean,
): Steps {
  const { kernels, memory } = context;
  const [lengths, order, offsets] = [memory.allocate(N), memory.allocate(N), memory.allocate(T + 1)];
  const outputs = memory.allocate(N * T);
  const inputs = reverse ? memory.allocate(N * T) : outputs;
  const rows = kernels.recurrentSteps(lengths, order, offsets, outputs, inputs, mask?.pointer ?? 0, reverse, N, T);
  const running = T > 0 ? memory.ints[(offsets >>> 2) + 1] : 0;
  return { rows, lengths, order, offsets, outputs, inputs, empty: N - running };
}

/** The place of each row, int32 [R] in the arena. */
export function placesOf(memory: Arena, { rows, offsets }: Steps, T: number): number {
  const places = memory.allocate(rows);
  const { ints } = memory;
  for (let t = 0; t < T; t++) {
    const [first, end] = [ints[(offsets >>> 2) + t], ints[(offsets >>> 2) + t + 1]];
    for (let row = first; row < end; row++) ints[(places >>> 2) + row] = row - first;
  }
  return places;
}

/**
 * Ranges of places for all threads, of about the same number of steps each.
 *
 * @param flop of the whole work
 */
export function splitPlaces(
  { memory, parallel }: Context,
  { rows, order, lengths }: Steps,
  N: number,
  flop: number,
): readonly Range[] {
  const even = parallel.split(N, 4, flop);
  const parts = even.length;
  const { ints } = memory.settled;
  const length = (place: number): number => ints[(lengths >>> 2) + ints[(order >>> 2) + place]];
  if (parts === 1 || length(0) === length(N - 1)) return even;
  const ranges: Range[] = [];
  let begin = 0;
  let steps = 0;
  for (let place = 0; place < N; place++) {
    steps += length(place);
    const part = ranges.length + 1;
    if (part < parts && steps >= (rows * part) / parts) {
      ranges.push([begin, place + 1]);
      begin = place + 1;
    }
  }
  if (begin < N) ranges.push([begin, N]);
  return ranges;
}
