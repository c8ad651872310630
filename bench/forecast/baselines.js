// What needs no learning, by hand: it judges the package, so it uses none of it.

/**
 * Mean absolute error over windows of one target.
 *
 * @param {Float64Array} truth
 * @param {number[]} origins
 * @param {number} horizon
 * @param {(row: number, k: number) => number} forecast
 */
export function maeOf(truth, origins, horizon, forecast) {
  let sum = 0;
  for (const row of origins) {
    for (let k = 0; k < horizon; k++) sum += Math.abs(forecast(row, k) - truth[row + k]);
  }
  return sum / (origins.length * horizon);
}

/**
 * The value a season before; the last value where there is no season.
 *
 * @param {Float64Array} values
 * @param {{ columns: number, targets: number[] }} panel
 * @param {number} row
 * @param {number} k
 * @param {number} season
 */
export function seasonalNaive(values, { columns, targets }, row, k, season) {
  const from = season > 1 ? row + (k % season) - season : row - 1;
  return values[from * columns + targets[0]];
}

/**
 * The mean error of the seasonal naive forecast over the rows before the test.
 *
 * @param {Float64Array} truth
 * @param {number} rows
 * @param {number} season
 */
export function naiveScale(truth, rows, season) {
  let [sum, n] = [0, 0];
  for (let i = season; i < rows; i++) {
    const change = Math.abs(truth[i] - truth[i - season]);
    if (Number.isNaN(change)) continue;
    sum += change;
    n++;
  }
  return sum / n;
}

/**
 * Mean interval score of the last value with the quantiles of its own errors over the validation rows, by step.
 *
 * @param {{ truth: Float64Array, values: Float64Array, columns: number, targets: number[] }} panel
 * @param {number[]} origins
 * @param {number} horizon
 * @param {{ train: number, validation: number }} rows
 * @param {number} level
 */
export function baselineIntervals({ truth, values, columns, targets }, origins, horizon, { train, validation }, level) {
  /** @param {number} row */
  const last = row => values[(row - 1) * columns + targets[0]];
  const factor = 2 / (1 - level);
  let sum = 0;
  for (let k = 0; k < horizon; k++) {
    /** @type {number[]} */
    const errors = [];
    for (let row = train; row + horizon <= train + validation; row++) {
      const error = truth[row + k] - last(row);
      if (!Number.isNaN(error)) errors.push(error);
    }
    errors.sort((a, b) => a - b);
    /** @param {number} p */
    const quantile = p => {
      const place = p * (errors.length - 1);
      const below = Math.floor(place);
      return errors[below] + (place - below) * ((errors[below + 1] ?? errors[below]) - errors[below]);
    };
    const [low, high] = [quantile((1 - level) / 2), quantile((1 + level) / 2)];
    for (const row of origins) {
      const error = truth[row + k] - last(row);
      sum += high - low + factor * Math.max(0, low - error, error - high);
    }
  }
  return sum / (origins.length * horizon);
}
