/** What of a training's history is drawn: a panel for each loss or metric, with its validation. */
import { expectOneOf } from "../expect.ts";
import { isArray, isObject } from "../isObject.ts";
import { describe } from "../ndarray.ts";
import { boolean, option, optional, options as schema } from "../options.ts";
import { warnOnce } from "../warn.ts";

type Logs = Readonly<Record<string, ArrayLike<number>>>;

/** What `fit` returns, or the logs in it. */
export type HistoryLike = Logs | { readonly history: Logs; readonly epoch?: readonly number[] };

const names = option<readonly string[], string | readonly string[]>((value, what) => {
  const list: unknown = typeof value === "string" ? [value] : value;
  if (isArray(list) && list.length > 0 && list.every(each => typeof each === "string")) return list as string[];
  throw new TypeError(`${what}: expected a name or a list of names, got ${describe(value)}`);
});

export const text = option<string>((value, what) => {
  if (typeof value === "string") return value;
  throw new TypeError(`${what}: expected a text, got ${describe(value)}`);
});

/** What all pictures of a history take. */
export const DRAWING = schema({
  /** What is drawn: losses and metrics by their names in the history, each with its validation; default all */
  metrics: optional(names),
  /** What stands above; default nothing */
  title: optional(text, ""),
  /** Numbers by their logarithms; default false */
  log: optional(boolean, false),
});

export interface Panel {
  name: string;
  /** NaN where there is nothing to draw */
  values: readonly number[];
  /** Those of the validation, if there is one */
  validation: readonly number[] | undefined;
}

export interface Panels {
  panels: readonly Panel[];
  /** The numbers of the epochs */
  epochs: readonly number[];
  /** The place of the best epoch: the lowest validation loss, or loss where there is no validation; -1 without either */
  best: number;
}

const validationOf = (name: string): string => `val${name[0].toUpperCase()}${name.slice(1)}`;

/** Numbers that can be drawn. */
function drawable(values: ArrayLike<number>, log: boolean, what: string): number[] {
  const list = Array.from(values, value => (Number.isFinite(value) ? value : Number.NaN));
  if (!log || list.every(value => !(value <= 0))) return list;
  warnOnce(`${what}: values <= 0 have no logarithm and are left out; leave log out to see them`);
  return list.map(value => (value > 0 ? value : Number.NaN));
}

/** @throws TypeError for what is no history, RangeError for metrics that it does not have or for nothing to draw */
export function panelsOf(
  given: HistoryLike,
  { metrics, log }: { metrics?: readonly string[] | undefined; log: boolean },
  title: string,
): Panels {
  const whole = isObject(given) ? given : {};
  const logs = ("history" in whole && !isArray(whole.history) ? whole.history : whole) as Logs;
  const all = Object.keys(logs).filter(name => isArray(logs[name]) || ArrayBuffer.isView(logs[name]));
  if (all.length === 0 || all.every(name => logs[name].length === 0)) {
    throw new TypeError(
      `${title}: expected a history of at least one epoch, as fit returns it, got ${describe(given)}`,
    );
  }
  const validations = new Set(all.map(validationOf));
  const wanted = metrics ?? all.filter(name => !validations.has(name));
  const panels = wanted.map(name => {
    expectOneOf(name, all, `${title} metrics`);
    const own = validationOf(name);
    const [values, validation] = [name, own].map(key => logs[key] && drawable(logs[key], log, `${title}: ${key}`));
    return { name, values, validation } as Panel;
  });
  for (const { name, values, validation } of panels) {
    if (![...values, ...(validation ?? [])].some(Number.isFinite)) {
      throw new RangeError(`${title}: expected finite ${log ? "positive " : ""}numbers of "${name}", got none`);
    }
  }
  const count = Math.max(...panels.map(({ values }) => values.length));
  const numbers = ("epoch" in whole && isArray(whole.epoch) ? whole.epoch : []) as readonly number[];
  const epochs = Array.from({ length: count }, (_, i) => (Number.isFinite(numbers[i]) ? numbers[i] : i + 1));
  const judged = Array.from(logs.valLoss ?? logs.loss ?? []).slice(0, count);
  const best = judged.reduce((at, value, i) => (value < (judged[at] ?? Infinity) ? i : at), -1);
  return { panels, epochs, best };
}
