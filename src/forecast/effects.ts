/**
 * What columns that are known ahead, such as holidays, and the calendar add to the target of the same row: a regression with the
 * line as its model of the errors. A line then forecasts the series without them, and what they add in the rows to forecast is added.
 */
import { ridge } from "./linear.ts";
import { effectsIn, type Line, lineForecast, type TargetWindows, withoutEffects } from "./lines.ts";

/** How strongly effects are held at 0, in rows of the greatest change: of one that came a few times alone, less is believed. */
const ALPHA = 1;

/** Of what a column changes by: smaller changes to a forecast say nothing. */
const LEAST = 1e-6;

/** The line depends on the effects, and they on it. */
const ROUNDS = 2;

/**
 * Effects of some of the columns, and the line of the series without them.
 *
 * @param places of the columns among those known ahead; others have none
 * @param lineOf the line of windows
 */
export function fitEffects(
  windows: TargetWindows,
  places: readonly number[],
  lineOf: (windows: TargetWindows) => Line,
): Line {
  const effects = new Float64Array(windows.ahead?.origins.length ?? 0);
  let line = lineOf(windows);
  for (let round = 0; round < ROUNDS; round++) {
    const rest = withoutEffects(windows, effects);
    const found = leftOver(rest, line, places);
    places.forEach((place, i) => {
      effects[place] += found[i];
    });
    line = lineOf(withoutEffects(windows, effects));
  }
  return { ...line, effects };
}

/** What the columns say of the errors of a line: least squares of those on what a change of 1 does to its forecast. */
function leftOver(windows: TargetWindows, line: Line, places: readonly number[]): Float64Array {
  const { n, window, horizon, truth, ahead } = windows;
  const forecasts = lineForecast(line, windows);
  const p = places.length;
  const rows = n * horizon;
  const x = new Float64Array(rows * p);
  const most = new Float64Array(p);
  const length = window - 1 + horizon;
  places.forEach((place, j) => {
    const one = new Float64Array(ahead?.origins.length ?? 0);
    one[place] = 1;
    const added = effectsIn(windows, one);
    for (let i = 0; i < n; i++) {
      for (let h = 0; h < horizon; h++) {
        let change = added[i * length + window - 1 + h];
        for (let t = 0; t < window - 1; t++) change -= line.lags[t * horizon + h] * added[i * length + t];
        x[(i * horizon + h) * p + j] = change;
        most[j] = Math.max(most[j], Math.abs(change));
      }
    }
    // What the line forecasts of the column itself, as of a weekly one from a week before, is no change but rounding.
    if (most[j] < LEAST * added.reduce((high, value) => Math.max(high, Math.abs(value)), 0)) most[j] = 0;
  });
  for (let i = 0; i < x.length; i++) x[i] = most[i % p] > 0 ? x[i] / most[i % p] : 0;
  const y = truth.map((value, i) => value - forecasts[i]);
  const [weights] = ridge({ n: rows, x, p, y, q: 1 }, [ALPHA]);
  return weights.map((weight, j) => weight / (most[j] || 1));
}
