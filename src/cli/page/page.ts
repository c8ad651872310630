/** `train --report`: one page by itself, without a script, of what was learned and how good it is. */
import { pastOf } from "../../forecast/future.ts";
import type { Forecast, Forecaster, HeldOut, InputWeight, Origin, Report, Score, Spec } from "../../forecast/index.ts";
import { windowsBySeries } from "../../forecast/series.ts";
import type { Table } from "../../table/index.ts";
import { chosenLines } from "../chosen.ts";
import { count, decimalsFor, listNames, showDecimals, showNumber } from "../format.ts";
import {
  aboutTable,
  documentOf,
  type Learned,
  leadOf,
  MOST,
  ofSeries,
  percent,
  signed,
  tilesOf,
  weightsOf,
} from "./document.ts";
import { type Html, html, join, remark, section, tableOf } from "./html.ts";
import { numbersTo, plot, ticksOf } from "./plot.ts";

type OfNumbers = Learned<Forecaster, Report, Origin>;

/** Rows before a forecast that are drawn; of those held out the latest. */
const PAST = 90;
const HELD = 200;

/** Series that are drawn of several */
const MOST_SERIES = 6;

export function pageOf(learned: OfNumbers): string {
  const { path, net, report, table, origins } = learned;
  const { targets, seasons } = net.spec;
  const forecasts = comes(learned);
  const found = targets.flatMap((target, k) =>
    seasons[k] > 1 ? [`${target} repeats itself every ${seasons[k]} rows`] : [],
  );
  return documentOf({
    title: `Forecast of ${targets.join(", ")}`,
    path,
    table,
    head: headOf(learned),
    sections: [
      ...targets.flatMap((_, k) => [
        ...aheads(learned, forecasts, k),
        held(learned, k),
        bySteps(report.heldOut.scores[k]),
      ]),
      byOrigins(origins),
      ...targets.map((_, k) => candidates(report, k)),
      curves(report),
      inputs(report),
      aboutTable({ table, spec: net.spec, targets, silent: report.silent, rows: report.rows, found }),
    ],
    footer: "Errors are of rows held out: nothing was chosen by them, or learned from them before they were forecast.",
  });
}

/** The main figures, and what was chosen. */
function headOf({ report }: OfNumbers): Html {
  const { scores } = report.heldOut;
  const [{ mae, baseline, improvementPercent: better, mase, interval }] = scores;
  const one = scores.length === 1;
  const tiles = [
    ["MAE, rows held out", showNumber(mae)],
    ["MAE of the last value", showNumber(baseline.mae)],
    ...(better === null
      ? []
      : [["against the last value", `${better < 0 ? "+" : "−"}${Math.abs(better).toFixed(1)} %`]]),
    ...(mase === null ? [] : [["MASE", showNumber(mase)]]),
    ...(interval ? [[`in the ${percent(interval.level)} interval`, percent(interval.coverage)]] : []),
  ];
  return join(leadOf(chosenLines(report).split("\n")), one ? tilesOf(tiles) : html``);
}

/** Forecasts of what comes next, unless columns known ahead are not known for it. */
function comes({ net, table }: OfNumbers): Forecast[] {
  try {
    return net.forecast(table);
  } catch (error) {
    if (net.spec.known.length > 0 && error instanceof RangeError) return [];
    throw error;
  }
}

/** What comes next: of several series of the first. */
function aheads({ net, table: whole }: OfNumbers, all: readonly Forecast[], k: number): Html[] {
  const { spec } = net;
  if (all.length === 0) {
    const names = spec.known.join(", ");
    return [
      remark(`What comes next is not shown: ${names} would have to be known for it; predict takes them by --future.`),
    ];
  }
  const table = pastOf(whole, spec);
  if (!table.series) return [ahead(spec, table, all, k, spec.targets[k])];
  const parts = table.series.parts.filter(({ name }) => all.some(({ series }) => series === name));
  const shown = parts.slice(0, MOST_SERIES).map(({ name, table: own }) => {
    const forecasts = all.filter(({ series }) => series === name);
    return ahead(spec, pastOf(own, spec), forecasts, k, `${name}: ${spec.targets[k]}`);
  });
  return [ofSeries(shown, parts.length)];
}

