/** What every reference is to tests: numbers by name in, outputs and gradients out. */

/** Inputs and weights by name. */
export type Values = Readonly<Record<string, ArrayLike<number>>>;

/** The loss' gradient by each output; an output left out gets none. */
export type Outer = readonly (ArrayLike<number> | undefined)[];

export interface ReferenceRun {
  outputs: Float64Array[];
  /** By name; null or missing for what has none. */
  gradients(outer: Outer): Record<string, Float64Array | null>;
}

export type Reference = (values: Values) => ReferenceRun;
