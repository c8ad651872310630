/** How much `fit` does, and what it measures of what it has fitted. */

import { type Checked, checked } from "../options.ts";
import { warnOnce } from "../warn.ts";
import type { Words } from "./ahead.ts";
import type { RecipeSettings } from "./branch.ts";
import { fitChoice } from "./chooseLines.ts";
import type { Reading } from "./combined.ts";
import type { Fitted } from "./fitChosen.ts";
import { fitInterval, type Interval } from "./intervals.ts";
import { byChunk, cutTarget, lineForecast } from "./lines.ts";
import { OPTIONS } from "./options.ts";
import { inputsOf, type Panel, type Part, widthIn } from "./panel.ts";
import type { Plan } from "./plan.ts";
import type { Choice, Chosen } from "./recipe.ts";
import type { FitSettings } from "./results.ts";
import { naiveScale } from "./scores.ts";
import type { Split } from "./split.ts";
import { forLines, MOST_OF_LINES } from "./thin.ts";

export type Settings = Checked<typeof OPTIONS>;

/** How many numbers of windows and epochs are gone through, and of windows' products. */
const VISITS = 150_000;
const PRODUCTS = 5e7;

/** Epochs when none are asked for: few windows need more passes. */
const STEPS = 300;
const FEWEST_EPOCHS = 16;
const MOST_EPOCHS = 40;

/** A table with fewer windows gets several networks, of which the mean counts. */
const FEW = 1500;
const SEEDS = 3;

/** @throws TypeError or RangeError for what is no option */
export function settingsOf(options: unknown): Settings {
  return checked(options as never, "forecaster", OPTIONS, ": ");
}

export function recipeOf(
  settings: Settings,
  plan: Plan,
  train: number,
  { signal, onStage }: FitSettings,
): RecipeSettings {
  const { units, batchSize, learningRate, seed, network } = settings;
  const windows = Math.max(1, train - plan.window - plan.horizon + 1);
  const usual = Math.ceil(STEPS / Math.ceil(windows / batchSize));
  return {
    window: plan.window,
    horizon: plan.horizon,
    seasons: plan.seasons,
    named: inputsOf(plan).ahead.reduce((sum, each) => sum + widthIn(each), 0),
    units,
    batchSize,
    learningRate,
    seed,
    epochs: settings.epochs ?? Math.min(MOST_EPOCHS, Math.max(FEWEST_EPOCHS, usual)),
    seeds: settings.seeds ?? (windows < FEW ? SEEDS : 1),
    kinds: network === "auto" ? ["changes", "levels"] : network === "none" ? [] : [network],
    signal,
    onStage,
  };
}

export function mostWindows(
  { window, horizon }: Plan,
  epochs: number,
  { maxWindows }: Pick<Settings, "maxWindows">,
): number {
  if (maxWindows !== undefined) return maxWindows;
  const byTime = Math.max(5000, Math.round(VISITS / epochs));
  return Math.max(1000, Math.min(byTime, Math.round(PRODUCTS / (window * (window / 2 + horizon)))));
}

export function expectWindows({ folds, held }: Split, { window, horizon }: Plan, option: Words["option"]): void {
  if (folds.length > 0 && held.length > 0) return;
  throw new RangeError(
    `gaps and missing values leave no ${window} rows in a row, and ${horizon} to forecast, to ` +
      `${folds.length > 0 ? "be tested" : "train and validate"} on; choose a shorter ${option("window")}`,
  );
}

/** Numbers that the linear path may have: of each target from each, so that one product forecasts all. */
const MOST_WEIGHTS = 5e7;

export function expectSize({ targets, window, horizon }: Plan, option: Words["option"]): void {
  const weights = targets.length ** 2 * window * horizon;
  if (weights <= MOST_WEIGHTS) return;
  throw new RangeError(
    `${option("target")}: ${targets.length} columns at once, with ${option("window")} ${window} and ${option("horizon")} ${horizon}, ` +
      `take ${weights} numbers, at most ${MOST_WEIGHTS} can be; forecast fewer, or put the columns below each other, with their names ` +
      `in a column for ${option("series")}`,
  );
}

/**
 * A large table would take hours: that most of its windows are left out is said.
 *
 * @param hasLines whether there is a linear path, which needs fewer still
 */
export function tellThinned({ known, before }: Split, title: string, option: Words["option"], hasLines: boolean): void {
  const lines = hasLines && known.length > MOST_OF_LINES ? `the linear path from ${MOST_OF_LINES}` : "";
  if (known.length < before) {
    warnOnce(
      `${title}: learns from ${known.length} of ${before} windows, spread over all rows${lines && ", "}${lines}, so that it does ` +
        `not take hours; ${option("maxWindows")} ${before} takes all of them, and the time`,
    );
  } else if (lines) warnOnce(`${title}: learns from ${known.length} windows, ${lines} of them, spread over all rows`);
}

/** What the MASE of a target divides by, from the first rows of a series. */
export function scaleOf({ truth, targets }: Panel, k: number, season: number, { from }: Part, rows: number): number {
  const K = targets.length;
  return naiveScale(
    Float64Array.from({ length: rows }, (_, i) => truth[(from + i) * K + k]),
    season,
  );
}

export function intervalOf(
  panel: Panel,
  k: number,
  { origins, forecasts }: Chosen,
  { scales }: Fitted,
  plan: Plan,
  level: number,
): Interval | null {
  const { truth, spread } = cutTarget(panel, k, origins, { ...plan, floor: scales.floor[panel.targets[k]] });
  const errors = truth.map((value, i) => value - forecasts[k][i]);
  return fitInterval(errors, spread, plan.horizon, level);
}

/** Forecasts of the held-out rows by one ridge regression. */
export function ridgeAlone(
  panel: Panel,
  { known, held }: Split,
  { targets }: Choice,
  plan: Plan,
  scales: Reading["scales"],
): Float64Array[] {
  return targets.map(({ linear }, k) => {
    const target = panel.targets[k];
    const sizes = { ...plan, floor: scales.floor[target] };
    const settings = { season: plan.seasons[k], deviation: scales.deviation[target] };
    const line = fitChoice([linear], cutTarget(panel, k, forLines(known), sizes), settings);
    return byChunk(held, some => [lineForecast(line, cutTarget(panel, k, some, sizes))])[0];
  });
}
