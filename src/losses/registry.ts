/** Losses from names. */
import { expectOneOf } from "../expect.ts";
import { describe } from "../ndarray.ts";
import * as makers from "./index.ts";
import type { Loss } from "./loss.ts";

export type LossName = keyof typeof makers;

const ALIASES = new Map<unknown, LossName>([
  ["mse", "meanSquaredError"],
  ["mae", "meanAbsoluteError"],
]);

/** A loss from its name and options, as a saved model holds them. */
export function lossFrom(name: string, options: object): Loss {
  const known = expectOneOf(ALIASES.get(name) ?? name, Object.keys(makers).sort() as LossName[], "loss");
  return (makers[known] as (options: object) => Loss)(options);
}

/** A loss as users give it: made by `losses`, or a name. */
export function expectLoss(value: unknown): Loss {
  if (typeof value === "string") return lossFrom(value, {});
  if (typeof value === "object" && value !== null && "forward" in value && "target" in value) return value as Loss;
  throw new TypeError(`loss: expected a name or one made by losses.huber() and others, got ${describe(value)}`);
}
