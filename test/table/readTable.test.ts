/** What tables look like, kind by kind: each line is a text and what it means. */
import { describe, expect, it } from "vitest";
import { readTable, type TableOptions } from "../../src/table/index.ts";

const rowsOf = (text: string, options?: TableOptions) => {
  const table = readTable(text, options);
  return table.columns.map(({ name, values }) => [name, values ? [...values] : table.text(name)]);
};

describe("delimiters that few use", () => {
  const minute = (i: number) => `2024-01-01T00:${String(i).padStart(2, "0")}`;
  const table = (header: string, row: (i: number) => string) =>
    readTable([header, ...Array.from({ length: 20 }, (_, i) => row(i)), ""].join("\n"));

  it("are found where all lines agree, and said", () => {
    for (const mark of ["^", "~", ":", "\u0001"]) {
      const { notes, ...found } = table(`day${mark}load`, i => `2024-01-${i + 10}${mark}${i},5`);
      expect(found.columns.map(({ name }) => name)).toEqual(["day", "load"]);
      expect(notes[0]).toBe(`cells are separated by ${JSON.stringify(mark)}`);
    }
    expect([...table("a:b", i => `${i}:${9 * i}`).numbers("b")].slice(0, 3)).toEqual([0, 9, 18]);
    expect(table("at^x", i => `${minute(i)}^${i}`).time?.show(1)).toBe("2024-01-01T00:01");
  });

  it("are found below a title, without names, above a remark, and before blanks", () => {
    const rows = Array.from({ length: 20 }, (_, i) => `${20240110 + i}^${i % 3 ? "" : "-"}R$ ${1000 + i},50`);
    const expected = [-1000.5, 1001.5, 1002.5];
    for (const above of [[], ["Load of the plant", "day^x"]]) {
      const found = readTable([...above, ...rows, "Source: the plant", ""].join("\n"));
      expect([...found.numbers(above.length > 0 ? "x" : "column 2")].slice(0, 3)).toEqual(expected);
      expect(found.time?.show(0)).toBe("2024-01-10");
    }
  });

  it("are no times, ratios or signs", () => {
    expect(table("t,x", i => `${minute(i)}:00,${i}`).time?.show(1)).toBe("2024-01-01T00:01:00");
    expect(table("t x", i => `${minute(i)}:00 ${i}`).time?.show(1)).toBe("2024-01-01T00:01:00");
    expect(table("time", i => `10:${i + 10}`).columns).toHaveLength(1);
    expect(table("day,odds", i => `2024-01-${i + 10},${i}:3`).columns.map(({ name }) => name)).toEqual(["day", "odds"]);
    expect(table("day,x", i => `2024-01-${i + 10},~${i}`).columns.map(({ name }) => name)).toEqual(["day", "x"]);
  });

  it("are asked for where times have them too", () => {
    const open = table("when:load", i => `${minute(i)}:${i}.5`);
    expect(() => open.numbers("load")).toThrow(
      'there is no column "load"; columns are "when:load"; lines were taken as one cell each: if a character stands ' +
        'between cells, name it, as in delimiter: ":"',
    );
    expect(() => table("load", i => `${i}`).column("x")).toThrow(/columns are "load"$/);
  });

  it("a column without a name has no comment for one", () => {
    const alone = table("10:00", i => `10:${i + 10}`);
    expect(alone.notes).toEqual(['there is no header: columns are called "column 1", "column 2", …']);
  });
});

