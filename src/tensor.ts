import { sizeOf } from "./ndarray.ts";

export type Shape = readonly number[];

/** Rows of a table by number. All in the arena, as long as the tensor that was looked up. */
export interface Lookup {
  /** [V, C] */
  table: Tensor;
  /** How many different rows. */
  count: number;
  /** int32 [count]: their numbers in the table. */
  distinct: number;
  /** int32 [N, T]: which of them stands there. */
  which: number;
}

/** What a tensor is the sigmoid or softmax of. */
export interface Logits {
  readonly activation: "sigmoid" | "softmax";
  readonly z: Tensor;
}

/** A handle to numbers in linear memory. Tensors of a step live in the arena and are gone when it ends. */
export class Tensor {
  readonly pointer: number;
  readonly shape: Shape;
  /** Whether a backward pass has to find this tensor's gradient. */
  readonly requiresGradient: boolean;
  /** Pointer to the gradient, 0 while nothing has asked for it; the same shape. */
  gradient = 0;
  /** Where this tensor is another one in another shape: that one. Its gradient is this one's too. */
  viewOf: Tensor | undefined;
  /** The pre-activations, where this tensor is their sigmoid or softmax: the cross-entropy of that one is exact on them. */
  logits: Logits | undefined;
  /** Where this tensor holds rows of a table: which ones. A product with them needs to be made once a distinct row. */
  lookup: Lookup | undefined;
  /** int32 [N, T]: 1 where a step of this sequence is real, 0 where it is padding. None: every step is real. */
  mask: Tensor | undefined;
  /** Of a model's input: what layers read of it before it was scaled, by key. */
  readings: Map<string, Tensor> | undefined;

  constructor(pointer: number, shape: Shape, requiresGradient = false) {
    this.pointer = pointer;
    this.shape = shape;
    this.requiresGradient = requiresGradient;
  }

  get size(): number {
    return sizeOf(this.shape);
  }
}
