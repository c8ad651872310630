/** The order of rows in time: newest first is turned round; several series and times that come twice are found. */
import { describe } from "../describe.ts";
import type { Body } from "./body.ts";
import { clockChanges } from "./clock.ts";
import type { FoundTime } from "./foundTime.ts";
import type { Report } from "./report.ts";
import type { Scan } from "./scan.ts";

/** What to do with rows of the same time. */
export const DUPLICATES = ["error", "mean", "first", "last"] as const;
export type Duplicates = (typeof DUPLICATES)[number];

/** Rows in the order of time. */
export interface Arranged {
  /** Numbers of the rows, oldest first; undefined: as they are */
  order: Uint32Array | undefined;
  /** Where in that order each time begins, where rows of the same time become one; undefined: each is a row */
  groups: Uint32Array | undefined;
  /** Minutes by which the clock is ahead of that of the last row, in that order */
  ahead: Float64Array | undefined;
}

/** Ids that are tried and shown */
const FEWEST_ROWS = 2;
const SHOWN = 4;

export function arrange(
  body: Body,
  time: FoundTime,
  scans: readonly Scan[],
  duplicates: Duplicates,
  report: Report,
  ids: readonly string[] = [],
): Arranged {
  const utc = instants(time);
  const n = utc.length;
  const line = (row: number) => body.line(row);
  let [up, down, tied] = [0, 0, 0];
  let firstDown = -1;
  for (let row = 1; row < n; row++) {
    if (utc[row] > utc[row - 1]) up++;
    else if (utc[row] < utc[row - 1]) {
      down++;
      if (firstDown < 0) firstDown = row;
    } else tied++;
  }
  const asIs: Arranged = { order: undefined, groups: undefined, ahead: undefined };
  if (down === 0 && tied === 0) return asIs;
  const isReversed = down > up;
  const reversed = Uint32Array.from({ length: n }, (_, i) => n - 1 - i);
  const turned = isReversed ? utc.slice().reverse() : utc;
  const turn = () => report.note("the newest row comes first: the rows are turned round");
  if ((isReversed ? up : down) + tied === 0) {
    turn();
    return { ...asIs, order: reversed };
  }
  const ahead = time.offsets ? undefined : clockChanges(turned);
  if (ahead) {
    if (isReversed) turn();
    report.note("clocks go back an hour in autumn and forward in spring: the hours between are counted");
    return { ...asIs, order: isReversed ? reversed : undefined, ahead };
  }
  const id = findSeries(body, utc, scans, time.columns);
  if (id) {
    const name = body.names[id.column];
    throw report.error(
      `it holds ${id.count} series, by ${describe(name)} (${id.first.map(describe).join(", ")}${id.count > SHOWN ? ", …" : ""}); ` +
        `learn from all of them with ${report.option("series", [...ids, name].join(","))}, or choose one: ${report.option("where", `${name}=${id.first[0]}`)}`,
    );
  }
  const pair = duplicates === "error" && ids.length === 0 ? findPair(body, utc, scans, time.columns) : undefined;
  if (pair) {
    const names = pair.columns.map(column => body.names[column]);
    throw report.error(
      `it holds ${pair.count} series, by ${names.map(describe).join(" and ")}; ` +
        `learn from all of them with ${report.option("series", names.join(","))}`,
    );
  }
  const show = (row: number) => describe(body.at(row, time.columns[0]));
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  // Rows of the same time in their order, the newest last.
  order.sort((a, b) => utc[a] - utc[b] || (isReversed ? b - a : a - b));
  const groups = groupsOf(order, utc);
  if (groups.length < n && restarts(utc, isReversed) && duplicates === "error") {
    throw report.error(
      `${show(firstDown)} comes after ${show(firstDown - 1)}, and times come again: several series end to end; ` +
        `put each into a file of its own, or a column with its name into this one`,
      { line: line(firstDown), column: body.names[time.columns[0]] },
    );
  }
  if (down > 0 && up > 0) {
    const row = isReversed ? utc.findIndex((at, i) => i > 0 && at > utc[i - 1]) : firstDown;
    report.note(`the rows are sorted by time: ${show(row)} in line ${line(row)} comes after ${show(row - 1)}`);
  } else if (isReversed) turn();
  if (groups.length === n) return { ...asIs, order };
  return { order, groups: resolve(body, order, groups, time, duplicates, report), ahead: undefined };
}

/** UTC, as far as the table says. */
export const instants = ({ wall, offsets }: FoundTime): Float64Array =>
  offsets ? wall.map((at, row) => at - offsets[row] * 6e4) : wall;

/** Where in sorted rows each time begins. */
function groupsOf(order: Uint32Array, utc: Float64Array): Uint32Array {
  const starts: number[] = [];
  for (let i = 0; i < order.length; i++) if (i === 0 || utc[order[i]] !== utc[order[i - 1]]) starts.push(i);
  return Uint32Array.from(starts);
}

