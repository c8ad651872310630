/** Models that have learned from tables without missing values cannot read others. */
import type { Model } from "../index.ts";
import { CliError } from "./error.ts";
import type { Series } from "./series.ts";

/**
 * @param from the first row that is read
 * @throws CliError when a value is missing there and the model knows nothing of missing values
 */
export function expectFilled(model: Model, path: string, series: Series, from = 0): void {
  if (!series.hasMissing || model.layers[0]?.kind === "missing") return;
  const { values, columns, rows, features, timeline } = series;
  for (let row = from; row < rows; row++) {
    if (!features.some(feature => Number.isNaN(values[row * columns + feature]))) continue;
    throw new CliError(
      `${path}: a value is missing at ${timeline.name(row)}, and the model has learned from a table without missing values; ` +
        "fill it in, or train again on this table",
    );
  }
}
