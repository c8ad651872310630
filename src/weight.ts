/** Weights: what a layer asks for, and what it gets when its model is built. */
import type { InitializerConfig } from "./initializers.ts";
import { Tensor } from "./tensor.ts";

/** A shape of symbolic data, without the batch axis; null is any length. */
export type InnerShape = readonly (number | null)[];

/** A weight before it has memory. */
export interface WeightSpec {
  /** As in Keras, in camelCase: kernel, recurrentKernel, bias */
  name: string;
  shape: readonly number[];
  initializer: InitializerConfig;
  /** Whether optimizers may change it; default true */
  trainable?: boolean;
  /** Whether training leaves those of its rows alone that are not among the ids of a batch; default false */
  lazy?: boolean;
}

/** Whether a weight may be trained: it then is if its layer is. */
export function isTrainable(spec: WeightSpec): boolean {
  return spec.trainable ?? true;
}

/** A weight of a built model: a tensor whose numbers and, while it is trained, gradient live in the model's flat blocks. */
export class Weight extends Tensor {
  /** Decided by who trains: graphs that share a weight need not all do so. */
  declare requiresGradient: boolean;
  readonly name: string;
  readonly initializer: InitializerConfig;

  constructor(pointer: number, spec: WeightSpec) {
    super(pointer, spec.shape);
    this.name = spec.name;
    this.initializer = spec.initializer;
  }
}
