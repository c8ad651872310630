/** Any text: no crash, no hang, and no number that is not in the cell. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Column, readTable, type Table } from "../../src/table/index.ts";

const TIMES = Number(process.env.FUZZ_TIMES ?? 1);

const piece = fc.oneof(
  fc.constantFrom(
    ..."a,;:|\t \n\r\"'#%$€-+.eE0195/\\()[]TZ°\u00a0\ufeff\u0000é".split(""),
    ...'NA;1,5;1.234,5;2024-01-31;31.12.2024;1/2/24;Jan-90;2020Q1;12:30;true;x;inf;-999;1e9;\n\n;,,;"";\r\n;(5);5%;sep=;'.split(
      ";",
    ),
  ),
  fc.string({ maxLength: 3 }),
);
const text = fc.array(piece, { maxLength: 120 }).map(pieces => pieces.join(""));

/** A table, or one line that says why there is none; within the time. */
function attempt(source: string | Uint8Array): void {
  const begun = performance.now();
  let table: Table;
  try {
    table = readTable(source);
  } catch (error) {
    expect(error).toBeInstanceOf(RangeError);
    expect((error as Error).message).toMatch(/^table(, line \d+)?(, column .*)?: /);
    return;
  } finally {
    // What grows with the square of the text takes minutes.
    expect(performance.now() - begun).toBeLessThan(10_000);
  }
  const isWhole = ({ name, values, bad }: Column) =>
    table.text(name).length === table.rows &&
    (!values || bad !== undefined || table.numbers(name).length === table.rows);
  expect(table.columns.every(isWhole)).toBe(true);
  const { time } = table;
  if (!time) return;
  expect(time.values.every((value, i) => i === 0 || value > time.values[i - 1])).toBe(true);
  const next = time.next(2);
  expect(next.every(({ text: shown, value }, i) => shown !== "" && (i === 0 || value > next[0].value))).toBe(true);
}

describe("readTable of anything", () => {
  it("gives a table, or one error", () => {
    fc.assert(
      fc.property(text, source => attempt(source)),
      { numRuns: 1500 * TIMES },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), bytes => attempt(bytes)),
      { numRuns: 300 * TIMES },
    );
  });

  it("gives one for tables with pieces left out, doubled and exchanged", () => {
    const lines = Array.from(
      { length: 30 },
      (_, i) => `2024-01-${String(i + 1).padStart(2, "0")};${(i * 7) % 11},5;w${i % 3}`,
    );
    const whole = `day;v;w\n${lines.join("\n")}\n`;
    const place = fc.nat(whole.length);
    fc.assert(
      fc.property(place, fc.nat(20), piece, (at, length, put) => {
        attempt(whole.slice(0, at) + put + whole.slice(at + length));
      }),
      { numRuns: 1500 * TIMES },
    );
  });

  it("takes no long time for long lines, many columns and odd quotes", () => {
    for (const nasty of [
      '"',
      '""',
      '"a',
      'a"',
      ",",
      " ",
      "1 ",
      "1,",
      '\t"',
      "#",
      "(",
      "9".repeat(50),
      "1'000 ",
      "\r",
    ]) {
      attempt(nasty.repeat(10_000));
      attempt(`a,b\n${`${nasty},${nasty}\n`.repeat(10_000)}`);
    }
  }, 60_000);
});

describe("numbers come back", () => {
  const value = fc.double({ noNaN: true, noDefaultInfinity: true });
  const column = fc.array(value, { minLength: 5, maxLength: 20 });

  it("to the last bit, as JavaScript writes them", () => {
    fc.assert(
      fc.property(column, numbers => {
        const table = readTable(`x\n${numbers.join("\n")}\n`, { time: null });
        expect([...table.numbers("x")]).toEqual(numbers.map(n => Number(String(n))));
      }),
      { numRuns: 500 * TIMES },
    );
  });

  it.each(["en-US", "de-DE", "fr-FR", "de-CH", "en-IN", "es-ES", "pt-BR", "sv-SE", "pl-PL"])(
    "as written in %s",
    locale => {
      const show = new Intl.NumberFormat(locale, { maximumFractionDigits: 2, minimumFractionDigits: 2 });
      const cents = fc.array(fc.integer({ min: -1e9, max: 1e9 }), { minLength: 5, maxLength: 20 });
      fc.assert(
        fc.property(cents, fc.constantFrom("\t", ";"), (all, delimiter) => {
          const numbers = all.map(n => n / 100);
          const rows = numbers.map((n, i) => `r${i}${delimiter}${show.format(n)}`);
          const table = readTable(`n${delimiter}x\n${rows.join("\n")}\n`, { delimiter });
          expect([...table.numbers("x")]).toEqual(numbers.map(n => (n || show.format(n).startsWith("-") ? n : 0)));
        }),
        { numRuns: 60 * TIMES },
      );
    },
  );

  it("under every delimiter, found", () => {
    const cents = fc.array(fc.tuple(fc.integer({ min: -9999, max: 9999 }), fc.integer({ min: -9999, max: 9999 })), {
      minLength: 5,
      maxLength: 20,
    });
    fc.assert(
      fc.property(
        cents,
        fc.constantFrom(",", ";", "\t", "|", " ", "^", "~", ":", "\u0001"),
        fc.boolean(),
        (all, delimiter, comma) => {
          const show = (n: number) => {
            const plain = (n / 100).toFixed(2);
            return comma && delimiter !== "," ? plain.replace(".", ",") : plain;
          };
          const rows = all.map(([a, b], i) =>
            [`2024-01-${String(i + 1).padStart(2, "0")}`, show(a), show(b)].join(delimiter),
          );
          const table = readTable([["day", "a", "b"].join(delimiter), ...rows].join("\n"));
          expect([...table.numbers("a")]).toEqual(all.map(([a]) => Number((a / 100).toFixed(2))));
          expect([...table.numbers("b")]).toEqual(all.map(([, b]) => Number((b / 100).toFixed(2))));
        },
      ),
      { numRuns: 300 * TIMES },
    );
  });
});
