import { checked, type Input, integer, optional, options as schema } from "../options.ts";
import { largest } from "./classes.ts";
import { METRIC, type Metric } from "./metric.ts";

const EDIT_DISTANCE = schema({
  /** The class that says nothing; default 0 */
  blank: optional(integer(0), 0),
  ...METRIC,
});

export interface EditDistanceOptions extends Input<typeof EDIT_DISTANCE> {}

/** The fewest labels to insert, leave out or change (Levenshtein 1966). */
function distance(a: readonly number[], b: readonly number[]): number {
  let row = b.map((_, j) => j + 1);
  a.forEach((label, i) => {
    let [corner, left] = [i, i + 1];
    row = row.map((above, j) => {
      const best = Math.min(above + 1, left + 1, corner + Number(label !== b[j]));
      [corner, left] = [above, best];
      return best;
    });
  });
  return b.length > 0 ? (row.at(-1) as number) : a.length;
}

/**
 * How many labels of the best alignment of each step are wrong, as a part of all labels: insertions, deletions and changes over
 * the labels of all batches. For the loss "ctc".
 *
 * @example net.compile({ loss: "ctc", metrics: ["editDistance"] })
 */
export function editDistance(options: EditDistanceOptions = {}): Metric {
  const settings = checked(options, "editDistance", EDIT_DISTANCE);
  const { name = "editDistance", blank } = settings;
  const metric: Metric<{ wrong: number; labels: number }> = {
    name,
    compares: "sequences",
    start: () => ({ wrong: 0, labels: 0 }),
    add(state, { prediction, target, width, weights, sequences }) {
      if (!sequences) return;
      const { N, T, mask } = sequences;
      const L = target.length / N;
      for (let n = 0; n < N; n++) {
        const heard: number[] = [];
        let last = blank;
        for (let t = n * T; t < (n + 1) * T; t++) {
          if (mask && mask[t] === 0) continue;
          const best = largest(prediction, t * width, width);
          if (best !== blank && best !== last) heard.push(best);
          last = best;
        }
        const own = Array.from(target.subarray(n * L, (n + 1) * L));
        const end = own.findIndex(id => id < 0 || id === blank);
        const said = end < 0 ? own : own.slice(0, end);
        const weight = weights ? weights[n] : 1;
        state.wrong += weight * distance(said, heard);
        state.labels += weight * said.length;
      }
    },
    result: ({ wrong, labels }) => (labels > 0 ? wrong / labels : 0),
    toJSON: () => ({ name: "editDistance", options: settings }),
  };
  return metric;
}