describe("delimiters and lines", () => {
  it.each<[string, string, [string, (number | string)[]][]]>([
    [
      "comma",
      "a,b\n1,2\n3,4\n",
      [
        ["a", [1, 3]],
        ["b", [2, 4]],
      ],
    ],
    [
      "semicolon",
      "a;b\n1;2\n3;4\n",
      [
        ["a", [1, 3]],
        ["b", [2, 4]],
      ],
    ],
    [
      "tab",
      "a\tb\n1\t2\n3\t4\n",
      [
        ["a", [1, 3]],
        ["b", [2, 4]],
      ],
    ],
    [
      "pipe",
      "a|b\n1|2\n3|4\n",
      [
        ["a", [1, 3]],
        ["b", [2, 4]],
      ],
    ],
    [
      "pipes with blanks",
      "a | b\n1 | 2\n3 | 4\n",
      [
        ["a", [1, 3]],
        ["b", [2, 4]],
      ],
    ],
    [
      "columns of blanks",
      "  a     b\n  1    2\n 30  4.5\n",
      [
        ["a", [1, 30]],
        ["b", [2, 4.5]],
      ],
    ],
    [
      "CR LF",
      "a,b\r\n1,2\r\n3,4\r\n",
      [
        ["a", [1, 3]],
        ["b", [2, 4]],
      ],
    ],
    [
      "CR",
      "a,b\r1,2\r3,4",
      [
        ["a", [1, 3]],
        ["b", [2, 4]],
      ],
    ],
    [
      "blank lines",
      "\n\na,b\n\n1,2\n \n3,4\n\n",
      [
        ["a", [1, 3]],
        ["b", [2, 4]],
      ],
    ],
    [
      "quotes",
      '"a", "b"\n"1", "2"\n3,"4"\n',
      [
        ["a", [1, 3]],
        ["b", [2, 4]],
      ],
    ],
    [
      "sep=",
      "sep=;\na;b\n1;2\n3;4\n",
      [
        ["a", [1, 3]],
        ["b", [2, 4]],
      ],
    ],
    [
      "a delimiter in a name",
      '"a, b, c";d\n1;2\n3;4\n',
      [
        ["a, b, c", [1, 3]],
        ["d", [2, 4]],
      ],
    ],
    ["one column", "only\n1\n2\n", [["only", [1, 2]]]],
    ["one column of decimal commas", "wert\n50,38\n51,2\n", [["wert", [50.38, 51.2]]]],
    [
      "delimiters at the end of rows",
      "a,b\n1,2,\n3,4,\n",
      [
        ["a", [1, 3]],
        ["b", [2, 4]],
      ],
    ],
    [
      "delimiters at the end of all lines",
      "a,b,\n1,2,\n3,4,\n",
      [
        ["a", [1, 3]],
        ["b", [2, 4]],
      ],
    ],
    [
      "names of rows, as R writes them",
      '"a" "b"\n"x" 1 2\n"y" 3 4\n',
      [
        ["row", ["x", "y"]],
        ["a", [1, 3]],
        ["b", [2, 4]],
      ],
    ],
    [
      "numbers of rows",
      "a,b\n1,1,2\n2,3,4\n3,3,9\n",
      [
        ["row", [1, 2, 3]],
        ["a", [1, 3, 3]],
        ["b", [2, 4, 9]],
      ],
    ],
    [
      "no header",
      "1,2\n3,5\n",
      [
        ["column 1", [1, 3]],
        ["column 2", [2, 5]],
      ],
    ],
    [
      "no header, words",
      "x,1.5\ny,2\n",
      [
        ["column 1", ["x", "y"]],
        ["column 2", [1.5, 2]],
      ],
    ],
    [
      "names that are years",
      "place,2012,2013\nx,1,2\n",
      [
        ["place", ["x"]],
        ["2012", [1]],
        ["2013", [2]],
      ],
    ],
    [
      "names in a comment",
      "# a b\n1 2.5\n3 4.5\n",
      [
        ["a", [1, 3]],
        ["b", [2.5, 4.5]],
      ],
    ],
    [
      "equal names",
      "a,a,a (2)\n1,2,4\n3,4,9\n",
      [
        ["a", [1, 3]],
        ["a (2)", [2, 4]],
        ["a (2) (2)", [4, 9]],
      ],
    ],
    [
      "a nameless column",
      ",x\n7,8\n9,9\n",
      [
        ["column 1", [7, 9]],
        ["x", [8, 9]],
      ],
    ],
    [
      "a title",
      "Report of 2024\nmade by me\n\na,b\n1,2\n3,4\n",
      [
        ["a", [1, 3]],
        ["b", [2, 4]],
      ],
    ],
    [
      "comments anywhere",
      "#x\na,b\n1,2\n# y, z\n3,4\n",
      [
        ["a", [1, 3]],
        ["b", [2, 4]],
      ],
    ],
    [
      "a column called #",
      "#,b\n1,2\n2,5\n",
      [
        ["#", [1, 2]],
        ["b", [2, 5]],
      ],
    ],
    [
      "units",
      "a,b\nm,°C\n1,2\n3,4\n5,6\n",
      [
        ["a", [1, 3, 5]],
        ["b", [2, 4, 6]],
      ],
    ],
    [
      "two lines of units",
      "a,b\nm,°C\nmean,max\n1,2\n3,4\n5,6\n",
      [
        ["a", [1, 3, 5]],
        ["b", [2, 4, 6]],
      ],
    ],
    [
      "what stands under a table",
      "a,b\n1,2\n3,4\nSource: me\n",
      [
        ["a", [1, 3]],
        ["b", [2, 4]],
      ],
    ],
    [
      "a sum",
      "a,b\n2024-01-01,2\n2024-01-02,4\nTotal,6\n",
      [
        ["a", ["2024-01-01", "2024-01-02"]],
        ["b", [2, 4]],
      ],
    ],
  ])("%s", (_, text, want) => {
    expect(rowsOf(text)).toEqual(want);
  });

  it("tells a table from other texts", () => {
    expect(() => readTable('{"a": [1, 2]}')).toThrow("table: this is JSON; expected a table");
    expect(() => readTable("[[1, 2], [3, 4]]")).toThrow("this is JSON");
    expect(() => readTable("\n<!DOCTYPE html><p>404, not found</p>")).toThrow("this is HTML or XML");
    expect(readTable("[a],{b}\n1,2\n3,5\n").columns.map(({ name }) => name)).toEqual(["[a]", "{b}"]);
  });

  it("passes over widths of columns", () => {
    const table = readTable(
      "# of a river\nsite\tdatetime\tflow\n5s\t20d\t14n\n7\t2024-01-01\t5\n7\t2024-01-02\t6\n7\t2024-01-03\t4\n",
    );
    expect([...table.numbers("flow")]).toEqual([5, 6, 4]);
  });

  it("says what it passes over and guesses", () => {
    const notes = (text: string) => readTable(text).notes;
    expect(notes("Report\nby me\na,b\n1,2\n3,4\n")).toEqual([
      '2 lines before the table passed over, beginning with "Report"',
    ]);
    expect(notes("a,b\nm,s\n1,2\n3,7\n5,6\n")).toEqual([
      '1 line under the header passed over, without a number: "m s"',
    ]);
    expect(notes("a,b\n1,2\n3,5\nSource: me\n")).toEqual([
      'what stands under the table passed over, from line 4 on: "Source: me"',
    ]);
    expect(notes("a,b\n1,2\n3,5\nTotal,7\n")).toEqual(['line 4 ("Total") passed over: a sum of the others']);
    expect(notes("1,2\n3,5\n")).toEqual(['there is no header: columns are called "column 1", "column 2", …']);
    expect(notes("a,a\n1,2\n3,5\n")).toEqual(['two columns are named "a": the later one is called "a (2)"']);
    expect(notes("a,b\n1,2\n3,5\n")).toEqual([]);
  });

  it.each<[string, string]>([
    ["", "t: there is nothing in it; expected a header row and rows of data"],
    ["\n \n", "t: there is nothing in it; expected a header row and rows of data"],
    ["a,b\n", "t: there is a header but no row of data"],
    [
      "a,b\n1,2\n\n3\n4,5\n",
      't, line 4: expected 2 cells as in the header, got 1; complete or remove the line, or put quotes around a cell with a "," in it',
    ],
    [
      "a;b\n1;2\n1;2;3\n",
      't, line 3: expected 2 cells as in the header, got 3; complete or remove the line, or put quotes around a cell with a ";" in it',
    ],
    [
      "date,load\n2024-03-01,50,38\n2024-03-02,51,40\n",
      't, line 2: expected 2 cells as in the header, got 3; complete or remove the line, or put quotes around a cell with a "," in it',
    ],
    [
      'a,b\n"x\r\ny",2\n"x,3\n4,5\n',
      't, line 4: a quote (") is misplaced or not closed; put quotes around the whole cell and write "" for a quote inside it',
    ],
    [
      'a,b\n1,2\nx"y,3\n',
      't, line 3: a quote (") is misplaced or not closed; put quotes around the whole cell and write "" for a quote inside it',
    ],
  ])("%j is an error", (text, message) => {
    expect(() => readTable(text, { name: "t" })).toThrow(new RangeError(message));
  });
});

