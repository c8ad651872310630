/** Line charts in the terminal: the truth as a line, the forecast as dots. */
import { drawLines } from "../curves/lines.ts";

export interface Chart {
  title: string;
  /** One value a column of the chart; NaN where there is none */
  truth: readonly number[];
  forecast: readonly number[];
  /** What the first and the last column are called */
  ends?: readonly [string, string];
}

/** The chart as text, with a legend. */
export function drawChart({ title, truth, forecast, ends }: Chart, colors: boolean, ascii = false): string {
  return drawLines({ title, line: truth, dots: forecast, names: ["truth", "forecast"], ends }, { colors, ascii });
}