/** What comes next, after the rows before it. */
function ahead(spec: Spec, table: Table, forecasts: readonly Forecast[], k: number, title: string): Html {
  const { targets, intervals } = spec;
  const target = targets[k];
  const past = Math.min(PAST, table.rows);
  const known = Array.from(table.numbers(target).subarray(table.rows - past));
  const digits = decimalsFor(table.numbers(target));
  const show = (value: number) => showDecimals(value, digits);
  const blank = new Array<number>(past).fill(Number.NaN);
  const ends = (["low", "high"] as const).map(end => [...blank, ...forecasts.map(each => each[end]?.[target] ?? NaN)]);
  const hasEnds = forecasts[0].low !== undefined;
  const nameOf = (at: number) =>
    at < past
      ? (table.time?.show(table.rows - past + at) ?? `row ${table.rows - past + at + 1}`)
      : (forecasts[at - past].date ?? `+${at - past + 1}`);
  const level = `${percent(intervals.level)} of values`;
  const rows = forecasts
    .slice(0, MOST)
    .map(({ step, date, values, low, high }) => [
      date ?? `+${step}`,
      show(values[target]),
      ...(low && high ? [`${show(low[target])} to ${show(high[target])}`] : []),
    ]);
  return section(
    `${title}: what comes next`,
    plot({
      about: `The last ${past} rows of ${target} and its forecast of the next ${forecasts.length}`,
      lines: [
        { name: "measured", ink: "truth", values: known },
        { name: "forecast", ink: "own", values: [...blank, ...forecasts.map(({ values }) => values[target])] },
      ],
      band: hasEnds ? { name: level, low: ends[0], high: ends[1] } : undefined,
      ticks: ticksOf(past + forecasts.length, nameOf),
    }),
    tableOf([table.time ? "date" : "row", target, ...(hasEnds ? [level] : [])], rows, [1, 2]),
    forecasts.length > MOST ? remark(`and ${forecasts.length - MOST} more`) : html``,
  );
}

/** Forecasts of rows held out and what followed, next to baselines. */
function held({ net, report }: OfNumbers, k: number): Html {
  const { scored, spec } = net;
  const score = report.heldOut.scores[k];
  const { target, season, linear, baseline, mae, rmse, smape, mase, interval } = score;
  const others = [
    ["last value", baseline] as const,
    ...(season ? [[`${spec.seasons[k]} rows before`, season] as const] : []),
    ...(linear ? [["one ridge regression", linear] as const] : []),
  ];
  const rows = [
    ["forecast", showNumber(mae), showNumber(rmse), ""],
    ...others.map(([name, each]) => [name, showNumber(each.mae), showNumber(each.rmse), compared(mae, each.mae)]),
  ];
  const more = [
    ...(mase === null ? [] : [`MASE ${showNumber(mase)}`]),
    `sMAPE ${smape.toFixed(1)} %`,
    ...(interval ? [`intervals of ${percent(interval.level)} held ${percent(interval.coverage)} of values`] : []),
  ];
  return section(
    `${target}: rows held out`,
    scored ? heldPlot(scored, spec, k) : html``,
    tableOf(["", "MAE", "RMSE", "the forecast's MAE is"], rows, [1, 2, 3]),
    bySeries(report.heldOut, k),
    remark(`${count(report.heldOut.windows, "forecast")}; ${more.join("; ")}`),
  );
}

const compared = (own: number, other: number): string => {
  if (!(other > 0)) return "";
  const part = 100 * (own / other - 1);
  return `${Math.abs(part).toFixed(1)} % ${part > 0 ? "higher" : "lower"}`;
};

function heldPlot(
  { panel, origins, forecasts, ends }: NonNullable<Forecaster["scored"]>,
  { horizon, targets, intervals }: Forecaster["spec"],
  k: number,
): Html {
  // Of several series the first.
  const places = windowsBySeries(panel, origins);
  const p = places.findIndex(({ length }) => length > 0);
  const { name, timeline, from } = panel.parts[p];
  const n = Math.min(HELD, places[p].length);
  const windows = places[p].slice(-n);
  const rowOf = (i: number) => origins[i] + horizon - 1;
  const atEnd = (values: ArrayLike<number>) => windows.map(i => values[i * horizon + horizon - 1]);
  const bounds = ends[k];
  return plot({
    about: `${targets[k]} and its forecasts, ${count(horizon, "row")} ahead, of the last ${n} rows held out`,
    lines: [
      {
        name: name === "" ? "measured" : `${name}, measured`,
        ink: "truth",
        values: windows.map(i => panel.truth[rowOf(i) * targets.length + k]),
      },
      { name: `forecast ${count(horizon, "row")} before`, ink: "own", values: atEnd(forecasts[k]) },
    ],
    band: bounds
      ? { name: `${percent(intervals.level)} of values`, low: atEnd(bounds.low), high: atEnd(bounds.high) }
      : undefined,
    ticks: ticksOf(n, at => timeline.name(rowOf(windows[at]) - from)),
  });
}

/** The errors of each of several series. */
function bySeries({ series }: HeldOut, k: number): Html {
  if (!series) return html``;
  const rows = series.slice(0, MOST).map(({ name, windows, scores }) => {
    const { mae, baseline, season, mase } = scores[k];
    const others = [baseline.mae, season?.mae, mase].map(value => (typeof value === "number" ? showNumber(value) : ""));
    return [name, `${windows}`, showNumber(mae), ...others];
  });
  return join(
    tableOf(["series", "forecasts", "MAE", "last value", "a season before", "MASE"], rows, [1, 2, 3, 4, 5]),
    series.length > MOST ? remark(`and ${series.length - MOST} more`) : html``,
  );
}

