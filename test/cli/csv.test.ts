import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { readTable } from "../../src/cli/csv.ts";
import { CliError } from "../../src/cli/error.ts";

const folder = mkdtempSync(join(tmpdir(), "csv-test-"));
const path = join(folder, "data.csv");
afterAll(() => rmSync(folder, { recursive: true }));

function read(content: string | Uint8Array) {
  writeFileSync(path, content);
  return readTable(path);
}

/** The message of the error, which must be a CliError of one line; the folder is left out. */
function complaint(f: () => unknown): string {
  try {
    f();
  } catch (error) {
    expect(error).toBeInstanceOf(CliError);
    const { message } = error as Error;
    expect(message).not.toContain("\n");
    return message.replaceAll(`${folder}/`, "");
  }
  throw new Error("expected a CliError");
}

describe("readTable", () => {
  it("reads names, numbers and text", () => {
    const table = read("date,temp_max,weather\n2012-01-01,12.8,drizzle\n2012-01-02,-1e1,\n");
    expect(table.path).toBe(path);
    expect(table.columns).toEqual(["date", "temp_max", "weather"]);
    expect(table.rows).toBe(2);
    expect(table.numeric("temp_max")).toEqual(Float64Array.of(12.8, -10));
    expect(table.text("weather")).toEqual(["drizzle", ""]);
    expect(table.columns.map(table.looksNumeric)).toEqual([false, true, false]);
  });

  it.each([
    ["commas", "a,b\n1,2\n"],
    ["semicolons", "a;b\n1;2\n"],
    ["tabs", "a\tb\n1\t2\n"],
    ["no line break at the end", "a,b\n1,2"],
    ["CR LF", "a,b\r\n1,2\r\n"],
    ["CR", "a,b\r1,2\r"],
    ["a byte order mark", "\ufeffa,b\n1,2\n"],
    ["a byte order mark before a quote", '\ufeff"a","b"\n1,2\n'],
    ["blank lines", "\n\na,b\n\n1,2\n \n\n"],
    ["spaces", " a , b\n 1 , 2 \n"],
    ["spaces around quotes", '"a", "b"\n1, "2"\n'],
    ["spaces beside tabs", "a \t b\n1 \t 2\n"],
    ["quotes", '"a","b"\n"1","2"\n'],
  ])("takes %s", (_, content) => {
    const table = read(content);
    expect(table.columns).toEqual(["a", "b"]);
    expect(table.rows).toBe(1);
    expect([...table.numeric("a"), ...table.numeric("b")]).toEqual([1, 2]);
  });

  it("finds the delimiter outside quotes", () => {
    expect(read('"a, b, c";d\n1;2\n').columns).toEqual(["a, b, c", "d"]);
    expect(read("only\n1\n2\n").numeric("only")).toEqual(Float64Array.of(1, 2));
  });

  it("keeps empty cells between tabs", () => {
    const table = read("a\tb\tc\n1\t\t3\n\t2\t\n\t\t\n");
    expect(table.columns.map(table.text)).toEqual([
      ["1", "", ""],
      ["", "2", ""],
      ["3", "", ""],
    ]);
  });

  it("names a nameless column by its place", () => {
    expect(read(",0,1\n7,8,9\n").columns).toEqual(["column 1", "0", "1"]);
  });

  it("takes names with digits, and years", () => {
    expect(read("2nd,3rd\n1,2\n").columns).toEqual(["2nd", "3rd"]);
    expect(read("place,2012,2013\nx,1,2\n").columns).toEqual(["place", "2012", "2013"]);
  });

  it("reads back any quoted text", () => {
    const cell = fc.string({ unit: fc.constantFrom("a", "é", '"', ",", ";", "\t", "\n", "\r", " ") });
    const rows = fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(rows, fc.constantFrom(",", ";", "\t"), fc.constantFrom("\n", "\r\n"), (cells, delimiter, end) => {
        const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
        const table = read([["a", "b"], ...cells].map(row => row.map(quote).join(delimiter) + end).join(""));
        expect(table.text("a")).toEqual(cells.map(row => row[0]));
        expect(table.text("b")).toEqual(cells.map(row => row[1]));
      }),
    );
  });
});

describe("a file that cannot be read", () => {
  it("is named with the reason", () => {
    expect(complaint(() => readTable(join(folder, "none.csv")))).toBe("none.csv: no such file");
    writeFileSync(path, "a\n1\n");
    expect(complaint(() => readTable(join(path, "x")))).toBe("data.csv/x: cannot read the file (ENOTDIR)");
    expect(complaint(() => readTable(folder))).toMatch(/: expected a CSV file, this is a directory$/);
    expect(complaint(() => readTable("/dev/null"))).toBe("/dev/null: expected a regular file");
  });

  it("is refused by its size, before it is read", () => {
    writeFileSync(path, "a\n1\n");
    truncateSync(path, 64e6 + 1);
    expect(complaint(() => readTable(path))).toBe(
      "data.csv: 65 MB is more than the limit of 64 MB; remove columns or rows",
    );
  });

  it.each([
    ["UTF-16", Buffer.from("\ufeffa,b\n1,2\n", "utf16le")],
    ["Latin-1", Buffer.from("t (°C),b\n1,2\n", "latin1")],
    ["a zip", Buffer.from("PK\u0003\u0004\u0000\u0000")],
  ])("is refused when it is %s", (_, bytes) => {
    expect(complaint(() => read(bytes))).toBe("data.csv: not a text file in UTF-8; export the table as CSV in UTF-8");
  });
});

