import type { Logs } from "../callbacks/callback.ts";
import type { Metric, MetricBatch } from "../metrics/metric.ts";

/** What gathers under one name. */
interface Gathered {
  result(): number;
}

/** A mean, made of several means where each has a count of its own: the loss of each output. */
class Means implements Gathered {
  readonly #parts: { sum: number; count: number }[] = [];

  add(sum: number, count: number, part: number): void {
    this.#parts[part] ??= { sum: 0, count: 0 };
    this.#parts[part].sum += sum;
    this.#parts[part].count += count;
  }

  /** Of nothing, where all was padding, the mean is 0. */
  result(): number {
    return this.#parts.reduce((total, { sum, count }) => total + (count > 0 ? sum / count : 0), 0);
  }
}

class Measured implements Gathered {
  readonly #metric: Metric;
  readonly #state: unknown;

  constructor(metric: Metric) {
    this.#metric = metric;
    this.#state = metric.start();
  }

  add(batch: MetricBatch): void {
    this.#metric.add(this.#state, batch);
  }

  result(): number {
    return this.#metric.result(this.#state);
  }
}

/** Losses and metrics by name over the batches of an epoch or an evaluation, which need not be of one size. */
export class LogSums {
  readonly #gathered = new Map<string, Gathered>();

  /** @param part which term of a value made of several means */
  add(name: string, sum: number, count: number, part = 0): void {
    this.#at(name, () => new Means()).add(sum, count, part);
  }

  measure(name: string, metric: Metric, batch: MetricBatch): void {
    this.#at(name, () => new Measured(metric)).add(batch);
  }

  /** What has come together so far. */
  logs(): Logs {
    return Object.fromEntries([...this.#gathered].map(([name, gathered]) => [name, gathered.result()]));
  }

  #at<Kind extends Gathered>(name: string, make: () => Kind): Kind {
    const there = this.#gathered.get(name) as Kind | undefined;
    if (there) return there;
    const made = make();
    this.#gathered.set(name, made);
    return made;
  }
}

/** The name of a validation log: loss -> valLoss. */
export function validationName(name: string): string {
  return `val${capitalized(name)}`;
}

export function capitalized(name: string): string {
  return name[0].toUpperCase() + name.slice(1);
}
