/** Tables as people have them: the subpath `wasm-lstm/table`. Runs wherever JavaScript does. */
import type { TableOptions } from "./options.ts";
import { read } from "./read.ts";
import type { Table } from "./table.ts";

export type { Column, Kind } from "./column.ts";
export type { Precision } from "./dateParts.ts";
export type { Rhythm } from "./foundRhythm.ts";
export type { Gap } from "./gaps.ts";
export type { TableOptions } from "./options.ts";
export type { TimeForm } from "./showTime.ts";
export type { Several, Table } from "./table.ts";
export type { TableTime } from "./tableTime.ts";
export { unzip } from "./unzip.ts";

/**
 * Reads a table of text: one row a line, cells separated by commas, semicolons, tabs, | or blanks. What it is not told, it
 * finds out from all rows, and says so in `notes`, a line each: the encoding, the delimiter, names, units, decimal commas,
 * thousands, currencies, missing values, the columns of the time and how they write it. Rows are put in the order of time.
 *
 * @param source the text, or its bytes in UTF-8, UTF-16 or Latin-1
 * @param options what is known of it, see {@link TableOptions}
 * @returns columns of numbers, their kinds, and the time of the rows
 * @throws TypeError for a wrong type; RangeError for what is no table, with the line and what to do
 * @example
 * const table = readTable("day;load\n1.2.2024;5,5\n2.2.2024;\n13.2.2024;7,25\n");
 * table.numbers("load"); // Float64Array [5.5, NaN, 7.25]
 * table.time?.show(0); // "2024-02-01"
 * table.notes; // what it has guessed
 */
export function readTable(source: string | Uint8Array | ArrayBuffer, options: TableOptions = {}): Table {
  return read(source, options, (name, value) => {
    if (name === "where") return `where: { ${value.replace(/=(.*)$/, (_, word) => `: ${JSON.stringify(word)}`)} }`;
    if (name === "series" && value.includes(",")) return `series: ${JSON.stringify(value.split(","))}`;
    const text = value === "null" ? value : JSON.stringify(value);
    return name === "na" ? `na: [${text}]` : `${name}: ${text}`;
  });
}
