import { hasMethods, Registry } from "../registry.ts";
import type { Optimizer } from "./optimizer.ts";

/** Optimizers by name. */
export const optimizerRegistry = new Registry<Optimizer>({
  what: "optimizer",
  group: "optimizers",
  example: "optimizers.adam()",
  is: (value): value is Optimizer => hasMethods(value, "apply") && "slots" in (value as object),
});
