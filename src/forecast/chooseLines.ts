/** Which linear path, or baseline, a target is forecast by: chosen by the error on what followed several origins. */
import { joined } from "../typedArray.ts";
import { fitEffects } from "./effects.ts";
import { clipAt, clippedMean, windowErrors } from "./errors.ts";
import { ALPHAS, type Form, fitLines } from "./linearPath.ts";
import {
  type Line,
  lastValue,
  lineForecast,
  mixLines,
  pickWindows,
  seasonalNaive,
  type TargetWindows,
  withoutEffects,
} from "./lines.ts";
import { bestShare, isBetter, mostOf } from "./share.ts";
import { forLines } from "./thin.ts";

/** A candidate: a baseline by its name, or a form of the linear path. */
export type Term = { weight: number } & ({ baseline: "last" | "season" } | { form: Form; alpha: number });

/** Numbers of the windows that are known at an origin, and of those after it. */
export interface Fold {
  fit: number[];
  score: number[];
}

export interface LineChoice {
  /** What is mixed, by weight */
  terms: Term[];
  /** Columns whose effects are added, by their places among those known ahead */
  effects: number[];
  /** The line of each fold */
  lines: Line[];
  /** [n, horizon] forecasts of the windows after the origins */
  forecasts: Float64Array;
  /** Validation error of the mixture, and of each candidate */
  error: number;
  errors: { last: number; season: number | null; linear: number };
  /** The plainest form, to compare with: squares, held at the last value */
  linear: Term;
  clip: number;
}

/** A mixture leaves out what is so much worse than the best, and weighs the others by a power of their errors. */
const CUT = 1.15;
const POWER = 8;

export interface LineSettings {
  season: number;
  deviation: number;
}

/** Windows that are known at an origin, and those after it. */
interface Known {
  fit: TargetWindows;
  score: TargetWindows;
}

const BASELINES = ["last", "season"] as const;

interface Candidate {
  term: Term;
  lines: Line[];
  forecasts: Float64Array;
  error: number;
}

/**
 * @param named of the columns known ahead in the windows, how many are named ones; those of the calendar follow. Effects of the ones,
 *   then of all, are taken where they help after the origins
 */
export function chooseLines(
  windows: TargetWindows,
  folds: readonly Fold[],
  settings: LineSettings,
  named = 0,
): LineChoice {
  const { horizon, ahead } = windows;
  const known = folds.map(({ fit, score }) => ({
    fit: pickWindows(windows, forLines(fit)),
    score: pickWindows(windows, score),
  }));
  let best = choosePlain(known, settings);
  if (!ahead) return best;
  const truth = joined(
    known.map(({ score }) => score.truth),
    Float64Array,
  );
  const counts = folds.map(({ score }) => score.length);
  const { terms } = best;
  const columns = ahead.origins.length;
  for (const most of named > 0 && named < columns ? [named, columns] : [columns]) {
    // Few windows show a year's course too seldom.
    if (most > named && mostOf(truth.length / horizon, horizon) < 1) continue;
    const places = Array.from({ length: most }, (_, place) => place);
    const effects = known.map(({ fit }) => fitChoice(terms, fit, settings, places).effects ?? new Float64Array());
    const rest = known.map(({ fit, score }, f) => ({
      fit: withoutEffects(fit, effects[f]),
      score: withoutEffects(score, effects[f]),
    }));
    const chosen = choosePlain(rest, settings, best.clip);
    const lines = chosen.lines.map((line, f) => ({ ...line, effects: effects[f] }));
    const forecasts = joined(
      lines.map((line, f) => lineForecast(line, known[f].score)),
      Float64Array,
    );
    if (!isBetter(best.forecasts, forecasts, { truth, counts, horizon, clip: best.clip })) continue;
    best = {
      ...chosen,
      effects: places,
      lines,
      forecasts,
      errors: { ...chosen.errors, ...baselineErrors(best) },
      linear: best.linear,
    };
  }
  return best;
}

/** Errors of baselines are those of the series as it is. */
const baselineErrors = ({ errors: { last, season } }: LineChoice) => ({ last, season });

