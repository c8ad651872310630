/** Forecasts of tables: the subpath `wasm-lstm/forecast`. Runs wherever the library does. */
import { loadModel, type Model } from "../index.ts";
import { Classifier, type ClassifierOptions } from "./classifier.ts";
import { classSpecOf } from "./classSpec.ts";
import { settingsOf } from "./fitting.ts";
import { Forecaster } from "./forecaster.ts";
import type { ForecasterOptions } from "./options.ts";
import { specOf } from "./spec.ts";

export type { Forecast } from "./ahead.ts";
export type { Stage } from "./branch.ts";
export type { Calendar, Cycle } from "./calendar.ts";
export type { ClassInputWeight } from "./classInputs.ts";
export type { ClassForecast, ClassifierOptions, ClassOrigin, ClassReport } from "./classifier.ts";
export { Classifier } from "./classifier.ts";
export type { ClassCurve } from "./classRecipe.ts";
export type { ClassRates, ClassScore, ClassScores } from "./classScores.ts";
export type { ClassSpec } from "./classSpec.ts";
export { Forecaster } from "./forecaster.ts";
export type { InputWeight } from "./inputs.ts";
export type { ForecasterOptions } from "./options.ts";
export type { Unit } from "./panel.ts";
export type { Curve } from "./recipe.ts";
export type { Chose, Evaluation, FitPlan, FitSettings, HeldOut, Origin, Report, SeriesScore } from "./results.ts";
export type { Cell, Data } from "./rows.ts";
export type { Errors, IntervalScore, Score, StepScore } from "./scores.ts";
export { findSeason } from "./season.ts";
export type { KnownSeries, Seen, Spec } from "./spec.ts";

/**
 * A forecaster, which knows nothing until `fit`.
 *
 * @param options see {@link ForecasterOptions}: the columns to forecast, and how far ahead
 * @throws TypeError or RangeError for what is no option
 * @example
 * const net = forecaster({ target: "load", horizon: 7 });
 * const report = await net.fit(readTable(csv)); // chosen on rows before those held out, on which it is scored
 * net.forecast(readTable(csv)); // [{ step: 1, date: "2024-02-01", values: { load: 5.5 }, low: …, high: … }, …]
 */
export function forecaster(options: ForecasterOptions): Forecaster {
  return new Forecaster(settingsOf(options));
}

/**
 * The forecaster of a file that `save` or the command line made.
 *
 * @param bytes of the file
 * @throws TypeError or RangeError for a bad file, or one without a forecaster
 * @example loadForecaster(await readFile("model.safetensors")).forecast(rows);
 */
export function loadForecaster(bytes: Uint8Array): Forecaster {
  return forecasterOf(loadModel(bytes), "loadForecaster");
}

/**
 * The forecaster that a model holds, of which `loadModel` or `loadModelFile` made one.
 *
 * @param title what errors call it
 */
export function forecasterOf(net: Model, title = "forecasterOf"): Forecaster {
  return new Forecaster(null, { spec: specOf(net, title), net });
}

/**
 * A classifier of what comes next, which knows nothing until `fit`.
 *
 * @param options see {@link ClassifierOptions}: the column whose classes are to be forecast, and how far ahead
 * @example
 * const net = classifier({ target: "weather" });
 * (await net.fit(readTable(csv))).heldOut.accuracy; // beside those of the most frequent class, and of the last one
 * net.forecast(readTable(csv)); // [{ step: 1, class: "rain", probability: 0.7, probabilities: { rain: 0.7, … } }]
 */
export function classifier(options: ClassifierOptions): Classifier {
  return new Classifier(options);
}

/**
 * The classifier of a file that `save` or the command line made.
 *
 * @throws TypeError or RangeError for a bad file, or one without a classifier
 */
export function loadClassifier(bytes: Uint8Array): Classifier {
  return classifierOf(loadModel(bytes), "loadClassifier");
}

/** The classifier that a model holds. */
export function classifierOf(net: Model, title = "classifierOf"): Classifier {
  return new Classifier(null, { spec: classSpecOf(net, title), net });
}