/** Whether times go on for long and begin again, rather than being mixed up. */
function restarts(utc: Float64Array, isReversed: boolean): boolean {
  let breaks = 0;
  for (let row = 1; row < utc.length; row++)
    if (isReversed ? utc[row] > utc[row - 1] : utc[row] < utc[row - 1]) breaks++;
  return breaks > 0 && breaks <= utc.length / 10;
}

function resolve(
  body: Body,
  order: Uint32Array,
  groups: Uint32Array,
  time: FoundTime,
  duplicates: Duplicates,
  report: Report,
): Uint32Array {
  const again = body.length - groups.length;
  const start = groups.findIndex((from, i) => (groups[i + 1] ?? order.length) - from > 1);
  const [one, other] = [order[groups[start]], order[groups[start] + 1]].sort((a, b) => a - b);
  const cell = describe(body.at(one, time.columns[0]));
  const rows = again === 1 ? "1 row has" : `${again} rows have`;
  const where = `${rows} the time of another: ${cell} stands in lines ${body.line(one)} and ${body.line(other)}`;
  if (duplicates !== "error" || allSame(body, order, groups)) {
    const kept = duplicates === "error" ? "they are the same and counted once" : `${duplicates} of them taken`;
    report.note(`${where}; ${kept}`);
    return groups;
  }
  throw report.error(
    `${where}; take one of each: ${report.option("duplicates", "mean")} (or first, last), or name the column of several series: ` +
      report.option("series", "column"),
    { column: body.names[time.columns[0]] },
  );
}

/** Whether rows of the same time are the same in all cells. */
function allSame(body: Body, order: Uint32Array, groups: Uint32Array): boolean {
  return groups.every((from, i) => {
    const end = groups[i + 1] ?? order.length;
    for (let k = from + 1; k < end; k++) {
      if (body.names.some((_, column) => body.at(order[k], column) !== body.at(order[from], column))) return false;
    }
    return true;
  });
}

/** A column that tells rows of the same time apart: the name of a series. */
export function findSeries(body: Body, utc: Float64Array, scans: readonly Scan[], times: readonly number[]) {
  const n = body.length;
  for (let column = 0; column < body.names.length; column++) {
    if (times.includes(column)) continue;
    const { others, numbers, values } = scans[column];
    const isWords = others > 0 && others >= numbers;
    if (!isWords && !(numbers > 0 && values.every(value => Number.isNaN(value) || Number.isInteger(value)))) continue;
    const last = new Map<string, number>();
    const seen = new Set<string>();
    let changes = 0;
    let before = "";
    let row = 0;
    for (; row < n; row++) {
      const id = body.at(row, column);
      if (seen.size > 0 && id !== before) changes++;
      before = id;
      const key = `${utc[row]} ${id}`;
      if (seen.has(key)) break;
      seen.add(key);
      last.set(id, (last.get(id) ?? 0) + 1);
      if (last.size > n / FEWEST_ROWS) break;
    }
    if (row < n || last.size < 2) continue;
    // The ids come in runs, or at the same times; a measurement does neither.
    const isRuns = changes < 2 * last.size;
    const times_ = new Set(utc).size;
    const isPanel = n >= 0.6 * last.size * times_ && (isWords || column < 3) && times_ >= 3;
    if (isRuns || isPanel) return { column, count: last.size, first: [...last.keys()].slice(0, SHOWN) };
  }
  return undefined;
}

/** Columns of which pairs are tried, at most, and different words that each may have */
const MOST_COLUMNS = 8;
const MOST_WORDS = 1000;

/** Two columns that together tell rows of the same time apart: a store and an item. */
function findPair(body: Body, utc: Float64Array, scans: readonly Scan[], times: readonly number[]) {
  const n = body.length;
  const isId = (column: number) => {
    const { others, numbers, values } = scans[column];
    if (times.includes(column) || (others < numbers && !values.every(Number.isInteger))) return false;
    const words = new Set<string>();
    for (let row = 0; row < n && words.size <= MOST_WORDS; row++) words.add(body.at(row, column));
    return words.size > 1 && words.size <= Math.min(MOST_WORDS, n / FEWEST_ROWS);
  };
  const columns = body.names
    .map((_, column) => column)
    .filter(isId)
    .slice(0, MOST_COLUMNS);
  const moments = new Set(utc).size;
  for (const [i, a] of columns.entries()) {
    for (const b of columns.slice(i + 1)) {
      const ids = new Set<string>();
      const seen = new Set<string>();
      let row = 0;
      for (; row < n; row++) {
        const id = `${body.at(row, a)}\n${body.at(row, b)}`;
        const key = `${utc[row]} ${id}`;
        if (seen.has(key)) break;
        seen.add(key);
        ids.add(id);
      }
      if (row === n && moments >= 3 && n >= 0.6 * ids.size * moments) return { columns: [a, b], count: ids.size };
    }
  }
  return undefined;
}
