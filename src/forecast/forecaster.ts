/** A forecaster: fitted to a table, it forecasts what comes after the end of others like it. */
import { expectInteger } from "../expect.ts";
import type { Model } from "../index.ts";
import type { Table } from "../table/index.ts";
import { expectSteps, extend, type Forecast, forecastRows, type Words } from "./ahead.ts";
import { hasSeason } from "./chooseLines.ts";
import { combine, forecastWith, type Reading } from "./combined.ts";
import { fitChosen, forecastBy } from "./fitChosen.ts";
import {
  expectWindows,
  intervalOf,
  linearAlone,
  mostWindows,
  recipeOf,
  type Settings,
  scaleOf,
  tellThinned,
} from "./fitting.ts";
import { endsOf, scoreInterval } from "./intervals.ts";
import { cutTarget, lastValue, lineForecast, seasonalNaive } from "./lines.ts";
import { type Columns, type Named, originsWithin, type Panel, toPanel } from "./panel.ts";
import { columnsOf, gapOf, type Plan, planOf } from "./plan.ts";
import { choose } from "./recipe.ts";
import type { Evaluation, FitSettings, HeldOut, Origin, Report, Scored } from "./results.ts";
import { type Data, toTable } from "./rows.ts";
import { scoreOf } from "./scores.ts";
import { firstUnseen, seenOf } from "./seen.ts";
import { FORM, type Spec } from "./spec.ts";
import { partsOf, splitRows, splitWindows } from "./split.ts";

const WORDS: Words = { title: "fit", option: name => name };

export class Forecaster {
  readonly #settings: Settings | null;
  #spec: Spec | null = null;
  #net: Model | null = null;
  #report: Report | null = null;
  #scored: Scored | null = null;
  #words = WORDS;

  /** @internal Use `forecaster` or `loadForecaster`. */
  constructor(settings: Settings | null, loaded?: { spec: Spec; net: Model }) {
    this.#settings = settings;
    if (loaded) {
      this.#spec = loaded.spec;
      this.#net = loaded.net;
    }
  }

  /** @internal */
  set words(words: Words) {
    this.#words = words;
  }

  /** What it reads and forecasts, as it stands in its file. */
  get spec(): Spec {
    return this.#fitted().spec;
  }

  /** What it computes with. */
  get model(): Model {
    return this.#fitted().net;
  }

  /** What `fit` told; null for one that was loaded. */
  get report(): Report | null {
    return this.#report;
  }

  /** @internal Held-out forecasts, or those of the last `evaluate`. */
  get scored(): Scored | null {
    return this.#scored;
  }

  #fitted() {
    if (this.#spec && this.#net) return { spec: this.#spec, net: this.#net };
    throw new Error("forecaster: it knows nothing yet; call fit() first");
  }

