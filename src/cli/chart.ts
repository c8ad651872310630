/** Line charts in the terminal: the truth as a line, the forecast as dots, its interval as a band. */
import { drawLines } from "../curves/lines.ts";

export interface Chart {
  title: string;
  /** One value a column of the chart; NaN where there is none */
  truth: readonly number[];
  forecast: readonly number[];
  interval?: { level: number; low: readonly number[]; high: readonly number[] } | null;
  /** What the first and the last column are called */
  ends?: readonly [string, string];
}

/**
 * The chart as text, with a legend.
 *
 * @param most columns that legend and ends may take on a line
 */
export function drawChart(
  { title, truth, forecast, interval, ends }: Chart,
  colors: boolean,
  ascii = false,
  most?: number,
): string {
  const band = interval ? { ...interval, name: `${Math.round(100 * interval.level)} % of values` } : undefined;
  return drawLines(
    { title, line: truth, dots: forecast, names: ["truth", "forecast"], band, ends },
    { colors, ascii, most },
  );
}
