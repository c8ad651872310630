/**
 * Losses in float64 and their gradients by the prediction (or the logits), as Keras 3 defines them: the mean over all
 * elements, or over rows where a row is one distribution over V classes.
 *
 * With weights each row counts its weight times, and the divisor stays the number of rows: Keras' sum_over_batch_size.
 *
 * Probabilities are clipped to [1e-7, 1 - 1e-7]. The gradient is that of the unclipped formula, taken at the clipped
 * value: outside the clip it is large but finite, not zero, so that a saturated output can still learn.
 */
import { activate, softmaxForward } from "./activations.ts";

export interface Loss {
  value: number;
  /** In the shape of the prediction. */
  gradient: Float64Array;
}

/** A weight for each row of the last axis; without them every row counts 1. */
export type Weights = ArrayLike<number> | undefined;

/** Mean of `loss(prediction, target)`, which gives the value and the slope of one element. */
function meanOf(
  prediction: ArrayLike<number>,
  target: ArrayLike<number>,
  weights: Weights,
  loss: (p: number, y: number) => [value: number, slope: number],
): Loss {
  const n = prediction.length;
  let value = 0;
  const gradient = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const [v, slope] = loss(prediction[i], target[i]);
    const weight = weights ? weights[Math.floor((i * weights.length) / n)] : 1;
    value += (weight * v) / n;
    gradient[i] = (weight * slope) / n;
  }
  return { value, gradient };
}

const clip = (p: number) => Math.min(Math.max(p, 1e-7), 1 - 1e-7);

/** Mean of e². */
export function meanSquaredError(prediction: ArrayLike<number>, target: ArrayLike<number>, weights?: Weights): Loss {
  return meanOf(prediction, target, weights, (p, y) => [(p - y) ** 2, 2 * (p - y)]);
}

/** Mean of |e|; the slope at e = 0 is 0. */
export function meanAbsoluteError(prediction: ArrayLike<number>, target: ArrayLike<number>, weights?: Weights): Loss {
  return meanOf(prediction, target, weights, (p, y) => [Math.abs(p - y), Math.sign(p - y)]);
}

/** Mean of e²/2 where |e| <= delta, of delta |e| - delta²/2 beyond. */
export function huber(prediction: ArrayLike<number>, target: ArrayLike<number>, delta = 1, weights?: Weights): Loss {
  return meanOf(prediction, target, weights, (p, y) => {
    const e = p - y;
    if (Math.abs(e) <= delta) return [0.5 * e * e, e];
    return [delta * Math.abs(e) - 0.5 * delta * delta, delta * Math.sign(e)];
  });
}

/** Mean of ln cosh e: ln(1 + 2 sinh²(e/2)) near 0, |e| - ln 2 + ln(1 + e^(-2|e|)) elsewhere. */
export function logCosh(prediction: ArrayLike<number>, target: ArrayLike<number>, weights?: Weights): Loss {
  return meanOf(prediction, target, weights, (p, y) => {
    const e = Math.abs(p - y);
    const cost = e < 1 ? Math.log1p(2 * Math.sinh(e / 2) ** 2) : e - Math.LN2 + Math.log1p(Math.exp(-2 * e));
    return [cost, Math.tanh(p - y)];
  });
}

/** Mean of -(y ln p + (1 - y) ln(1 - p)). */
export function binaryCrossentropy(
  probabilities: ArrayLike<number>,
  target: ArrayLike<number>,
  weights?: Weights,
): Loss {
  return meanOf(probabilities, target, weights, (p, y) => {
    const q = clip(p);
    return [-y * Math.log(q) - (1 - y) * Math.log1p(-q), (1 - y) / (1 - q) - y / q];
  });
}

/** The same with p = sigmoid(logit), without a clip. */
export function binaryCrossentropyFromLogits(
  logits: ArrayLike<number>,
  target: ArrayLike<number>,
  weights?: Weights,
): Loss {
  return meanOf(logits, target, weights, (z, y) => [activate("softplus", z) - y * z, activate("sigmoid", z) - y]);
}

/** Mean over rows of -sum(y ln p), each row of p first divided by its sum. Both [rows, V]. */
export function categoricalCrossentropy(
  probabilities: ArrayLike<number>,
  target: ArrayLike<number>,
  V: number,
  weights?: Weights,
): Loss {
  const rows = probabilities.length / V;
  let value = 0;
  const gradient = new Float64Array(rows * V);
  for (let r = 0; r < rows; r++) {
    const weight = weights ? weights[r] : 1;
    let sum = 0;
    let mass = 0; // of the target, 1 for a distribution
    for (let j = 0; j < V; j++) {
      sum += probabilities[r * V + j];
      mass += target[r * V + j];
    }
    for (let j = 0; j < V; j++) {
      const y = target[r * V + j];
      const q = clip(probabilities[r * V + j] / sum);
      value -= (weight * y * Math.log(q)) / rows;
      gradient[r * V + j] = (weight * (mass - y / q)) / sum / rows;
    }
  }
  return { value, gradient };
}

/** The same with p = softmax(logits), without a clip. */
export function categoricalCrossentropyFromLogits(
  logits: ArrayLike<number>,
  target: ArrayLike<number>,
  V: number,
  weights?: Weights,
): Loss {
  const rows = logits.length / V;
  let value = 0;
  const gradient = softmaxForward(logits, rows, V);
  for (let r = 0; r < rows; r++) {
    let largest = -Infinity;
    const weight = weights ? weights[r] : 1;
    for (let j = 0; j < V; j++) largest = Math.max(largest, logits[r * V + j]);
    let sum = 0;
    let mass = 0;
    for (let j = 0; j < V; j++) {
      sum += Math.exp(logits[r * V + j] - largest);
      mass += target[r * V + j];
    }
    for (let j = 0; j < V; j++) {
      const y = target[r * V + j];
      if (y !== 0) value += (weight * y * (largest - logits[r * V + j] + Math.log(sum))) / rows; // a logit may be -Infinity
      gradient[r * V + j] = (weight * (gradient[r * V + j] * mass - y)) / rows;
    }
  }
  return { value, gradient };
}

function oneHot(ids: ArrayLike<number>, V: number): Float64Array {
  const target = new Float64Array(ids.length * V);
  for (let r = 0; r < ids.length; r++) target[r * V + ids[r]] = 1;
  return target;
}

/** categoricalCrossentropy with one class id a row, ids [rows]. */
export function sparseCategoricalCrossentropy(
  probabilities: ArrayLike<number>,
  ids: ArrayLike<number>,
  V: number,
  weights?: Weights,
): Loss {
  return categoricalCrossentropy(probabilities, oneHot(ids, V), V, weights);
}

/** categoricalCrossentropyFromLogits with one class id a row, ids [rows]. */
export function sparseCategoricalCrossentropyFromLogits(
  logits: ArrayLike<number>,
  ids: ArrayLike<number>,
  V: number,
  weights?: Weights,
): Loss {
  return categoricalCrossentropyFromLogits(logits, oneHot(ids, V), V, weights);
}

/** Losses that compare number by number: the options of the loss, what its kernels take for them, and the reference. */
export const regression: Record<
  string,
  {
    options?: object;
    extra?: readonly number[];
    reference: (p: ArrayLike<number>, y: ArrayLike<number>, weights?: Weights) => Loss;
  }
> = {
  meanSquaredError: { reference: meanSquaredError },
  meanAbsoluteError: { reference: meanAbsoluteError },
  logCosh: { reference: logCosh },
  huber: { options: { delta: 0.7 }, extra: [0.7], reference: (p, y, weights) => huber(p, y, 0.7, weights) },
};