describe("numbers", () => {
  const column = (cells: string[], options: TableOptions = {}) => {
    const table = readTable(`x\ty\n${cells.map(cell => `${cell}\tk`).join("\n")}\n`, { delimiter: "\t", ...options });
    return table.columns[0];
  };
  it.each<[string, string[], number[]]>([
    ["plain", ["1", "-2.5", "+.5", "1e3", "1E-2", "7."], [1, -2.5, 0.5, 1000, 0.01, 7]],
    [
      "all digits",
      ["0.1", "123456789012345678901", "0.30000000000000004", "0.00000000000000000000000012"],
      [0.1, 123456789012345680000, 0.30000000000000004, 1.2e-25],
    ],
    ["decimal commas", ["50,38", "1,5", "7"], [50.38, 1.5, 7]],
    ["German thousands", ["1.234,5", "12.345.678", "0,25"], [1234.5, 12345678, 0.25]],
    ["English thousands", ["1,234.5", "12,345,678", "0.25"], [1234.5, 12345678, 0.25]],
    ["thousands alone", ["6,023", "950", "1,000"], [6023, 950, 1000]],
    ["Indian thousands", ["12,34,567", "1,234.5", "3"], [1234567, 1234.5, 3]],
    ["blanks between thousands", ["1 234,5", "12 345 678", "7"], [1234.5, 12345678, 7]],
    ["narrow blanks", ["1\u202f234,5", "12\u00a0345"], [1234.5, 12345]],
    ["Swiss thousands", ["1'234.5", "12’345"], [1234.5, 12345]],
    ["currencies", ["$1,234.50", "-$5", "$0.5", "($7.25)"], [1234.5, -5, 0.5, -7.25]],
    ["currencies behind", ["5,50 €", "1.000,00 €"], [5.5, 1000]],
    ["percent", ["12%", "3.5 %", "0"], [12, 3.5, 0]],
    ["units", ["5 kg", "7.5 kg", "1,200 kg"], [5, 7.5, 1200]],
    ["a minus behind", ["1,234.50-", "3.5", "7-"], [-1234.5, 3.5, -7]],
    ["exponents of Fortran", ["1.5D+03", "2d-1", "-1.0D0"], [1500, 0.2, -1]],
    ["thousands and millions", ["1.2K", "3.45M", "900"], [1200, 3450000, 900]],
    ["a minus of print", ["−5.5", "3"], [-5.5, 3]],
    [
      "missing anywhere",
      ["NA", "1", "", "n/a", "2", "-", "?", "null", "#N/A", "3"],
      [NaN, 1, NaN, NaN, 2, NaN, NaN, NaN, NaN, 3],
    ],
    ["yes and no", ["yes", "No", "", "YES"], [1, 0, NaN, 1]],
  ])("%s", (_, cells, want) => {
    expect([...(column(cells).values ?? [])]).toEqual(want);
  });

  it("takes 1,234 for thousands in all columns where one has smaller numbers, which are whole, and says so", () => {
    const rows = Array.from({ length: 20 }, (_, i) => `${i + 1},${234 + i};${i < 5 ? 5 + i : `${i},100`}`);
    const open = readTable(["a;b", ...rows, ""].join("\n"));
    expect([open.numbers("a")[0], open.numbers("b")[0], open.numbers("b")[5]]).toEqual([1234, 5, 5100]);
    expect(open.notes[0]).toBe('"a": "1,234" is 1234; if it is not, decimal: ","');
  });

  it("takes a separator that is open as the other columns have it, else by the delimiter, and says so", () => {
    const one = readTable("a;b\n1.234;5,5\n2.500;7,25\n");
    expect([...one.numbers("a")]).toEqual([1234, 2500]);
    expect(one.notes).toContain('"a": "1.234" is 1234');
    const two = readTable("a;b\n1,234;5\n2,500;7\n");
    expect([...two.numbers("a")]).toEqual([1.234, 2.5]);
    expect(two.notes).toEqual(['"a": "1,234" is 1.234; if it is not, decimal: "."']);
    expect([...readTable("a;b\n1,234;5\n2,500;7\n", { decimal: "." }).numbers("a")]).toEqual([1234, 2500]);
    const three = readTable("a;b\n1,234;5.5\n2,500;7.2\n");
    expect([...three.numbers("a")]).toEqual([1234, 2500]);
    expect([...readTable("a;b\n1.234;5\n2.500;7\n", { decimal: "," }).numbers("a")]).toEqual([1234, 2500]);
  });

  it("says when nobody can know whether 1.234 is one or a thousand", () => {
    const german = Array.from(
      { length: 20 },
      (_, i) => `${String(i + 1).padStart(2, "0")}.03.2024;${6 + i}.${100 + ((i * 37) % 800)}`,
    );
    const days = readTable(`Datum;Besucher\n${german.join("\n")}\n`);
    expect([...days.numbers("Besucher").slice(0, 2)]).toEqual([6100, 7137]);
    expect(days.notes).toContain('"Besucher": "6.100" is 6100; if it is not, decimal: "."');
    const some = readTable("a;b\n1.234;x\n950;x\n2.500;x\n3.125;x\n");
    expect([...some.numbers("a")]).toEqual([1234, 950, 2500, 3125]);
    const plain = readTable("a;b\n1.234;x\n2.500;x\n3.125;x\n");
    expect([...plain.numbers("a")]).toEqual([1.234, 2.5, 3.125]);
    expect(plain.notes).toEqual(['"a": "1.234" is 1.234; if it is not, decimal: ","']);
    expect(readTable("a,b\n1.234,x\n2.500,x\n3.125,x\n").notes).toEqual([]);
    expect(readTable("a;b\n1.234;0.5\n2.500;1.25\n3.125;7.5\n").notes).toEqual([]);
  });

  it.each<[string, string[], RegExp]>([
    ["points and commas", ["1.5", "2,5", "3,75", "4.25", "1,5"], /decimal points and decimal commas/],
    ["percent and none", ["12%", "0.5", "13%", "14%"], /only some of its numbers have "%"/],
    ["two currencies", ["$5", "€6", "$7"], /"\$" and "€" before/],
    ["two units", ["5 kg", "6 lb", "5 kg"], /"kg" and "lb" behind/],
    ["words", ["rain", "sun", "rain"], /2 different words, such as "rain"/],
    ["nothing", ["NA", "", "-"], /no values/],
    ["one value", ["5", "5", "5"], /always 5/],
    ["a counter", ["1", "2", "3"], /only counts/],
    ["a counter backwards", ["3", "2", "1"], /only counts/],
    ["a counter of rows that are not all there", [..."123456789", "12", "13"], /only counts/],
    ["a stray word", ["1", "2.5", "x", "4", "5", "7"], /line 4 has "x", which is no number/],
    ["infinity", ["1", "2.5", "inf", "4", "5", "7"], /line 4 has "inf"/],
    ["too large", ["1", "2.5", "1e999", "4", "5", "7"], /line 4 has "1e999"/],
  ])("%s are of no use, and why", (_, cells, reason) => {
    expect(column(cells).unused).toMatch(reason);
  });

  it("says where names are times, or months of the row's year", () => {
    const notesOf = (names: readonly string[], rows: readonly string[]) =>
      readTable(
        [names.join(), ...rows.map(row => `${row},${names.slice(1).map((_, i) => 3 + ((i * 7) % 5))}`)].join("\n"),
      ).notes;
    const turn = (first: string, last: string) =>
      `the columns "${first}" to "${last}" are named by times, so that a row holds a series: turn the table, a row for each time`;
    const rows = ["France", "Italy", "Spain", "Norway"];
    const years = Array.from({ length: 8 }, (_, i) => String(1990 + i));
    expect(notesOf(["country", ...years], rows)).toEqual([turn("1990", "1997")]);
    expect(notesOf(["country", "code", "1/22/20", "1/23/20", "1/24/20", "1/25/20"], rows)).toEqual([
      turn("1/22/20", "1/25/20"),
    ]);
    expect(notesOf(["month", ...years], ["Jan", "Feb", "Mar", "Apr"])).toEqual([turn("1990", "1997")]);
    const months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
    expect(notesOf(["year", ...months, "J-D"], ["1990", "1991", "1992", "1993"])).toEqual([
      'the columns "Jan" to "Dec" are months: for one series of all months give each a row of its own',
    ]);
    expect(notesOf(["day", "2020", "2021", "x", "y", "z"], ["1.2.2020", "2.2.2020", "13.2.2020"]).join()).not.toMatch(
      /columns/,
    );
  });

  it("names the cell where numbers are asked for", () => {
    const table = readTable("day,x,sky\n1,5,rain\n2,6,sun\n3,?,sun\n4,8,sun\n7,ten,x\n9,7,y\n", { name: "t" });
    expect(() => table.numbers("x")).toThrow(
      new RangeError('t, line 6, column "x": expected a number, got "ten"; if that marks a missing value, na: ["ten"]'),
    );
    expect(() => table.numbers("sky")).toThrow(
      new RangeError('t, line 2, column "sky": expected a number, got "rain"'),
    );
    expect(() => table.numbers("X ")).toThrow(
      'there is no column "X ", did you mean "x"? Columns are "day", "x", "sky"',
    );
    expect(readTable("a,b\n1,2\n9,4\n").numbers("b")).toEqual(Float64Array.of(2, 4));
  });

  it("names numbers that probably mark missing values, and takes none for one that are data", () => {
    const wave = Array.from({ length: 60 }, (_, i) => (50 + 10 * Math.sin(i)).toFixed(2));
    const marks = (...put: [number, string][]) => {
      const cells = [...wave];
      for (const [at, cell] of put) cells[at] = cell;
      const { notes } = readTable(`x\n${cells.join("\n")}\n`);
      return notes.flatMap(note => note.match(/: (\S+) is far/)?.[1] ?? []);
    };
    expect(marks([3, "-999"])).toEqual(["-999"]);
    expect(marks([3, "9999"], [9, "9999"])).toEqual(["9999"]);
    expect(marks([3, "-200"], [9, "-200"], [10, "-200"])).toEqual(["-200"]);
    expect(marks([3, "-9999"], [9, "-999"], [10, "-999"])).toEqual(["-9999", "-999"]);
    expect(marks([3, "99"])).toEqual(["99"]);
    expect(marks([3, "9999.9"])).toEqual(["9999.9"]);
    expect(marks([3, "-32768"])).toEqual(["-32768"]);
    expect(marks([3, "9.96921e+36"])).toEqual(["9.96921e+36"]);
    for (const value of ["75", "0", "-12.5", "700"]) expect(marks([3, value])).toEqual([]);
  });
});

