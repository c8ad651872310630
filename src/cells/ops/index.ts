/** The differentiable operations of which cells are written. */
export {
  elu,
  exp,
  hardSigmoid,
  leakyRelu,
  relu,
  selu,
  sigmoid,
  softmax,
  softplus,
  softsign,
  tanh,
} from "./activations.ts";
export { add, divide, multiply, scale, subtract } from "./arithmetic.ts";
export { matmul } from "./matmul.ts";
export { concat, type Split, slice, split } from "./shapes.ts";
