/** One sequence by itself: see assembly/recurrent/inputSums.ts. */
import type { Context } from "../../context.ts";
import { wholeWidePanels } from "../../engine/layout.ts";
import type { Tensor } from "../../tensor.ts";
import type { Frame } from "./frame.ts";
import type { Sizes } from "./weights.ts";

/**
 * Whether the sums of x are made for several steps at once, apart from those of h.
 *
 * @param x [N, T, C]
 * @param masked whether gates see h through masks
 */
export function hasInputSums({ kernels }: Context, x: Tensor, { C, F }: Sizes, masked: boolean): boolean {
  const [N, T] = x.shape;
  return N === 1 && T > 1 && !masked && !x.lookup && C + F <= kernels.inputSumsLimit();
}

/** The words of the frame for it, with kernel packed by itself; the weights of h are then packed wide. */
export function inputSumsFrame({ kernels, memory }: Context, { G }: Sizes, packedInput: number): Frame {
  return { packedInput, inputSums: memory.allocate(kernels.inputSumsRows() * G + wholeWidePanels(1)) };
}
