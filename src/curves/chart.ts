/** Learning curves as text. */
import { boolean, checked, type Input, integer, optional, options as schema } from "../options.ts";
import { showValue } from "./axis.ts";
import { drawLines } from "./lines.ts";
import { DRAWING, type HistoryLike, panelsOf } from "./panels.ts";
import { presentTerminal } from "./terminal.ts";

const OPTIONS = schema({
  ...DRAWING,
  /** Columns of the whole; default those of the terminal, at most 100, or 80 where there is none */
  width: optional(integer(20, 1000)),
  /** Rows of a panel; default 12 */
  height: optional(integer(3, 200), 12),
  /** Letters of ASCII alone; default where the terminal is not known to show others */
  ascii: optional(boolean),
  /** Colours of terminals; default where there is one that has them */
  colors: optional(boolean),
});

export interface ChartOptions extends Input<typeof OPTIONS> {}

/** Room for the numbers beside a chart. */
const MARGIN = 14;

/** A value for each column, between those of the epochs, or the mean of several epochs. */
function stretched(values: readonly number[], columns: number): number[] {
  const last = values.length - 1;
  if (values.length > columns) {
    return Array.from({ length: columns }, (_, i) => {
      const [from, to] = [i, i + 1].map(border => Math.floor((border * values.length) / columns));
      const own = values.slice(from, to).filter(Number.isFinite);
      return own.reduce((sum, value) => sum + value, 0) / own.length;
    });
  }
  return Array.from({ length: columns }, (_, i) => {
    const at = last > 0 ? (i * last) / (columns - 1) : 0;
    const [before, part] = [Math.floor(at), at % 1];
    return part === 0 ? values[before] : values[before] * (1 - part) + values[before + 1] * part;
  });
}

/** The same as dots: one for each epoch. */
function dotted(values: readonly number[], columns: number): number[] {
  if (values.length > columns) return stretched(values, columns);
  const dots = new Array<number>(columns).fill(Number.NaN);
  values.forEach((value, i) => {
    dots[values.length > 1 ? Math.round((i * (columns - 1)) / (values.length - 1)) : 0] = value;
  });
  return dots;
}

/**
 * Learning curves as text for a terminal: a chart for each loss and metric, of training a line, of validation dots.
 *
 * @param history what `fit` returns
 * @param options see {@link ChartOptions}
 * @throws TypeError for what is no history, RangeError for metrics that it does not have
 * @example console.log(chart(await net.fit(x, y, { epochs: 20, validationSplit: 0.2 })));
 */
export function chart(history: HistoryLike, options: ChartOptions = {}): string {
  const { title, log, width, height, ...settings } = checked(options, "chart", OPTIONS);
  const terminal = presentTerminal();
  const { ascii = terminal.ascii, colors = terminal.colors } = settings;
  const { panels, epochs, best } = panelsOf(history, { ...settings, log }, "chart");
  const columns = Math.max(2, (width ?? Math.min(100, terminal.columns ?? 80)) - MARGIN);
  const charts = panels.map(({ name, values, validation }) => {
    const judged = validation ?? values;
    const note = Number.isFinite(judged[best]) ? `, best epoch ${epochs[best]}: ${showValue(judged[best])}` : "";
    return drawLines(
      {
        title: name + note,
        line: stretched(values, columns),
        dots: validation ? dotted(validation, columns) : [],
        names: validation ? ["training", "validation"] : ["training"],
        ends: [`epoch ${epochs[0]}`, epochs.length > 1 ? String(epochs.at(-1)) : ""],
        height,
        log,
      },
      { ascii, colors },
    );
  });
  return [...(title ? [title] : []), ...charts].join("\n\n");
}
