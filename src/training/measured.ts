/** What metrics get: which outputs they are of, and the numbers of a batch. */

import type { Context } from "../context.ts";
import type { Scaler } from "../data/index.ts";
import { describe } from "../describe.ts";
import { showShape } from "../expect.ts";
import type { SymbolicTensor } from "../layer/layer.ts";
import { rowsOf, type Target } from "../losses/loss.ts";
import type { MetricBatch } from "../metrics/metric.ts";
import { ndarray } from "../ndarray.ts";
import { agreeAll } from "../ops/op.ts";
import type { Tensor } from "../tensor.ts";
import { warnOnce } from "../warn.ts";
import type { Wanted } from "./outputs.ts";
import type { Slot } from "./slots.ts";

/**
 * For each output whether each metric is of it: those are that can make something of its targets.
 *
 * @throws RangeError for a metric that has no such output
 */
export function measuredAt(
  outputs: readonly SymbolicTensor[],
  targets: readonly (Slot & Target)[],
  metrics: readonly Wanted[],
): boolean[][] {
  const fits = ({ metric: { compares }, output }: Wanted, i: number): boolean => {
    if (output !== undefined && output !== i) return false;
    const [{ shape, ids }, wanted] = [targets[i], outputs[i].shape];
    if (compares === "sequences" || targets[i].whole) return compares === "sequences" && targets[i].whole === true;
    if (compares === undefined) return true;
    return agreeAll(shape, ids ? wanted.slice(0, -1) : wanted) && (!ids || compares === "classes");
  };
  for (const metric of metrics) {
    const { output } = metric;
    const odd = targets.findIndex((_, i) => (output ?? i) === i && !fits(metric, i));
    if (odd < 0) continue;
    const { what, ids, shape } = targets[odd];
    const wanted =
      metric.metric.compares === "sequences"
        ? 'the labels of whole sequences of the loss "ctc"'
        : `targets of ${showShape(["N", ...outputs[odd].shape])}, as the prediction is`;
    const problem =
      `${describe(metric.metric.name)}: expected ${wanted}, got ` +
      `${ids ? "class ids" : "targets"} of ${showShape(["N", ...shape])} for ${what}`;
    if (targets.some((_, i) => fits(metric, i))) warnOnce(`compile metrics: ${problem}; it is left out there`);
    else {
      throw new RangeError(`compile metrics: ${problem}; use ${ids ? '"accuracy"' : "one of your own"}`);
    }
  }
  return outputs.map((_, i) => metrics.map(metric => fits(metric, i)));
}

/** How the rows of a prediction are sequences, where metrics see them whole. */
function shapesOf({ memory }: Context, { shape: [N, T], mask }: Tensor) {
  return { N, T, mask: mask && memory.ints.slice(mask.pointer >>> 2, (mask.pointer >>> 2) + N * T) };
}

/**
 * The numbers of a batch as metrics see them.
 *
 * @param scaler what brings them back to raw units, if it is for numbers such as these
 */
export function metricBatch(
  context: Context,
  prediction: Tensor,
  target: Tensor,
  { ids, binary = false, logits, whole }: Target,
  scaler: Scaler | undefined,
): MetricBatch {
  const [rows, width] = rowsOf(prediction);
  const start = target.pointer >>> 2;
  const { floats, ints } = context.memory;
  const own = {
    width,
    ids,
    binary,
    ...(logits ? { logits } : {}),
    ...(whole ? { sequences: shapesOf(context, prediction) } : {}),
  };
  const [p, y] = [context.numbers(prediction), (ids ? ints : floats).subarray(start, start + target.size)];
  if (!scaler || ids || scaler.features !== width || y.length !== p.length || rows === 0) {
    return { prediction: p, target: y, ...own };
  }
  const raw = (data: Float32Array) => scaler.inverseTransform(ndarray(data, [rows, width])).data;
  return { prediction: raw(p), target: raw(y as Float32Array), ...own };
}