/** @param given where errors count no more; unless given, found from those of the baselines */
function choosePlain(folds: readonly Known[], settings: LineSettings, given?: number): LineChoice {
  const parts = folds.map(({ score }) => score);
  const known = folds.map(({ fit }) => fit);
  const { window, horizon } = parts[0];
  const { season } = settings;
  const truth = joined(
    parts.map(part => part.truth),
    Float64Array,
  );
  const names = BASELINES.filter(name => name === "last" || hasSeason(season, window));
  const forecastBy = (lines: readonly Line[]) =>
    joined(
      lines.map((line, i) => lineForecast(line, parts[i])),
      Float64Array,
    );
  const baselines = names.map(baseline => {
    const lines = folds.map(() => lineOf({ weight: 1, baseline }, parts[0], settings));
    return { term: { weight: 1, baseline }, lines, forecasts: forecastBy(lines) };
  });
  const clip = given ?? Math.min(...baselines.map(({ forecasts }) => clipAt(windowErrors(forecasts, truth, horizon))));
  const errorOf = (forecasts: Float64Array) => clippedMean(windowErrors(forecasts, truth, horizon), clip);

  const tryForm = (form: Form, alphas: readonly number[]): Candidate => {
    const lines = known.map(part => fitLines(part, form, { ...settings, alphas }));
    return alphas
      .map((alpha, a) => {
        const own = lines.map(each => each[a]);
        const forecasts = forecastBy(own);
        return { term: { weight: 1, form, alpha }, lines: own, forecasts, error: errorOf(forecasts) };
      })
      .reduce((best, each) => (each.error < best.error ? each : best));
  };
  const plain = names.flatMap(base =>
    (["all", "window"] as const).map(scale => tryForm({ base, scale, robust: false }, ALPHAS)),
  );
  const alone = plain[0].term;
  plain.sort((a, b) => a.error - b.error);
  const robust = plain.slice(0, 2).map(({ term }) => {
    const { form, alpha } = term as { form: Form; alpha: number };
    const at = ALPHAS.indexOf(alpha);
    return tryForm({ ...form, robust: true }, ALPHAS.slice(Math.max(0, at - 2), at + 2));
  });
  const linear = [...plain, ...robust].sort((a, b) => a.error - b.error);
  const rated: Candidate[] = baselines.map(each => ({ ...each, error: errorOf(each.forecasts) }));
  const baseline = rated.reduce((best, each) => (each.error < best.error ? each : best));
  // The linear path counts beside the baseline as far as it is better after each origin.
  const good = linear.filter(({ error }) => error <= CUT * linear[0].error);
  const powers = good.map(({ error }) => (linear[0].error / error) ** POWER || 1);
  const sum = powers.reduce((a, b) => a + b);
  const weights = powers.map(power => power / sum);
  const perFold = (members: readonly { lines: readonly Line[] }[], of: readonly number[]) =>
    folds.map((_, i) =>
      mixLines(
        members.map(({ lines }) => lines[i]),
        of,
      ),
    );
  const counts = parts.map(({ n }) => n);
  const { forecasts: plainest } = baseline;
  const { share } = bestShare(plainest, forecastBy(perFold(good, weights)), { truth, counts, horizon, clip });
  const pool = share === 0 ? [baseline] : share === 1 ? good : [baseline, ...good];
  const shares = share === 0 ? [1] : share === 1 ? weights : [1 - share, ...weights.map(weight => share * weight)];
  const lines = perFold(pool, shares);
  const forecasts = forecastBy(lines);
  return {
    terms: pool.map(({ term }, i) => ({ ...term, weight: shares[i] })),
    effects: [],
    lines,
    forecasts,
    error: errorOf(forecasts),
    errors: {
      last: rated[0].error,
      season: rated[1]?.error ?? null,
      linear: linear[0].error,
    },
    linear: alone,
    clip,
  };
}

/** The line of a choice, fitted to windows. */
export function fitChoice(
  terms: readonly Term[],
  windows: TargetWindows,
  settings: LineSettings,
  effects: readonly number[] = [],
): Line {
  const mixture = (some: TargetWindows) =>
    mixLines(
      terms.map(term => lineOf(term, some, settings)),
      terms.map(({ weight }) => weight),
    );
  return effects.length > 0 ? fitEffects(windows, effects, mixture) : mixture(windows);
}

function lineOf(term: Term, windows: TargetWindows, settings: LineSettings): Line {
  const { window, horizon } = windows;
  if ("form" in term) return fitLines(windows, term.form, { ...settings, alphas: [term.alpha] })[0];
  return term.baseline === "last" ? lastValue(window, horizon) : seasonalNaive(window, horizon, settings.season);
}

/** Whether a window holds a season. */
export const hasSeason = (season: number, window: number): boolean => season > 1 && season <= window;
