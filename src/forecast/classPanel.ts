/** Classes in the rows of a panel: the number of each row's, the last one before a window, and how often each follows. */
import { classNumbers } from "./classes.ts";
import type { ClassSpec } from "./classSpec.ts";
import type { Panel } from "./panel.ts";

/** The panel with the number of each row's class as what is to be forecast. */
export function withClasses(panel: Panel, target: string, classes: readonly string[]): Panel {
  const truth = new Float64Array(panel.rows).fill(Number.NaN);
  for (const { from, timeline, table } of panel.parts) {
    const numbers = classNumbers(table, target, classes);
    timeline.rows.forEach((row, i) => {
      if (row >= 0) truth[from + i] = numbers[row];
    });
  }
  return { ...panel, targets: [0], truth };
}

export type Counts = Pick<ClassSpec, "shares" | "following">;

/** How often each class came after windows, and by step after each last class; each is counted once more than it came. */
export function countsOf(panel: Panel, origins: readonly number[], horizon: number, V: number): Counts {
  const shares = new Array<number>(V).fill(1);
  const following = Array.from({ length: horizon }, () =>
    Array.from({ length: V }, () => new Array<number>(V).fill(1)),
  );
  const lasts = lastClasses(panel, origins);
  origins.forEach((row, i) => {
    for (let h = 0; h < horizon; h++) {
      const now = panel.truth[row + h];
      shares[now]++;
      following[h][lasts[i]][now]++;
    }
  });
  const parts = (counts: number[]) => counts.map(count => count / counts.reduce((a, b) => a + b));
  return { shares: parts(shares), following: following.map(rows => rows.map(parts)) };
}

/** The class of the last row that has one. */
export function lastOf(numbers: Float64Array): number {
  let row = numbers.length - 1;
  while (row > 0 && Number.isNaN(numbers[row])) row--;
  return numbers[row] || 0;
}

/** The class last seen before each origin. */
export function lastClasses({ truth, starts }: Panel, origins: readonly number[]): number[] {
  return origins.map(origin => {
    let row = origin - 1;
    while (row > starts[origin - 1] && Number.isNaN(truth[row])) row--;
    return Number.isNaN(truth[row]) ? 0 : truth[row];
  });
}
