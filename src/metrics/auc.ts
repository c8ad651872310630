import { checked, type Input, integer, oneOf, optional, options as schema } from "../options.ts";
import { labelAt, probabilitiesOf } from "./classes.ts";
import { METRIC, type Metric, rowsIn } from "./metric.ts";

const AUC = schema({
  /** Points of the curve; default 200 */
  numThresholds: optional(integer(2), 200),
  /** What was found by what was found wrongly, or precision by recall; default "ROC" */
  curve: optional(oneOf(["ROC", "PR"]), "ROC"),
  /** Between points a line, or the lower or the upper of both; default "interpolation" */
  summationMethod: optional(oneOf(["interpolation", "minoring", "majoring"]), "interpolation"),
  ...METRIC,
});

export interface AucOptions extends Input<typeof AUC> {}

/** By the number of thresholds that a prediction is above. */
interface Histogram {
  yes: Float64Array;
  no: Float64Array;
}

const ratio = (part: number, whole: number): number => (whole > 0 ? part / whole : 0);

/** The last of `steps` + 1 thresholds k / steps that p is above; the first is below 0, the last above 1. */
function bucketOf(p: number, steps: number): number {
  let k = Math.min(steps - 1, Math.max(0, Math.ceil(p * steps) - 1));
  while (k > 0 && k / steps >= p) k--;
  while (k < steps - 1 && (k + 1) / steps < p) k++;
  return k;
}

/**
 * The area under a curve of yes and no, as Keras approximates it by thresholds; of several classes each is a yes or a no.
 *
 * @see Davis and Goadrich, "The relationship between precision-recall and ROC curves", ICML 2006
 * @example net.compile({ loss: "binaryCrossentropy", metrics: ["auc"] })
 */
export function auc(options: AucOptions = {}): Metric {
  const settings = checked(options, "auc", AUC);
  const { name = "auc", numThresholds, curve, summationMethod } = settings;
  const steps = numThresholds - 1;
  const metric: Metric<Histogram> = {
    name,
    compares: "classes",
    start: () => ({ yes: new Float64Array(steps), no: new Float64Array(steps) }),
    add({ yes, no }, batch) {
      const { width, weights } = batch;
      for (let row = 0; row < rowsIn(batch); row++) {
        const p = probabilitiesOf(batch, row);
        const weight = weights ? weights[row] : 1;
        for (let j = 0; j < width; j++) {
          const [k, y] = [bucketOf(p[j], steps), weight * labelAt(batch, row, j)];
          yes[k] += y;
          no[k] += weight - y;
        }
      }
    },
    result({ yes, no }) {
      // Above threshold k: all from k on; above the last one nothing.
      const above = (counts: Float64Array): number[] => {
        const sums = [0];
        for (let k = steps - 1; k >= 0; k--) sums.unshift(sums[0] + counts[k]);
        return sums;
      };
      const [tp, fp] = [above(yes), above(no)];
      const [all, others] = [tp[0], fp[0]];
      let area = 0;
      for (let k = 0; k < steps; k++) {
        if (curve === "PR" && summationMethod === "interpolation") {
          const [p, next] = [tp[k] + fp[k], tp[k + 1] + fp[k + 1]];
          const slope = ratio(tp[k] - tp[k + 1], p - next);
          const intercept = tp[k + 1] - slope * next;
          const log = p > 0 && next > 0 ? Math.log(p / next) : 0;
          area += ratio(slope * (tp[k] - tp[k + 1] + intercept * log), all);
          continue;
        }
        const point = (i: number): [x: number, y: number] =>
          curve === "ROC"
            ? [ratio(fp[i], others), ratio(tp[i], all)]
            : [ratio(tp[i], all), ratio(tp[i], tp[i] + fp[i])];
        const [[x, y], [nextX, nextY]] = [point(k), point(k + 1)];
        const heights = { interpolation: (y + nextY) / 2, minoring: Math.min(y, nextY), majoring: Math.max(y, nextY) };
        area += (x - nextX) * heights[summationMethod];
      }
      return area;
    },
    toJSON: () => ({ name: "auc", options: settings }),
  };
  return metric;
}