  /**
   * Chooses what forecasts best, tells by how much on rows that are held out, and learns from all of them in the end.
   *
   * @param data a table of `readTable`, or rows as objects
   * @throws RangeError for a table that is too short, or has no such columns
   * @example const { heldOut } = await net.fit(readTable(csv)); heldOut.scores[0].mae;
   */
  async fit(data: Data, more: FitSettings = {}): Promise<Report> {
    const settings = this.#settings;
    if (!settings) throw new Error("fit: a forecaster of a file is as it is; make a new one with forecaster()");
    const { title, option } = this.#words;
    more.signal?.throwIfAborted();
    const start = performance.now();
    const table = toTable(data, title, settings.reading);
    const series: Named[] = [{ name: "", table }];
    const asked = { ...settings, targets: settings.target };
    const columns = columnsOf(series, asked, option);
    const panel = toPanel(series, columns, gapOf(asked));
    const { plan, wanted, parts, recipe, chosen, fitted, naive, intervals, heldOut } = await this.#beforeTest(
      panel,
      columns,
      settings,
      more,
    );
    const stops = chosen.aborted || fitted.aborted;
    let last = fitted;
    if (settings.refit && !stops) {
      const places = splitWindows(panel, { ...wanted, test: 0 }, mostWindows(plan, recipe.epochs)).known;
      last = await fitChosen(panel, places, chosen.choice, recipe, "fit to all rows");
    }
    const { net, reading } = combine(last, panel, { ...plan, units: settings.units });
    const { networks } = chosen.choice;
    const targets = chosen.choice.targets.map(({ terms, errors }, k) => ({
      target: plan.targets[k],
      baseline:
        networks.every(({ shares }) => shares[k] === 0) && terms.length === 1 && "baseline" in terms[0]
          ? terms[0].baseline
          : null,
      season: plan.seasons[k],
      terms,
      shares: networks.map(({ shares }) => shares[k]),
      errors,
    }));
    this.#net = net;
    this.#spec = specFrom(plan, reading, table, settings, {
      baselines: targets.map(({ baseline }) => baseline),
      difference: networks[0]?.kind !== "levels",
      intervals,
      naive,
      seen: seenOf(panel, table, settings.refit && !stops ? panel.rows : parts.train + parts.validation),
    });
    this.#report = {
      rows: { total: panel.rows, ...parts },
      targets,
      networks: networks.map(({ kind, epochs }) => ({ kind, epochs })),
      epochs: recipe.epochs,
      seeds: recipe.seeds,
      heldOut,
      aborted: stops || last.aborted,
      seconds: (performance.now() - start) / 1000,
    };
    return this.#report;
  }

  /** All but the refit: what is chosen and learned before the rows held out, and how good it is on them. */
  async #beforeTest(panel: Panel, columns: Columns, settings: Settings, more: FitSettings) {
    const { title, option } = this.#words;
    const plan = planOf(panel, columns, { ...settings, targets: settings.target });
    const wanted = { ...plan, test: settings.test };
    const parts = splitRows(title, panel.rows, wanted, option);
    more.onPlan?.({ ...plan, parts, hasMissing: panel.hasMissing });
    const recipe = recipeOf(settings, plan, parts.train, more);
    const split = splitWindows(panel, wanted, mostWindows(plan, recipe.epochs));
    expectWindows(split, plan, option);
    tellThinned(split, title, option);
    const chosen = await choose(panel, split.known, split.folds, recipe);
    const fitted = await fitChosen(panel, split.known, chosen.choice, recipe, "fit before the test");
    const naive = plan.targets.map((_, k) => scaleOf(panel, k, plan.seasons[k], parts));
    const intervals = {
      level: settings.level,
      targets: plan.targets.map((_, k) => intervalOf(panel, k, chosen, fitted, plan, settings.level)),
    };
    const own = forecastBy(fitted, panel, split.held, plan);
    const linear = linearAlone(panel, split, chosen.choice, plan, fitted.scales);
    const heldOut = this.#score(panel, split.held, own, { ...plan, scales: fitted.scales, naive, intervals }, linear);
    return { plan, wanted, parts, recipe, chosen, fitted, naive, intervals, heldOut };
  }

  /**
   * How good forecasts would have been at several times: at each origin all is chosen and learned anew, from the rows before it
   * alone, and scored on those that follow. What was fitted stays as it is.
   *
   * @param data a table, or rows
   * @param more.origins how many, default 5: they part the latest rows, as many as `test` tells, evenly
   * @returns for each origin the row it stands before, and the scores
   * @example for (const { from, scores } of await net.backtest(table)) console.log(from, scores[0].mae);
   */
  async backtest(data: Data, { origins = 5, ...more }: FitSettings & { origins?: number } = {}): Promise<Origin[]> {
    const settings = this.#settings;
    if (!settings) throw new Error("backtest: a forecaster of a file is as it is; make a new one with forecaster()");
    expectInteger(origins, "backtest: origins", 1, 1000);
    const { option } = this.#words;
    const series: Named[] = [{ name: "", table: toTable(data, "backtest", settings.reading) }];
    const asked = { ...settings, targets: settings.target };
    const columns = columnsOf(series, asked, option);
    const panel = toPanel(series, columns, gapOf(asked));
    const { test } = partsOf(panel.rows, settings.test);
    const scored = this.#scored;
    const found: Origin[] = [];
    for (let i = 0; i < origins; i++) {
      const [from, to] = [i, i + 1].map(place => panel.rows - test + Math.round((test * place) / origins));
      const until = firstRows(panel, to);
      const { heldOut } = await this.#beforeTest(until, columns, { ...settings, test: (to - from) / to }, more);
      found.push({ from, to, time: panel.parts[0].timeline.name(from), ...heldOut });
      if (more.signal?.aborted) break;
    }
    this.#scored = scored;
    return found;
  }

  /**
   * What comes after the last row.
   *
   * @param data a table that ends where the forecast begins, with at least the rows that are read
   * @param steps rows to forecast; default the horizon. Those beyond it are forecast from forecasts
   * @returns a row for each step: its date, values and intervals
   * @example net.forecast(rows, 7)[0].values.load
   */
  forecast(data: Data, steps?: number): Forecast[] {
    const { spec, net } = this.#fitted();
    const table = toTable(data, "forecast", spec.reading ?? {});
    const ahead = steps ?? spec.horizon;
    expectSteps(ahead, spec, this.#words);
    return forecastRows(net, spec, extend(table, spec, ahead, this.#words), ahead);
  }

  /** @internal @throws RangeError for more steps than can be forecast */
  expectSteps(steps: number): void {
    expectSteps(steps, this.#fitted().spec, this.#words);
  }

  /**
   * How good forecasts are of rows that the forecaster has not learned from; where the table has no others, of those that it
   * has, and `seen` says so.
   *
   * @param data a table with what followed
   */
  evaluate(data: Data): Evaluation {
    const { spec, net } = this.#fitted();
    const { title } = this.#words;
    const table = toTable(data, "evaluate", spec.reading ?? {});
    const panel = toPanel([{ name: "", table }], spec, spec.gap, title);
    const { window, horizon } = spec;
    if (panel.rows < window + horizon) {
      throw new RangeError(
        `${title === "fit" ? "evaluate" : title}: ${panel.rows} row${panel.rows === 1 ? "" : "s"} are too few, at least ` +
          `${window + horizon} are needed: the model reads ${window} and forecasts ${horizon}`,
      );
    }
    const all = originsWithin(panel, window, horizon, 0, panel.rows);
    if (all.length === 0) throw new RangeError(`${title}: gaps and missing values leave no window to forecast from`);
    const from = firstUnseen(spec.seen, panel, table);
    const fresh = all.filter(row => row >= from);
    const origins = fresh.length > 0 ? fresh : all;
    const { forecasts } = forecastWith(net, spec, panel, origins);
    const { scores } = this.#score(panel, origins, forecasts, spec, null);
    return { rows: table.rows, windows: origins.length, seen: all.length - fresh.length, scores };
  }

  /** The forecaster as the bytes of a file, for `loadForecaster`; `loadModel` reads its network and linear path. */
  save(): Uint8Array {
    const { spec, net } = this.#fitted();
    net.metadata = { ...net.metadata, forecaster: JSON.parse(JSON.stringify(spec)) };
    return net.save();
  }

  #score(
    panel: Panel,
    origins: number[],
    forecasts: Float64Array[],
    spec: Pick<Spec, "window" | "horizon" | "targets" | "seasons" | "naive" | "intervals" | "scales">,
    linear: Float64Array[] | null,
  ): HeldOut {
    const { window, horizon, targets, seasons, naive, intervals } = spec;
    const ends: Scored["ends"] = [];
    const scores = targets.map((target, k) => {
      const windows = cutTarget(panel, k, origins, { window, horizon, floor: spec.scales.floor[panel.targets[k]] });
      const season = hasSeason(seasons[k], window) ? seasonalNaive(window, horizon, seasons[k]) : null;
      const interval = intervals.targets[k];
      ends[k] = interval && endsOf(interval, forecasts[k], windows.spread, horizon);
      return scoreOf(
        target,
        windows.truth,
        {
          own: forecasts[k],
          last: lineForecast(lastValue(window, horizon), windows),
          season: season && lineForecast(season, windows),
          linear: linear?.[k] ?? null,
        },
        horizon,
        naive[k],
        ends[k] && scoreInterval(ends[k], windows.truth, intervals.level),
      );
    });
    this.#scored = { panel, origins, forecasts, ends };
    return { windows: origins.length, scores };
  }
}

/** The first rows of a panel of one series. */
function firstRows(panel: Panel, rows: number): Panel {
  const { values, truth, starts, parts, columns, targets } = panel;
  return {
    ...panel,
    rows,
    values: values.subarray(0, rows * columns),
    truth: truth.subarray(0, rows * targets.length),
    starts: starts.subarray(0, rows),
    parts: parts.map(part => ({ ...part, to: rows })),
  };
}

function specFrom(
  plan: Plan,
  { scales, networks }: Reading,
  table: Table,
  { reading }: Settings,
  more: Pick<Spec, "baselines" | "difference" | "intervals" | "naive" | "seen">,
): Spec {
  const { features, targets, known = [], window, horizon, calendar, seasons, gap } = plan;
  const options = { ...table.found, ...reading };
  return {
    form: FORM,
    features,
    targets,
    known,
    window,
    horizon,
    gap,
    calendar,
    ...(Object.keys(options).length > 0 ? { reading: options } : {}),
    seasons,
    scales,
    networks,
    ...more,
  };
}
