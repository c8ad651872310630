/** What a reader may be told instead of finding it out. */
import { describe } from "../describe.ts";
import { isObject } from "../isObject.ts";
import { boolean, type Input, oneOf, option, optional, options, orNull } from "../options.ts";
import type { DateOrder } from "./dateParts.ts";
import { DUPLICATES } from "./order.ts";

const text = option<string>((value, what) => {
  if (typeof value === "string" && value !== "") return value;
  throw new TypeError(`${what}: expected a text, got ${describe(value)}`);
});

const texts = option<string | readonly string[]>((value, what) => {
  const list = Array.isArray(value) ? value : [value];
  if (list.length > 0 && list.every(each => typeof each === "string")) return value as string | readonly string[];
  throw new TypeError(`${what}: expected a text or a list of texts, got ${describe(value)}`);
});

export const OPTIONS = options({
  /** What errors call the table ("table") */
  name: optional(text, "table"),
  /** The character between cells: a space stands for any number of them */
  delimiter: optional(
    option<string>((value, what) => {
      if (typeof value === "string" && value.length === 1 && !/["\r\n]/.test(value)) return value;
      throw new RangeError(`${what}: expected one character, got ${describe(value)}`);
    }),
  ),
  /** The decimal separator, "." or "," */
  decimal: optional(oneOf([".", ","])),
  /** The order of numbers in dates: "dmy", "mdy", "ymd", or a form such as "DD.MM.YYYY" or "%d/%m/%Y" */
  dateFormat: optional(
    option<string>((value, what) => {
      if (typeof value === "string" && orderOf(value)) return value;
      throw new RangeError(`${what}: expected dmy, mdy, ymd or a form such as DD.MM.YYYY, got ${describe(value)}`);
    }),
  ),
  /** What else stands for a missing value: "inf", "-999" */
  na: optional(
    option<readonly string[], string | number | readonly (string | number)[]>((value, what) => {
      const list: unknown[] = Array.isArray(value) ? value : [value];
      if (list.every(each => typeof each === "string" || typeof each === "number")) return list.map(String);
      throw new TypeError(`${what}: expected texts or numbers, got ${describe(value)}`);
    }),
    [],
  ),
  /** The columns of the time; null: none */
  time: optional(orNull(texts)),
  /** Whether the first row of the table holds names */
  header: optional(boolean),
  /** What to do with rows of the same time: "error", "mean", "first", "last" ("error") */
  duplicates: optional(oneOf(DUPLICATES), "error"),
  /** Only the rows with these words in these columns: { city: "Bonn" } */
  where: optional(
    option<Readonly<Record<string, string>>>((value, what) => {
      const entries = isObject(value) ? Object.values(value) : [];
      if (entries.length > 0 && entries.every(word => typeof word === "string")) return value as Record<string, string>;
      throw new TypeError(`${what}: expected { column: "word" }, got ${describe(value)}`);
    }),
  ),
  /** The columns that name the series of a row, where the table holds several: "city", ["store", "item"] */
  series: optional(texts),
  /** The encoding of bytes, such as "utf-8" or "windows-1252" */
  encoding: optional(text),
});

export interface TableOptions extends Input<typeof OPTIONS> {}

/** "DD.MM.YYYY" -> "dmy" */
export function orderOf(format: string): DateOrder | undefined {
  // Minutes come behind hours; what comes before is a month.
  const date = format
    .replace(/%?[hH].*$/, "")
    .toLowerCase()
    .replace(/[^ymdb]/g, "")
    .replace(/b/g, "m");
  const order = date.replace(/(.)\1+/g, "$1");
  return (["dmy", "mdy", "ymd", "ydm"] as const).find(each => each === order);
}
