/** Numbers by name: losses and metrics of a batch or an epoch. */
export type Logs = Record<string, number>;

/** Sums and counts by name, so that batches of unequal size weigh what they should. */
export class LogSums {
  readonly #sums = new Map<string, { sum: number; count: number }>();

  add(name: string, sum: number, count: number): void {
    const entry = this.#sums.get(name);
    if (entry) {
      entry.sum += sum;
      entry.count += count;
    } else {
      this.#sums.set(name, { sum, count });
    }
  }

  /** The means, each name through `rename`. */
  means(rename: (name: string) => string = name => name): Logs {
    const logs: Logs = {};
    for (const [name, { sum, count }] of this.#sums) logs[rename(name)] = sum / count;
    return logs;
  }
}

/** The name of a validation log: loss -> valLoss. */
export function validationName(name: string): string {
  return `val${name[0].toUpperCase()}${name.slice(1)}`;
}
