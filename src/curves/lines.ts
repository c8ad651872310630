/** Charts of text: one row of numbers as a line, another as dots, a band behind them, so that they differ without colours too. */

const RESET = "\x1b[0m";
/** Cyan lines, yellow dots, a faint band. */
const colorOf = (glyph: string): string => (glyph === "•" ? "\x1b[33m" : glyph === "░" ? "\x1b[2m" : "\x1b[36m");

export interface Chart {
  title: string;
  /** One value a column of the chart; NaN where there is none */
  line: readonly number[];
  dots: readonly number[];
  /** What the two are called; the second may be left out where there are no dots */
  names: readonly [line: string, dots?: string];
  /** What lies behind them, from one value to another in each column; NaN where there is none */
  band?: { name: string; low: readonly number[]; high: readonly number[] } | undefined;
  /** What the first and the last column are called */
  ends?: readonly [string, string] | undefined;
  /** Rows; default 12 */
  height?: number;
  /** Rows by logarithms: all values are positive */
  log?: boolean;
}

export interface Look {
  colors: boolean;
  /** Letters that every terminal has */
  ascii: boolean;
  /** Columns that title, legend and ends may take on a line; default any */
  most?: number | undefined;
}

const ASCII: Readonly<Record<string, string>> = {
  "─": "-",
  "│": "|",
  "╭": ".",
  "╮": ".",
  "╯": "'",
  "╰": "'",
  "┤": "|",
  "•": "o",
  "░": ":",
};

/** The chart as text, with a legend. */
export function drawLines(chart: Chart, { colors, ascii, most = Number.POSITIVE_INFINITY }: Look): string {
  const { title, line, dots, names, band, ends, height = 12, log = false } = chart;
  const glyphOf = (glyph: string): string => (ascii ? (ASCII[glyph] ?? glyph) : glyph);
  const paint = (glyph: string): string => {
    if (!colors || glyph === " ") return glyphOf(glyph);
    return `${colorOf(glyph)}${glyphOf(glyph)}${RESET}`;
  };
  const scaled = (values: readonly number[]): number[] => (log ? values.map(Math.log10) : [...values]);
  const [lined, dotted, low, high] = [line, dots, band?.low ?? [], band?.high ?? []].map(scaled);
  const shown = [...lined, ...dotted, ...low, ...high].filter(Number.isFinite);
  const min = Math.min(...shown);
  const range = Math.max(...shown) - min;
  const level = (value: number) =>
    !Number.isFinite(value) ? NaN : range > 0 ? Math.round(((value - min) / range) * (height - 1)) : height >> 1;
  const width = Math.max(line.length, dots.length);
  const grid = Array.from({ length: height }, () => new Array<string>(width).fill(" "));
  drawBand(grid, low.map(level), high.map(level));
  drawLine(grid, lined.map(level));
  drawDots(grid, dotted.map(level));

  const at = (row: number): number => min + (range * (range > 0 ? row : 0)) / (height - 1);
  const labels = log
    ? grid.map((_, y) => (10 ** at(y)).toPrecision(3))
    : fixed(
        grid.map((_, y) => at(y)),
        range,
      );
  const margin = Math.max(...labels.map(label => label.length));
  const bar = glyphOf("┤");
  const rows = grid
    .map((row, y) => `${labels[y].padStart(margin)} ${bar}${row.map(paint).join("")}`.trimEnd())
    .reverse();
  const entries = [
    ["─", names[0]] as const,
    ...(names[1] === undefined ? [] : [["•", names[1]] as const]),
    ...(band ? [["░", band.name] as const] : []),
  ].map(([glyph, name]) => ({ text: `${paint(glyph)} ${name}`, width: 2 + name.length }));
  const legend = entries.map(({ text }) => text).join("  ");
  const length = entries.reduce((sum, { width: own }) => sum + own + 2, -2);
  const head =
    title.length + 3 + length <= most
      ? [`${title}   ${legend}`]
      : [title, ...(length <= most ? [legend] : entries.map(({ text }) => text))];
  return [...head, ...rows, ...(ends ? footOf(ends, margin + 2, width, most) : [])].join("\n");
}

/** What stands below the ends; one below the other where there is no room for both. */
function footOf([first, last]: readonly [string, string], left: number, width: number, most: number): string[] {
  const foot = " ".repeat(left) + first + last.padStart(Math.max(last.length + 2, width - first.length));
  if (foot.length <= most) return [foot];
  return [
    " ".repeat(Math.max(0, Math.min(left, most - first.length))) + first,
    last.padStart(Math.min(most, left + width)),
  ];
}

/** Numbers with the decimals that their range needs. */
function fixed(values: readonly number[], range: number): string[] {
  const decimals = range > 0 ? Math.min(9, Math.max(0, 2 - Math.floor(Math.log10(range)))) : 2;
  return values.map(value => value.toFixed(decimals));
}

/** Levels count from the bottom, as the rows of the grid do. */
function drawLine(grid: string[][], levels: readonly number[]): void {
  levels.forEach((level, x) => {
    if (Number.isNaN(level)) return;
    const before = Number.isNaN(levels[x - 1] ?? NaN) ? level : levels[x - 1];
    const rising = level > before;
    for (let y = Math.min(level, before) + 1; y < Math.max(level, before); y++) grid[y][x] = "│";
    grid[before][x] = rising ? "╯" : "╮";
    grid[level][x] = level === before ? "─" : rising ? "╭" : "╰";
  });
}

function drawBand(grid: string[][], low: readonly number[], high: readonly number[]): void {
  low.forEach((from, x) => {
    for (let y = from; y <= high[x]; y++) grid[y][x] = "░";
  });
}

function drawDots(grid: string[][], levels: readonly number[]): void {
  levels.forEach((level, x) => {
    if (!Number.isNaN(level)) grid[level][x] = "•";
  });
}
