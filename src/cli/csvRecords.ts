/** The text of a CSV file as records of cells, each with its line number. */
import { CsvError, parse } from "csv-parse/sync";
import { CliError } from "./error.ts";

/**
 * All records, blank lines left out, and the line on which each starts.
 *
 * @param path the name of the file, for messages
 * @throws CliError when a record has more or fewer cells than the first, or a quote is wrong
 */
export function parseRecords(path: string, bytes: Buffer): { records: string[][]; lines: number[] } {
  const delimiter = detectDelimiter(bytes);
  const records: string[][] = [];
  const lines: number[] = [];
  // Counted here: the parser counts a CR LF inside quotes as two lines.
  let line = 1;
  const take = (record: string[]): null => {
    const start = line;
    line += 1 + lineBreaks(record);
    // A blank line is an empty cell where the table has one column, and nothing elsewhere.
    const blank = record.length === 1 && record[0] === "";
    if (blank && records[0]?.length !== 1) return null;
    const expected = records[0]?.length ?? record.length;
    if (record.length !== expected) {
      throw new CliError(
        `${path}, line ${start}: expected ${expected} cells as in the header, got ${record.length}; ` +
          `complete or remove the line, or put quotes around a cell with a ${JSON.stringify(delimiter)} in it`,
      );
    }
    records.push(record);
    lines.push(start);
    return null;
  };
  try {
    parse(bytes, {
      bom: true,
      delimiter,
      on_record: take,
      record_delimiter: ["\r\n", "\n", "\r"],
      relax_column_count: true,
      trim: true,
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new CliError(
      `${path}, line ${line}: a quote (") is misplaced or not closed; ` +
        'put quotes around the whole cell and write "" for a quote inside it',
    );
  }
  while (records.length > 1 && records[0].length === 1 && records[records.length - 1][0] === "") records.pop();
  return { records, lines };
}

function lineBreaks(record: string[]): number {
  let count = 0;
  for (const cell of record) count += cell.match(/\r\n|\r|\n/g)?.length ?? 0;
  return count;
}

/** The one of comma, semicolon and tab that comes most often in the first line, outside quotes. */
function detectDelimiter(bytes: Buffer): string {
  const start = bytes.toString("utf8", 0, 1 << 16).replace(/"[^"]*"/g, "");
  const [header = ""] = start.match(/[^\r\n]+/) ?? [];
  const count = (delimiter: string) => header.split(delimiter).length;
  return [",", ";", "\t"].reduce((best, delimiter) => (count(delimiter) > count(best) ? delimiter : best));
}
