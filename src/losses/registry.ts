import { hasMethods, Registry } from "../registry.ts";
import type { Loss } from "./loss.ts";

/** Losses by name. */
export const lossRegistry = new Registry<Loss>({
  what: "loss",
  group: "losses",
  example: "losses.huber()",
  aliases: { mse: "meanSquaredError", mae: "meanAbsoluteError" },
  is: (value): value is Loss => hasMethods(value, "target", "forward", "backward", "toJSON"),
});
