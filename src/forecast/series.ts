/** Several series in a table, of which one forecaster learns: which there are, and the unit in which each is learned. */
import { describe } from "../describe.ts";
import type { Table } from "../table/index.ts";
import { splitTable } from "../table/series.ts";
import { warnOnce } from "../warn.ts";
import { median } from "./linear.ts";
import { windowMoments } from "./network.ts";
import type { Named, Panel, Part, Unit } from "./panel.ts";

/** Windows of a series that are measured, and a part of the deviation of all values that its unit has at least. */
const WINDOWS = 200;
const FLOOR = 0.1;

/** Series that are named, of more */
const SHOWN = 5;

/**
 * The series of a table: itself, unless columns tell several apart.
 *
 * @throws RangeError for a table that was read as others
 */
export function seriesOf(table: Table, columns: readonly string[] | undefined): Named[] {
  if (columns && table.series && columns.join() !== table.series.columns.join()) {
    throw new RangeError(
      `expected series by ${columns.map(describe).join(", ")}, the table was read with series by ` +
        table.series.columns.map(describe).join(", "),
    );
  }
  if (table.series) return [...table.series.parts];
  return columns ? splitTable(table, columns) : [{ name: "", table }];
}

/** The series of at least so many rows; the others are named once. */
export function longEnough(series: readonly Named[], rows: number, title: string, why: string): Named[] {
  const short = series.filter(({ table }) => table.rows < rows);
  if (short.length > 0) {
    const names = short.slice(0, SHOWN).map(({ name, table }) => `${describe(name)} (${table.rows})`);
    const more = short.length > SHOWN ? ` and ${short.length - SHOWN} more` : "";
    warnOnce(`${title}: series with fewer than ${rows} rows are left out, ${why}: ${names.join(", ")}${more}`);
  }
  return series.filter(({ table }) => table.rows >= rows);
}

/** Units of a series from some of its rows: its mean, and the usual deviation of its windows. */
export function unitsOf({ values, columns, measured }: Panel, from: number, rows: number, window: number): Unit[] {
  return Array.from({ length: measured }, (_, c) => {
    const own = Float64Array.from({ length: rows }, (_, i) => values[(from + i) * columns + c]);
    const [mean, deviation] = windowMoments({ values: own, columns: 1 }, 0, rows, rows);
    const n = Math.max(1, Math.min(WINDOWS, rows - window + 1));
    const size = Math.min(window, rows);
    const usual = median(
      Float64Array.from({ length: n }, (_, i) => {
        const end = n === 1 ? rows : size + Math.floor((i * (rows - size)) / (n - 1));
        return windowMoments({ values: own, columns: 1 }, 0, end, size)[1];
      }),
    );
    const least = Number.EPSILON * Math.abs(mean);
    const one = Math.max(usual, FLOOR * deviation);
    return { zero: mean, one: one > least ? one : Math.abs(mean) || 1 };
  });
}

/** The panel with each series in its units. */
export function inUnits(panel: Panel, units: readonly Unit[][]): Panel {
  const { values, truth, columns, measured, targets } = panel;
  const K = targets.length;
  const scaled = { ...panel, raw: panel, values: values.slice(), truth: truth.slice() };
  scaled.parts = panel.parts.map((part, p) => {
    for (let row = part.from; row < part.to; row++) {
      for (let c = 0; c < measured; c++) {
        const { zero, one } = units[p][c];
        scaled.values[row * columns + c] = (values[row * columns + c] - zero) / one;
      }
      for (let k = 0; k < K; k++) {
        const { zero, one } = units[p][targets[k]];
        scaled.truth[row * K + k] = (truth[row * K + k] - zero) / one;
      }
    }
    return { ...part, units: units[p] };
  });
  return scaled;
}

/** Numbers of a target after windows, [n, horizon], in the unit of the data. */
export function inData(
  { parts, targets }: Panel,
  k: number,
  origins: readonly number[],
  values: Float64Array,
): Float64Array {
  if (!parts[0].units) return values;
  const horizon = values.length / origins.length;
  const result = new Float64Array(values.length);
  let p = 0;
  origins.forEach((row, i) => {
    while (row >= parts[p].to) p++;
    const { zero, one } = unitOf(parts[p], targets[k]);
    for (let h = i * horizon; h < (i + 1) * horizon; h++) result[h] = zero + one * values[h];
  });
  return result;
}

/** The unit of a column of a series; that of the data where it has none of its own. */
export const unitOf = ({ units }: Part, column: number): Unit => units?.[column] ?? { zero: 0, one: 1 };

/** For each series the places of its windows, of windows whose forecast rows rise. */
export function windowsBySeries({ parts }: Panel, origins: readonly number[]): number[][] {
  const found = parts.map((): number[] => []);
  let p = 0;
  origins.forEach((row, i) => {
    while (row >= parts[p].to) p++;
    found[p].push(i);
  });
  return found;
}
