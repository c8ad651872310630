import { describe, expect, it } from "vitest";
import { chooseColumns } from "../../src/cli/columns.ts";
import { CliError } from "../../src/cli/error.ts";
import type { Table } from "../../src/table/index.ts";

/** A table of these columns; those in capital letters hold text. */
function tableOf(...names: string[]): Pick<Table, "columns"> {
  const columns = names.map(name => {
    const isText = name === name.toUpperCase();
    const values = isText ? undefined : Float64Array.of(1, 2);
    return {
      name,
      kind: isText ? "words" : "number",
      values,
      missing: 0,
      bad: undefined,
      unused: isText ? "words" : undefined,
    } as const;
  });
  return { columns };
}

const table = tableOf("DATE", "temp", "wind", "rain, mm");
const columns = 'columns of data.csv: "DATE", "temp", "wind", "rain, mm"';

describe("chooseColumns", () => {
  it("learns from all columns of numbers unless told", () => {
    expect(chooseColumns("data.csv", table, { target: "temp" })).toEqual({
      targets: ["temp"],
      features: ["temp", "wind", "rain, mm"],
      known: [],
    });
  });

  it("takes lists, in their order, and one name with a comma", () => {
    expect(chooseColumns("data.csv", table, { target: "wind, temp", features: "rain, mm" })).toEqual({
      targets: ["wind", "temp"],
      features: ["rain, mm"],
      known: [],
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
    expect(() => chooseColumns("data.csv", table, names)).toThrow(new CliError(message));
  });

  it("learns from the target itself where no other column is of use", () => {
    expect(chooseColumns("data.csv", tableOf("DATE"), { target: "DATE" }).features).toEqual(["DATE"]);
  });

  it("lists the first twenty of many columns", () => {
    const many = tableOf(...Array.from({ length: 22 }, (_, i) => `c${i}`));
    expect(() => chooseColumns("data.csv", many, { target: "nothing" })).toThrow(/"c0", .*"c19", and 2 more$/);
  });
});

it("says that names are times where a series is looked for among them", () => {
  const wide = tableOf("PRODUCT", "2023-01", "2023-02", "2023-03", "2023-04");
  expect(() => chooseColumns("data.csv", wide, { target: "shoes" })).toThrow(
    '"2023-04"; the columns "2023-01" to "2023-04" are named by times, so that a row holds a series: turn the table, a row for each time',
  );
});
