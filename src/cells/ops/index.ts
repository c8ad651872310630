/** The differentiable operations of which cells are written. */
export { exp, hardSigmoid, relu, sigmoid, softmax, tanh } from "./activations.ts";
export { add, divide, multiply, scale, subtract } from "./arithmetic.ts";
export { matmul } from "./matmul.ts";
export { concat, type Split, slice, split } from "./shapes.ts";
