/** What all optimizers can do beside their own rule: clip, decay weights, keep a mean of them, gather gradients over several batches. */
import { describe } from "../ndarray.ts";
import {
  boolean,
  type Checked,
  checked,
  fraction,
  type Input,
  integer,
  number,
  option,
  optional,
  options,
  type Schema,
} from "../options.ts";

const clipping = option((value, what, title) => {
  const limit = number().check(value, what, title);
  if (limit > 0) return limit;
  throw new RangeError(`${what}: expected a number > 0, got ${limit}`);
});

export const CLIP = options({
  /** Each weight's gradient is scaled down to at most this norm */
  clipNorm: optional(clipping),
  /** All gradients together are scaled down to at most this norm */
  globalClipNorm: optional(clipping),
  /** Every number of a gradient is brought into ±this */
  clipValue: optional(clipping),
});

/** Options that every optimizer takes. Give at most one of the three ways to clip. */
export interface ClipOptions extends Input<typeof CLIP> {}

const MORE = options({
  /** Part of a weight taken off at every step, times the learning rate; default none */
  weightDecay: optional(number(0)),
  /** Weights that keep theirs: those in whose path, such as "lstm/bias", one of these stands */
  excludeFromWeightDecay: optional(
    option((value, what): readonly string[] => {
      if (Array.isArray(value) && value.every(name => typeof name === "string")) return [...value];
      throw new TypeError(`${what}: expected a list of names such as ["bias"], got ${describe(value)}`);
    }),
  ),
  /** Keep a mean of the weights over steps, which `fit` puts in their place at its end; default false */
  useEma: optional(boolean),
  /** How much of that mean stays at each step; default 0.99 */
  emaMomentum: optional(fraction),
  /** Put the mean in the place of the weights every so many steps too; default only at the end of `fit` */
  emaOverwriteFrequency: optional(integer()),
  /** Gradients of so many batches make one step; default 1 */
  gradientAccumulationSteps: optional(integer(2)),
});

export const COMMON = { ...CLIP, ...MORE };

/** Options that every optimizer takes. */
export interface CommonOptions extends Input<typeof CLIP>, Input<typeof MORE> {}

/** Checks and completes an optimizer's options, with those of all: what makers spread, and the names of slots of these options. */
export function optimizerSettings<S extends Schema>(given: unknown, name: string, schema: S) {
  const settings = checked(given, name, schema) as Checked<S> & CommonOptions;
  const ways = (Object.keys(CLIP) as (keyof ClipOptions)[]).filter(key => key in settings);
  if (ways.length > 1) {
    throw new RangeError(`${name}: expected one way to clip, got ${ways.join(" and ")}; leave one out`);
  }
  for (const [key, needs] of [
    ["emaMomentum", "useEma"],
    ["emaOverwriteFrequency", "useEma"],
    ["excludeFromWeightDecay", "weightDecay"],
  ] as const) {
    if (key in settings && !settings[needs]) throw new RangeError(`${name} ${key}: expected ${needs} beside it`);
  }
  const { useEma, gradientAccumulationSteps: batches } = settings;
  return {
    settings,
    common: {
      clip: Object.fromEntries(ways.map(key => [key, settings[key]])) as ClipOptions,
      common: settings as CommonOptions,
    },
    more: [...(useEma ? [EMA] : []), ...(batches ? [GATHERED] : [])],
  };
}

/** Slots of these options, which come after the optimizer's own. */
export const EMA = "ema";
export const GATHERED = "gathered";
