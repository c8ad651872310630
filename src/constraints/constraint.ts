/** What weights must be: a step that makes them something else is followed by the nearest that fits. */
import { hasMethods, Registry } from "../registry.ts";

export interface Constraint {
  /** Under which it is saved, and found again */
  readonly name: string;
  /**
   * Changes a weight after a step of training.
   *
   * @param shape of the weight, row-major
   */
  constrain(numbers: Float32Array, shape: readonly number[]): void;
  /** What is wrong with a weight of that shape; default: nothing. */
  problemOf?(shape: readonly number[]): string | undefined;
  /** What makes it again; plain JSON. */
  toJSON(): { name: string; options: object };
}

/** Constraints by name: those that files may have. */
export const constraintRegistry = new Registry<Constraint>({
  what: "constraint",
  group: "constraints",
  example: "constraints.maxNorm()",
  is: (value): value is Constraint => hasMethods(value, "constrain", "toJSON"),
});
