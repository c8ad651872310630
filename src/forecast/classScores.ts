/** How good forecasts of classes are, next to those that need no learning. */

export interface ClassScore {
  class: string;
  /** Rows of the class, and rows that were forecast as it */
  rows: number;
  forecast: number;
  /** Part of those forecast as it that are; null where none were */
  precision: number | null;
  /** Part of its rows that were found; null where there are none */
  recall: number | null;
}

export interface ClassScores {
  /** Forecasts; each has as many rows as the horizon */
  windows: number;
  /** Part of the rows whose class was forecast */
  accuracy: number;
  /** Of the class that came most often in the rows before, and of the last class seen */
  majority: number;
  last: number;
  /** Mean of -ln of the probability that was given to what came */
  logLoss: number;
  /** The accuracy at each step of the horizon */
  steps: { step: number; accuracy: number; last: number }[];
  classes: ClassScore[];
}

/** The place of the largest. */
export function largest(values: ArrayLike<number>, from: number, count: number): number {
  let best = 0;
  for (let i = 1; i < count; i++) if (values[from + i] > values[from + best]) best = i;
  return best;
}

/**
 * @param truth [n, horizon] numbers of classes
 * @param probabilities [n, horizon, classes]
 * @param said [n, horizon] what was forecast
 * @param last [n] the last class seen
 */
export function scoreClasses(
  names: readonly string[],
  {
    truth,
    probabilities,
    said,
    last,
    majority,
  }: {
    truth: ArrayLike<number>;
    probabilities: ArrayLike<number>;
    said: ArrayLike<number>;
    last: ArrayLike<number>;
    majority: number;
  },
  horizon: number,
): ClassScores {
  const V = names.length;
  const rows = truth.length;
  const share = (isRight: (i: number) => boolean, from = 0, step = 1) => {
    let [right, all] = [0, 0];
    for (let i = from; i < rows; i += step, all++) if (isRight(i)) right++;
    return right / all;
  };
  const own = (i: number) => said[i] === truth[i];
  const before = (i: number) => last[Math.floor(i / horizon)] === truth[i];
  let loss = 0;
  for (let i = 0; i < rows; i++) loss -= Math.log(Math.max(1e-7, probabilities[i * V + truth[i]]));
  return {
    windows: rows / horizon,
    accuracy: share(own),
    majority: share(i => truth[i] === majority),
    last: share(before),
    logLoss: loss / rows,
    steps: Array.from({ length: horizon }, (_, h) => ({
      step: h + 1,
      accuracy: share(own, h, horizon),
      last: share(before, h, horizon),
    })),
    classes: names.map((name, c) => {
      let [of, as, both] = [0, 0, 0];
      for (let i = 0; i < rows; i++) {
        if (truth[i] === c) of++;
        if (said[i] === c) as++;
        if (truth[i] === c && said[i] === c) both++;
      }
      return {
        class: name,
        rows: of,
        forecast: as,
        precision: as > 0 ? both / as : null,
        recall: of > 0 ? both / of : null,
      };
    }),
  };
}
