import type { Backward, Context } from "../context.ts";
import { Question } from "../reading.ts";
import type { Step, StepValue } from "../step.ts";
import { Tensor } from "../tensor.ts";

/** 1 for a real step, 0 for one whose features all are the number that stands for padding, or what float32 makes of it. */
export const isReal = (value: number): Question => {
  const rounded = Math.fround(value);
  return new Question(`is not ${value}`, true, (data, at, C) => {
    let j = 0;
    while (j < C && (data[at + j] === value || data[at + j] === rounded)) j++;
    return Number(j < C);
  });
};

/**
 * The steps of x, those of padding set to 0, with the mask that tells which they are.
 *
 * @param x [N, T, C]; a step is padding where all its features equal `value`, in an input of the model as it was given
 */
export function masking(context: Context, x: Tensor, value: number): Tensor {
  const { kernels, memory } = context;
  const [N, T, C] = x.shape;
  const y = context.tensor(x.shape, [x]);
  const real = x.readings?.get(isReal(value).key);
  const mask = new Tensor(real?.pointer ?? memory.allocate(N * T), [N, T]);
  if (real) {
    context.numbers(y).fill(0);
    kernels.chooseRowsForward(y.pointer, x.pointer, y.pointer, mask.pointer, N * T, C);
  } else kernels.maskingForward(y.pointer, mask.pointer, x.pointer, value, N * T, C);
  context.record(maskingBackward, [y], x, mask);
  y.mask = bothMasks(context, mask, x.mask);
  return y;
}

export const maskingBackward: Backward<[x: Tensor, mask: Tensor]> = (context, [y], x, mask) =>
  context.kernels.maskingBackward(context.gradientOf(x), y.gradient, mask.pointer, mask.size, x.shape[2]);

/** The same in a stream. */
export function compileMasking(program: Step, x: StepValue, value: number): StepValue {
  const y = program.allocate(x.size);
  const real = x.readings?.get(isReal(value).key);
  const mask = real ?? program.allocate(1).pointer;
  if (real) program.call("chooseRowsForward", y.pointer, x.pointer, program.allocate(x.size).pointer, mask, 1, x.size);
  else program.call("maskingForward", y.pointer, mask, x.pointer, value, 1, x.size);
  return { ...y, mask: compileBothMasks(program, mask, x.mask) };
}

/**
 * The mask of token ids: id 0 is padding.
 *
 * @param ids [N, T] int32
 */
export function maskOfIds(context: Context, ids: Tensor): Tensor {
  const mask = new Tensor(context.memory.allocate(ids.size), ids.shape);
  context.kernels.maskZeros(mask.pointer, ids.pointer, ids.size);
  return mask;
}

/** The same in a stream, for one id. */
export function compileMaskOfIds(program: Step, ids: StepValue): number {
  const mask = program.allocate(1);
  program.call("maskZeros", mask.pointer, ids.pointer, 1);
  return mask.pointer;
}

/**
 * A mask that hides what either hides.
 *
 * @param mask [N, T]; the result takes its place
 * @param other [N, T], if there is one
 */
export function bothMasks(context: Context, mask: Tensor, other: Tensor | undefined): Tensor {
  if (other) context.kernels.intersectMasks(mask.pointer, other.pointer, mask.size);
  return mask;
}

/** The same in a stream. */
export function compileBothMasks(program: Step, mask: number, other: number | undefined): number {
  if (other !== undefined) program.call("intersectMasks", mask, other, 1);
  return mask;
}
