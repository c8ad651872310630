/** What a metric is: numbers gathered over all batches of an epoch or an evaluation. */
import { expectName } from "../expect.ts";
import { checked, type Input, option, optional, options as schema } from "../options.ts";

/**
 * What a metric sees of a batch: rows that are real, what a mask hides is left out. With a target scaler in the model both
 * are in raw units, as `predict` gives them and as y was given: so then is the metric. Views, good during the call only.
 */
export interface MetricBatch {
  /** [rows, width], row-major; float64 where a scaler has brought it to raw units */
  prediction: Float32Array | Float64Array;
  /** As the loss has it: [rows, width], or class ids [rows] */
  target: Float32Array | Float64Array | Int32Array;
  /** Size of the prediction's last axis */
  width: number;
  /** Whether the target holds class ids */
  ids: boolean;
  /** Whether each number is a yes or a no by itself, as for binary cross-entropy */
  binary: boolean;
  /** What each row counts, to `weightedMetrics` of a call with weights; default 1 */
  weights?: Float32Array;
  /** Of a loss of whole sequences, such as CTC: rows are steps [N, T], those of a mask among them, and targets are labels [N, L] */
  sequences?: { N: number; T: number; mask: Int32Array | undefined };
  /** Whether the prediction is logits (`fromLogits`): then 0, not 1/2, is between no and yes; default false */
  logits?: boolean;
}

/** A metric gathers by itself, in a state that is made anew for every epoch and evaluation: it need be no mean of batches. */
export interface Metric<State = unknown> {
  /** In logs */
  readonly name: string;
  /**
   * Refuses, at compile, targets of which it can make nothing. "numbers" want the prediction's shape; "classes" take
   * that too, or class ids for its last axis; "sequences" are for losses of whole ones. Default: whatever the loss is given.
   */
  readonly compares?: "numbers" | "classes" | "sequences";
  /** The state before the first batch. */
  start(): State;
  /** Changes the state. */
  add(state: State, batch: MetricBatch): void;
  /** The metric of all batches so far; may be asked for after each. */
  result(state: State): number;
  /** What makes the metric again; plain JSON. */
  toJSON(): { name: string; options: object };
}

export const METRIC = schema({
  /** What it is called in logs */
  name: optional(option(expectName)),
});

/** Options that every metric takes. */
export interface MetricOptions extends Input<typeof METRIC> {}

/** How many rows a batch has. */
export const rowsIn = ({ prediction, width }: MetricBatch): number => prediction.length / width;

/** The value of a row of a batch. */
export type RowValue = (batch: MetricBatch, row: number) => number;

/**
 * A metric that is a mean over all rows, each counting its weight.
 *
 * @param maker under which it is saved
 * @param shown what it is called in logs, unless the options say otherwise
 * @param options checked
 * @param compares see {@link Metric}
 * @param measure the value of a row
 */
export function meanMetric<Options extends MetricOptions>(
  maker: string,
  shown: string,
  options: Options,
  compares: Metric["compares"],
  measure: RowValue,
): Metric {
  const { name = shown } = options;
  const metric: Metric<{ sum: number; count: number }> = {
    name,
    compares,
    start: () => ({ sum: 0, count: 0 }),
    add(state, batch) {
      const { weights } = batch;
      const rows = rowsIn(batch);
      for (let r = 0; r < rows; r++) {
        const weight = weights ? weights[r] : 1;
        state.sum += weight * measure(batch, r);
        state.count += weight;
      }
    },
    result: ({ sum, count }) => (count > 0 ? sum / count : 0),
    toJSON: () => ({ name: maker, options }),
  };
  return metric;
}

/** The same for a metric without options of its own. */
export function plainMetric(
  maker: string,
  shown: string,
  options: MetricOptions,
  compares: Metric["compares"],
  measure: RowValue,
): Metric {
  return meanMetric(maker, shown, checked(options, maker, METRIC), compares, measure);
}
