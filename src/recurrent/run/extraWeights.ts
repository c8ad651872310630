/** Weights that a cell has besides those of its gates' products: each adds a word to the frame, and its gradient. */
import type { Context } from "../../context.ts";
import type { Step } from "../../step.ts";
import type { Tensor } from "../../tensor.ts";
import type { BoundCell, Buffers, Piece } from "./cell.ts";
import type { Frame } from "./frame.ts";

export interface ExtraWeight {
  readonly weight: Tensor;
  /** The word of the frame that says where it is, in the form that kernels read. */
  readonly word: keyof Frame;
  /** Elements of that form. */
  readonly size: number;
  /** Fills that form. */
  prepare(context: Context, pointer: number): void;
  /** More words for the backward pass. */
  transpose?(context: Context): Frame;
  /** Adds to the gradient, of the shape of `weight`. */
  addGradient(context: Context, gradient: number, buffers: Buffers, rows: Piece): void;
}

function wordsOf(extras: readonly ExtraWeight[], place: (extra: ExtraWeight) => number): Frame {
  return Object.fromEntries(extras.map(extra => [extra.word, place(extra)]));
}

/** A bound cell with more weights. */
export function bindExtra(context: Context, bound: BoundCell, extras: readonly ExtraWeight[]): BoundCell {
  if (extras.length === 0) return bound;
  const words = wordsOf(extras, extra => {
    const pointer = context.memory.allocate(extra.size);
    extra.prepare(context, pointer);
    return pointer;
  });
  return {
    ...bound,
    frame: { ...bound.frame, ...words },
    wanted: [...bound.wanted, ...extras.map(({ weight }) => weight)],
    transpose: () => Object.assign(bound.transpose(), ...extras.map(extra => extra.transpose?.(context))),
    backward(buffers, rows) {
      bound.backward(buffers, rows);
      for (const extra of extras) {
        const gradient = context.tape?.gradientOf(extra.weight);
        if (gradient) extra.addGradient(context, gradient, buffers, rows);
      }
    },
  };
}

/** The words of the frame of a stream's step. */
export function compileExtra(program: Step, extras: readonly ExtraWeight[]): Frame {
  return wordsOf(extras, extra => {
    const { pointer } = program.allocate(extra.size);
    program.onWeights(() => extra.prepare(program.context, pointer));
    return pointer;
  });
}