describe("a table that is wrong", () => {
  it.each([
    ["", "data.csv: the file is empty; expected a header row and rows of data"],
    ["\n \n", "data.csv: the file is empty; expected a header row and rows of data"],
    ["a,b\n", "data.csv: the file has a header but no rows of data"],
    ["a\n\n\n", "data.csv: the file has a header but no rows of data"],
    ["1,2\n3,4\n", 'data.csv: expected column names in the first line, got data ("1", "2"); add a header row'],
    [
      "2012-01-01,12.8,5.0,drizzle\n2012-01-02,10.6,2.8,rain\n",
      'data.csv: expected column names in the first line, got data ("2012-01-01", "12.8", "5.0"); add a header row',
    ],
    ["a,b,a\n1,2,3\n", 'data.csv: two columns are named "a"; rename one of them'],
    [
      "a,b\n1,2\n\n3\n",
      "data.csv, line 4: expected 2 cells as in the header, got 1; " +
        'complete or remove the line, or put quotes around a cell with a "," in it',
    ],
    [
      "a;b\n1;2;3\n",
      "data.csv, line 2: expected 2 cells as in the header, got 3; " +
        'complete or remove the line, or put quotes around a cell with a ";" in it',
    ],
    [
      'a,b\n"x\r\ny",2\n"x,3\n4,5\n',
      'data.csv, line 4: a quote (") is misplaced or not closed; ' +
        'put quotes around the whole cell and write "" for a quote inside it',
    ],
    [
      'a,b\n1,2\nx"y,3\n',
      'data.csv, line 3: a quote (") is misplaced or not closed; ' +
        'put quotes around the whole cell and write "" for a quote inside it',
    ],
  ])("%j", (content, message) => {
    expect(complaint(() => read(content))).toBe(message);
  });

  it.each(["n/a", "NaN", "Infinity", "1e999", "0x10", "1 2", "3,5", "1_000", "-", ".", "\u001b[31m", "1\n2"])(
    "does not take %j for a number",
    cell => {
      const table = read(`day;temp_max\n1;2\n\n2;"${cell}"\n`);
      const message = `data.csv, line 4, column "temp_max": expected a number, got ${JSON.stringify(cell)}`;
      expect(complaint(() => table.numeric("temp_max"))).toBe(message);
    },
  );

  it.each([
    ["1", 1],
    ["+1.", 1],
    ["-.5", -0.5],
    ["1E-3", 1e-3],
    [" 7 ", 7],
  ])("takes %j for a number", (cell, value) => {
    expect(read(`a\n"${cell}"\n`).numeric("a")).toEqual(Float64Array.of(value));
  });

  it("names the line of an empty cell", () => {
    const message = (line: number) =>
      `data.csv, line ${line}, column "b": the cell is empty; fill in a number or remove the line`;
    const table = read("a,b\n1,2\n3,\n5,6\n");
    expect(complaint(() => table.numeric("b"))).toBe(message(3));
    expect(table.numeric("a")).toEqual(Float64Array.of(1, 3, 5));
    const one = read("b\n1\n\n3\n\n");
    expect(one.rows).toBe(3);
    expect(complaint(() => one.numeric("b"))).toBe(message(3));
    const first = read("a,b\n1, \n3,4\n");
    expect(first.looksNumeric("b")).toBe(true);
    expect(complaint(() => first.numeric("b"))).toBe(message(2));
  });

  it.each(["\n", "\r\n"])("counts line breaks inside cells (%j)", end => {
    const table = read(["note,b", '"one', "two", 'three",1', "", "x,oops", ""].join(end));
    expect(complaint(() => table.numeric("b"))).toBe('data.csv, line 6, column "b": expected a number, got "oops"');
  });

  it("names the columns there are when one is not", () => {
    const table = read("date,temp_max,temp_min\n1,2,3\n");
    const columns = 'columns of data.csv: "date", "temp_max", "temp_min"';
    expect(complaint(() => table.numeric("Temp_mx"))).toBe(
      `data.csv has no column "Temp_mx"; did you mean "temp_max"? ${columns}`,
    );
    expect(complaint(() => table.text("humidity"))).toBe(`data.csv has no column "humidity"; ${columns}`);
    expect(complaint(() => table.looksNumeric("temp_mim"))).toContain('did you mean "temp_min"?');
  });
});
