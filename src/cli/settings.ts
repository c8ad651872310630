/** What `train` tells the library, whether numbers or classes are to be forecast. */
import type { Table } from "../table/index.ts";
import { chooseColumns } from "./columns.ts";
import type { TrainOptions } from "./trainOptions.ts";

/** @throws CliError for columns that the table does not have */
export function settingsOf(path: string, table: Table, options: TrainOptions) {
  const { targets, features, known } = chooseColumns(path, table, options);
  const { window, horizon, units, epochs, batchSize, maxWindows, learningRate, seed, test, calendar } = options;
  return {
    target: targets,
    ...(options.features === undefined ? {} : { features }),
    known,
    horizon,
    units,
    batchSize,
    learningRate,
    seed,
    test,
    calendar,
    ...(table.series ? { series: table.series.columns } : {}),
    ...(window === undefined ? {} : { window }),
    ...(epochs === undefined ? {} : { epochs }),
    ...(maxWindows === undefined ? {} : { maxWindows }),
  };
}