/** The error by step of the horizon, against all baselines. */
function bySteps({ target, steps }: Score): Html {
  if (steps.length < 2) return html``;
  const ways = (["last", "season", "linear"] as const).filter(way => steps[0][way] !== null);
  const names = { last: "last value", season: "a season before", linear: "one ridge regression" };
  const every = Math.ceil(steps.length / MOST);
  const shown = steps.filter((_, i) => i % every === 0 || i === steps.length - 1);
  return section(
    `${target}: error by rows ahead`,
    plot({
      about: `Mean absolute error of ${target} by rows ahead`,
      lines: [
        ...ways.map(way => ({ name: names[way], ink: way, values: steps.map(each => each[way] ?? Number.NaN) })),
        { name: "forecast", ink: "own", values: steps.map(({ mae }) => mae) },
      ],
      ticks: numbersTo(steps.length),
      below: "rows ahead",
      fromZero: true,
    }),
    tableOf(
      ["rows ahead", "MAE", ...ways.map(way => names[way])],
      shown.map(each => [`${each.step}`, showNumber(each.mae), ...ways.map(way => showNumber(each[way] ?? NaN))]),
      [0, 1, 2, 3, 4],
    ),
  );
}

/** Errors at several origins. */
function byOrigins(origins: readonly Origin[]): Html {
  if (origins.length === 0) return html``;
  const rows = origins.flatMap(({ time, windows, scores }) =>
    scores.map(({ target, mae, baseline, season }) => [
      time,
      target,
      `${windows}`,
      showNumber(mae),
      showNumber(baseline.mae),
      season ? showNumber(season.mae) : "",
    ]),
  );
  return section(
    "Learned anew at several times",
    tableOf(
      ["from the rows before", "target", "forecasts", "MAE", "last value", "a season before"],
      rows,
      [2, 3, 4, 5],
    ),
  );
}

/** What was compared on the rows before those held out, and what is mixed of it. */
function candidates({ targets, networks }: Report, k: number): Html {
  const { target, errors, terms, effects, shares, season } = targets[k];
  const part = (weight: number) => (weight > 0 ? percent(weight) : "");
  const of = (is: (term: (typeof terms)[number]) => boolean) =>
    terms.filter(is).reduce((sum, { weight }) => sum + weight, 0);
  const error = (value: number | null | undefined) => (typeof value === "number" ? showNumber(value) : "");
  const rows = [
    ["last value", error(errors.last), part(of(term => "baseline" in term && term.baseline === "last"))],
    ...(typeof errors.season === "number"
      ? [
          [
            `${season} rows before`,
            error(errors.season),
            part(of(term => "baseline" in term && term.baseline === "season")),
          ],
        ]
      : []),
    ["linear path, the best of its forms", error(errors.linear), part(of(term => "form" in term))],
    ...(["changes", "levels"] as const)
      .filter(kind => typeof errors[kind] === "number")
      .map(kind => {
        const place = networks.findIndex(each => each.kind === kind);
        const added = place >= 0 && shares[place] > 0 ? `${percent(shares[place])} on top` : "";
        return [`with LSTMs of ${kind}`, `${((errors[kind] as number) * 100).toFixed(1)} % of that without`, added];
      }),
  ];
  return section(
    `${target}: what was compared`,
    remark(
      "Mean absolute errors on the rows that followed several origins, before those held out; what is far off counts less. By them " +
        "alone the mixture was chosen.",
    ),
    tableOf(["candidate", "validation error", "part of the forecast"], rows, [1, 2]),
    effects.length > 0
      ? remark(`The linear path adds the effects of ${listNames(effects)} in the row that is forecast.`)
      : html``,
  );
}

/** Learning curves of each kind of network. */
function curves({ curves: all, networks }: Report): Html {
  if (all.length === 0) return html``;
  return section(
    "How the networks learned",
    remark(
      "The error after each epoch in times of that of the linear path, below 1 where a network is better; in the mean over " +
        "origins and seeds.",
    ),
    ...all.map(({ kind, training, validation }) => {
      const used = networks.find(each => each.kind === kind);
      const taken = used ? `${count(used.epochs, "epoch")} taken` : "not taken";
      return join(
        html`<h3>LSTMs of ${kind}: ${taken}</h3>`,
        plot({
          about: `Learning curves of LSTMs of ${kind}`,
          lines: [
            { name: "rows that it learns from", ink: "own", values: training },
            { name: "rows after the origin", ink: "season", values: validation },
          ],
          ticks: numbersTo(training.length),
          below: "epoch",
        }),
      );
    }),
  );
}

/** What each input brings. */
function inputs({ inputs: weights, heldOut, targets }: Report): Html {
  if (!weights || weights.length === 0) return html``;
  const { scores } = heldOut;
  const partOf = ({ increase }: InputWeight) =>
    increase.reduce((sum, value, k) => sum + value / (scores[k].mae || 1), 0) / targets.length;
  return weightsOf(
    "Permutation importance: by how much the mean absolute error on rows held out is higher when the windows of this input are " +
      "exchanged at random among those rows. The window of what is forecast is moved to end at its true last value: its course " +
      "counts, not its level. Inputs that tell the same share what they bring.",
    weights.map(each => ({ input: each.input, part: partOf(each), texts: [signed(partOf(each))] })),
  );
}
