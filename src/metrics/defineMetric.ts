import { expectName, expectOptions } from "../expect.ts";
import { isObject } from "../isObject.ts";
import { describe } from "../ndarray.ts";
import { expectDefaults, ownOptions } from "../ownOptions.ts";
import type { Metric, MetricBatch, MetricOptions } from "./metric.ts";
import { metricRegistry } from "./registry.ts";

/** A metric in TypeScript, over plain numbers. */
export interface MetricDefinition<State extends object, Options extends object> {
  /** What the metric is called in saved models, and in logs */
  name: string;
  /** Options with their defaults, plain JSON; default none */
  options?: Options;
  /** The state before the first batch of an epoch or an evaluation */
  start: (options: Options) => State;
  /** Changes the state by a batch */
  add: (state: State, batch: MetricBatch, options: Options) => void;
  /** The metric of all batches so far */
  result: (state: State, options: Options) => number;
}

/**
 * A metric of your own, over the numbers of {@link MetricBatch}: in raw units where the model has a target scaler. A saved model holds its name and options and no code: give it again with
 * `loadModel(bytes, { metrics: { myMetric } })`.
 *
 * @param definition see {@link MetricDefinition}
 * @returns the maker of the metric, which takes the options and `name`, what to call it in logs
 * @throws TypeError for a definition that is not complete, RangeError for the name of a metric that there is
 * @example
 * const largestError = defineMetric({
 *   name: "largestError",
 *   start: () => ({ largest: 0 }),
 *   add(state, { prediction, target }) {
 *     prediction.forEach((p, i) => { state.largest = Math.max(state.largest, Math.abs(p - target[i])); });
 *   },
 *   result: ({ largest }) => largest,
 * });
 * net.compile({ loss: "meanSquaredError", metrics: [largestError()] });
 */
export function defineMetric<State extends object, Options extends object = Record<string, never>>(
  definition: MetricDefinition<State, Options>,
): (options?: Partial<Options> & MetricOptions) => Metric {
  expectOptions(definition, ["name", "options", "start", "add", "result"], "defineMetric");
  const maker = expectName(definition.name, "defineMetric name");
  if (metricRegistry.has(maker)) {
    throw new RangeError(`defineMetric name: expected one of its own, got that of the metric "${maker}"`);
  }
  const { start, add, result } = definition;
  for (const [key, method] of Object.entries({ start, add, result })) {
    if (typeof method !== "function") {
      throw new TypeError(`defineMetric ${key}: expected a function, got ${describe(method)}`);
    }
  }
  const defaults = { ...expectDefaults(definition.options ?? ({} as Options), "defineMetric options"), name: maker };

  return (given = {}) => {
    const { name: shown, ...rest } = ownOptions(defaults, given, maker);
    const name = expectName(shown, `${maker} name`);
    const options = rest as unknown as Options;
    const metric: Metric<State> = {
      name,
      start() {
        const state: unknown = start(options);
        if (isObject(state)) return state as State;
        throw new TypeError(
          `metric ${maker}: expected start to return an object, which add changes, got ${describe(state)}`,
        );
      },
      add: (state, batch) => add(state, batch, options),
      result(state) {
        const value: unknown = result(state, options);
        if (typeof value === "number") return value;
        throw new TypeError(`metric ${maker}: expected result to return a number, got ${describe(value)}`);
      },
      toJSON: () => ({ name: maker, options: { ...options, ...(name === maker ? {} : { name }) } }),
    };
    return metric;
  };
}
