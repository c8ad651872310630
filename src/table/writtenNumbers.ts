/** Columns of numbers that are not plain: decimal commas, thousands, currencies, percent signs, units. */
import { describe } from "../describe.ts";
import type { Body } from "./body.ts";
import type { Marks } from "./marks.ts";
import { type Decimal, isMultiple, numberIn, parsePlain, simpleDecimal, takeApart, type Written } from "./numbers.ts";

/** How the numbers of a column are written. */
export interface Style {
  /** Cells of numbers, and others that are not missing */
  numbers: number;
  others: number;
  points: number;
  commas: number;
  either: { point: number; comma: number };
  /** Numbers with both separators, which show what each is */
  both: number;
  /** Whether a number without a separator is above 999 or below: thousands would have one */
  whole: number;
  before: Map<string, number>;
  behind: Map<string, number>;
  /** Numbers other than 0 with nothing behind them */
  bare: number;
}

/** What the cells of a column show; missing ones are passed over. */
export function styleOf(body: Body, column: number, marks: Marks, most = Infinity): Style {
  const style: Style = {
    numbers: 0,
    others: 0,
    points: 0,
    commas: 0,
    either: { point: 0, comma: 0 },
    both: 0,
    whole: 0,
    before: new Map(),
    behind: new Map(),
    bare: 0,
  };
  const add = (map: Map<string, number>, key: string) => map.set(key, (map.get(key) ?? 0) + 1);
  const { text } = body.cells;
  for (let row = 0; row < Math.min(most, body.length); row++) {
    const [from, to] = [body.start(row, column), body.end(row, column)];
    const simple = simpleDecimal(text, from, to);
    if (simple !== undefined && simple !== "either") {
      style.numbers++;
      if (simple === ".") style.points++;
      else if (simple === ",") style.commas++;
      else style.whole++;
      if (parsePlain(text, from, to, simple === "," ? 44 : 46) !== 0) style.bare++;
      continue;
    }
    const cell = body.at(row, column);
    if (marks.has(cell)) continue;
    const written = takeApart(cell);
    if (!written) {
      style.others++;
      continue;
    }
    style.numbers++;
    const { decimal, before, behind, core } = written;
    if (decimal === ".") style.points++;
    else if (decimal === ",") style.commas++;
    else if (decimal === "either") style.either[core.includes(",") ? "comma" : "point"]++;
    else style.whole++;
    if (core.includes(".") && core.includes(",")) style.both++;
    if (before !== "") add(style.before, before);
    if (behind !== "") add(style.behind, behind);
    else if (/[1-9]/.test(core)) style.bare++;
  }
  return style;
}

/** Why numbers written in such a way are not one column; undefined where they are. */
export function conflictOf({ before, behind, points, commas, bare }: Style): string | undefined {
  const units = [...behind.keys()].filter(unit => !isMultiple(unit));
  const list = (all: Iterable<string>) => [...all].slice(0, 3).map(describe).join(" and ");
  if (points > 0 && commas > 0) return "its numbers have decimal points and decimal commas";
  if (before.size > 1) return `its numbers have ${list(before.keys())} before them`;
  if (units.length > 1 || (units.length === 1 && behind.size > 1)) {
    return `its numbers have ${list(behind.keys())} behind them`;
  }
  if (bare > 0 && (units[0] === "%" || units[0] === "‰"))
    return `only some of its numbers have ${list(units)} behind them`;
  return undefined;
}

/** The decimal separator that a column's own cells prove. */
export function provenDecimal({ points, commas }: Style): Decimal | undefined {
  if (points > 0 && commas > 0) return undefined;
  return points > 0 ? "." : commas > 0 ? "," : undefined;
}

interface WrittenColumn {
  values: Float64Array;
  /** Rows of cells that are no numbers */
  bad: number[];
  /** How many are missing */
  missing: number;
}

/** The values of a column; NaN where a number is missing, and where a cell is none: the rows of those apart. */
export function readWritten(body: Body, column: number, marks: Marks, decimal: Decimal): WrittenColumn {
  const values = new Float64Array(body.length);
  const bad: number[] = [];
  let missing = 0;
  const { text } = body.cells;
  for (let row = 0; row < body.length; row++) {
    values[row] = parsePlain(text, body.start(row, column), body.end(row, column), decimal.charCodeAt(0));
    if (!Number.isNaN(values[row]) && !marks.numbers.includes(values[row])) continue;
    const cell = body.at(row, column);
    values[row] = NaN;
    if (marks.has(cell)) missing++;
    else {
      const written: Written | undefined = takeApart(cell);
      const value = written ? numberIn(written, decimal) : NaN;
      if (marks.numbers.includes(value)) missing++;
      else if (Number.isFinite(value)) values[row] = value;
      else bad.push(row);
    }
  }
  return { values, bad, missing };
}
