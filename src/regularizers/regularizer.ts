/** What numbers cost beside the loss: of weights, or of what a layer puts out. */
import { hasMethods, Registry } from "../registry.ts";

export interface Regularizer {
  /** Under which it is saved, and found again */
  readonly name: string;
  /** What the numbers cost. */
  penalty(numbers: Float32Array): number;
  /** Adds the gradient of that, times `scale`. */
  addGradient(gradient: Float32Array, numbers: Float32Array, scale: number): void;
  /** What makes it again; plain JSON. */
  toJSON(): { name: string; options: object };
}

/** Regularizers by name: those that files may have. */
export const regularizerRegistry = new Registry<Regularizer>({
  what: "regularizer",
  group: "regularizers",
  example: "regularizers.l2()",
  is: (value): value is Regularizer => hasMethods(value, "penalty", "addGradient", "toJSON"),
});
