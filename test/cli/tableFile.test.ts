import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { say } from "../../src/cli/io.ts";
import { openTable } from "../../src/cli/tableFile.ts";

const folder = mkdtempSync(join(tmpdir(), "table-test-"));
const path = join(folder, "data.csv");
afterAll(() => rmSync(folder, { recursive: true }));

function read(content: string | Uint8Array) {
  writeFileSync(path, content);
  return openTable(path, {});
}

/** The message of the error, which must be one line; the folder is left out. */
function complaint(f: () => unknown): string {
  try {
    f();
  } catch (error) {
    const { message } = error as Error;
    expect(message).not.toContain("\n");
    return message.replaceAll(`${folder}/`, "");
  }
  throw new Error("expected an error");
}

describe("openTable", () => {
  it("reads names, numbers and text", () => {
    const table = read("date,temp_max,weather\n2012-01-01,12.8,drizzle\n2012-01-02,-1e1,\n");
    expect(table.columns.map(({ name, kind }) => [name, kind])).toEqual([
      ["date", "time"],
      ["temp_max", "number"],
      ["weather", "words"],
    ]);
    expect(table.rows).toBe(2);
    expect(table.numbers("temp_max")).toEqual(Float64Array.of(12.8, -10));
    expect(table.text("weather")).toEqual(["drizzle", ""]);
  });

  it("reads what is gzipped, whatever its name", () => {
    expect(read(gzipSync("a,b\n1,2\n3,5\n")).numbers("b")).toEqual(Float64Array.of(2, 5));
    expect(complaint(() => read(gzipSync("a,b\n1,2\n3,5\n").subarray(0, 20)))).toBe(
      "data.csv: a gzipped file that is damaged or cut off",
    );
  });

  it("reads back any quoted text", () => {
    const cell = fc.string({ unit: fc.constantFrom("a", "é", '"', ",", ";", "\t", "\n", "\r", " ") });
    const rows = fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(rows, fc.constantFrom(",", ";", "\t"), fc.constantFrom("\n", "\r\n"), (cells, delimiter, end) => {
        const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
        const lines = [["a", "b"], ...cells.map(row => row.map(text => `x${text}`))];
        writeFileSync(path, lines.map(row => row.map(quote).join(delimiter) + end).join(""));
        const table = openTable(path, { delimiter });
        expect(table.text("a")).toEqual(cells.map(row => `x${row[0]}`));
        expect(table.text("b")).toEqual(cells.map(row => `x${row[1]}`));
      }),
    );
  });

  it("writes remedies as options of the command line", () => {
    expect(complaint(() => read("x\n1\n2\n3\n4\n5\nn. d.\n").numbers("x"))).toBe(
      'data.csv, line 7, column "x": expected a number, got "n. d."; if that marks a missing value, --na \'n. d.\'',
    );
    expect(read("t;b\n1,234;5\n2,500;7\n").notes).toEqual(['"t": "1,234" is 1.234; if it is not, --decimal .']);
    expect(complaint(() => read("day,x\n2024-01-01,1\n2024-01-02,7\nlater,3\n2024-01-04,9\n2024-01-05,9\n"))).toBe(
      'data.csv, line 4, column "day": expected a date such as 2024-01-01, got "later"; ' +
        "correct or remove the line, or read the table without times (--time none)",
    );
  });
});

describe("a file that cannot be read", () => {
  it("is named with the reason", () => {
    expect(complaint(() => openTable(join(folder, "none.csv"), {}))).toBe("none.csv: no such file");
    writeFileSync(path, "a\n1\n");
    expect(complaint(() => openTable(join(path, "x"), {}))).toBe("data.csv/x: cannot read the file (ENOTDIR)");
    expect(complaint(() => openTable(folder, {}))).toMatch(/: expected a table, this is a folder$/);
    expect(complaint(() => openTable("/dev/null", {}))).toBe("/dev/null: expected a file, this is a device");
  });

  it("is refused by its size, before it is read", () => {
    writeFileSync(path, "a\n1\n");
    truncateSync(path, 2 ** 29);
    expect(complaint(() => openTable(path, {}))).toBe(
      "data.csv: more than the limit of 536 MB; remove columns or rows",
    );
    rmSync(path);
  });

  it("is refused when it is no text", () => {
    expect(complaint(() => read(Buffer.from("PK\u0003\u0004\u0000\u0000")))).toBe(
      "data.csv: this is a workbook or a zip archive; export the table as CSV, or unpack it",
    );
  });
});

