/** Rows as programs have them, as a table. */
import { describe } from "../describe.ts";
import { isRecord } from "../isObject.ts";
import { readTable, type Table, type TableOptions } from "../table/index.ts";

/** A cell of a row: a number, a text, a yes or no, a time; null or undefined where it is missing. */
export type Cell = number | string | boolean | Date | null | undefined;

/** A table that `readTable` made, or rows as objects: `[{ date: "2024-01-01", load: 5 }, …]`. */
export type Data = Table | readonly Readonly<Record<string, Cell>>[];

/** @throws TypeError for what is neither a table nor rows */
export function toTable(data: Data, what: string, options: TableOptions): Table {
  if (!Array.isArray(data)) {
    const table = data as Table | null | undefined;
    if (typeof table?.numbers === "function" && Array.isArray(table.columns)) return table;
    throw new TypeError(`${what}: expected a table of readTable() or a list of rows, got ${describe(data)}`);
  }
  const rows: readonly unknown[] = data;
  const bad = rows.findIndex(row => !isRecord(row));
  if (bad >= 0) {
    throw new TypeError(
      `${what}: expected rows such as { date: "2024-01-01", load: 5 }, got ${describe(rows[bad])} as row ${bad}`,
    );
  }
  const names = [...new Set(data.flatMap(row => Object.keys(row)))];
  if (names.length === 0) throw new RangeError(`${what}: expected rows with columns, got none`);
  const lines = data.map(row => names.map(name => asText(row[name], what)).join(","));
  return readTable([names.map(quoted).join(","), ...lines, ""].join("\n"), {
    header: true,
    delimiter: ",",
    ...options,
  });
}

function asText(cell: Cell, what: string): string {
  if (cell === null || cell === undefined) return "";
  if (cell instanceof Date) return cell.toISOString();
  if (typeof cell === "number") return Number.isNaN(cell) ? "" : String(cell);
  if (typeof cell === "boolean") return cell ? "yes" : "no";
  if (typeof cell === "string") return quoted(cell);
  throw new TypeError(`${what}: expected numbers, texts, dates and null in rows, got ${describe(cell)}`);
}

const quoted = (text: string) => (/[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
