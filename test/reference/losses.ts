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

const EPSILON = 1e-7;
const unit = (p: number) => Math.min(Math.max(p, EPSILON), 1);

type Reference = (p: ArrayLike<number>, y: ArrayLike<number>, weights?: Weights) => Loss;

const pointwise =
  (loss: (p: number, y: number) => [value: number, slope: number]): Reference =>
  (p, y, weights) =>
    meanOf(p, y, weights, loss);

/** Labels of which a part is spread over `classes`. */
export const smooth = (y: ArrayLike<number>, part: number, classes: number): Float64Array =>
  Float64Array.from(y, label => label * (1 - part) + part / classes);

/** (1 - p_t)^gamma times the binary cross-entropy; `share` of yes, if classes are balanced. */
export function binaryFocal(gamma: number, share?: number, smoothing = 0): Reference {
  const of = (p: number, label: number): [number, number] => {
    const y = label * (1 - smoothing) + smoothing / 2;
    const q = clip(p);
    const cost = -y * Math.log(q) - (1 - y) * Math.log1p(-q);
    const off = 1 - (y * p + (1 - y) * (1 - p));
    const weight = share === undefined ? 1 : y * share + (1 - y) * (1 - share);
    const slope = off ** gamma * ((1 - y) / (1 - q) - y / q) - gamma * off ** (gamma - 1) * (2 * y - 1) * cost;
    return [weight * off ** gamma * cost, weight * slope];
  };
  return pointwise(of);
}

/** A mean over rows of [C], of a function that gives the value of a row and its slopes. */
const rowwise =
  (C: number, width: number, loss: (p: number[], y: number[]) => [number, number[]]): Reference =>
  (p, y, weights) => {
    const rows = p.length / C;
    let value = 0;
    const gradient = new Float64Array(p.length);
    for (let r = 0; r < rows; r++) {
      const [own, slopes] = loss(
        Array.from({ length: C }, (_, j) => p[r * C + j]),
        Array.from({ length: width }, (_, j) => y[r * width + j]),
      );
      const weight = (weights ? weights[r] : 1) / rows;
      value += weight * own;
      gradient.set(
        slopes.map(slope => weight * slope),
        r * C,
      );
    }
    return { value, gradient };
  };

const sumOf = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

/** Sum of y·ln(y / p), both clipped. */
export const kld = (C: number): Reference =>
  rowwise(C, C, (p, y) => [
    sumOf(p.map((_, j) => unit(y[j]) * Math.log(unit(y[j]) / unit(p[j])))),
    p.map((_, j) => -unit(y[j]) / unit(p[j])),
  ]);

export const cosineSimilarity = (C: number): Reference =>
  rowwise(C, C, (p, y) => {
    const size = (x: readonly number[]) => Math.max(Math.sqrt(sumOf(x.map(v => v * v))), EPSILON);
    const cosine = sumOf(p.map((v, j) => v * y[j])) / size(p) / size(y);
    return [-cosine, p.map((v, j) => (cosine * v) / size(p) ** 2 - y[j] / size(p) / size(y))];
  });

/** Sum of -alpha·(1 - q)^gamma·y·ln q of q = p over its sum. */
export const categoricalFocal = (C: number, gamma: number, alpha: number): Reference =>
  rowwise(C, C, (p, y) => {
    const sum = sumOf(p);
    const q = p.map(v => clip(v / sum));
    const slopes = q.map(
      (v, j) => alpha * y[j] * (gamma * (1 - v) ** (gamma - 1) * Math.log(v) - (1 - v) ** gamma / v),
    );
    const along = sumOf(slopes.map((slope, j) => slope * q[j]));
    return [sumOf(q.map((v, j) => -alpha * (1 - v) ** gamma * y[j] * Math.log(v))), slopes.map(d => (d - along) / sum)];
  });

