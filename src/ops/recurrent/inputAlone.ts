/** Cells whose gates do not see h, z = x·kernel + bias: made for all steps in one product before the loop over time. */
import type { Context } from "../../context.ts";
import type { Kernels } from "../../engine/kernels.ts";
import type { StepProgram, StepValue } from "../../models/stepProgram.ts";
import type { Packed } from "../../packed.ts";
import type { Tensor } from "../../tensor.ts";
import { type BoundCell, type Cell, packedColumns, padded } from "./cell.ts";
import { addBias } from "./gradients.ts";
import { projectInput } from "./inputSide.ts";
import type { Steps } from "./steps.ts";
import { compileStep } from "./uniformStep.ts";
import { padBias, paddedBias, type Sizes } from "./weights.ts";

export interface InputWeights {
  /** [C, gates·H] */
  kernel: Tensor;
  /** [gates·H] */
  bias?: Tensor | undefined;
  /** Room for kernel, packed. */
  packed: Packed;
}

/** Elements that the packed kernel takes, in any form. */
export function inputPackedSize(C: number, H: number, gates: number): number {
  return packedColumns(gates * padded(H)) * C;
}

function sizesOf({ kernel }: InputWeights, gates: number): Sizes {
  const [C, width] = kernel.shape;
  const H = width / gates;
  return { G: gates * padded(H), gates, C, H, F: 0 };
}

function pack(context: Context, { kernel, packed }: InputWeights, { C, H, gates }: Sizes, wide: boolean): number {
  const into = (p: number) => context.kernels.recurrentPack(p, kernel.pointer, C, 0, 0, H, gates, wide);
  return packed.ensure(context, into, wide ? "wide" : "");
}

/**
 * For `Cell.bind`.
 *
 * @param gates how many equal parts the columns of kernel have, which are padded each; 1 if they are not equal
 */
export function bindInputAlone(
  context: Context,
  x: Tensor,
  steps: Steps,
  weights: InputWeights,
  gates: number,
): BoundCell {
  const { kernel, bias } = weights;
  const sizes = sizesOf(weights, gates);
  const packed = pack(context, weights, sizes, false);
  const input = projectInput(context, x, steps, kernel, paddedBias(context, bias, sizes), sizes, packed);
  return {
    ...input,
    ...(x.lookup ? {} : { frame: { ahead: 1 }, gates: input.frame.projected }),
    wanted: [...input.wanted, bias],
    transpose: () => ({}),
    backward({ xh, gates: dz }) {
      const mark = context.memory.mark();
      const rows = input.backward(xh, dz, sizes.G) ?? { pointer: dz, count: steps.rows };
      addBias(context, bias, rows.pointer, rows.count, sizes);
      context.memory.release(mark);
    },
  };
}

/** For `Cell.compile`, with the same gates. */
export function compileInputAlone(
  program: StepProgram,
  x: StepValue,
  cell: Cell,
  step: keyof Kernels,
  weights: InputWeights,
  gates: number,
  layer: string,
): StepValue {
  const sizes = sizesOf(weights, gates);
  const { bias } = weights;
  const forStep = {
    sizes,
    padBias: bias && ((row: number) => padBias(program.context, row, bias, sizes)),
    together: () => pack(program.context, weights, sizes, true),
    apart: () => ({ kernel: pack(program.context, weights, sizes, false), others: 0 }),
  };
  return compileStep(program, x, cell, step, forStep, layer);
}
