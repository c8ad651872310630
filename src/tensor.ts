import { sizeOf } from "./ndarray.ts";

export type Shape = readonly number[];

/** A handle to numbers in linear memory. Tensors of a step live in the arena and are gone when it ends. */
export class Tensor {
  readonly pointer: number;
  readonly shape: Shape;
  /** Whether a backward pass has to find this tensor's gradient. */
  readonly requiresGradient: boolean;
  /** Pointer to the gradient, 0 while nothing has asked for it; the same shape. */
  gradient = 0;
  /** The pre-activations, where this tensor is their sigmoid or softmax: cross-entropy is exact on those. */
  logits: Tensor | undefined;

  constructor(pointer: number, shape: Shape, requiresGradient = false) {
    this.pointer = pointer;
    this.shape = shape;
    this.requiresGradient = requiresGradient;
  }

  get size(): number {
    return sizeOf(this.shape);
  }
}
