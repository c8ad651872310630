/** A forecaster: what, besides the network, has to be known to forecast from a table. Travels in the model's metadata. */
import type { Model, NDArray } from "../index.ts";
import type { TableOptions } from "../table/index.ts";
import type { Calendar } from "./calendar.ts";
import { CliError } from "./error.ts";

export interface Forecaster {
  /** Columns that the network sees */
  features: string[];
  /** Columns that it forecasts */
  targets: string[];
  /** Rows that it sees */
  window: number;
  /** Rows that it forecasts */
  horizon: number;
  calendar: Calendar | null;
  /** Whether the network's output is the change since the last row of the window, rather than the value */
  difference: boolean;
  /** How the table was read, where it might be read otherwise: of later parts of it too */
  reading?: TableOptions;
}

/** Adds the last values to forecasts of changes, or with sign -1 makes values to changes: y [N, horizon * targets]. */
export function shiftByLast(y: ArrayLike<number>, last: Float64Array, targets: number, sign: 1 | -1): Float64Array {
  const perWindow = y.length / (last.length / targets);
  return Float64Array.from(y, (value, i) => {
    const window = Math.floor(i / perWindow);
    return value + sign * last[window * targets + (i % targets)];
  });
}

/**
 * Forecasts, in the unit of the data.
 *
 * @param x windows [N, window, features]
 * @param last the values before each forecast [N, targets]
 * @returns [N, horizon * targets]
 */
export function forecast(model: Model, forecaster: Forecaster, x: NDArray, last: Float64Array): Float64Array {
  const { data } = model.predict(x);
  return forecaster.difference ? shiftByLast(data, last, forecaster.targets.length, 1) : Float64Array.from(data);
}

/**
 * The forecaster that a model file holds.
 *
 * @throws CliError when it holds none, or one that the file's network does not fit
 */
export function forecasterOf(model: Model, path: string): Forecaster {
  const { forecaster } = model.metadata as { forecaster?: Forecaster };
  if (forecaster === undefined) {
    throw new CliError(`${path}: the model does not say which columns it reads; make one with wasm-lstm train`);
  }
  const isNames = (value: unknown) =>
    Array.isArray(value) && value.length > 0 && value.every(name => typeof name === "string");
  const isSize = (value: unknown) => Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 1e6;
  const isCalendar = (value: Calendar | null) =>
    value === null ||
    (typeof value?.column === "string" &&
      Array.isArray(value.cycles) &&
      value.cycles.every(cycle => cycle === "day" || cycle === "year"));
  const good =
    typeof forecaster === "object" &&
    forecaster !== null &&
    isNames(forecaster.features) &&
    isNames(forecaster.targets) &&
    isSize(forecaster.window) &&
    isSize(forecaster.horizon) &&
    isCalendar(forecaster.calendar) &&
    typeof forecaster.difference === "boolean" &&
    ["undefined", "object"].includes(typeof forecaster.reading);
  if (!good) throw new CliError(`${path}: its description of the forecast is damaged; train the model again`);
  const inputs = forecaster.features.length + 2 * (forecaster.calendar?.cycles.length ?? 0);
  const outputs = forecaster.targets.length * forecaster.horizon;
  const { input, target } = model.scaling;
  if (input?.features !== inputs || target?.features !== outputs) {
    throw new CliError(
      `${path}: its scalers do not fit the features (${inputs}) and outputs (${outputs}) that it describes; train it again`,
    );
  }
  return forecaster;
}
