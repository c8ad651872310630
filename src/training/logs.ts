import type { Logs } from "../callbacks/callback.ts";

/** Sums and counts by name, so that batches of unequal size weigh what they should. */
export class LogSums {
  readonly #sums = new Map<string, { sum: number; count: number }[]>();

  /** @param part which term of a value made of several means, each with a count of its own: the loss of each output */
  add(name: string, sum: number, count: number, part = 0): void {
    const parts = this.#sums.get(name) ?? [];
    parts[part] ??= { sum: 0, count: 0 };
    parts[part].sum += sum;
    parts[part].count += count;
    this.#sums.set(name, parts);
  }

  /** The means, each name through `rename`; of nothing, where all was padding, the mean is 0. */
  means(rename: (name: string) => string = name => name): Logs {
    const logs: Logs = {};
    for (const [name, parts] of this.#sums) {
      logs[rename(name)] = parts.reduce((total, { sum, count }) => total + (count > 0 ? sum / count : 0), 0);
    }
    return logs;
  }
}

/** The name of a validation log: loss -> valLoss. */
export function validationName(name: string): string {
  return `val${name[0].toUpperCase()}${name.slice(1)}`;
}
