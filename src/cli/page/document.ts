/** What all pages have: the frame, main figures, what inputs bring, the table as it was understood. */
import type { Calendar } from "../../forecast/index.ts";
import type { Table } from "../../table/index.ts";
import { count, thousands } from "../format.ts";
import { noteLines, spanOf, unusedLines } from "../notes.ts";
import { type Html, html, join, listOf, remark, section } from "./html.ts";
import { STYLE } from "./style.ts";

/** What a page tells of. */
export interface Learned<Net, Report, Origin> {
  /** The table's name, and the table */
  path: string;
  table: Table;
  net: Net;
  report: Report;
  /** What a backtest told, if there was one */
  origins: readonly Origin[];
}

/** Inputs, and rows of a table, that are shown of many. */
export const MOST = 40;

interface Page {
  title: string;
  /** The table's name, and the table */
  path: string;
  table: Table;
  /** What stands before all sections */
  head: Html;
  sections: readonly Html[];
  footer: string;
}

/** One page by itself: it loads nothing and runs nothing. */
export function documentOf({ title, path, table, head, sections, footer }: Page): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title>
<style>${[STYLE as Html]}</style>
</head>
<body>
<header>
<h1>${title}</h1>
<div class="quiet">${path}: ${count(table.rows, "row")}${spanOf(table)}</div>
${[head]}
</header>
${[...sections]}
<footer>Made by wasm-lstm. ${footer}</footer>
</body>
</html>
`;
}

/** Lines on top; those that a baseline wins are warnings. */
export const leadOf = (lines: readonly string[]): Html =>
  html`${lines.map(line => (/ was better/.test(line) ? html`<p class="warn">${line}</p>` : html`<p>${line}</p>`))}`;

export const tilesOf = (tiles: readonly (readonly string[])[]): Html =>
  html`<dl class="tiles">${tiles.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;

export const percent = (part: number): string => `${Math.round(100 * part)} %`;

/** What each input brings: bars, the longest of what brings most. */
export function weightsOf(
  about: string,
  weights: readonly { input: string; part: number; texts: readonly string[] }[],
  heads: readonly string[] = [],
): Html {
  const most = Math.max(...weights.map(({ part }) => part), Number.MIN_VALUE);
  const rows = weights.slice(0, MOST).map(({ input, part, texts }) => {
    const bar = (100 * Math.max(0, part)) / most;
    const numbers = texts.map(text => html`<td class="number">${text}</td>`);
    return html`<tr><td>${input}</td>${numbers}<td><div class="bar" style="width:${bar.toFixed(1)}%"></div></td></tr>`;
  });
  const top =
    heads.length > 0
      ? html`<thead><tr>${heads.map(name => html`<th class="number">${name}</th>`)}</tr></thead>`
      : html``;
  return section(
    "What each input brings",
    remark(about),
    html`<div class="wide"><table class="bars">${[top]}<tbody>${rows}</tbody></table></div>`,
    weights.length > MOST ? remark(`and ${weights.length - MOST} more, which bring less`) : html``,
  );
}

/** "+3.1 %" */
export const signed = (part: number): string => `${part < 0 ? "-" : "+"}${Math.abs(100 * part).toFixed(1)} %`;

interface About {
  table: Table;
  spec: { features: string[]; known: string[]; window: number; horizon: number; calendar: Calendar | null };
  targets: readonly string[];
  silent: readonly string[];
  rows: { train: number; validation: number; test: number };
  /** What was found in it, a line each */
  found?: readonly string[];
}

/** The table as it was understood, and what was learned from. */
export function aboutTable({ table, spec, targets, silent, rows, found = [] }: About): Html {
  const { features, known, window, horizon, calendar } = spec;
  const lines = (text: readonly string[]) => text.map(line => line.trim()).filter(line => line !== "");
  const unused = unusedLines(table, [...features, ...known, ...targets], silent);
  const notes = [...lines(noteLines(table).split("\n")), ...lines(unused)];
  const cycles = calendar?.cycles.map(cycle => `the time of ${cycle}`) ?? [];
  return section(
    "The table",
    listOf([
      ...(notes.length > 0 ? notes : ["nothing had to be guessed"]),
      ...found,
      `read: the last ${count(window, "row")} of ${[...features, ...cycles].join(", ")}`,
      `forecast: ${count(horizon, "row")} ahead`,
      `trained on ${count(rows.train, "row")}, validated on the next ${thousands(rows.validation)}, tested on the last ${thousands(rows.test)}; then all were learned from`,
    ]),
  );
}

/** Of several series the first few, and how many more there are. */
export const ofSeries = (shown: readonly Html[], all: number): Html =>
  join(
    ...shown,
    all > shown.length
      ? remark(`and ${count(all - shown.length, "more series", "more series")}, which predict tells of`)
      : html``,
  );
