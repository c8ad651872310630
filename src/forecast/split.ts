/** Which rows are trained on, validated on and held out; and the windows in them. */
import type { Fold } from "./chooseLines.ts";
import { originsWithin, type Panel } from "./panel.ts";
import { thin } from "./thin.ts";

/** Of the rows before the test. */
const VALIDATION = 0.25;

/** Origins among the validation rows. */
const ORIGINS = 3;

/** Of the rows, for the test. */
export const LARGEST_TEST = 0.5;

/** More rows than a table may have that is read at all. */
const MOST_ROWS = 1e8;

/** Rows of the series in each part. */
export interface Parts {
  train: number;
  validation: number;
  test: number;
}

/** What is asked of rows. */
export interface Wanted {
  window: number;
  horizon: number;
  test: number;
}

export function partsOf(rows: number, test: number): Parts {
  const held = Math.round(rows * test);
  const validation = Math.round((rows - held) * VALIDATION);
  return { train: rows - held - validation, validation, test: held };
}

/**
 * How many rows each part has.
 *
 * @param option how an option is written: --test
 * @throws RangeError when the table is too short
 */
export function splitRows(
  title: string,
  rows: number,
  { window, horizon, test }: Wanted,
  option: (name: string) => string,
): Parts {
  const enough = ({ train, validation, test: held }: Parts) =>
    train >= window + horizon && validation >= horizon && held >= horizon;
  const result = partsOf(rows, test);
  if (enough(result)) return result;
  const share = Math.ceil((1e4 * horizon) / rows) / 1e4;
  const count = (n: number) => `${String(n).replace(/\B(?=(\d{3})+$)/g, ",")} row${n === 1 ? "" : "s"}`;
  if (result.test < horizon && share <= LARGEST_TEST && enough(partsOf(rows, share))) {
    throw new RangeError(
      `${option("test")}: ${test} of ${count(rows)} is ${count(result.test)}, fewer than the ${horizon} of ` +
        `${option("horizon")}; choose a share of at least ${share}`,
    );
  }
  // The fewest rows whose test holds a horizon; training and validation need some ten thousand more at most.
  let least = Math.max(rows + 1, Math.floor((horizon - 0.5) / test));
  if (least > MOST_ROWS) {
    throw new RangeError(`${option("test")}: ${test} is too small a share of any table; choose a larger one`);
  }
  while (!enough(partsOf(least, test))) least++;
  throw new RangeError(
    `${title}: ${count(rows)} ${rows === 1 ? "is" : "are"} too few, at least ${least} are needed for ` +
      `${option("window")} ${window}, ${option("horizon")} ${horizon} and ${option("test")} ${test}; choose a shorter window or horizon`,
  );
}

/**
 * The same of a panel: each series is parted by itself; the longest must be long enough.
 */
export function splitPanel(title: string, { parts }: Panel, wanted: Wanted, option: (name: string) => string): Parts {
  const rows = parts.map(({ from, to }) => to - from);
  splitRows(title, Math.max(...rows), wanted, option);
  const each = rows.map(n => partsOf(n, wanted.test));
  const sum = (of: keyof Parts) => each.reduce((total, part) => total + part[of], 0);
  return { train: sum("train"), validation: sum("validation"), test: sum("test") };
}

/** First forecast rows of the windows of a panel, by what they are for, with the origins between. */
export interface Split {
  /** Windows before the test */
  known: number[];
  /** Of them, those known at each origin, and those after it */
  folds: Fold[];
  /** Windows whose forecast rows are held out */
  held: number[];
  /** All */
  all: number[];
  /** How many windows there are before the test, of which `known` are looked at */
  before: number;
}

/** @param most windows that are looked at before the test: of more, some evenly spread */
export function splitWindows(panel: Panel, { window, horizon, test }: Wanted, most: number): Split {
  const known: number[] = [];
  const held: number[] = [];
  const all: number[] = [];
  const bounds: number[][] = []; // of each window its series' origins
  for (const { from, to } of panel.parts) {
    const { train, validation } = partsOf(to - from, test);
    const origins = Array.from({ length: ORIGINS }, (_, i) => from + train + Math.round((validation * i) / ORIGINS));
    const end = from + train + validation;
    for (const row of originsWithin(panel, window, horizon, from, end)) {
      known.push(row);
      bounds.push(origins);
    }
    // One by one: a call does not take as many arguments as a large table has windows.
    for (const row of originsWithin(panel, window, horizon, end, to)) held.push(row);
    for (const row of originsWithin(panel, window, horizon, from, to)) all.push(row);
  }
  const places = thin(known.length, most);
  const folds = Array.from({ length: ORIGINS }, (_, f): Fold => {
    const fit: number[] = [];
    const score: number[] = [];
    places.forEach((place, i) => {
      const row = known[place];
      const [at, next] = [bounds[place][f], bounds[place][f + 1] ?? Number.POSITIVE_INFINITY];
      if (row + horizon <= at) fit.push(i);
      else if (row >= at && row < next) score.push(i);
    });
    return { fit, score };
  }).filter(({ fit, score }) => fit.length > 0 && score.length > 0);
  return { known: places.map(place => known[place]), folds, held, all, before: known.length };
}
