/** How good forecasts would have been at several times, at each of which all is learned anew. */
import { expectInteger } from "../expect.ts";
import type { Stage } from "./branch.ts";
import type { Panel } from "./panel.ts";
import { partsOf } from "./split.ts";

/** Where forecasts begin that are made from the rows before it alone. */
export interface Place {
  /** Rows that are forecast: those from `from` on, before `to` */
  from: number;
  to: number;
  /** The time of the first of them, or its number */
  time: string;
}

export interface Origins {
  /** How many: they part the latest rows evenly */
  origins: number;
  /** Part of the rows, the latest */
  test: number;
  /** Aborting ends it: origins that are done by then are told */
  signal?: AbortSignal | undefined;
  onStage?: ((stage: Stage) => void) | undefined;
}

/**
 * Learns at each origin.
 *
 * @param learn what is told of the first rows of a panel, of which the given part is held out; its stages name the origin too
 */
export async function atOrigins<T extends object>(
  panel: Panel,
  { origins, test, signal, onStage }: Origins,
  learn: (known: Panel, test: number, onStage: Origins["onStage"]) => Promise<T>,
): Promise<(Place & T)[]> {
  expectInteger(origins, "backtest: origins", 1, 1000);
  const rows = panel.parts.map(({ from, to }) => to - from);
  const upTo = (place: number) =>
    rows.map(n => {
      const { test: held } = partsOf(n, test);
      return n - held + Math.round((held * place) / origins);
    });
  const sum = (counts: readonly number[]) => counts.reduce((a, b) => a + b);
  const found: (Place & T)[] = [];
  for (let i = 0; i < origins && !signal?.aborted; i++) {
    const [from, to] = [upTo(i), upTo(i + 1)];
    const time = panel.parts[0].timeline.name(from[0]);
    const say = onStage && (({ name, done }: Stage) => onStage({ name: `before ${time}: ${name}`, done }));
    try {
      const told = await learn(firstRows(panel, to), (sum(to) - sum(from)) / sum(to), say);
      // What was cut short tells nothing.
      if (signal?.aborted) break;
      found.push({ from: sum(from), to: sum(to), time, ...told });
    } catch (error) {
      if (!signal?.aborted) throw error;
    }
  }
  return found;
}

/** The first rows of each series of a panel. */
function firstRows(panel: Panel, counts: readonly number[]): Panel {
  const { columns, targets } = panel;
  const rows = counts.reduce((a, b) => a + b);
  const result = {
    ...panel,
    rows,
    values: new Float64Array(rows * columns),
    truth: new Float64Array(rows * targets.length),
    starts: new Int32Array(rows),
  };
  let at = 0;
  result.parts = panel.parts.map((part, p) => {
    const { from } = part;
    const to = from + counts[p];
    result.values.set(panel.values.subarray(from * columns, to * columns), at * columns);
    result.truth.set(panel.truth.subarray(from * targets.length, to * targets.length), at * targets.length);
    for (let row = from; row < to; row++) result.starts[at + row - from] = panel.starts[row] - from + at;
    at += counts[p];
    return { ...part, from: at - counts[p], to: at };
  });
  return result;
}
