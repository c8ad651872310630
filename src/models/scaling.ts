import type { Scaler } from "../data/index.ts";
import { expectOptions } from "../expect.ts";
import { describe } from "../ndarray.ts";

/** Scalers that live in a model. */
export interface Scaling {
  /** For the last axis of the inputs */
  input?: Scaler;
  /** For the last axis of the targets; predictions are brought back to raw units with it */
  target?: Scaler;
}

/** Checks that what is given are fitted scalers. */
export function expectScaling(value: unknown): Scaling {
  expectOptions(value, ["input", "target"], "setScaling");
  const scaling = value as Scaling;
  for (const key of ["input", "target"] as const) {
    const scaler = scaling[key] as unknown;
    if (scaler === undefined) continue;
    if (!(typeof scaler === "object" && scaler !== null && "inverseTransform" in scaler)) {
      throw new TypeError(
        `setScaling ${key}: expected a fitted scaler such as standardScaler().fit(data), got ${describe(scaler)}`,
      );
    }
    if ((scaler as Scaler).features === 0) {
      throw new RangeError(
        `setScaling ${key}: expected a fitted scaler, got one that has learned nothing; call fit(data)`,
      );
    }
  }
  return { ...scaling };
}
