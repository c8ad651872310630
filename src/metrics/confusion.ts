/** Metrics of what was found and what was missed: counted by class over all batches. */
import { checked, type Input, integer, number, oneOf, optional, orNull, options as schema } from "../options.ts";
import { isBinary, labelAt, largest, probabilitiesOf } from "./classes.ts";
import { METRIC, type Metric, type MetricBatch, rowsIn } from "./metric.ts";

/** By class, weighted: found and right, found and wrong, missed. */
interface Counts {
  right: number[];
  wrong: number[];
  missed: number[];
}

/**
 * Counts a batch.
 *
 * @param threshold what is above it is found; undefined: the largest of a row is
 */
function count(state: Counts, batch: MetricBatch, threshold: number | undefined): void {
  const { width, weights } = batch;
  for (let row = 0; row < rowsIn(batch); row++) {
    const p = probabilitiesOf(batch, row);
    const best = threshold === undefined ? largest(p, 0, width) : -1;
    const weight = weights ? weights[row] : 1;
    for (let j = 0; j < width; j++) {
      const y = weight * labelAt(batch, row, j);
      const found = threshold === undefined ? j === best : p[j] > threshold;
      state.right[j] = (state.right[j] ?? 0) + (found ? y : 0);
      state.wrong[j] = (state.wrong[j] ?? 0) + (found ? weight - y : 0);
      state.missed[j] = (state.missed[j] ?? 0) + (found ? 0 : y);
    }
  }
}

const start = (): Counts => ({ right: [], wrong: [], missed: [] });
const ratio = (part: number, whole: number): number => (whole > 0 ? part / whole : 0);
const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

const FOUND = schema({
  /** What is above it is found; default 0.5 */
  thresholds: optional(number(0, 1), 0.5),
  /** Counts this class alone; default all together */
  classId: optional(integer(0)),
  ...METRIC,
});

export interface FoundOptions extends Input<typeof FOUND> {}

function found(maker: string, options: FoundOptions, other: "wrong" | "missed"): Metric {
  const settings = checked(options, maker, FOUND);
  const { name = maker, thresholds, classId } = settings;
  const of = (counts: readonly number[]): number => (classId === undefined ? sum(counts) : (counts[classId] ?? 0));
  const metric: Metric<Counts> = {
    name,
    compares: "classes",
    start,
    add: (state, batch) => count(state, batch, thresholds),
    result: state => ratio(of(state.right), of(state.right) + of(state[other])),
    toJSON: () => ({ name: maker, options: settings }),
  };
  return metric;
}

/** The part of what was found that is right; of several classes each is found where its probability is above the threshold. */
export function precision(options: FoundOptions = {}): Metric {
  return found("precision", options, "wrong");
}

/** The part of what there is that was found. */
export function recall(options: FoundOptions = {}): Metric {
  return found("recall", options, "missed");
}

const F1 = schema({
  /**
   * Over classes: "macro" the mean of each, "weighted" the same by how often each occurs, "micro" of all counts together;
   * default "macro". Keras gives a list by default
   */
  average: optional(oneOf(["macro", "weighted", "micro"]), "macro"),
  /** What is above it is found; default null: the largest class is, and of yes or no what is above 0.5 */
  threshold: optional(orNull(number(0, 1)), null),
  ...METRIC,
});

export interface F1Options extends Input<typeof F1> {}

/** 2·precision·recall / (precision + recall). */
export function f1Score(options: F1Options = {}): Metric {
  const settings = checked(options, "f1Score", F1);
  const { name = "f1Score", average, threshold } = settings;
  const f1 = (right: number, wrong: number, missed: number): number => ratio(2 * right, 2 * right + wrong + missed);
  const metric: Metric<Counts> = {
    name,
    compares: "classes",
    start,
    add: (state, batch) => count(state, batch, threshold ?? (isBinary(batch) ? 0.5 : undefined)),
    result({ right, wrong, missed }) {
      if (average === "micro") return f1(sum(right), sum(wrong), sum(missed));
      const each = right.map((own, j) => f1(own, wrong[j], missed[j]));
      if (average === "macro") return ratio(sum(each), each.length);
      const support = right.map((own, j) => own + missed[j]);
      return ratio(sum(each.map((own, j) => own * support[j])), sum(support));
    },
    toJSON: () => ({ name: "f1Score", options: settings }),
  };
  return metric;
}
