import { describe } from "../describe.ts";
import { isObject } from "../isObject.ts";
import type { Callback } from "./callback.ts";

/**
 * A callback of functions: the same as the object itself among `callbacks`.
 *
 * @param hooks by name; see {@link Callback}
 * @throws TypeError for anything else
 * @example callbacks.lambdaCallback({ onEpochEnd: (epoch, logs) => console.log(epoch, logs.loss) })
 */
export function lambdaCallback(hooks: Callback): Callback {
  if (isObject(hooks)) return { ...hooks };
  throw new TypeError(`lambdaCallback: expected an object with hooks such as onEpochEnd, got ${describe(hooks)}`);
}
