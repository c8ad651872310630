/** How a large call is cut into pieces that give the same bits: by rows, columns, steps or sequences, never through a sum. */
import { frameWords } from "../frame.generated.ts";
import type { Kernels } from "../kernels.ts";
import type { Memory } from "../memory.ts";

type Arguments = readonly number[];

/** Runs one of so many pieces of all calls. */
export type RunPiece = (piece: number, pieces: number) => void;

interface Cut {
  /** The place of the argument that says how far the call goes */
  readonly extent: number;
  /** Pieces begin at multiples of it */
  readonly align: number;
  /** Pointers that move along: the place of each, and of the argument with the elements of a row, where rows are cut */
  readonly moving: readonly (readonly [pointer: number, stride?: number])[];
}

// biome-ignore format: a table
const CUTS: Partial<Record<keyof Kernels, Cut>> = {
  product: { extent: 7, align: 4, moving: [[0, 1], [2, 3], [4, 5]] },
  weightGradient: { extent: 7, align: 8, moving: [[0], [4]] },
  maskedWeightGradient: { extent: 11, align: 8, moving: [[0], [7]] },
  addGroups: { extent: 7, align: 16, moving: [[0], [2]] },
  sumOfRowProducts: { extent: 6, align: 16, moving: [[0], [1], [3]] },
};

/** Where a piece of [0, extent) begins. */
function border(extent: number, align: number, piece: number, pieces: number): number {
  return Math.min(extent, Math.round((Math.ceil(extent / align) * piece) / pieces) * align);
}

/** A piece of a call, if there is something of it. */
function pieceOf(call: Arguments, { extent, align, moving }: Cut, piece: number, pieces: number): Arguments[] {
  const [from, to] = [piece, piece + 1].map(i => border(call[extent], align, i, pieces));
  if (from === to) return [];
  const part = [...call];
  part[extent] = to - from;
  for (const [pointer, stride] of moving) {
    if (call[pointer] !== 0) part[pointer] += 4 * from * (stride === undefined ? 1 : call[stride]);
  }
  return [part];
}

const WORDS = Object.keys(frameWords);
/** Words that say which steps there are, and what is special about the first of them. */
const FROM = WORDS.indexOf("from");
const TO = WORDS.indexOf("to");
const FRESH = WORDS.indexOf("fresh");
const INITIAL = WORDS.indexOf("initial");

/** A loop over time: the frame says from which step to which. */
function steps(memory: Memory, frame: number, backward: boolean, run: () => void): RunPiece {
  const words = [FROM, TO, FRESH, INITIAL].map(word => (frame >>> 2) + word);
  const whole = words.map(at => memory.ints[at]);
  const set = (...values: readonly number[]): void => {
    for (const [i, at] of words.entries()) memory.ints[at] = values[i];
  };
  const [begin, end, fresh, initial] = whole;
  return (piece, pieces) => {
    const place = backward ? pieces - 1 - piece : piece;
    const [from, to] = [place, place + 1].map(i => begin + border(end - begin, 1, i, pieces));
    if (from === to) return;
    if (from > begin) set(from, to, 0, 1);
    else set(from, to, fresh, initial);
    try {
      run();
    } finally {
      set(...whole);
    }
  };
}

/**
 * Pieces of calls, asked for right before the first; undefined where a kernel cannot be cut.
 *
 * @param calls as `Parallel.run` takes them
 * @param run all calls of a piece
 */
export function piecesOf(
  memory: Memory,
  kernel: keyof Kernels,
  calls: readonly Arguments[],
  run: (calls: readonly Arguments[]) => void,
): RunPiece | undefined {
  const cut = CUTS[kernel];
  if (cut) return (piece, pieces) => run(calls.flatMap(call => pieceOf(call, cut, piece, pieces)));
  if (calls[0].length !== 3) return undefined; // only loops over time are called with [frame, begin, end]
  // Sequences go through an mLSTM one by one.
  if (!kernel.startsWith("mLstm")) return steps(memory, calls[0][0], kernel.endsWith("Backward"), () => run(calls));
  return (piece, pieces) =>
    run(
      calls.flatMap(([frame, begin, end]) => {
        const [from, to] = [piece, piece + 1].map(i => begin + border(end - begin, 1, i, pieces));
        return from < to ? [[frame, from, to]] : [];
      }),
    );
}
