/** What people see of how good forecasts of classes are. */
import type { ClassOrigin, ClassReport, ClassScores } from "../forecast/index.ts";
import { count, plain, thousands } from "./format.ts";
import type { Io } from "./io.ts";
import { drawTable } from "./tables.ts";

export const part = (share: number | null): string => (share === null ? "" : `${(100 * share).toFixed(1)} %`);

const BASELINES = { last: "the last class", majority: "the most frequent class" } as const;

/** What was chosen, and whether a baseline was better. */
export function chosenClass({ by, epochs, heldOut }: ClassReport): string[] {
  if (by !== "network") return [`nothing was better than ${BASELINES[by]}, by which it is forecast`];
  const { accuracy, majority, last } = heldOut;
  const isWorse = accuracy < Math.max(majority, last);
  return [
    ...(isWorse
      ? [
          `on the rows held out, ${BASELINES[last >= majority ? "last" : "majority"]} was better; little can be known there`,
        ]
      : []),
    `best was an LSTM of ${count(epochs, "epoch")}`,
  ];
}

/** What is right, beside baselines: [name, right, mean F1]. */
export const waysOf = ({ accuracy, majority, last, f1, majorityF1, lastF1 }: ClassScores): string[][] => [
  ["forecast", part(accuracy), part(f1)],
  ["most frequent class", part(majority), part(majorityF1)],
  ["last class", part(last), part(lastF1)],
];

export const eachClass = ({ classes }: ClassScores): string[][] =>
  classes.map(({ class: name, rows, forecast, precision, recall, f1 }) => [
    plain(name),
    thousands(rows),
    thousands(forecast),
    part(precision),
    part(recall),
    part(f1),
  ]);
export const CLASS_HEADS = ["class", "rows", "forecast", "precision", "recall", "F1"];

/** Series that are shown of many */
const MOST_SERIES = 20;

export const bySeries = (series: NonNullable<ClassScores["series"]>, most = MOST_SERIES): string[][] =>
  series
    .slice(0, most)
    .map(({ name, windows, accuracy, majority, last, f1 }) => [
      plain(name),
      thousands(windows),
      ...[accuracy, majority, last, f1].map(part),
    ]);
export const SERIES_HEADS = ["series", "forecasts", "right", "most frequent class", "last class", "F1"];

export const byOrigin = (origins: readonly ClassOrigin[]): string[][] =>
  origins.map(({ time, windows, accuracy, majority, last, f1 }) => [
    plain(time),
    thousands(windows),
    ...[accuracy, majority, last, f1].map(part),
  ]);
export const ORIGIN_HEADS = ["from the rows before", ...SERIES_HEADS.slice(1)];

export const byStep = ({ steps }: ClassScores): string[][] =>
  steps.map(({ step, accuracy, majority, last }) => [`${step}`, ...[accuracy, majority, last].map(part)]);
export const STEP_HEADS = ["rows ahead", "right", "most frequent class", "last class"];

/** Steps that are shown of a long horizon */
const MOST_STEPS = 12;

/** Tables, one below the other. */
export function classTables(io: Io, scores: ClassScores, origins?: readonly ClassOrigin[]): string {
  const { series, steps } = scores;
  const every = Math.ceil(steps.length / MOST_STEPS);
  const shown = byStep(scores).filter((_, i) => i % every === 0 || i === steps.length - 1);
  const more = (series?.length ?? 0) - MOST_SERIES;
  return [
    drawTable(io, ["", "right", "F1"], waysOf(scores), [1, 2]),
    drawTable(io, CLASS_HEADS, eachClass(scores), [1, 2, 3, 4, 5]),
    ...(series
      ? [
          drawTable(io, SERIES_HEADS, bySeries(series), [1, 2, 3, 4, 5]) +
            (more > 0 ? `\nand ${more} more series, in the model file and in --json` : ""),
        ]
      : []),
    ...(steps.length > 1 ? [drawTable(io, STEP_HEADS, shown, [0, 1, 2, 3])] : []),
    ...(origins ? [drawTable(io, ORIGIN_HEADS, byOrigin(origins), [1, 2, 3, 4, 5])] : []),
  ].join("\n\n");
}
