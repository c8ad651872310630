/**
 * The linear path: what follows a window as a weighted sum of the window, by ridge regression in closed form, in float64.
 *
 * A window is taken relative to its last value, so weights are changes: with none the forecast is the last value.
 */

/** Rounds of weighing windows anew, after which absolute errors are as good as least. */
const ROUNDS = 6;

/** Errors below this part of the median are weighed alike. */
const SOFT = 0.5;

/** What is regressed: row n of `x` on row n of `y`, both flat. */
export interface Rows {
  n: number;
  /** [n, p] */
  x: Float64Array;
  p: number;
  /** [n, q] */
  y: Float64Array;
  q: number;
}

/**
 * Weights w [p, q] with the least sum of |x w - y|² + alpha |w|², for each alpha.
 *
 * @param rowWeights of each row (1)
 */
export function ridge(rows: Rows, alphas: readonly number[], rowWeights?: Float64Array): Float64Array[] {
  const { p, q } = rows;
  const { gram, moments } = products(rows, rowWeights);
  return alphas.map(alpha => {
    const matrix = gram.slice();
    for (let i = 0; i < p; i++) matrix[i * p + i] += alpha;
    return solve(matrix, moments.slice(), p, q);
  });
}

/**
 * The same with absolute errors in the place of squares, a row's error being the mean over its outputs: rows far off, as
 * where a level jumps, count less. By ridge regressions with rows weighed by 1 / error.
 */
export function robustRidge(rows: Rows, alphas: readonly number[]): Float64Array[] {
  return ridge(rows, alphas).map((start, i) => {
    let weights = start;
    for (let round = 0; round < ROUNDS; round++) {
      const errors = rowErrors(rows, weights);
      const middle = median(errors);
      if (middle === 0) break;
      const rowWeights = errors.map(error => middle / Math.max(error, SOFT * middle));
      weights = ridge(rows, [alphas[i]], rowWeights)[0];
    }
    return weights;
  });
}

export function median(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[sorted.length >> 1] ?? NaN;
}

function rowErrors({ n, x, p, y, q }: Rows, weights: Float64Array): Float64Array {
  const errors = new Float64Array(n);
  const made = new Float64Array(q);
  for (let row = 0; row < n; row++) {
    made.fill(0);
    for (let i = 0; i < p; i++) {
      const value = x[row * p + i];
      for (let k = 0; k < q; k++) made[k] += value * weights[i * q + k];
    }
    let sum = 0;
    for (let k = 0; k < q; k++) sum += Math.abs(made[k] - y[row * q + k]);
    errors[row] = sum / q;
  }
  return errors;
}

/** xᵀx, of which only the lower half is made, and xᵀy. Four rows at a time, to the bits of one after the other. */
function products({ n, x, p, y, q }: Rows, rowWeights?: Float64Array) {
  const gram = new Float64Array(p * p);
  const moments = new Float64Array(p * q);
  const weighted = (row: number, i: number): number => (rowWeights ? rowWeights[row] : 1) * x[row * p + i];
  let row = 0;
  for (; row + 4 <= n; row += 4) {
    const [x0, x1, x2, x3] = [row * p, (row + 1) * p, (row + 2) * p, (row + 3) * p];
    const [y0, y1, y2, y3] = [row * q, (row + 1) * q, (row + 2) * q, (row + 3) * q];
    for (let i = 0; i < p; i++) {
      const [a, b, c, d] = [weighted(row, i), weighted(row + 1, i), weighted(row + 2, i), weighted(row + 3, i)];
      for (let j = 0, at = i * p; j <= i; j++, at++) {
        gram[at] = gram[at] + a * x[x0 + j] + b * x[x1 + j] + c * x[x2 + j] + d * x[x3 + j];
      }
      for (let k = 0, at = i * q; k < q; k++, at++) {
        moments[at] = moments[at] + a * y[y0 + k] + b * y[y1 + k] + c * y[y2 + k] + d * y[y3 + k];
      }
    }
  }
  for (; row < n; row++) {
    for (let i = 0; i < p; i++) {
      const value = weighted(row, i);
      for (let j = 0; j <= i; j++) gram[i * p + j] += value * x[row * p + j];
      for (let k = 0; k < q; k++) moments[i * q + k] += value * y[row * q + k];
    }
  }
  return { gram, moments };
}

/** Solves a w = b for a symmetric positive a, of which the lower half is read, by Cholesky's factors. Both are overwritten. */
function solve(a: Float64Array, b: Float64Array, p: number, q: number): Float64Array {
  for (let j = 0; j < p; j++) {
    for (let k = 0; k < j; k++) {
      const factor = a[j * p + k];
      if (factor !== 0) for (let i = j; i < p; i++) a[i * p + j] -= a[i * p + k] * factor;
    }
    // What rounding leaves of 0 in a matrix without full rank.
    const pivot = Math.sqrt(Math.max(a[j * p + j], 1e-12));
    for (let i = j; i < p; i++) a[i * p + j] /= pivot;
  }
  for (let k = 0; k < q; k++) {
    for (let i = 0; i < p; i++) {
      let sum = b[i * q + k];
      for (let j = 0; j < i; j++) sum -= a[i * p + j] * b[j * q + k];
      b[i * q + k] = sum / a[i * p + i];
    }
    for (let i = p - 1; i >= 0; i--) {
      let sum = b[i * q + k];
      for (let j = i + 1; j < p; j++) sum -= a[j * p + i] * b[j * q + k];
      b[i * q + k] = sum / a[i * p + i];
    }
  }
  return b;
}
