/** Errors by which candidates are compared. */
import { median } from "./linear.ts";

/** Of the median error: beyond it a window's error counts no more, so that one jump of the level decides nothing. */
const CLIP = 4;

/** The mean absolute error of each window: [n]. */
export function windowErrors(forecasts: ArrayLike<number>, truth: ArrayLike<number>, horizon: number): Float64Array {
  const errors = new Float64Array(truth.length / horizon);
  for (let i = 0; i < truth.length; i++) errors[Math.floor(i / horizon)] += Math.abs(forecasts[i] - truth[i]) / horizon;
  return errors;
}

/** Beyond which errors count no more, from those of a baseline. */
export function clipAt(errors: Float64Array): number {
  return CLIP * median(errors) || Number.POSITIVE_INFINITY;
}

export function clippedMean(errors: Float64Array, clip: number): number {
  let sum = 0;
  for (const error of errors) sum += Math.min(error, clip);
  return sum / errors.length;
}
