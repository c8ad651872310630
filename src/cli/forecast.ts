/** What `train` learns from: the forecaster that the options ask for, and the rows for training, validation and test. */

import { describe, listNames } from "../describe.ts";
import { type NDArray, ndarray, type Windows } from "../index.ts";
import { sizeOf } from "../ndarray.ts";
import type { Table } from "../table/index.ts";
import { type Calendar, cyclesIn } from "./calendar.ts";
import { chooseColumns, usable } from "./columns.ts";
import { CliError } from "./error.ts";
import type { Forecaster } from "./forecaster.ts";
import { count } from "./format.ts";
import type { Series } from "./series.ts";
import { LARGEST_TEST, type TrainOptions } from "./trainOptions.ts";

/** Of the rows before the test. */
const VALIDATION = 0.25;

/** A target with more than this part of its validation rows outside what training saw has a trend. */
const TREND = 0.1;

/** More rows than a file may have that is read at all. */
const MOST_ROWS = 1e8;

/** Rows of the series in each part. */
export interface Parts {
  train: number;
  validation: number;
  test: number;
}

/**
 * The forecaster that the options ask for; `difference` "auto" is left to `hasTrend`.
 *
 * @throws CliError for columns that the table does not have
 */
export function chooseForecaster(path: string, table: Table, options: TrainOptions): Forecaster {
  if (options.target === undefined) {
    const numeric = usable(table.columns);
    throw new CliError(
      `expected --target and a column to forecast: ${numeric.length > 0 ? listNames(numeric) : "the table has no numbers"}`,
    );
  }
  const { targets, features } = chooseColumns(path, table, options);
  for (const target of targets) {
    table.numbers(target); // or an error that shows the cell
    const { unused } = table.column(target);
    if (unused?.startsWith("it is always")) {
      throw new CliError(`--target: nothing is to be learned of column ${describe(target)}: ${unused}`);
    }
  }
  const { window, horizon } = options;
  const reading = { ...table.found, ...options.table };
  return {
    features,
    targets,
    window,
    horizon,
    calendar: options.calendar ? chooseCalendar(table) : null,
    difference: options.difference === "yes",
    ...(Object.keys(reading).length > 0 ? { reading } : {}),
  };
}

function chooseCalendar({ time }: Table): Calendar | null {
  return time && { column: time.columns.join(", "), cycles: cyclesIn(time.wall()) };
}

/**
 * How many rows each part has.
 *
 * @throws CliError when the table is too short
 */
export function splitRows(path: string, rows: number, { window, horizon }: Forecaster, test: number): Parts {
  const parts = (rows: number, share = test): Parts => {
    const held = Math.round(rows * share);
    const validation = Math.round((rows - held) * VALIDATION);
    return { train: rows - held - validation, validation, test: held };
  };
  const enough = ({ train, validation, test: held }: Parts) =>
    train >= window + horizon && validation >= horizon && held >= horizon;
  const result = parts(rows);
  if (enough(result)) return result;
  const share = Math.ceil((1e4 * horizon) / rows) / 1e4;
  if (result.test < horizon && share <= LARGEST_TEST && enough(parts(rows, share))) {
    throw new CliError(
      `--test: ${test} of ${count(rows, "row")} is ${count(result.test, "row")}, fewer than the ${horizon} of --horizon; ` +
        `choose a share of at least ${share}`,
    );
  }
  // The fewest rows whose test holds a horizon; training and validation need some ten thousand more at most.
  let least = Math.max(rows + 1, Math.floor((horizon - 0.5) / test));
  if (least > MOST_ROWS) throw new CliError(`--test: ${test} is too small a share of any table; choose a larger one`);
  while (!enough(parts(least))) least++;
  throw new CliError(
    `${path}: ${count(rows, "row")} ${rows === 1 ? "is" : "are"} too few, at least ${least} are needed for --window ${window}, ` +
      `--horizon ${horizon} and --test ${test}; choose a shorter window or horizon`,
  );
}

/** Whether a target leaves, while validating, the range of values that training has seen. */
export function hasTrend({ values, columns, targets }: Series, { train, validation }: Parts): boolean {
  return targets.some(target => {
    const column = Array.from({ length: train + validation }, (_, row) => values[row * columns + target]);
    const seen = column.slice(0, train).filter(value => !Number.isNaN(value));
    if (seen.length === 0) return false;
    const low = seen.reduce((a, b) => Math.min(a, b));
    const high = seen.reduce((a, b) => Math.max(a, b));
    return column.slice(train).filter(value => value < low || value > high).length > TREND * validation;
  });
}

/** The windows whose forecast rows are all in [from, to). */
export function windowsWithin({ x, y, index, series }: Windows, horizon: number, from: number, to: number): Windows {
  const until = (row: number) => {
    const place = index.findIndex(each => each >= row);
    return place < 0 ? index.length : place;
  };
  const first = until(from);
  const end = Math.max(first, until(to - horizon + 1));
  const cut = ({ shape, data }: NDArray) => {
    const size = sizeOf(shape.slice(1));
    return ndarray(data.subarray(first * size, end * size), [end - first, ...shape.slice(1)]);
  };
  return { x: cut(x), y: cut(y), index: index.slice(first, end), series: series.slice(first, end) };
}
