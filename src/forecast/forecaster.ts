/** A forecaster: fitted to a table, it forecasts what comes after the end of others like it. */
import type { Model } from "../index.ts";
import type { Table } from "../table/index.ts";
import { expectSteps, extend, type Forecast, forecastRows, type Words } from "./ahead.ts";
import { endsAtZero } from "./bounds.ts";
import { combine, forecastWith, type Reading } from "./combined.ts";
import { fitChosen, forecastBy } from "./fitChosen.ts";
import {
  expectSize,
  expectWindows,
  intervalOf,
  mostWindows,
  recipeOf,
  ridgeAlone,
  type Settings,
  scaleOf,
  tellThinned,
} from "./fitting.ts";
import { pastOf } from "./future.ts";
import { weighInputs } from "./inputs.ts";
import { futureLike, rhythmIn, tableLike } from "./likeLearned.ts";
import { byChunk } from "./lines.ts";
import { atOrigins } from "./origins.ts";
import { aheadNames, type Columns, type Named, type Panel, toPanel } from "./panel.ts";
import { columnsOf, gapOf, type Plan, planOf } from "./plan.ts";
import { choose } from "./recipe.ts";
import type { Evaluation, FitSettings, Origin, Report, Scored } from "./results.ts";
import { type Data, toTable } from "./rows.ts";
import { scoreWindows } from "./scoring.ts";
import { seenOf } from "./seen.ts";
import { inUnits, longEnough, seriesOf, unitsOf } from "./series.ts";
import { FORM, type Spec } from "./spec.ts";
import { partsOf, splitPanel, splitWindows } from "./split.ts";
import { tellingPart } from "./telling.ts";
import { originsToScore, readToScore, windowsToScore } from "./toScore.ts";

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
    const { title } = this.#words;
    more.signal?.throwIfAborted();
    const start = performance.now();
    const { table, panel: all, columns } = this.#read(data, title, settings);
    const before = await this.#beforeTest(all, columns, settings, more);
    const { panel, plan, wanted, parts, recipe, chosen, fitted, naive, intervals, held, heldOut } = before;
    const stops = chosen.aborted || fitted.aborted;
    let last = fitted;
    if (settings.refit && !stops) {
      const places = splitWindows(panel, { ...wanted, test: 0 }, mostWindows(plan, recipe.epochs, settings)).known;
      last = await fitChosen(panel, places, chosen.choice, recipe, "fit to all rows");
    }
    const { net, reading } = combine(last, panel, { ...plan, units: settings.units });
    const { networks } = chosen.choice;
    const targets = chosen.choice.targets.map(({ terms, effects, errors }, k) => ({
      target: plan.targets[k],
      baseline:
        networks.every(({ shares }) => shares[k] === 0) &&
        effects.length === 0 &&
        terms.length === 1 &&
        "baseline" in terms[0]
          ? terms[0].baseline
          : null,
      season: plan.seasons[k],
      terms,
      effects: aheadNames(plan)
        .filter((_, i) => effects.includes(i))
        .filter((name, i, all) => all.indexOf(name) === i),
      shares: networks.map(({ shares }) => shares[k]),
      errors,
    }));
    this.#net = net;
    const raw = panel.raw ?? panel;
    const learnedRows = raw.parts.map(({ from, to }) => {
      const { train, validation, test } = partsOf(to - from, settings.test);
      return train + validation + (settings.refit && !stops ? test : 0);
    });
    const learned = raw.parts.map((part, p) => seenOf(raw, part, learnedRows[p]));
    const fromZero = plan.targets.map((_, k) => endsAtZero(raw, k, learnedRows));
    this.#spec = specFrom(plan, reading, table, settings, {
      baselines: targets.map(({ baseline }) => baseline),
      difference: networks[0]?.kind !== "levels",
      intervals,
      naive: naive[0],
      seen: learned[0],
      ...(fromZero.some(Boolean) ? { fromZero } : {}),
      ...(columns.ids && {
        series: {
          columns: columns.ids,
          known: panel.parts.map(({ name, units }, p) => ({
            name,
            units: units ?? [],
            naive: naive[p],
            seen: learned[p],
          })),
        },
      }),
    });
    this.#report = {
      rows: { total: panel.rows, ...parts },
      targets,
      silent: before.silent,
      networks: networks.map(({ kind, epochs }) => ({ kind, epochs })),
      epochs: recipe.epochs,
      seeds: recipe.seeds,
      heldOut,
      curves: chosen.curves,
      ...(more.weigh ? { inputs: weighInputs(fitted, panel, held, plan) } : {}),
      aborted: stops || last.aborted,
      seconds: (performance.now() - start) / 1000,
    };
    return this.#report;
  }

  /** The table, its columns, and its numbers; series that are too short for a window are left out. */
  #read(data: Data, title: string, settings: Settings) {
    const { option } = this.#words;
    const { series } = settings;
    const table = toTable(data, title, { ...settings.reading, ...(series && { series }) });
    const asked = { ...settings, targets: settings.target };
    const given = seriesOf(table, series);
    const columns = columnsOf(table, given, asked, option);
    const past = given.map(each => ({ ...each, table: pastOf(each.table, columns) }));
    const all = past.filter(each => each.table.rows > 0);
    if (all.length === 0) throw new RangeError(`${title}: no row has a value to forecast`);
    const names = table.series?.columns ?? series;
    if (!names) return { table, columns, panel: toPanel(all, columns, gapOf(asked)) };
    const { window, horizon } = planOf(toPanel(all, columns, gapOf(asked)), columns, asked);
    const why = `as the model reads ${window} and forecasts ${horizon}; a shorter ${option("window")} takes them in`;
    const long = longEnough(all, window + horizon, title, why);
    if (long.length === 0)
      throw new RangeError(`${title}: no series has ${window + horizon} rows; choose a shorter ${option("window")}`);
    return { table, columns: { ...columns, ids: [...names] }, panel: toPanel(long, columns, gapOf(asked)) };
  }

  /** All but the refit: what is chosen and learned before the rows held out, and how good it is on them. */
  async #beforeTest(raw: Panel, columns: Columns, settings: Settings, more: FitSettings) {
    const { title, option } = this.#words;
    const all = planOf(raw, columns, { ...settings, targets: settings.target });
    expectSize(all, option);
    const wanted = { ...all, test: settings.test };
    const parts = splitPanel(title, raw, wanted, option);
    const known = raw.parts.map(({ from, to }) => to - from - partsOf(to - from, settings.test).test);
    const naive = raw.parts.map((part, p) =>
      all.targets.map((_, k) => scaleOf(raw, k, all.seasons[k], part, known[p])),
    );
    const scaled = columns.ids
      ? inUnits(
          raw,
          raw.parts.map(({ from }, p) => unitsOf(raw, from, known[p], all.window)),
        )
      : raw;
    const fromZero = all.targets.map((_, k) => endsAtZero(raw, k, known));
    const recipe = recipeOf(settings, all, parts.train, more);
    const split = splitWindows(scaled, wanted, mostWindows(all, recipe.epochs, settings));
    expectWindows(split, all, option);
    const { panel, silent } = settings.features ? { panel: scaled, silent: [] } : tellingPart(scaled, split, all);
    const plan: Plan = {
      ...all,
      features: all.features.filter(name => !silent.includes(name)),
      categories: (all.categories ?? []).filter(({ column }) => !silent.includes(column)),
    };
    const series = columns.ids ? raw.parts.map(({ name }) => name) : null;
    const above = all.targets.filter((_, k) => fromZero[k]);
    more.onPlan?.({ ...plan, parts, hasMissing: raw.hasMissing, silent, series, fromZero: above });
    tellThinned(split, title, option, true);
    const chosen = await choose(panel, split.known, split.folds, recipe);
    const fitted = await fitChosen(panel, split.known, chosen.choice, recipe, "fit before the test");
    const intervals = {
      level: settings.level,
      targets: plan.targets.map((_, k) => intervalOf(panel, k, chosen, fitted, plan, settings.level)),
    };
    const own = forecastBy(fitted, panel, split.held, plan);
    const linear = ridgeAlone(panel, split, chosen.choice, plan, fitted.scales);
    const scoring = { ...plan, scales: fitted.scales, naive, intervals, fromZero };
    const { heldOut, scored } = scoreWindows(panel, split.held, own, scoring, linear);
    this.#scored = scored;
    return { panel, plan, silent, wanted, parts, recipe, chosen, fitted, naive, intervals, held: split.held, heldOut };
  }

  /**
   * How good forecasts would have been at several times: at each origin all is chosen and learned anew, from the rows before it
   * alone, and scored on those that follow. What was fitted stays as it is.
   *
   * @param data a table, or rows
   * @param more.origins how many, default 5: they part the latest rows, as many as `test` tells, evenly
   * @param more.signal aborting ends it: origins that are done by then are told
   * @returns for each origin the row it stands before, and the scores
   * @example for (const { from, scores } of await net.backtest(table)) console.log(from, scores[0].mae);
   */
  async backtest(data: Data, { origins = 5, ...more }: FitSettings & { origins?: number } = {}): Promise<Origin[]> {
    const settings = this.#settings;
    if (!settings) throw new Error("backtest: a forecaster of a file is as it is; make a new one with forecaster()");
    const { panel, columns } = this.#read(data, this.#title("backtest"), settings);
    const scored = this.#scored;
    const found = await atOrigins(panel, { ...more, origins, test: settings.test }, async (known, test, onStage) => {
      const { heldOut } = await this.#beforeTest(known, columns, { ...settings, test }, { ...more, onStage });
      return heldOut;
    });
    this.#scored = scored;
    return found;
  }

  /**
   * What comes after the last row.
   *
   * @param data a table that ends where the forecast begins, with at least the rows that are read
   * @param steps rows to forecast; default the horizon. Those beyond it are forecast from forecasts
   * @param more.future rows to forecast, with the columns that are known ahead; or they stand in the table, with nothing to forecast in them
   * @returns a row for each step: its date, values and intervals
   * @example net.forecast(rows, 7)[0].values.load
   */
  forecast(data: Data, steps?: number, { future }: { future?: Data | undefined } = {}): Forecast[] {
    const { spec, net } = this.#fitted();
    const table = tableLike(data, this.#title("forecast"), spec);
    const ahead = steps ?? spec.horizon;
    expectSteps(ahead, spec, this.#words);
    const all = seriesOf(table, spec.series?.columns);
    const later = future && futureLike(future, table, spec, this.#words);
    const one = (each: Named) =>
      forecastRows(net, spec, extend(each, spec, ahead, this.#words, later?.get(each.name)), ahead);
    if (!spec.series) return one(all[0]);
    const past = all.map(each => ({ ...each, table: pastOf(each.table, spec) }));
    const long = longEnough(past, spec.window, this.#title("forecast"), "as the model reads so many");
    const series = long.length > 0 ? all.filter(({ name }) => long.some(each => each.name === name)) : all.slice(0, 1);
    return series.flatMap(each => one(each).map(row => ({ series: each.name, ...row })));
  }

  /** What errors and notes begin with. */
  #title(call: string): string {
    return this.#words.title === "fit" ? call : this.#words.title;
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
    const { seasons, series, targets } = spec;
    const title = this.#title("evaluate");
    const { table, raw } = readToScore(data, spec, title);
    const found = windowsToScore(raw, spec, title);
    const units = found.map(each => each.units);
    const panel = series ? inUnits(raw, units) : raw;
    const naive = found.map(({ own, told }, p) =>
      told > 0 ? targets.map((_, k) => scaleOf(raw, k, seasons[k], raw.parts[p], told)) : (own?.naive ?? spec.naive),
    );
    const { origins, seen } = originsToScore(found);
    const forecasts = byChunk(origins, some => forecastWith(net, spec, panel, some).forecasts);
    const { heldOut, scored } = scoreWindows(panel, origins, forecasts, { ...spec, naive }, null);
    this.#scored = scored;
    return { rows: table.rows, ...heldOut, seen };
  }

  /** The forecaster as the bytes of a file, for `loadForecaster`; `loadModel` reads its network and linear path. */
  save(): Uint8Array {
    const { spec, net } = this.#fitted();
    net.metadata = { ...net.metadata, forecaster: JSON.parse(JSON.stringify(spec)) };
    return net.save();
  }
}

function specFrom(
  plan: Plan,
  { scales, ahead, networks }: Reading,
  table: Table,
  { reading }: Settings,
  more: Pick<Spec, "baselines" | "difference" | "intervals" | "naive" | "seen" | "series" | "fromZero">,
): Spec {
  const { features, targets, known = [], categories = [], window, horizon, calendar, seasons, gap } = plan;
  const options = { ...table.found, ...reading };
  return {
    form: FORM,
    features,
    targets,
    known,
    ...(categories.length > 0 ? { categories } : {}),
    window,
    horizon,
    gap,
    calendar,
    ...(Object.keys(options).length > 0 ? { reading: options } : {}),
    ...rhythmIn(table),
    seasons,
    scales,
    ...(ahead ? { ahead } : {}),
    networks,
    ...more,
  };
}
