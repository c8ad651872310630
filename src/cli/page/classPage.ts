/** `train --report` of classes: one page by itself, without a script, of what was learned and how good it is. */
import type { ClassForecast, Classifier, ClassOrigin, ClassReport } from "../../forecast/index.ts";
import {
  byOrigin,
  bySeries,
  byStep,
  CLASS_HEADS,
  chosenClass,
  eachClass,
  ORIGIN_HEADS,
  part,
  SERIES_HEADS,
  STEP_HEADS,
  waysOf,
} from "../classReport.ts";
import { count, thousands } from "../format.ts";
import {
  aboutTable,
  documentOf,
  type Learned,
  leadOf,
  MOST,
  ofSeries,
  signed,
  tilesOf,
  weightsOf,
} from "./document.ts";
import { type Html, html, join, remark, section, tableOf } from "./html.ts";
import { numbersTo, plot } from "./plot.ts";

type OfClasses = Learned<Classifier, ClassReport, ClassOrigin>;

/** Series whose next classes are shown of several */
const MOST_SERIES = 6;

/** Classes whose probabilities are shown beside that of the forecast */
const MOST_CLASSES = 12;

export function classPageOf(learned: OfClasses): string {
  const { path, table, net, report, origins } = learned;
  const { target } = net.spec;
  const { heldOut } = report;
  const tiles = [
    ["right, rows held out", part(heldOut.accuracy)],
    ["most frequent class", part(heldOut.majority)],
    ["last class", part(heldOut.last)],
    ["mean F1", part(heldOut.f1)],
  ];
  return documentOf({
    title: `Classes of ${target}`,
    path,
    table,
    head: join(leadOf(chosenClass(report)), tilesOf(tiles)),
    sections: [
      comes(learned),
      scored(report),
      confusion(report),
      bySteps(report),
      seriesOf(report),
      atOrigins(origins),
      curve(report),
      inputs(report),
      aboutTable({ table, spec: net.spec, targets: [target], silent: [], rows: report.rows }),
    ],
    footer: "Scores are of rows held out: nothing was chosen by them, or learned from them before they were forecast.",
  });
}

/** What comes next, unless columns known ahead are not known for it. */
function comes({ net, table }: OfClasses): Html {
  const { target, classes, known } = net.spec;
  let all: ClassForecast[];
  try {
    all = net.forecast(table);
  } catch (error) {
    if (known.length === 0 || !(error instanceof RangeError)) throw error;
    return remark(
      `What comes next is not shown: ${known.join(", ")} would have to be known for it; predict takes them by --future.`,
    );
  }
  const others = classes.length > 2 && classes.length <= MOST_CLASSES ? classes : [];
  const names = [...new Set(all.map(({ series }) => series))];
  const heads = [all[0].date === undefined ? "row" : "date", target, "probability", ...others];
  const shown = names.slice(0, MOST_SERIES).map(name => {
    const own = all.filter(({ series }) => series === name);
    const rows = own
      .slice(0, MOST)
      .map(each => [
        each.date ?? `+${each.step}`,
        each.class,
        part(each.probability),
        ...others.map(word => part(each.probabilities[word])),
      ]);
    return section(
      `${name === undefined ? "" : `${name}: `}${target}: what comes next`,
      tableOf(heads, rows, heads.map((_, i) => i).slice(2)),
      own.length > MOST ? remark(`and ${own.length - MOST} more`) : html``,
    );
  });
  return ofSeries(shown, names.length);
}

/** What is right of the rows held out, beside baselines; and each class. */
function scored({ heldOut }: ClassReport): Html {
  return section(
    "Rows held out",
    tableOf(["", "right", "mean F1"], waysOf(heldOut), [1, 2]),
    remark(
      `${count(heldOut.windows, "forecast")}; the mean of -ln of the probability of what came is ${heldOut.logLoss.toFixed(3)}. ` +
        "The mean F1 is that of the classes that came or were forecast.",
    ),
    html`<h3>Each class</h3>`,
    tableOf(CLASS_HEADS, eachClass(heldOut), [1, 2, 3, 4, 5]),
    remark(
      "Precision: of the rows forecast as it, how many were it. Recall: of its rows, how many were found. F1: the harmonic mean of both.",
    ),
  );
}

