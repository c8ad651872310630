/** What `compile` is told of each output: losses, what they count, metrics. */
import { describe } from "../describe.ts";
import { Names } from "../graph/names.ts";
import { isArray } from "../isObject.ts";
import type { SymbolicTensor } from "../layer/layer.ts";
import type { Loss } from "../losses/loss.ts";
import { lossRegistry } from "../losses/registry.ts";
import type { Metric } from "../metrics/metric.ts";
import { metricRegistry } from "../metrics/registry.ts";
import { expectMade } from "../registry.ts";
import { inOrder, isByName, missing } from "./byName.ts";
import { expectWeight } from "./sampleWeights.ts";

/** Something that has the name of an output. */
interface Named {
  readonly name: string;
}

/** Each name once: those that were there before get a number. */
function distinct(bases: readonly string[], taken: readonly string[] = []): string[] {
  const names = new Names(taken);
  return bases.map(base => names.add(base));
}

/** The names of outputs, in logs and where something is given by name: their layers', numbered where one makes several. */
export function outputNames(outputs: readonly SymbolicTensor[]): string[] {
  return distinct(outputs.map(({ node }) => node.layer?.name ?? node.name ?? "input"));
}

/** Stands for the loss of an output that none is given for. */
const WITHOUT = Symbol();
const OTHER_MODEL = "; one without a loss belongs to another model() of the same tensors";

/** A loss for each output: one for all, a list, or by name. */
export function lossesOf(given: unknown, outputs: readonly Named[]): Loss[] {
  const { is } = lossRegistry.kind;
  const ordered = is(given) ? given : inOrder(given, outputs, "compile loss", "output", WITHOUT);
  const list = isArray(ordered) ? ordered : outputs.map(() => ordered);
  if (list.length !== outputs.length) {
    throw new RangeError(`compile loss: expected one for each of ${outputs.length} outputs, got ${list.length}`);
  }
  const without = outputs[list.indexOf(WITHOUT)];
  if (without) {
    const names = outputs.map(({ name }) => name);
    throw missing("compile loss", "output", names, without.name, OTHER_MODEL);
  }
  return outputs.map((_, i) => expectMade(lossRegistry, list[i])); // a hole in a list is no loss
}

/** How much the loss of each output counts in their sum: a list, or by name; those that are left out count 1. */
export function lossWeightsOf(given: unknown, outputs: readonly Named[]): number[] {
  if (given === undefined) return outputs.map(() => 1);
  const title = "compile lossWeights";
  const ordered = inOrder(given, outputs, title, "output", 1);
  const list = outputs.length === 1 && !isArray(ordered) ? [ordered] : ordered;
  if (!isArray(list)) {
    throw new TypeError(
      `${title}: expected a list of numbers, or numbers by the names of outputs, got ${describe(given)}`,
    );
  }
  if (list.length !== outputs.length) {
    throw new RangeError(`${title}: expected one for each of ${outputs.length} outputs, got ${list.length}`);
  }
  return outputs.map(({ name }, i) => expectWeight(list[i], `${title} of ${name}`));
}

export type MetricConfig = string | { name: string; options: object };
export type MetricConfigs = MetricConfig[] | Record<string, MetricConfig[]>;

/** A metric, of all outputs that it can be of or of one. */
export interface Wanted {
  readonly metric: Metric;
  readonly output: number | undefined;
  /** Whether weights of samples count */
  readonly weighted: boolean;
}

/** Metrics as they are given, in a list for all outputs or by name, and as they are saved: names stay names. */
export function metricsOf(given: unknown, outputs: readonly Named[], weighted: boolean): [Wanted[], MetricConfigs] {
  const title = weighted ? "compile weightedMetrics" : "compile metrics";
  const made = (list: readonly unknown[], output?: number): [Wanted[], MetricConfig[]] => {
    const wanted = list.map(value => ({ metric: expectMade(metricRegistry, value), output, weighted }));
    return [wanted, list.map((value, i) => (typeof value === "string" ? value : wanted[i].metric.toJSON()))];
  };
  if (isArray(given)) {
    if (given.includes(undefined)) throw new TypeError(`${title}: expected names or metrics, got a list with a hole`);
    return made(given);
  }
  const single = outputs.length === 1 && metricRegistry.kind.is(given);
  if (single || !isByName(given, outputs)) {
    throw new TypeError(`${title}: expected a list such as ["mae"], got ${describe(given)}`);
  }
  const ordered = inOrder(given, outputs, title, "output", []);
  const lists = outputs.length === 1 ? [ordered] : (ordered as unknown[]);
  const each = lists.map((value, i) => made(isArray(value) ? value : [value], i));
  const saved = outputs.flatMap(({ name }, i) => (each[i][1].length > 0 ? [[name, each[i][1]] as const] : []));
  return [each.flatMap(([wanted]) => wanted), saved.length > 0 ? Object.fromEntries(saved) : []];
}

/** What each metric is called in logs, by output: names that occur twice get a number. */
export function metricNames(wanted: readonly Wanted[], outputs: readonly unknown[]): string[][] {
  return outputs.map((_, i) => {
    const names = new Names(["loss"]);
    return wanted.map(({ metric, output }) => (output === undefined || output === i ? names.add(metric.name) : ""));
  });
}