/** The mean pinball loss; of each feature all quantiles. */
export const quantile = (C: number, quantiles: readonly number[]): Reference =>
  rowwise(C, C / quantiles.length, (p, y) => {
    const of = (j: number): [number, number] => {
      const [e, q] = [y[Math.floor(j / quantiles.length)] - p[j], quantiles[j % quantiles.length]];
      return e > 0 ? [q * e, -q] : [(q - 1) * e, 1 - q];
    };
    return [sumOf(p.map((_, j) => of(j)[0])) / C, p.map((_, j) => of(j)[1] / C)];
  });

/** Means, then variances or their logs. */
export const gaussianNll = (C: number, logVariance: boolean, constant = 0): Reference =>
  rowwise(C, C / 2, (p, y) => {
    const F = C / 2;
    const of = y.map((target, j) => {
      const [e, v] = [p[j] - target, Math.max(logVariance ? Math.exp(p[F + j]) : p[F + j], 1e-6)];
      const slope = 0.5 * (1 - (e * e) / v);
      return {
        value: 0.5 * (Math.log(v) + (e * e) / v) + constant,
        mean: e / v,
        spread: logVariance ? slope : slope / v,
      };
    });
    return [sumOf(of.map(o => o.value)) / F, [...of.map(o => o.mean / F), ...of.map(o => o.spread / F)]];
  });

const hinge = (power: 1 | 2) =>
  pointwise((p, y) => {
    const m = Math.max(0, 1 - y * p);
    return [m ** power, m > 0 ? -power * y * m ** (power - 1) : 0];
  });

const logOf = (x: number) => Math.log1p(Math.max(x, EPSILON));

/** The losses of assembly/losses/pointwise.ts and rowwise.ts, of predictions [rows, C]; targets of ±1 for those of margins. */
export const more: Record<string, (C: number) => Reference> = {
  kld,
  cosineSimilarity,
  poisson: () => pointwise((p, y) => [p - y * Math.log(p + EPSILON), 1 - y / (p + EPSILON)]),
  hinge: () => hinge(1),
  squaredHinge: () => hinge(2),
  meanAbsolutePercentageError: () =>
    pointwise((p, y) => {
      const part = 100 / Math.max(Math.abs(y), EPSILON);
      return [part * Math.abs(p - y), part * Math.sign(p - y)];
    }),
  meanSquaredLogarithmicError: () =>
    pointwise((p, y) => {
      const d = logOf(p) - logOf(y);
      return [d * d, p > EPSILON ? (2 * d) / (1 + p) : 0];
    }),
};

/** A loss by its name and options, of predictions [rows, C]; undefined where there is none here. */
export function byName(name: string, options: Record<string, unknown>, C: number): Reference | undefined {
  const given = options as {
    gamma?: number;
    alpha?: number;
    applyClassBalancing?: boolean;
    labelSmoothing?: number;
    quantiles?: number[];
    logVariance?: boolean;
    full?: boolean;
  };
  const { gamma = 2, alpha = 0.25, labelSmoothing = 0, logVariance = true } = given;
  const soft =
    (reference: Reference, classes: number): Reference =>
    (p, y, weights) =>
      reference(p, smooth(y, labelSmoothing, classes), weights);
  if (name === "binaryFocalCrossentropy")
    return binaryFocal(gamma, given.applyClassBalancing ? alpha : undefined, labelSmoothing);
  if (name === "categoricalFocalCrossentropy") return soft(categoricalFocal(C, gamma, alpha), C);
  if (name === "quantile") return quantile(C, given.quantiles ?? []);
  if (name === "gaussianNll") return gaussianNll(C, logVariance, given.full ? Math.log(2 * Math.PI) / 2 : 0);
  if (name === "binaryCrossentropy" && labelSmoothing) return soft(binaryCrossentropy, 2);
  if (name === "categoricalCrossentropy" && labelSmoothing) {
    return soft((p, y, weights) => categoricalCrossentropy(p, y, C, weights), C);
  }
  return more[name]?.(C);
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
