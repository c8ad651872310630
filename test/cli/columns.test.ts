import { describe, expect, it } from "vitest";
import { chooseColumns } from "../../src/cli/columns.ts";
import type { Table } from "../../src/cli/csv.ts";
import { CliError } from "../../src/cli/error.ts";

/** A table of these columns; those in capital letters hold text. */
function tableOf(...columns: string[]): Table {
  const unused = () => {
    throw new Error("not needed to choose columns");
  };
  const looksNumeric = (name: string) => name !== name.toUpperCase();
  return { path: "data.csv", columns, rows: 1, numeric: unused, text: unused, looksNumeric };
}

const table = tableOf("DATE", "temp", "wind", "rain, mm");
const columns = 'columns of data.csv: "DATE", "temp", "wind", "rain, mm"';

describe("chooseColumns", () => {
  it("learns from all columns of numbers unless told", () => {
    expect(chooseColumns(table, { target: "temp" })).toEqual({
      targets: ["temp"],
      features: ["temp", "wind", "rain, mm"],
    });
  });

  it("takes lists, in their order, and one name with a comma", () => {
    expect(chooseColumns(table, { target: "wind, temp", features: "rain, mm" })).toEqual({
      targets: ["wind", "temp"],
      features: ["rain, mm"],
    });
  });

  it.each([
    [{}, `--target: expected column names separated by commas; ${columns}`],
    [{ target: "temp,,wind" }, `--target: expected column names separated by commas; ${columns}`],
    [{ target: "temp", features: "" }, `--features: expected column names separated by commas; ${columns}`],
    [{ target: "tmp" }, `--target: data.csv has no column "tmp"; did you mean "temp"? ${columns}`],
    [{ target: "temp", features: "wind,x" }, `--features: data.csv has no column "x"; ${columns}`],
    [{ target: "temp,temp" }, '--target: column "temp" is given twice'],
  ])("refuses %j", (names, message) => {
    expect(() => chooseColumns(table, names)).toThrow(new CliError(message));
  });

  it("needs a column of numbers", () => {
    expect(() => chooseColumns(tableOf("DATE"), { target: "DATE" })).toThrow(
      new CliError("data.csv: no column of numbers to learn from"),
    );
  });

  it("lists the first twenty of many columns", () => {
    const many = tableOf(...Array.from({ length: 22 }, (_, i) => `c${i}`));
    expect(() => chooseColumns(many, { target: "nothing" })).toThrow(/"c0", .*"c19", and 2 more$/);
  });
});
