/** A classifier: fitted to a table, it forecasts the class of what comes next. */
import { describe } from "../describe.ts";
import type { Model } from "../index.ts";
import { type Checked, checked, type Input } from "../options.ts";
import { extend } from "./ahead.ts";
import type { Stage } from "./branch.ts";
import { classesOf, classNumbers } from "./classes.ts";
import { makeClassNetwork, probabilitiesOf, scoreOf, trainClasses } from "./classNetwork.ts";
import { type Counts, countsOf, lastOf, withClasses } from "./classPanel.ts";
import { type ClassScores, largest } from "./classScores.ts";
import type { ClassSpec } from "./classSpec.ts";
import { expectWindows, mostWindows, recipeOf, type Settings, tellThinned } from "./fitting.ts";
import { pastOf } from "./future.ts";
import { futureLike, tableLike } from "./likeLearned.ts";
import { type Scales, scalesOf } from "./network.ts";
import { OPTIONS } from "./options.ts";
import { type Named, toPanel } from "./panel.ts";
import { columnsOf, gapOf, planOf } from "./plan.ts";
import type { FitPlan } from "./results.ts";
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
  /** Of rows that nothing was chosen by or learned from */
  heldOut: ClassScores;
  aborted: boolean;
  seconds: number;
}

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

interface FitOptions {
  signal?: AbortSignal | undefined;
  onPlan?: ((plan: FitPlan & { classes: string[] }) => void) | undefined;
  onStage?: ((stage: Stage) => void) | undefined;
}

/** Epochs without a better validation, after which it ends. */
const PATIENCE = 6;

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
    const { title, option } = this.#words;
    const start = performance.now();
    const [target] = settings.target;
    const { series } = settings;
    const table = toTable(data, title, { ...settings.reading, ...(series && { series }) });
    const classes = classesOf(table, target, option);
    if (settings.known.includes(target))
      throw new RangeError(`${option("known")}: ${describe(target)} is what is to be forecast`);
    const asked = { ...settings, targets: [] as string[], season: 1 };
    const given = seriesOf(table, series);
    const columns = columnsOf(table, given, asked, option, [target]);
    const names = table.series?.columns ?? series;
    const past = given.map(each => ({
      ...each,
      table: pastOf(each.table, { targets: [target], known: [...settings.known] }),
    }));
    const first = toPanel(
      past.filter(each => each.table.rows > 0),
      columns,
      gapOf(asked),
      title,
    );
    const plan = planOf(first, columns, asked);
    const needs = plan.window + plan.horizon;
    const long = names
      ? longEnough(past, needs, title, `as the model reads ${plan.window} and forecasts ${plan.horizon}`)
      : past;
    if (long.length === 0)
      throw new RangeError(`${title}: no series has ${needs} rows; choose a shorter ${option("window")}`);
    const wanted = { ...plan, test: settings.test };
    const raw = withClasses(toPanel(long, columns, plan.gap, title), target, classes);
    const parts = splitPanel(title, raw, wanted, option);
    const before = raw.parts.map(({ from, to }) => to - from - partsOf(to - from, settings.test).test);
    const units = raw.parts.map(({ from }, p) => unitsOf(raw, from, before[p], plan.window));
    const panel = names ? { ...inUnits({ ...raw, targets: [] }, units), targets: raw.targets, truth: raw.truth } : raw;
    more.onPlan?.({
      ...plan,
      targets: [target],
      parts,
      hasMissing: raw.hasMissing,
      silent: [],
      series: names ? raw.parts.map(({ name }) => name) : null,
      classes,
    });
    const recipe = recipeOf({ ...settings, network: "changes" } as unknown as Settings, plan, parts.train, {
      signal: more.signal,
    });
    const split = splitWindows(panel, wanted, mostWindows(plan, recipe.epochs));
    expectWindows(split, plan, option);
    tellThinned(split, title, option);
    const at = (places: readonly number[]) => places.map(place => split.known[place]);
    const [fit, score] = [at(split.folds[0].fit), at(split.folds.flatMap(each => each.score))];

    const learn = async (
      origins: readonly number[],
      epochs: number,
      name: string,
      onEpoch?: (net: Model) => boolean,
    ) => {
      const scales = scalesOf(panel, origins, plan);
      const net = makeClassNetwork(panel, plan, classes.length, settings.units, settings.seed);
      const done = await trainClasses(net, panel, origins, recipe, scales, epochs, more.signal, epoch => {
        more.onStage?.({ name, done: (epoch + 1) / epochs });
        return onEpoch?.(net) ?? false;
      });
      return { net, scales, done };
    };
    // The epochs by the log loss on the rows of the validation.
    let [best, bestLoss, epoch] = [1, Number.POSITIVE_INFINITY, 0];
    let right = 0;
    const scales = scalesOf(panel, fit, plan);
    const tables = countsOf(panel, fit, plan.horizon, classes.length);
    const rate = (net: Model, by: ClassSpec["by"], some: readonly number[], of: Scales, counts: Counts) =>
      scoreOf(panel, some, { ...plan, classes, scales: of, by, ...counts }, net);
    const tried = await learn(fit, recipe.epochs, "up to the validation", net => {
      epoch++;
      const { logLoss, accuracy } = rate(net, "network", score, scales, tables);
      if (logLoss < bestLoss) [best, bestLoss, right] = [epoch, logLoss, accuracy];
      return epoch - best >= PATIENCE;
    });
    const { majority, last } = rate(tried.net, "network", score, scales, tables);
    const validation = { network: right, last, majority };
    const by = right > Math.max(last, majority) ? "network" : last >= majority ? "last" : "majority";
    const tested = await learn(split.known, best, "fit before the test");
    const counts = countsOf(panel, split.known, plan.horizon, classes.length);
    const heldOut = rate(tested.net, by, split.held, tested.scales, counts);
    const stops = !tried.done || !tested.done;
    const all = splitWindows(panel, { ...wanted, test: 0 }, mostWindows(plan, recipe.epochs)).known;
    const refit = settings.refit && !stops;
    const end = refit ? await learn(all, best, "fit to all rows") : tested;
    const learned = raw.parts.map((part, p) => seenOf(raw, part, refit ? part.to - part.from : before[p]));
    const reading = { ...table.found, ...settings.reading };
    this.#fitted = {
      net: end.net,
      spec: {
        form: FORM,
        target,
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
        scales: end.scales,
        by,
        ...(refit ? countsOf(panel, all, plan.horizon, classes.length) : counts),
        seen: learned[0],
        ...(names && {
          series: {
            columns: [...names],
            known: raw.parts.map(({ name }, p) => ({ name, units: units[p], naive: [], seen: learned[p] })),
          },
        }),
      },
    };
    return {
      rows: { total: panel.rows, ...parts },
      classes,
      by,
      validation,
      epochs: best,
      heldOut,
      aborted: stops || !end.done,
      seconds: (performance.now() - start) / 1000,
    };
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
    const panel = spec.series
      ? { ...inUnits({ ...raw, targets: [] }, units), targets: raw.targets, truth: raw.truth }
      : raw;
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
