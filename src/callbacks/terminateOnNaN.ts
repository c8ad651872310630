import type { Callback } from "./callback.ts";
import { withOrigin } from "./origin.ts";

/**
 * Ends the training where a loss or a gradient is not finite, with its history, in place of an error. The weights are those of the last
 * good step.
 *
 * @example callbacks.terminateOnNaN()
 */
export function terminateOnNaN(): Callback {
  const callback: Callback = {
    onError(error, run) {
      if ((error as { code?: unknown }).code === "NOT_FINITE") run.stop(error.message);
    },
  };
  return withOrigin(callback, "terminateOnNaN", {});
}
