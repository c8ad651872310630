/** Which columns of words say something: by what they tell of the errors of a linear path, in closed form. */

import { floorOf } from "./branch.ts";
import { widthOf } from "./categories.ts";
import { fitLines } from "./linearPath.ts";
import { cutTarget, lineForecast, pickWindows, type TargetWindows } from "./lines.ts";
import { type Sizes, scalesOf } from "./network.ts";
import { type Panel, withFlags } from "./panel.ts";
import type { Plan } from "./plan.ts";
import type { Split } from "./split.ts";

/** What they must tell, as a part of the error: less is chance, and a network of more inputs learns more of chance. */
const WORTH = 0.03;

/** Rows of a word with which half of their mean error is believed. */
const HALF = 10;

const ALPHA = 10;

/**
 * A panel without the columns of words that tell nothing of what follows the last row of a window. Yes and no, and what is known ahead,
 * stay.
 *
 * @returns silent: names of those left out
 */
export function tellingPart(
  panel: Panel,
  { known, folds }: Pick<Split, "known" | "folds">,
  sizes: Sizes & Pick<Plan, "categories" | "known" | "seasons">,
): { panel: Panel; silent: string[] } {
  const flags = (sizes.categories ?? []).filter(({ column }) => !sizes.known?.includes(column));
  if (flags.every(({ words }) => words === null)) return { panel, silent: [] };
  const scales = scalesOf(
    panel,
    folds[0].fit.map(i => known[i]),
    sizes,
  );
  // By target and fold, what a linear path leaves over, in deviations of the window.
  const left = panel.targets.flatMap((_, k) => {
    const windows = cutTarget(panel, k, known, { ...sizes, floor: floorOf(panel, k, scales) });
    return folds.map(({ fit, score }) => {
      const line = lineOf(pickWindows(windows, fit), scales.deviation[panel.targets[k]], sizes.seasons[k]);
      return { fit, score, errors: restOf(windows, line) };
    });
  });
  const kept: boolean[] = [];
  const silent: string[] = [];
  for (const category of flags) {
    const from = panel.measured + kept.length;
    const width = widthOf(category);
    const wordOf = (i: number) => {
      const at = (known[i] - 1) * panel.columns + from;
      const word = panel.values.subarray(at, at + width).indexOf(1);
      return word < 0 ? width : word;
    };
    const gains = left.map(each => gainOf(each, wordOf, width + 1, sizes.horizon));
    const isTelling = category.words === null || gains.reduce((sum, gain) => sum + gain, 0) / gains.length > WORTH;
    if (!isTelling) silent.push(category.column);
    for (let c = 0; c < width; c++) kept.push(isTelling);
  }
  return { panel: silent.length > 0 ? withFlags(panel, kept) : panel, silent };
}

function lineOf(windows: TargetWindows, deviation: number, season: number) {
  return fitLines(windows, { base: "last", scale: "window", robust: false }, { alphas: [ALPHA], season, deviation })[0];
}

function restOf(windows: TargetWindows, line: ReturnType<typeof lineOf>): Float64Array {
  const { truth, spread, horizon } = windows;
  const forecasts = lineForecast(line, windows);
  return truth.map((value, i) => (value - forecasts[i]) / spread[Math.floor(i / horizon)]);
}

/** How much smaller errors are after what each word is followed by in the mean, as a part of them. */
function gainOf(
  { fit, score, errors }: { fit: readonly number[]; score: readonly number[]; errors: Float64Array },
  wordOf: (window: number) => number,
  words: number,
  horizon: number,
): number {
  const sums = new Float64Array(words * horizon);
  const counts = new Float64Array(words);
  for (const i of fit) {
    const word = wordOf(i);
    counts[word]++;
    for (let h = 0; h < horizon; h++) sums[word * horizon + h] += errors[i * horizon + h];
  }
  let [before, after] = [0, 0];
  for (const i of score) {
    const word = wordOf(i);
    for (let h = 0; h < horizon; h++) {
      const error = errors[i * horizon + h];
      before += Math.abs(error);
      after += Math.abs(error - sums[word * horizon + h] / (counts[word] + HALF));
    }
  }
  return before > 0 ? 1 - after / before : 0;
}
