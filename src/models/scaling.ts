import type { Scaler } from "../data/index.ts";
import type { Plan } from "../graph/plan.ts";
import { describe } from "../ndarray.ts";
import { checked, type Input, option, optional, options } from "../options.ts";

const scaler = option((value, what): Scaler => {
  if (!(typeof value === "object" && value !== null && "inverseTransform" in value)) {
    throw new TypeError(`${what}: expected a fitted scaler such as standardScaler().fit(data), got ${describe(value)}`);
  }
  if ((value as Scaler).features > 0) return value as Scaler;
  throw new RangeError(`${what}: expected a fitted scaler, got one that has learned nothing; call fit(data)`);
});

const SCALING = options({
  /** For the last axis of the inputs */
  input: optional(scaler),
  /** For the last axis of the targets; predictions are brought back to raw units with it */
  target: optional(scaler),
});

/** Scalers that live in a model. */
export interface Scaling extends Input<typeof SCALING> {}

/** Checks that what is given are fitted scalers, for a graph that can have them. */
export function expectScaling(value: unknown, { inputs, outputs }: Plan): Scaling {
  const scaling = checked(value, "setScaling", SCALING);
  if ((scaling.input && inputs.length > 1) || (scaling.target && outputs.length > 1)) {
    throw new RangeError(
      `setScaling: expected a model with one input and one output, got ${inputs.length} and ${outputs.length}; scale the data yourself`,
    );
  }
  return scaling;
}
