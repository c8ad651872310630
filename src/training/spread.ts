/** Numbers so far spread, or so near together, that networks learn badly from them: said once, with the line that helps. */
import { featureStatistics } from "../data/statistics.ts";
import type { Plan } from "../graph/plan.ts";
import { isOwn } from "../layer/activationOf.ts";
import type { Layer, SymbolicTensor } from "../layer/layer.ts";
import { ndarray, sizeOf } from "../ndarray.ts";
import type { Samples } from "../samples.ts";
import { warnOnce } from "../warn.ts";
import type { DataSet } from "./data.ts";
import type { Slot } from "./slots.ts";

/** So many numbers are looked at, or a hundred rows. */
const SAMPLE = 2 ** 18;
/** So few values may be near together by chance. */
const FEW = 8;

/**
 * The first feature (last axis) whose standard deviation is not good to learn from; NaN is left out.
 *
 * @param hidden whether a row is padding
 * @param time a feature that holds times, which is none
 */
export function farSpread(
  { shape, data, place = i => i }: Samples,
  hidden?: (row: number) => boolean,
  time?: number,
): { feature: number; spread: number } | undefined {
  const C = shape[shape.length - 1];
  const rows = sizeOf(shape) / C;
  const taken = Math.min(rows, Math.max(100, SAMPLE / C)) | 0;
  const sample = new Float32Array(taken * C).fill(Number.NaN);
  for (let k = 0; k < taken; k++) {
    const row = Math.floor((k * rows) / taken);
    const at = place(row * C);
    if (!hidden?.(row)) sample.set(data.subarray(at, at + C), k * C);
  }
  try {
    const { deviation, min, max } = featureStatistics(ndarray(sample, [taken, C]), "");
    const feature = deviation.findIndex((spread, j) => {
      // Of values as rare as a one among ten thousand zeros the deviation is small, and the range is not.
      const near = spread > 0 && spread < 0.01 && max[j] - min[j] < 0.1 && taken >= FEW;
      return j !== time && (spread > 100 || near);
    });
    return feature < 0 ? undefined : { feature, spread: deviation[feature] };
  } catch {
    return undefined; // a feature without any number, or infinite: others have their say
  }
}

/**
 * Says the spread of an array, if it is not good.
 *
 * @param which of the model's scalers is missing; undefined for what no scaler inside of the model can be for
 * @param scaler that helps; one of several arrays, such as x[0], is scaled outside of the model
 */
export function warnOfSpread(
  which: "input" | "target" | undefined,
  what: string,
  array: Samples,
  scaler: string,
  hidden?: (row: number) => boolean,
  time?: number,
): void {
  const far = farSpread(array, hidden, time);
  if (!far) return;
  const line =
    what.length > 1 || !which
      ? `${scaler}.fitTransform(${what})`
      : `net.setScaling({ ...net.scaling, ${which}: ${scaler}.fit(${what}) })`;
  warnOnce(
    `the spread (standard deviation) of feature ${far.feature} of ${what} is about ${Number(far.spread.toPrecision(1))}, and ` +
      `networks learn best where it is near 1: ${line}`,
  );
}

/** What is known of an input by those who read it. */
interface Known {
  /** Whether weights are multiplied with its numbers as they come */
  raw: boolean;
  /** What hidden rows consist of */
  maskValue?: number;
  time?: number | undefined;
}

/** Whether a layer multiplies what it reads by weights as it comes; layers and cells of users' own may do anything. */
function readsRaw(layer: Layer): boolean {
  const inner = (layer.options as { layer?: Layer }).layer ?? layer;
  const { layerNorm } = inner.options as { layerNorm?: boolean };
  const normalizes = layerNorm === true && (inner.kind === "lstm" || inner.kind === "gru");
  return !isOwn(inner) && !normalizes && Object.keys(layer.weights).some(name => /^(.*\/)?kernel$/.test(name));
}

function readingsOf({ inputs, nodes }: Plan): Known[] {
  const readings = new Map<SymbolicTensor, Known>(inputs.map(symbol => [symbol, { raw: false }]));
  for (const { layer, inputs, outputs } of nodes) {
    const reading = readings.get(inputs[0]); // what comes second are initial states
    if (!layer || !reading) continue;
    const { kind, options } = layer;
    if (kind === "masking" || kind === "missing" || kind === "dropout") {
      if (kind !== "dropout") Object.assign(reading, options);
      readings.set(outputs[0], reading);
    } else reading.raw ||= readsRaw(layer);
  }
  return inputs.map(symbol => readings.get(symbol) as Known);
}

/** Looks at the inputs of a model that has no scaler for them. */
export function warnOfInputs(plan: Plan, slots: readonly Slot[], { arrays, paddings }: DataSet): void {
  readingsOf(plan).forEach(({ raw, maskValue, time }, i) => {
    const { what, ids } = slots[i];
    if (ids || !raw) return;
    const { shape, data, place = n => n } = arrays[i];
    const [C, T] = [shape[shape.length - 1], shape[1]];
    const lengths = paddings.find(({ array }) => array === i)?.lengths;
    const hidden = (row: number): boolean =>
      (lengths && row % T >= lengths[Math.floor(row / T)]) ||
      (maskValue !== undefined &&
        data.subarray(place(row * C), place(row * C) + C).every(value => value === maskValue));
    warnOfSpread("input", what, arrays[i], "standardScaler()", hidden, time);
  });
}
