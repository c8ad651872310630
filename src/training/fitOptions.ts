/** What `fit` may be told. */
import type { Callback } from "../callbacks/callback.ts";
import { expectBoolean, expectInteger } from "../expect.ts";
import type { Plan } from "../graph/plan.ts";
import { hintFor } from "../hint.ts";
import { isArray, isObject } from "../isObject.ts";
import { describe } from "../ndarray.ts";
import { checked, fraction, type Input, integer, option, optional, options } from "../options.ts";
import type { BatchSource } from "./batches.ts";
import type { Inputs, Targets } from "./data.ts";
import { type SampleWeight, WEIGHTS } from "./sampleWeights.ts";
import { type Reorder, sources } from "./source.ts";
import { expectShuffle } from "./stateful.ts";

const HOOKS = [
  "onTrainBegin",
  "onEpochBegin",
  "onBatchEnd",
  "onEpochEnd",
  "onTrainEnd",
  "onError",
] satisfies (keyof Callback)[];

/** A hook under another name would never be called. */
function expectCallbacks(value: unknown, what: string): readonly Callback[] {
  const isHooks = (hooks: unknown) => isObject(hooks);
  if (!isArray(value) || value.includes(undefined) || !value.every(isHooks)) {
    throw new TypeError(
      `${what}: expected a list of objects with hooks such as onEpochEnd, or of callbacks.earlyStopping()`,
    );
  }
  for (const hooks of value as Record<string, unknown>[]) {
    for (const name of HOOKS) {
      const hook = hooks[name];
      if (hook === undefined || hook === null || typeof hook === "function") continue;
      throw new TypeError(`${what}: expected ${name} to be a function, got ${describe(hook)}`);
    }
    const names = [hooks, Object.getPrototypeOf(hooks)].flatMap(each => Object.getOwnPropertyNames(each ?? {}));
    const unknown = names.find(name => /^on[A-Z_]/.test(name) && !(HOOKS as readonly string[]).includes(name));
    if (unknown === undefined) continue;
    const hint = hintFor(unknown, HOOKS);
    throw new TypeError(
      `${what}: unknown hook ${describe(unknown)}${hint}${hint ? " H" : "; h"}ooks are ${HOOKS.join(", ")}`,
    );
  }
  return value as readonly Callback[];
}

type Pair = readonly [x: Inputs, y: Targets, sampleWeight?: SampleWeight];

const OPTIONS = options({
  /** Samples in a batch; default 32 */
  batchSize: optional(integer(), 32),
  /** Passes over the data; default 1 */
  epochs: optional(integer(), 1),
  /** The number of the first epoch: `epochs - initialEpoch` of them are trained; default 0 */
  initialEpoch: optional(integer(0), 0),
  /** Batches in an epoch, of which the next goes on in the data where it ended; default all of the data */
  stepsPerEpoch: optional(integer()),
  /** A new order of the samples every epoch, or one of `bucketByLength()`; default true, with stateful layers false */
  shuffle: optional(
    option<boolean | Reorder>(
      (value, what) => (typeof value === "function" ? value : expectBoolean(value, what)) as boolean | Reorder,
    ),
  ),
  /** The last part of the data is kept for validation, in [0, 1); default 0 */
  validationSplit: optional(fraction, 0),
  /** Validates after each so many epochs, or after those, counted from 1, as Keras does; default 1 */
  validationFreq: optional(
    option((value, what): number | readonly number[] =>
      isArray(value) ? value.map(epoch => expectInteger(epoch, what)) : expectInteger(value, what),
    ),
    1,
  ),
  /** Validates on so many batches, the first ones; default all */
  validationSteps: optional(integer()),
  /** [x, y] to validate on, or [x, y, sampleWeight], or `batches(...)`, instead of a part of the data */
  validationData: optional(
    option((value, what): Pair | BatchSource => {
      if (sources.has(value as object)) return value as BatchSource;
      if (isArray(value) && (value.length === 2 || value.length === 3)) return [...value] as unknown as Pair;
      throw new TypeError(`${what}: expected a pair [x, y]`);
    }),
  ),
  /** 0: silent; 1: a progress bar in a terminal, else as 2; 2: a line an epoch; default 1 */
  verbose: optional(
    option((value, what): 0 | 1 | 2 => {
      if (value === 0 || value === 1 || value === 2) return value;
      throw new RangeError(`${what}: expected 0, 1 or 2, got ${describe(value)}`);
    }),
    1,
  ),
  /** Called as the training goes on, such as `callbacks.earlyStopping()`; default none */
  callbacks: optional(option(expectCallbacks), []),
  /** Aborting ends the training after the present batch, and a second later the wait for a callback; the history so far is returned */
  signal: optional(
    option((value, what): AbortSignal => {
      if (typeof (value as AbortSignal | null)?.aborted === "boolean") return value as AbortSignal;
      throw new TypeError(`${what}: expected an AbortSignal, got ${describe(value)}`);
    }),
  ),
  ...WEIGHTS,
});

export interface FitOptions extends Input<typeof OPTIONS> {}

/** Options of `fit`, checked and complete. */
export function expectFitOptions(given: FitOptions, plan: Plan) {
  const { shuffle, ...settings } = checked(given, "fit", OPTIONS);
  return { ...settings, shuffle: expectShuffle(plan, shuffle) };
}

export type CheckedFitOptions = ReturnType<typeof expectFitOptions>;
