/** The options of commands that read a table: what the reader may be told instead of finding it out. */
import { describe } from "../describe.ts";
import type { Classifier, Forecaster } from "../forecast/index.ts";
import type { TableOptions } from "../table/index.ts";
import { orderOf } from "../table/options.ts";
import { CliError } from "./error.ts";
import type { Args, Option } from "./options.ts";

export const TABLE_OPTIONS: readonly Option[] = [
  { name: "time", value: "<names>", help: "columns of the time of rows, or none (found)" },
  { name: "date-format", value: "<order>", help: "of dates: dmy, mdy, ymd, or a form such as DD.MM.YYYY (found)" },
  { name: "na", value: "<marks>", help: "what else stands for a missing value, such as -999,inf" },
  { name: "decimal", value: "<mark>", help: 'the decimal separator, "." or "," (found)' },
  { name: "delimiter", value: "<mark>", help: "between cells: a character, tab or space (found)" },
  { name: "no-header", help: "the first row is data (found)" },
  { name: "duplicates", value: "<how>", help: "of rows of the same time: mean, first, last (an error)" },
  { name: "where", value: "<c=w>", help: "only the rows with word w in column c: one of several series" },
  { name: "encoding", value: "<name>", help: "of the text (UTF-8, UTF-16, else Latin-1)" },
];

const DELIMITERS: Readonly<Record<string, string>> = { tab: "\t", "\\t": "\t", space: " ", comma: ",", semicolon: ";" };

/** An option of the reader as the command line has it: name and word. */
export function asFlag(name: string, value: string): [string, string | undefined] {
  if (name === "dateFormat") return ["date-format", value];
  if (name === "time" && value === "null") return ["time", "none"];
  return [name, value];
}

export const SERIES_OPTION: Option = {
  name: "series",
  value: "<names>",
  help: "columns that name the series of a row, where the table holds several",
  others: ["id", "group", "by", "group-by"],
};

/** How a table for a forecaster is read: as that from which it has learned, unless arguments say otherwise. */
export function readingOf({ spec }: Forecaster | Classifier, args: Args): TableOptions {
  const { reading, series } = spec;
  return { ...reading, ...(series && { series: series.columns }), ...tableOptions(args) };
}

/** Those that are given. */
export function tableOptions(args: Args): TableOptions {
  const options: TableOptions = {};
  const time = args.text("time");
  if (time !== undefined) options.time = time === "none" ? null : time.split(",").map(name => name.trim());
  const dateFormat = args.text("date-format");
  if (dateFormat !== undefined) {
    if (!orderOf(dateFormat)) {
      throw new CliError(
        `--date-format: expected dmy, mdy, ymd or a form such as DD.MM.YYYY, got ${describe(dateFormat)}`,
      );
    }
    options.dateFormat = dateFormat;
  }
  const na = args.text("na");
  if (na !== undefined) options.na = na.split(",").map(mark => mark.trim());
  const decimal = args.oneOf("decimal", [".", ","]);
  if (decimal !== undefined) options.decimal = decimal;
  const delimiter = args.text("delimiter");
  if (delimiter !== undefined) {
    const mark = DELIMITERS[delimiter] ?? delimiter;
    if (mark.length !== 1 || /["\r\n]/.test(mark)) {
      throw new CliError(`--delimiter: expected one character, tab or space, got ${describe(delimiter)}`);
    }
    options.delimiter = mark;
  }
  if (args.has("no-header")) options.header = false;
  const duplicates = args.oneOf("duplicates", ["mean", "first", "last"]);
  if (duplicates !== undefined) options.duplicates = duplicates;
  const where = args.text("where");
  if (where !== undefined) {
    const equal = where.indexOf("=");
    if (equal < 1) throw new CliError(`--where: expected column=word, got ${describe(where)}`);
    options.where = { [where.slice(0, equal)]: where.slice(equal + 1) };
  }
  const series = args.text("series");
  if (series !== undefined) options.series = series.split(",").map(name => name.trim());
  const encoding = args.text("encoding");
  if (encoding !== undefined) options.encoding = encoding;
  return options;
}
