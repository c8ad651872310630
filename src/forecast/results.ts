/** What a forecaster tells of what it did, and how it may be told to do it. */
import type { Stage } from "./branch.ts";
import type { Term } from "./chooseLines.ts";
import type { InputWeight } from "./inputs.ts";
import type { Kind } from "./network.ts";
import type { Place } from "./origins.ts";
import type { Panel } from "./panel.ts";
import type { Plan } from "./plan.ts";
import type { Curve } from "./recipe.ts";
import type { Score } from "./scores.ts";
import type { Parts } from "./split.ts";

/** What `fit` will do, before it does. */
export interface FitPlan extends Plan {
  parts: Parts;
  /** Whether a value is missing */
  hasMissing: boolean;
  /** Columns of words that say too little of what follows, and are not read */
  silent: string[];
  /** Targets that are never below 0, often 0: nor are their forecasts */
  fromZero?: string[];
  /** Names of several series; null: it is one */
  series: string[] | null;
}

/** How `fit` goes on, and how it can be ended. */
export interface FitSettings {
  /** Aborting ends the training; what is there by then is used */
  signal?: AbortSignal | undefined;
  /** What will be done */
  onPlan?: ((plan: FitPlan) => void) | undefined;
  /** What is being done */
  onStage?: ((stage: Stage) => void) | undefined;
  /** Whether `fit` also tells what each input brings, see `Report.inputs`; default false */
  weigh?: boolean | undefined;
}

/** What became of each target. */
export interface Chose {
  target: string;
  /** The baseline that nothing was better than, by which it is forecast */
  baseline: "last" | "season" | null;
  /** Rows of the season that was found; 1: none */
  season: number;
  terms: Term[];
  /** Known columns whose effects the linear path adds, and "the time of week" */
  effects: string[];
  /** How much of each network's forecast counts, beside what is there before it */
  shares: number[];
  /** Errors after the origins of the validation */
  errors: Record<string, number | null>;
}

/** What `fit` tells. */
export interface Report {
  rows: Parts & { total: number };
  targets: Chose[];
  /** Columns of words that say too little of what follows, and are not read */
  silent: string[];
  /** What is added to the linear path, in this order */
  networks: { kind: Kind; epochs: number }[];
  /** The most epochs that were tried, and networks of each kind */
  epochs: number;
  seeds: number;
  /** Of rows that nothing was chosen by or learned from */
  heldOut: HeldOut;
  /** How networks learned, of each kind that was tried */
  curves: Curve[];
  /** What each input brings on the rows held out, by the forecasts before they are learned from; with `weigh` */
  inputs?: InputWeight[];
  aborted: boolean;
  seconds: number;
}

export interface HeldOut {
  /** Forecasts */
  windows: number;
  scores: Score[];
  /** Of each of several series that has forecasts to score */
  series?: SeriesScore[];
}

export interface SeriesScore {
  name: string;
  windows: number;
  scores: Score[];
}

/** Forecasts of windows and what followed them, for charts, in the unit of the data. */
export interface Scored {
  panel: Panel;
  /** First forecast rows */
  origins: number[];
  /** Of each target [n, horizon] */
  forecasts: Float64Array[];
  ends: ({ low: Float64Array; high: Float64Array } | null)[];
}

/** What `backtest` tells of an origin. */
export interface Origin extends HeldOut, Place {}

/** What `evaluate` tells. */
export interface Evaluation {
  rows: number;
  /** Forecasts that are scored */
  windows: number;
  /** Forecasts, among all, of rows that the forecaster has learned from: they are scored only where there are no others */
  seen: number;
  scores: Score[];
  /** Of each of several series that has forecasts to score */
  series?: SeriesScore[];
}
