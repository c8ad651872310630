/** Optimizers from names. */
import { expectOneOf } from "../expect.ts";
import { describe } from "../ndarray.ts";
import * as makers from "./index.ts";
import type { Optimizer } from "./optimizer.ts";

export type OptimizerName = keyof typeof makers;

/** An optimizer from its name and options, as a saved model holds them. */
export function optimizerFrom(name: string, options: object): Optimizer {
  return makers[expectOneOf(name, Object.keys(makers) as OptimizerName[], "optimizer")](options);
}

/** An optimizer as users give it: made by `optimizers`, or a name for one with default numbers. */
export function expectOptimizer(value: unknown): Optimizer {
  if (typeof value === "string") return optimizerFrom(value, {});
  if (typeof value === "object" && value !== null && "apply" in value && "slots" in value) return value as Optimizer;
  throw new TypeError(`optimizer: expected a name or one made by optimizers.adam() and others, got ${describe(value)}`);
}
