/** Layer normalization of rows in float64: y = (x - mean) / sqrt(variance + epsilon)·gain + bias. */

export interface Rows {
  /** [rows, columns] */
  x: ArrayLike<number>;
  /** [columns]; ones without */
  gain?: ArrayLike<number> | undefined;
  /** [columns]; zeros without */
  bias?: ArrayLike<number> | undefined;
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

function rowsOf(x: ArrayLike<number>, columns: number): number[][] {
  return Array.from({ length: x.length / columns }, (_, r) =>
    Array.from({ length: columns }, (_, j) => x[r * columns + j]),
  );
}

/** The rows without gain and bias, and 1 / deviation of each. */
export function normalizedRows(x: ArrayLike<number>, epsilon: number, columns: number) {
  const rows = rowsOf(x, columns).map(row => {
    const center = mean(row);
    const inverse = 1 / Math.sqrt(mean(row.map(value => (value - center) ** 2)) + epsilon);
    return { inverse, normalized: row.map(value => (value - center) * inverse) };
  });
  return {
    normalized: Float64Array.from(rows.flatMap(row => row.normalized)),
    inverse: Float64Array.from(rows, row => row.inverse),
  };
}

export function layerNormForward({ x, gain, bias }: Rows, epsilon: number, columns: number): Float64Array {
  const { normalized } = normalizedRows(x, epsilon, columns);
  return normalized.map((value, i) => value * (gain?.[i % columns] ?? 1) + (bias?.[i % columns] ?? 0));
}

/** The gradients of x, gain and bias. */
export function layerNormBackward(dy: ArrayLike<number>, { x, gain }: Rows, epsilon: number, columns: number) {
  const { normalized, inverse } = normalizedRows(x, epsilon, columns);
  const d = Float64Array.from(dy, (value, i) => value * (gain?.[i % columns] ?? 1));
  const [averages, along] = [d, d.map((value, i) => value * normalized[i])].map(values =>
    rowsOf(values, columns).map(mean),
  );
  const dx = d.map((value, i) => {
    const r = Math.floor(i / columns);
    return (value - averages[r] - normalized[i] * along[r]) * inverse[r];
  });
  const [dGain, dBias] = [new Float64Array(columns), new Float64Array(columns)];
  normalized.forEach((value, i) => {
    dGain[i % columns] += dy[i] * value;
    dBias[i % columns] += dy[i];
  });
  return { dx, dGain, dBias };
}
