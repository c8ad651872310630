/**
 * The differentiable operations of which cells, layers and losses are written. They work on the numbers of those, and on
 * the symbolic tensors of a functional model.
 */
export {
  elu,
  hardSigmoid,
  leakyRelu,
  relu,
  selu,
  sigmoid,
  softmax,
  softplus,
  softsign,
  tanh,
} from "./activation.ts";
export { add, clip, divide, greater, maximum, minimum, multiply, scale, subtract } from "./arithmetic.ts";
export { concat } from "./concat.ts";
export { exp } from "./exp.ts";
export { logSoftmax } from "./logSoftmax.ts";
export { matmul } from "./matmul.ts";
export {
  type CeluOptions,
  celu,
  erf,
  type GeluOptions,
  gelu,
  hardShrink,
  hardSilu,
  hardTanh,
  logSigmoid,
  mish,
  relu6,
  type ShrinkOptions,
  type SquareplusOptions,
  silu,
  softShrink,
  sparsePlus,
  sparseSigmoid,
  squareplus,
  tanhShrink,
} from "./moreActivations.ts";
export { gather, reshape, stack, transpose } from "./places.ts";
export { max, mean, type ReduceOptions, sum } from "./reduce.ts";
export { reverse } from "./reverse.ts";
export { type Split, slice, split } from "./slice.ts";
export { stopGradient } from "./stopGradient.ts";
export { abs, log, sqrt, square } from "./unary.ts";
export { where } from "./where.ts";
