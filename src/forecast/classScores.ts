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
  /** Harmonic mean of both; null where it neither came nor was forecast */
  f1: number | null;
}

/** Scores of some forecasts. */
export interface ClassRates {
  /** Forecasts; each has as many rows as the horizon */
  windows: number;
  /** Part of the rows whose class was forecast */
  accuracy: number;
  /** Of the class that came most often in the rows before, and of the last class seen */
  majority: number;
  last: number;
  /** Mean of the F1 of the classes that came or were forecast; and that of the two baselines */
  f1: number;
  majorityF1: number;
  lastF1: number;
  /** Mean of -ln of the probability that was given to what came */
  logLoss: number;
}

export interface ClassScores extends ClassRates {
  /** The accuracy at each step of the horizon */
  steps: { step: number; accuracy: number; majority: number; last: number }[];
  classes: ClassScore[];
  /** [classes, classes]: how many rows of a class were forecast as each */
  confusion: number[][];
  /** Of each of several series that has forecasts to score */
  series?: ({ name: string } & ClassRates)[];
}

/** Forecasts and what followed. */
export interface ClassForecasts {
  /** [n, horizon] numbers of classes */
  truth: ArrayLike<number>;
  /** [n, horizon, classes] */
  probabilities: ArrayLike<number>;
  /** [n, horizon] what was forecast */
  said: ArrayLike<number>;
  /** [n] the last class seen */
  last: ArrayLike<number>;
  /** The class that came most often before */
  majority: number;
}

/** The place of the largest. */
export function largest(values: ArrayLike<number>, from: number, count: number): number {
  let best = 0;
  for (let i = 1; i < count; i++) if (values[from + i] > values[from + best]) best = i;
  return best;
}

/** [classes, classes]: how many rows of a class were forecast as each. */
function confusionOf(V: number, rows: number, truth: ArrayLike<number>, said: (row: number) => number): number[][] {
  const counts = Array.from({ length: V }, () => new Array<number>(V).fill(0));
  for (let i = 0; i < rows; i++) counts[truth[i]][said(i)]++;
  return counts;
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

function classesOf(names: readonly string[], confusion: readonly number[][]): ClassScore[] {
  return names.map((name, c) => {
    const both = confusion[c][c];
    const rows = sum(confusion[c]);
    const forecast = sum(confusion.map(counts => counts[c]));
    return {
      class: name,
      rows,
      forecast,
      precision: forecast > 0 ? both / forecast : null,
      recall: rows > 0 ? both / rows : null,
      f1: rows + forecast > 0 ? (2 * both) / (rows + forecast) : null,
    };
  });
}

const meanF1 = (classes: readonly ClassScore[]): number => {
  const known = classes.flatMap(({ f1 }) => f1 ?? []);
  return sum(known) / known.length;
};

/** @param places windows that are scored; default all */
function rateClasses(
  names: readonly string[],
  { truth, probabilities, said, last, majority }: ClassForecasts,
  horizon: number,
  places: readonly number[] = Array.from({ length: truth.length / horizon }, (_, i) => i),
): ClassScores {
  const V = names.length;
  const at = places.flatMap(place => Array.from({ length: horizon }, (_, h) => place * horizon + h));
  const known = at.map(i => truth[i]);
  const ways = [(i: number) => said[at[i]], () => majority, (i: number) => last[Math.floor(at[i] / horizon)]] as const;
  const [own, most, before] = ways.map(way => {
    const confusion = confusionOf(V, at.length, known, way);
    const classes = classesOf(names, confusion);
    const rightAt = (h: number) => {
      let right = 0;
      for (let i = h; i < at.length; i += horizon) if (way(i) === known[i]) right++;
      return right / places.length;
    };
    const accuracy = sum(confusion.map((counts, c) => counts[c])) / at.length;
    return { confusion, classes, accuracy, f1: meanF1(classes), rightAt };
  });
  return {
    windows: places.length,
    accuracy: own.accuracy,
    majority: most.accuracy,
    last: before.accuracy,
    f1: own.f1,
    majorityF1: most.f1,
    lastF1: before.f1,
    logLoss: sum(at.map((i, k) => -Math.log(Math.max(1e-7, probabilities[i * V + known[k]])))) / at.length,
    steps: Array.from({ length: horizon }, (_, h) => ({
      step: h + 1,
      accuracy: own.rightAt(h),
      majority: most.rightAt(h),
      last: before.rightAt(h),
    })),
    classes: own.classes,
    confusion: own.confusion,
  };
}

/**
 * Scores of all windows, and of those of each of several series.
 *
 * @param series places of the windows of each
 */
export function scoreClasses(
  names: readonly string[],
  forecasts: ClassForecasts,
  horizon: number,
  series?: readonly { name: string; places: readonly number[] }[],
): ClassScores {
  const all = rateClasses(names, forecasts, horizon);
  if (!series) return all;
  const each = series.flatMap(({ name, places }) => {
    if (places.length === 0) return [];
    const { steps: _, classes: __, confusion: ___, ...rates } = rateClasses(names, forecasts, horizon, places);
    return [{ name, ...rates }];
  });
  return { ...all, series: each };
}