it("standard input is -", () => {
  const main = new URL("../../dist/cli/main.js", import.meta.url).pathname;
  const input = `day,x\n${Array.from({ length: 80 }, (_, i) => `${20240101 + (i % 28) + 100 * Math.floor(i / 28)},${(i * 7) % 11}`).join("\n")}\n`;
  const args = [
    main,
    "train",
    "-",
    "--target",
    "x",
    "--window",
    "5",
    "--epochs",
    "1",
    "--json",
    "--out",
    join(folder, "m"),
  ];
  const { stdout, status } = spawnSync(process.execPath, args, { input, encoding: "utf8" });
  expect(status).toBe(0);
  const { training, notes } = JSON.parse(stdout);
  expect(notes[0]).toBe('"day" is the time of the rows, written as year, month, day');
  expect(training.data).toBe("-");
});

it("train saves its model when nobody reads what it says", () => {
  const main = new URL("../../dist/cli/main.js", import.meta.url).pathname;
  writeFileSync(path, `x\n${Array.from({ length: 80 }, (_, i) => (i * 7) % 11).join("\n")}\n`);
  const out = join(folder, "unread.st");
  const command = `"$0" "$1" train "$2" --target x --window 5 --epochs 40 --out "$3" | head -n 1`;
  spawnSync("sh", ["-c", command, process.execPath, main, path, out]);
  const { stdout } = spawnSync(process.execPath, [main, "inspect", out, "--json"], { encoding: "utf8" });
  expect(JSON.parse(stdout).metadata.training.data).toBe("data.csv");
});

it.skipIf(!existsSync("/dev/full"))(
  "train saves its model and says so in one line when its output finds the disk full",
  () => {
    const main = new URL("../../dist/cli/main.js", import.meta.url).pathname;
    writeFileSync(path, `x\n${Array.from({ length: 80 }, (_, i) => (i * 7) % 11).join("\n")}\n`);
    const out = join(folder, "full.st");
    const command = `"$0" "$1" train "$2" --target x --window 5 --epochs 2 --out "$3" > /dev/full`;
    const { status, stderr } = spawnSync("sh", ["-c", command, process.execPath, main, path, out], {
      encoding: "utf8",
    });
    expect(stderr).toMatch(/^wasm-lstm: cannot write to standard output: ENOSPC: no space left on device, write\n$/);
    expect(status).toBe(1);
    expect(existsSync(out)).toBe(true);
  },
);

it("breaks sentences between words where a terminal is narrow", () => {
  const said: string[] = [];
  const io = (columns: number, isTTY = true) => ({
    stdout: { write: (text: string) => said.push(text), isTTY, columns },
    stderr: { write: () => {} },
    env: {},
  });
  const text = "learns to forecast load\n  not used: a_very_long_name_of_a_column, its words";
  say(io(20), text);
  say(io(20, false), text);
  expect(said).toEqual([
    "learns to forecast\n  load\n  not used:\n    a_very_long_name_of_a_column,\n    its words\n",
    `${text}\n`,
  ]);
});

it("draws a bar in a terminal while a large file is read, in letters that it has", () => {
  const path = join(folder, "large.csv");
  writeFileSync(path, `v\n${"123456789\n".repeat(810_000)}`);
  const said: string[] = [];
  const io = (isTTY: boolean, env = {}) => ({
    stdout: { write: (text: string) => said.push(text), isTTY },
    stderr: { write: () => {} },
    env,
  });
  openTable(path, {}, io(false));
  expect(said).toEqual([]);
  openTable(path, {}, io(true));
  const bars = said.filter(text => text.includes("large.csv"));
  expect(bars.length).toBeGreaterThan(3);
  expect(bars[0]).toMatch(/^░{24} {2}reading .*large\.csv$/);
  expect(bars.at(-1)).toMatch(/^█{23}░/);
  expect(said.at(-1)).toBe("\r\x1b[2K");
  said.length = 0;
  openTable(path, {}, io(true, { LC_ALL: "C" }));
  expect(said[2]).toBeDefined();
  expect(said.join("")).toMatch(/##\.\./);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: all that is no ASCII
  expect(said.join("")).not.toMatch(/[^\x00-\x7f]/);
});