/** How often each class was forecast as each; darker where it is more of the class' rows. */
function confusion({ heldOut, classes }: ClassReport): Html {
  const rows = heldOut.confusion.map((counts, c) => {
    const all = counts.reduce((a, b) => a + b);
    const cells = counts.map((n, as) => {
      const shade = all > 0 ? Math.round((70 * n) / all) : 0;
      const kind = as === c ? "right" : "wrong";
      return html`<td class="number cell ${kind}" style="--part:${shade}%">${n > 0 ? thousands(n) : ""}</td>`;
    });
    return html`<tr><th>${classes[c]}</th>${cells}</tr>`;
  });
  return section(
    "Which class was taken for which",
    remark("A row for each class that came, a column for each that was forecast; on the diagonal it was right."),
    html`<div class="wide"><table class="confusion"><thead><tr><th>came, forecast as</th>${classes.map(name => html`<th class="number">${name}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>`,
  );
}

function bySteps({ heldOut }: ClassReport): Html {
  const { steps } = heldOut;
  if (steps.length < 2) return html``;
  const every = Math.ceil(steps.length / MOST);
  const rows = byStep(heldOut).filter((_, i) => i % every === 0 || i === steps.length - 1);
  const line = (of: (step: (typeof steps)[number]) => number) => steps.map(step => 100 * of(step));
  return section(
    "What is right by rows ahead",
    plot({
      about: "Percent right by rows ahead",
      lines: [
        { name: "most frequent class", ink: "season", values: line(step => step.majority) },
        { name: "last class", ink: "last", values: line(step => step.last) },
        { name: "forecast", ink: "own", values: line(step => step.accuracy) },
      ],
      ticks: numbersTo(steps.length),
      below: "rows ahead, percent right",
      fromZero: true,
    }),
    tableOf(STEP_HEADS, rows, [0, 1, 2, 3]),
  );
}

function seriesOf({ heldOut: { series } }: ClassReport): Html {
  if (!series) return html``;
  return section(
    "Each series",
    tableOf(SERIES_HEADS, bySeries(series, MOST), [1, 2, 3, 4, 5]),
    series.length > MOST ? remark(`and ${series.length - MOST} more`) : html``,
  );
}

function atOrigins(origins: readonly ClassOrigin[]): Html {
  if (origins.length === 0) return html``;
  return section("Learned anew at several times", tableOf(ORIGIN_HEADS, byOrigin(origins), [1, 2, 3, 4, 5]));
}

function curve({ curve: { training, validation }, by, epochs }: ClassReport): Html {
  const taken = by === "network" ? `${count(epochs, "epoch")} taken` : "not taken";
  return section(
    `How the network learned: ${taken}`,
    remark("The mean of -ln of the probability that it gave to what came, after each epoch."),
    plot({
      about: "Learning curves of the network",
      lines: [
        { name: "rows that it learns from", ink: "own", values: training },
        { name: "rows of the validation", ink: "season", values: validation },
      ],
      ticks: numbersTo(training.length),
      below: "epoch",
    }),
  );
}

/** What each input brings; nothing where a baseline forecasts, which reads the last class alone. */
function inputs({ inputs: weights, by }: ClassReport): Html {
  if (!weights || weights.length === 0) return html``;
  if (by !== "network")
    return remark("A baseline forecasts, so that no input but the classes themselves brings anything.");
  return weightsOf(
    "Permutation importance: what becomes of the rows held out when the windows of this input are exchanged at random among " +
      "them. By how much less is right, and by how much the mean of -ln of the probability of what came is higher, which the bars show. " +
      "Inputs that tell the same share what they bring.",
    weights.map(({ input, accuracy, logLoss }) => ({
      input,
      part: logLoss,
      texts: [signed(-accuracy), `${logLoss < 0 ? "-" : "+"}${Math.abs(logLoss).toFixed(3)}`],
    })),
    ["", "right", "-ln p", ""],
  );
}
