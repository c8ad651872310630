/** A classifier: fitted to a table, it forecasts the class of what comes next. */
import { describe } from "../describe.ts";
import type { Model } from "../index.ts";
import { type Checked, checked, type Input } from "../options.ts";
import { extend } from "./ahead.ts";
import { classesOf, classNumbers } from "./classes.ts";
import { type ClassInputWeight, weighClassInputs } from "./classInputs.ts";
import { probabilitiesOf, scoreOf } from "./classNetwork.ts";
import { lastOf, withClasses } from "./classPanel.ts";
import { type ClassCurve, type ClassLessons, chooseClasses, learnClasses } from "./classRecipe.ts";
import { type ClassScores, largest } from "./classScores.ts";
import type { ClassSpec } from "./classSpec.ts";
import { expectWindows, mostWindows, recipeOf, type Settings, tellThinned } from "./fitting.ts";
import { pastOf } from "./future.ts";
import { futureLike, rhythmIn, tableLike } from "./likeLearned.ts";
import { OPTIONS } from "./options.ts";
import { atOrigins, type Place } from "./origins.ts";
import { type Columns, type Named, type Panel, toPanel, type Unit } from "./panel.ts";
import { columnsOf, gapOf, planOf } from "./plan.ts";
import type { FitPlan, FitSettings } from "./results.ts";
import { type Data, toTable } from "./rows.ts";
import { seenOf } from "./seen.ts";
import { inUnits, longEnough, seriesOf, unitsOf } from "./series.ts";
import { FORM } from "./spec.ts";
import { type Parts, partsOf, splitPanel, splitWindows } from "./split.ts";
import { originsToScore, readToScore, windowsToScore } from "./toScore.ts";

const { level: _level, network: _network, season: _season, seeds: _seeds, ...OWN } = OPTIONS;

export interface ClassifierOptions extends Input<typeof OWN> {}

export interface ClassReport {
  rows: Parts & { total: number };
  classes: string[];
  by: ClassSpec["by"];
  /** Accuracies on the rows of the validation, by which it was chosen */
  validation: { network: number; last: number; majority: number };
  epochs: number;
  /** How the network learned: log losses after each epoch, and the accuracy on the rows of the validation */
  curve: ClassCurve;
  /** Of rows that nothing was chosen by or learned from */
  heldOut: ClassScores;
  /** What each input brings to the network on the rows held out; with `weigh` */
  inputs?: ClassInputWeight[];
  aborted: boolean;
  seconds: number;
}

/** What `backtest` tells of an origin. */
export interface ClassOrigin extends ClassScores, Place {}

export interface ClassForecast {
  /** Which of several series it is of */
  series?: string;
  step: number;
  date?: string;
  class: string;
  /** Of the class, and of all */
  probability: number;
  probabilities: Record<string, number>;
}

interface FitOptions extends Omit<FitSettings, "onPlan"> {
  onPlan?: ((plan: FitPlan & { classes: string[] }) => void) | undefined;
}

export class Classifier {
  readonly #settings: Checked<typeof OWN> | null;
  #fitted: { spec: ClassSpec; net: Model } | null;
  #words = { title: "fit", option: (name: string) => name };

  /** @internal Use `classifier` or `loadClassifier`. */
  constructor(settings: unknown, loaded: { spec: ClassSpec; net: Model } | null = null) {
    this.#fitted = loaded;
    this.#settings = loaded ? null : checked(settings as never, "classifier", OWN, ": ");
    if (this.#settings && this.#settings.target.length > 1)
      throw new RangeError("classifier: target: expected one column");
  }

  /** @internal */
  set words(words: { title: string; option: (name: string) => string }) {
    this.#words = words;
  }

  get spec(): ClassSpec {
    return this.#known().spec;
  }

  /** What it computes with. */
  get model(): Model {
    return this.#known().net;
  }

  #known() {
    if (this.#fitted) return this.#fitted;
    throw new Error("classifier: it knows nothing yet; call fit() first");
  }

  #title(call: string): string {
    return this.#words.title === "fit" ? call : this.#words.title;
  }

