/** Line charts in the terminal: the truth as a line, the forecast as dots, so that they differ without colours too. */

const HEIGHT = 12;
const CYAN = "\x1b[36m";
const YELLOW = "\x1b[33m";
const RESET = "\x1b[0m";

export interface Chart {
  title: string;
  /** One value a column of the chart; NaN where there is none */
  truth: readonly number[];
  forecast: readonly number[];
  /** What the first and the last column are called */
  ends?: readonly [string, string];
}

/** The chart as text, with a legend. */
export function drawChart({ title, truth, forecast, ends }: Chart, colors: boolean): string {
  const paint = (glyph: string) => {
    if (!colors || glyph === " ") return glyph;
    return `${glyph === "•" ? YELLOW : CYAN}${glyph}${RESET}`;
  };
  const shown = [...truth, ...forecast].filter(Number.isFinite);
  const min = Math.min(...shown);
  const range = Math.max(...shown) - min;
  const level = (value: number) =>
    !Number.isFinite(value) ? NaN : range > 0 ? Math.round(((value - min) / range) * (HEIGHT - 1)) : HEIGHT >> 1;
  const width = Math.max(truth.length, forecast.length);
  const grid = Array.from({ length: HEIGHT }, () => new Array<string>(width).fill(" "));
  drawLine(grid, truth.map(level));
  drawDots(grid, forecast.map(level));

  const decimals = range > 0 ? Math.min(9, Math.max(0, 2 - Math.floor(Math.log10(range)))) : 2;
  const labels = grid.map((_, y) => (min + (range * (range > 0 ? y : 0)) / (HEIGHT - 1)).toFixed(decimals));
  const margin = Math.max(...labels.map(label => label.length));
  const lines = grid.map((row, y) => `${labels[y].padStart(margin)} ┤${row.map(paint).join("")}`.trimEnd()).reverse();
  const foot = ends
    ? [" ".repeat(margin + 2) + ends[0] + ends[1].padStart(Math.max(ends[1].length + 2, width - ends[0].length))]
    : [];
  return [`${title}   ${paint("─")} truth  ${paint("•")} forecast`, ...lines, ...foot].join("\n");
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

function drawDots(grid: string[][], levels: readonly number[]): void {
  levels.forEach((level, x) => {
    if (!Number.isNaN(level)) grid[level][x] = "•";
  });
}
