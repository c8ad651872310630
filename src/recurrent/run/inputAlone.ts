/** Cells whose gates do not see h, z = x·kernel + bias: made for all steps in one product before the loop over time. */
import type { Context } from "../../context.ts";
import type { FrameKernel } from "../../engine/calls.ts";
import { packedColumns, padded } from "../../engine/layout.ts";
import { product, type Rows } from "../../ops/products.ts";
import type { Packed } from "../../packed.ts";
import type { Step, StepValue } from "../../step.ts";
import type { Tensor } from "../../tensor.ts";
import type { BoundCell, Cell, RowRange } from "./cell.ts";
import { addBias, sumOfProducts } from "./gradients.ts";
import { addInputGradient, type InputSide, projectInput } from "./inputSide.ts";
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
  const start = paddedBias(context, bias, sizes);
  const input = x.lookup
    ? projectInput(context, x, steps, kernel, start, sizes, packed)
    : projectAhead(context, x, steps, kernel, start, sizes, packed);
  return {
    ...input,
    wanted: [...input.wanted, bias],
    transpose() {
      input.begin();
      return {};
    },
    backward({ xh, gates: dz }, piece) {
      const mark = context.memory.mark();
      const rows = input.backward(xh, dz, sizes.G, piece) ?? { pointer: dz, count: piece.count };
      addBias(context, bias, rows.pointer, rows.count, sizes);
      context.memory.release(mark);
    },
  };
}

/** x·kernel + bias of rows in one product, before the loop over time. */
function projectAhead(
  context: Context,
  x: Tensor,
  steps: Steps,
  kernel: Tensor,
  bias: number,
  sizes: Sizes,
  packedKernel: number,
): InputSide & Pick<BoundCell, "project"> {
  const { kernels, memory, tape } = context;
  const { G, gates, C, H } = sizes;
  const gather = ({ first, count }: RowRange): Rows => {
    const pointer = memory.allocate(count * C);
    kernels.gatherRows(pointer, C, x.pointer, C, steps.inputs + 4 * first, count, C);
    return { pointer, stride: C };
  };
  return {
    width: 0,
    frame: { ahead: 1 },
    wanted: [x, kernel],
    load() {},
    begin() {},
    project(pointer, rows) {
      const mark = memory.mark();
      const z = { pointer, stride: G };
      product(context, z, { pointer: bias, stride: 0 }, gather(rows), packedKernel, [rows.count, G, C]);
      memory.release(mark);
    },
    backward(_xh, dz, stride, rows) {
      const dKernel = tape?.gradientOf(kernel) ?? 0;
      if (dKernel) {
        const sum = sumOfProducts(context, gather(rows).pointer, C, C, dz, G, rows.count, stride);
        kernels.recurrentAddUnpadded(dKernel, sum, C, H, gates);
      }
      addInputGradient(context, x, steps, dz, kernel, rows, sizes, stride);
      return undefined;
    },
  };
}

/** For `Cell.compile`, with the same gates. */
export function compileInputAlone(
  program: Step,
  x: StepValue,
  cell: Cell,
  step: FrameKernel,
  given: InputWeights,
  gates: number,
): StepValue[] {
  const sizes = sizesOf(given, gates);
  const { C, H } = sizes;
  const weights = { ...given, packed: program.roomFor(given.packed, inputPackedSize(C, H, gates)) };
  const { bias } = weights;
  const forStep = {
    sizes,
    packed: weights.packed,
    padBias: bias && ((row: number) => padBias(program.context, row, bias, sizes)),
    together: () => pack(program.context, weights, sizes, true),
    apart: () => ({ kernel: pack(program.context, weights, sizes, false), others: 0 }),
  };
  return compileStep(program, x, cell, step, forStep);
}