  /**
   * Learns which class follows, tells on held-out rows how often it is right, and learns from all rows in the end.
   *
   * @param data a table of `readTable`, or rows as objects
   * @throws RangeError for a table that is too short, or a column without classes
   */
  async fit(data: Data, more: FitOptions = {}): Promise<ClassReport> {
    const settings = this.#settings;
    if (!settings) throw new Error("fit: a classifier of a file is as it is; make a new one with classifier()");
    more.signal?.throwIfAborted();
    const start = performance.now();
    const read = this.#read(data, this.#words.title, settings);
    const { table, columns, classes } = read;
    const before = await this.#beforeTest(read.panel, columns, classes, settings, more);
    const { raw, panel, plan, wanted, parts, units, known, lessons, choice, tested, heldOut, held } = before;
    const stops = !choice.tried.done || !before.done;
    const goesOn = settings.refit && !stops;
    const all = () =>
      splitWindows(panel, { ...wanted, test: 0 }, mostWindows(plan, lessons.recipe.epochs, settings)).known;
    const whole = goesOn ? await learnClasses(lessons, all(), choice.epochs, "fit to all rows") : tested;
    // What was cut short knows less than what was learned before it.
    const refit = goesOn && whole.done;
    const end = refit ? whole : tested;
    const learned = raw.parts.map((part, p) => seenOf(raw, part, refit ? part.to - part.from : known[p]));
    const reading = { ...table.found, ...settings.reading };
    const { by } = choice;
    this.#fitted = {
      net: end.net,
      spec: {
        form: FORM,
        target: settings.target[0],
        classes,
        features: plan.features,
        targets: [],
        known: plan.known ?? [],
        ...(plan.categories && plan.categories.length > 0 ? { categories: plan.categories } : {}),
        window: plan.window,
        horizon: plan.horizon,
        gap: plan.gap,
        calendar: plan.calendar,
        ...(Object.keys(reading).length > 0 ? { reading } : {}),
        ...rhythmIn(table),
        scales: end.scales,
        by,
        ...end.counts,
        seen: learned[0],
        ...(columns.ids && {
          series: {
            columns: columns.ids,
            known: raw.parts.map(({ name }, p) => ({ name, units: units[p], naive: [], seen: learned[p] })),
          },
        }),
      },
    };
    return {
      rows: { total: panel.rows, ...parts },
      classes,
      by,
      validation: choice.validation,
      epochs: choice.epochs,
      curve: choice.curve,
      heldOut,
      ...(more.weigh ? { inputs: weighClassInputs(tested.net, panel, held, plan, before.reads) } : {}),
      aborted: stops || !whole.done,
      seconds: (performance.now() - start) / 1000,
    };
  }

  /** The table, its columns and classes, and its numbers; series that are too short for a window are left out. */
  #read(data: Data, title: string, settings: Checked<typeof OWN>) {
    const { option } = this.#words;
    const [target] = settings.target;
    const { series } = settings;
    const table = toTable(data, title, { ...settings.reading, ...(series && { series }) });
    const classes = classesOf(table, target, option);
    if (settings.known.includes(target))
      throw new RangeError(`${option("known")}: ${describe(target)} is what is to be forecast`);
    const asked = askedOf(settings);
    const given = seriesOf(table, series);
    const columns: Columns = columnsOf(table, given, asked, option, [target]);
    const past = given.map(each => ({
      ...each,
      table: pastOf(each.table, { targets: [target], known: [...settings.known] }),
    }));
    const filled = past.filter(each => each.table.rows > 0);
    if (filled.length === 0) throw new RangeError(`${title}: no row has a class to forecast`);
    const panelOf = (some: readonly Named[]) =>
      withClasses(toPanel(some, columns, gapOf(asked), title), target, classes);
    const names = table.series?.columns ?? series;
    if (!names) return { table, columns, classes, panel: panelOf(filled) };
    const { window, horizon } = planOf(toPanel(filled, columns, gapOf(asked), title), columns, asked);
    const needs = window + horizon;
    const long = longEnough(past, needs, title, `as the model reads ${window} and forecasts ${horizon}`);
    if (long.length === 0)
      throw new RangeError(`${title}: no series has ${needs} rows; choose a shorter ${option("window")}`);
    return { table, columns: { ...columns, ids: [...names] }, classes, panel: panelOf(long) };
  }

  /** All but the refit: what is chosen and learned before the rows held out, and how good it is on them. */
  async #beforeTest(raw: Panel, columns: Columns, classes: string[], settings: Checked<typeof OWN>, more: FitOptions) {
    const { title, option } = this.#words;
    const plan = planOf(raw, columns, askedOf(settings));
    const wanted = { ...plan, test: settings.test };
    const parts = splitPanel(title, raw, wanted, option);
    const known = raw.parts.map(({ from, to }) => to - from - partsOf(to - from, settings.test).test);
    const units = raw.parts.map(({ from }, p) => unitsOf(raw, from, known[p], plan.window));
    const panel = columns.ids ? inClassUnits(raw, units) : raw;
    more.onPlan?.({
      ...plan,
      targets: [...settings.target],
      parts,
      hasMissing: raw.hasMissing,
      silent: [],
      series: columns.ids ? raw.parts.map(({ name }) => name) : null,
      classes,
    });
    const { signal, onStage } = more;
    const recipe = recipeOf({ ...settings, network: "changes" } as unknown as Settings, plan, parts.train, { signal });
    const split = splitWindows(panel, wanted, mostWindows(plan, recipe.epochs, settings));
    expectWindows(split, plan, option);
    tellThinned(split, title, option, false);
    const lessons: ClassLessons = { panel, plan, classes, recipe, onStage };
    const choice = await chooseClasses(lessons, split);
    const { tried } = choice;
    const later = tried.done ? await learnClasses(lessons, split.known, choice.epochs, "fit before the test") : tried;
    const tested = later.epochs > 0 ? later : tried;
    const reads = { ...plan, classes, scales: tested.scales, by: choice.by, ...tested.counts };
    const heldOut = scoreOf(panel, split.held, reads, tested.net);
    const { held } = split;
    const { done } = later;
    return { raw, panel, plan, wanted, parts, known, units, lessons, choice, tested, done, reads, heldOut, held };
  }

  /**
   * How often forecasts would have been right at several times: at each origin all is chosen and learned anew, from the rows before
   * it alone, and scored on those that follow. What was fitted stays as it is.
   *
   * @param data a table, or rows
   * @param more.origins how many, default 5: they part the latest rows, as many as `test` tells, evenly
   * @param more.signal aborting ends it: origins that are done by then are told
   */
  async backtest(data: Data, { origins = 5, ...more }: FitOptions & { origins?: number } = {}): Promise<ClassOrigin[]> {
    const settings = this.#settings;
    if (!settings) throw new Error("backtest: a classifier of a file is as it is; make a new one with classifier()");
    const { panel, columns, classes } = this.#read(data, this.#title("backtest"), settings);
    return atOrigins(panel, { ...more, origins, test: settings.test }, async (known, test, onStage) => {
      const told = { ...more, onStage };
      const { heldOut } = await this.#beforeTest(known, columns, classes, { ...settings, test }, told);
      return heldOut;
    });
  }

  /**
   * The class of each of the rows that come next.
   *
   * @param steps at most the horizon, which is the default
   * @param more.future rows to forecast, with the columns that are known ahead
   */
  forecast(data: Data, steps?: number, { future }: { future?: Data | undefined } = {}): ClassForecast[] {
    const { spec, net } = this.#known();
    const { title, option } = this.#words;
    const count = steps ?? spec.horizon;
    if (!(Number.isInteger(count) && count >= 1 && count <= spec.horizon)) {
      throw new RangeError(
        `${option("steps")}: expected a whole number from 1 to the model's horizon, ${spec.horizon}, got ${describe(steps)}`,
      );
    }
    const table = tableLike(data, this.#title("forecast"), spec);
    const all = seriesOf(table, spec.series?.columns);
    const past = all.map(each => ({ ...each, table: pastOf(each.table, { ...spec, targets: [spec.target] }) }));
    const long = spec.series
      ? longEnough(past, spec.window, this.#title("forecast"), "as the model reads so many")
      : past;
    const chosen = all.filter(({ name }) => long.some(each => each.name === name));
    const later = future && futureLike(future, table, spec, this.#words);
    return (chosen.length > 0 ? chosen : all.slice(0, 1)).flatMap(each => {
      const own = past.find(({ name }) => name === each.name) as Named;
      const { panel, first, dates } = extend(
        each,
        spec,
        spec.horizon,
        { title, option },
        later?.get(each.name),
        own.table,
      );
      const numbers = classNumbers(own.table, spec.target, spec.classes);
      const last = lastOf(numbers);
      const probabilities = probabilitiesOf(net, panel, [first], [last], spec);
      return Array.from({ length: count }, (_, h): ClassForecast => {
        const from = h * spec.classes.length;
        const which = spec.by === "last" ? last : largest(probabilities, from, spec.classes.length);
        return {
          ...(spec.series ? { series: each.name } : {}),
          step: h + 1,
          ...(dates.length > 0 ? { date: dates[h] } : {}),
          class: spec.classes[which],
          probability: probabilities[from + which],
          probabilities: Object.fromEntries(spec.classes.map((name, c) => [name, probabilities[from + c]])),
        };
      });
    });
  }

  /** How often forecasts are right of rows that were not learned from; where there are no others, of those, and `seen` says so. */
  evaluate(data: Data): ClassScores & { rows: number; seen: number } {
    const { spec, net } = this.#known();
    const title = this.#title("evaluate");
    const { table, raw: numbers } = readToScore(data, spec, title);
    const raw = withClasses(numbers, spec.target, spec.classes);
    const found = windowsToScore(raw, spec, title);
    const units = found.map(each => each.units);
    const panel = spec.series ? inClassUnits(raw, units) : raw;
    const { origins, seen } = originsToScore(found);
    return { rows: table.rows, seen, ...scoreOf(panel, origins, spec, net) };
  }

  /** The classifier as the bytes of a file, for `loadClassifier`. */
  save(): Uint8Array {
    const { spec, net } = this.#known();
    net.metadata = { ...net.metadata, classifier: JSON.parse(JSON.stringify(spec)) };
    return net.save();
  }
}

/** What is asked of a table: no column is forecast as numbers. */
const askedOf = (settings: Checked<typeof OWN>) => ({ ...settings, targets: [] as string[], season: 1 });

/** The panel with each series in its units; classes have none. */
const inClassUnits = (raw: Panel, units: readonly Unit[][]): Panel => ({
  ...inUnits({ ...raw, targets: [] }, units),
  targets: raw.targets,
  truth: raw.truth,
});
