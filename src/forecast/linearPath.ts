/** The linear path's forms, and how one is fitted to windows. */
import { type Rows, ridge, robustRidge } from "./linear.ts";
import { type Line, lastValue, lineForecast, seasonalNaive, type TargetWindows } from "./lines.ts";

/** What is regressed on what. */
export interface Form {
  /** What the forecast is where the weights are 0: the last value, or that a season before */
  base: "last" | "season";
  /** Whether each window is divided by its own deviation, or all by one */
  scale: "all" | "window";
  /** Whether absolute errors are made small, rather than squares */
  robust: boolean;
}

export const ALPHAS: readonly number[] = [0.01, 0.1, 1, 10, 100, 1000];

/**
 * Lines of a form, one for each alpha: how strongly it is held at its base.
 *
 * @param deviation of all values, for windows that are not divided by their own
 */
export function fitLines(
  windows: TargetWindows,
  form: Form,
  { alphas, season, deviation }: { alphas: readonly number[]; season: number; deviation: number },
): Line[] {
  const { n, window, horizon, truth } = windows;
  const base = form.base === "season" ? seasonalNaive(window, horizon, season) : lastValue(window, horizon);
  const forecasts = lineForecast(base, windows);
  const rows: Rows = { n, p: window, q: horizon, x: new Float64Array(n * window), y: new Float64Array(n * horizon) };
  for (let i = 0; i < n; i++) {
    const scale = 1 / (form.scale === "window" ? windows.spread[i] : deviation);
    for (let t = 0; t < window - 1; t++) rows.x[i * window + t] = windows.x[i * (window - 1) + t] * scale;
    rows.x[i * window + window - 1] = 1;
    for (let k = i * horizon; k < (i + 1) * horizon; k++) rows.y[k] = (truth[k] - forecasts[k]) * scale;
  }
  return (form.robust ? robustRidge : ridge)(rows, alphas).map(weights => {
    const constants = weights.subarray((window - 1) * horizon);
    return {
      lags: base.lags.map((weight, i) => weight + weights[i]),
      constant: form.scale === "all" ? constants.map(value => value * deviation) : new Float64Array(horizon),
      spread: form.scale === "window" ? constants.slice() : new Float64Array(horizon),
      effects: null,
    };
  });
}
