/** Columns that are known ahead: their values in the rows to forecast. */
import { describe } from "../describe.ts";
import type { Table } from "../table/index.ts";
import { flagsOf } from "./categories.ts";
import { type Columns, inputsOf, type Named } from "./panel.ts";

/** Dates that an error names */
const SHOWN = 5;

/** A table with rows to forecast, from row `from` on. */
export interface Source {
  table: Table;
  from: number;
}

/** Rows up to the last one with a value to forecast; those after it, where columns are known ahead, are rows to forecast. */
export function pastOf(table: Table, { targets, known = [] }: Pick<Columns, "targets" | "known">): Table {
  if (known.length === 0 || table.series) return table;
  const isMissing = targets.map(target => {
    const { values } = table.column(target);
    const words = values ? [] : table.words(target);
    return (row: number) => (values ? Number.isNaN(values[row]) : words[row] === null);
  });
  let rows = table.rows;
  while (rows > 0 && isMissing.every(each => each(rows - 1))) rows--;
  return rows === table.rows ? table : table.pick(Array.from({ length: rows }, (_, i) => i));
}

/**
 * The numbers of the columns that are known ahead, in the order of the panel, for each step.
 *
 * @param past of the series, up to the last known value
 * @param sources tables with the rows to forecast among theirs
 * @param steps rows to forecast, by their times where rows have one, else those that follow
 * @throws RangeError that names the rows which are missing
 */
export function knownAhead(
  past: Named,
  sources: readonly Source[],
  columns: Columns,
  steps: number,
  { title, option }: { title: string; option: (name: string) => string },
): number[][] {
  const { ahead } = inputsOf(columns);
  const times = past.table.time?.next(steps);
  const found: (number[] | undefined)[] = new Array(steps).fill(undefined);
  for (const source of sources) {
    const numbers = ahead.flatMap(each =>
      typeof each === "string" ? [source.table.numbers(each)] : flagsOf(source.table, each),
    );
    const rowOf = places(source, times, title);
    for (let step = 0; step < steps; step++) {
      const row = rowOf(step);
      if (row === undefined) continue;
      const values = numbers.map(column => column[row]);
      if (!values.some(Number.isNaN)) found[step] ??= values;
    }
  }
  const missing = found.flatMap((values, step) => (values ? [] : [times ? times[step].text : `row ${step + 1}`]));
  if (missing.length === 0) return found as number[][];
  const names = (columns.known ?? []).map(name => describe(name)).join(", ");
  const more = missing.length > SHOWN ? ` and ${missing.length - SHOWN} more` : "";
  const whose = past.name === "" ? "" : ` of ${describe(past.name)}`;
  throw new RangeError(
    `${title}: ${names} must be known for the ${steps} row${steps === 1 ? "" : "s"} to forecast${whose}, and ${columns.known?.length === 1 ? "is" : "are"} not ` +
      `for ${missing.slice(0, SHOWN).join(", ")}${more}; add ${missing.length === 1 ? "this row" : "these rows"} to the table, with nothing in ` +
      `${columns.targets.map(target => describe(target)).join(", ") || "the target"}, or give them by ${option("future")}`,
  );
}

/** Where in a table each step stands: at its time, or so many rows behind the first. */
function places({ table, from }: Source, times: { value: number }[] | undefined, title: string) {
  if (!times) return (step: number) => (from + step < table.rows ? from + step : undefined);
  if (!table.time) throw new RangeError(`${title}: the rows to forecast have no times, as those before them have`);
  const rows = new Map(Array.from(table.time.values, (value, row) => [value, row]));
  return (step: number) => rows.get(times[step].value);
}
