/** How good forecasts are, next to those that need no learning. */

export interface Errors {
  /** Mean absolute error */
  mae: number;
  /** Root of the mean squared error */
  rmse: number;
}

/** The mean absolute error at one step of the horizon; null where there is no such forecast. */
export interface StepScore {
  step: number;
  mae: number;
  last: number;
  season: number | null;
  linear: number | null;
}

/** Of one target, in its own unit, over all rows of the horizon. */
export interface Score extends Errors {
  target: string;
  /** Of forecasting the last value seen */
  baseline: Errors;
  /** By how much the MAE is below the baseline's; null where the baseline makes no error */
  improvementPercent: number | null;
  /** MAE over that of the seasonal naive forecast of the rows before; null where that makes no error */
  mase: number | null;
  /** Mean of 2 |error| / (|forecast| + |truth|), in percent */
  smape: number;
  /** Of the value a season before; null without a season */
  season: Errors | null;
  /**
   * Of one ridge regression of the window, relative to its last value: the plainest form of the linear path, the same for every
   * table, to compare with. The linear path itself may be a mean of several forms, see `Chose.terms`
   */
  linear: Errors | null;
  steps: StepScore[];
  /** Of the prediction intervals; null where there are none */
  interval: IntervalScore | null;
}

export interface IntervalScore {
  /** Part of the values that they are meant to hold, and that they hold */
  level: number;
  coverage: number;
  /** Mean width, and what each value outside adds: 2 / (1 - level) times its distance */
  score: number;
}

/** Forecasts of the same windows by several ways, [n, horizon]. */
export interface Ways {
  own: ArrayLike<number>;
  last: ArrayLike<number>;
  season: ArrayLike<number> | null;
  linear: ArrayLike<number> | null;
}

/**
 * @param truth [n, horizon]
 * @param scale of the MASE
 */
export function scoreOf(
  target: string,
  truth: ArrayLike<number>,
  { own, last, season, linear }: Ways,
  horizon: number,
  scale: number,
  interval: IntervalScore | null,
): Score {
  const errors = errorsOf(own, truth);
  const baseline = errorsOf(last, truth);
  let relative = 0;
  for (let i = 0; i < truth.length; i++) {
    const size = Math.abs(own[i]) + Math.abs(truth[i]);
    if (size > 0) relative += (2 * Math.abs(own[i] - truth[i])) / size;
  }
  return {
    target,
    ...errors,
    baseline,
    improvementPercent: baseline.mae > 0 ? 100 * (1 - errors.mae / baseline.mae) : null,
    mase: scale > 0 ? errors.mae / scale : null,
    smape: (100 * relative) / truth.length,
    season: season && errorsOf(season, truth),
    linear: linear && errorsOf(linear, truth),
    steps: Array.from({ length: horizon }, (_, k) => {
      const at = (way: ArrayLike<number>) => errorsOf(way, truth, k, horizon).mae;
      return { step: k + 1, mae: at(own), last: at(last), season: season && at(season), linear: linear && at(linear) };
    }),
    interval,
  };
}

function errorsOf(forecasts: ArrayLike<number>, truth: ArrayLike<number>, from = 0, step = 1): Errors {
  let [sum, squares, n] = [0, 0, 0];
  for (let i = from; i < truth.length; i += step) {
    const d = forecasts[i] - truth[i];
    sum += Math.abs(d);
    squares += d * d;
    n++;
  }
  return { mae: sum / n, rmse: Math.sqrt(squares / n) };
}

/** The mean error of the seasonal naive forecast of known values: what the MASE divides by. */
export function naiveScale(values: ArrayLike<number>, season: number): number {
  let [sum, n] = [0, 0];
  for (let i = season; i < values.length; i++) {
    const change = Math.abs(values[i] - values[i - season]);
    if (Number.isNaN(change)) continue;
    sum += change;
    n++;
  }
  return n > 0 ? sum / n : 0;
}