describe("bytes", () => {
  const text = "t (°C),b\n1,2\n3,4\n";
  const utf16 = (little: boolean, mark: boolean) => {
    const bytes = Buffer.from(`${mark ? "\ufeff" : ""}${text}`, "utf16le");
    return new Uint8Array(little ? bytes : bytes.swap16());
  };
  it.each([
    ["UTF-8", Buffer.from(text)],
    ["UTF-8 with a mark", Buffer.from(`\ufeff${text}`)],
    ["UTF-16", utf16(true, true)],
    ["UTF-16, big end first", utf16(false, true)],
    ["UTF-16 without a mark", utf16(true, false)],
    ["UTF-16 without a mark, big end first", utf16(false, false)],
    ["Latin-1", Buffer.from(text, "latin1")],
  ])("%s", (_, bytes) => {
    expect(rowsOf(bytes as never)).toEqual([
      ["t (°C)", [1, 3]],
      ["b", [2, 4]],
    ]);
  });

  it("are refused where they are no text", () => {
    expect(() => readTable(Uint8Array.of(0x50, 0x4b, 3, 4, 0))).toThrow(/a workbook or a zip archive/);
    expect(() => readTable(Uint8Array.from({ length: 300 }, (_, i) => i % 256))).toThrow(/not a text file/);
    expect(() => readTable(Uint8Array.of(0x1f, 0x8b, 8))).toThrow(/gzipped; pass await unzip/);
    expect(() => readTable(5 as never)).toThrow(new TypeError("readTable: expected a text or its bytes, got 5"));
  });
});

describe("a header of dates", () => {
  const rows = ["a", "b", "c", "d"].map(name => `${name},${Array.from({ length: 6 }, (_, i) => 10 + i).join()}`);
  it("has names of columns, not the first row, and a row is a series, which is said", () => {
    for (const [first, last, dates] of [
      ["2023-01", "2023-06", Array.from({ length: 6 }, (_, i) => `2023-0${i + 1}`)],
      ["1/31/2023", "6/30/2023", ["1/31/2023", "2/28/2023", "3/31/2023", "4/30/2023", "5/31/2023", "6/30/2023"]],
    ] as const) {
      const { columns, notes, rows: n } = readTable([`product,${dates.join()}`, ...rows].join("\n"));
      expect([columns.map(({ name }) => name), n]).toEqual([["product", ...dates], 4]);
      expect(notes).toContain(
        `the columns "${first}" to "${last}" are named by times, so that a row holds a series: turn the table, a row for each time`,
      );
    }
  });
});
