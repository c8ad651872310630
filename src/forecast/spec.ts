/** What a forecaster is, beside its model: plain JSON, which travels in the model's metadata. */
import type { Model } from "../index.ts";
import { isObject } from "../isObject.ts";
import type { TableOptions } from "../table/index.ts";
import type { Calendar } from "./calendar.ts";
import type { Category } from "./categories.ts";
import type { Reading } from "./combined.ts";
import type { Interval } from "./intervals.ts";
import { aheadNames, inputsOf, type Unit } from "./panel.ts";

/** The form of this description. */
export const FORM = 2;

export interface Spec {
  form: number;
  features: string[];
  targets: string[];
  known: string[];
  /** Columns of words, or of yes and no, that it reads */
  categories?: Category[];
  /** Rows that are read, and forecast */
  window: number;
  horizon: number;
  /** Rows that may be missing one after the other and are filled in */
  gap: number;
  calendar: Calendar | null;
  /** Whether forecasts are relative to the last row, rather than levels */
  difference: boolean;
  /** How the table was read, where it might be read otherwise */
  reading?: TableOptions;
  /** How far apart its rows were, in words and in ms; none where they had no time */
  rhythm?: { name: string; step: number };
  seasons: number[];
  /** Of each target: the baseline that it is forecast by, because nothing was better; else null */
  baselines: ("last" | "season" | null)[];
  scales: Reading["scales"];
  ahead?: Reading["ahead"];
  networks: Reading["networks"];
  /** Of each target: whether it is never below 0, nor its forecasts */
  fromZero?: boolean[];
  intervals: { level: number; targets: (Interval | null)[] };
  /** What the MASE divides by */
  naive: number[];
  /** The rows that have been learned from; of several series each has its own */
  seen: Seen;
  /** Several series: the columns that name them, and those that have been learned from */
  series?: { columns: string[]; known: KnownSeries[] };
}

/** A series that has been learned from. */
export interface KnownSeries {
  name: string;
  /** Of each measured column */
  units: Unit[];
  /** Of each target: what the MASE divides by */
  naive: number[];
  seen: Seen;
}

export interface Seen {
  rows: number;
  /** The time of the last one, in ms since 1970; null where rows have no time */
  until: number | null;
  /** Sum of the targets' values, by which the same rows are known again */
  sum: number;
}

/** @throws RangeError for a model without a description, or with a damaged one */
export function specOf(model: Model, title: string): Spec {
  const { forecaster } = model.metadata as { forecaster?: Spec };
  if (forecaster === undefined) {
    throw new RangeError(`${title}: the model does not say which columns it reads; make one with wasm-lstm train`);
  }
  const damaged = () => new RangeError(`${title}: its description of the forecast is damaged; train the model again`);
  if (!isObject(forecaster)) throw damaged();
  if (forecaster.form === undefined && "difference" in forecaster) {
    throw new RangeError(`${title}: made by an older wasm-lstm, which read windows otherwise; train the model again`);
  }
  if (!isSpec(forecaster)) throw damaged();
  const { targets, horizon, window, ahead = 0 } = forecaster;
  const [inputs, outputs] = [targets.length * window + ahead * (window - 1 + horizon), targets.length * horizon];
  const dense = model.layers.find(({ name }) => name === "linear");
  const [rows, columns] = dense?.weights.kernel?.shape ?? [];
  if (rows !== inputs || columns !== outputs) {
    throw new RangeError(
      `${title}: its weights do not fit the window and horizon that it describes; train the model again`,
    );
  }
  return forecaster;
}

function isSpec(spec: Spec): boolean {
  const isNames = (value: unknown, least: number) =>
    Array.isArray(value) && value.length >= least && value.every(name => typeof name === "string");
  const isSize = (value: unknown) => Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 1e6;
  const isNumbers = (value: unknown, n: number) =>
    Array.isArray(value) && value.length === n && value.every(each => Number.isFinite(each));
  const { form, features, targets, known, window, horizon, calendar, seasons, scales, networks, intervals, seen } =
    spec;
  if (form !== FORM || !isNames(features, 1) || !isNames(targets, 1) || !isNames(known, 0)) return false;
  const K = targets.length;
  const isCategories =
    spec.categories === undefined ||
    (Array.isArray(spec.categories) &&
      spec.categories.every(
        each => typeof each?.column === "string" && (each.words === null || isNames(each.words, 1)),
      ));
  if (!isCategories) return false;
  const measured = inputsOf(spec).measured.length;
  const isCalendar =
    calendar === null ||
    (typeof calendar?.column === "string" &&
      Array.isArray(calendar.cycles) &&
      calendar.cycles.every(cycle => ["day", "week", "year"].includes(cycle)));
  const isSeries =
    spec.series === undefined ||
    (isNames(spec.series?.columns, 1) &&
      Array.isArray(spec.series.known) &&
      spec.series.known.every(
        each =>
          typeof each?.name === "string" &&
          Array.isArray(each.units) &&
          each.units.length === measured &&
          each.units.every(unit => Number.isFinite(unit?.zero) && unit.one > 0) &&
          isNumbers(each.naive, K) &&
          Number.isInteger(each.seen?.rows),
      ));
  return (
    isSeries &&
    isSize(window) &&
    isSize(horizon) &&
    isSize(spec.gap) &&
    isCalendar &&
    typeof spec.difference === "boolean" &&
    ["undefined", "object"].includes(typeof spec.reading) &&
    isNumbers(seasons, K) &&
    isNumbers(spec.naive, K) &&
    Array.isArray(spec.baselines) &&
    isNumbers(scales?.mean, measured) &&
    isNumbers(scales.deviation, measured) &&
    isNumbers(scales.floor, measured) &&
    (scales.ahead === undefined ||
      (Array.isArray(scales.ahead) && scales.ahead.every(each => Number.isFinite(each?.mean) && each.deviation > 0))) &&
    Array.isArray(scales.range) &&
    scales.range.length === measured &&
    scales.range.every(pair => isNumbers(pair, 2)) &&
    Array.isArray(networks) &&
    networks.every(
      each => ["changes", "levels"].includes(each?.kind) && isNumbers(each.units, K) && isNumbers(each.shares, K),
    ) &&
    Number.isFinite(intervals?.level) &&
    Array.isArray(intervals.targets) &&
    intervals.targets.length === K &&
    intervals.targets.every(
      each => each === null || (isNumbers(each?.low, horizon) && isNumbers(each.high, horizon)),
    ) &&
    (spec.fromZero === undefined ||
      (Array.isArray(spec.fromZero) &&
        spec.fromZero.length === K &&
        spec.fromZero.every(each => typeof each === "boolean"))) &&
    (spec.ahead === undefined || spec.ahead === aheadNames(spec).length) &&
    Number.isInteger(seen?.rows)
  );
}
