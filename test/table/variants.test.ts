/** Tables as people have them, a kind after the other, each with the numbers and times that are right. */
import { expect, it } from "vitest";
import { readTable, type TableOptions } from "../../src/table/index.ts";

const N = 60;
const [DAY, HOUR] = [864e5, 36e5];
/** A Thursday; the days after it rule out other orders of day and month. */
const START = Date.UTC(2024, 0, 25);
const range = <T>(n: number, f: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => f(i));
const two = (n: number) => String(n).padStart(2, "0");
const day = (i: number) => START + i * DAY;
const hour = (i: number) => START + i * HOUR;
const month = (i: number) => Date.UTC(2018, i, 1);
const quarter = (i: number) => Date.UTC(2000, 3 * i, 1);
const week = (i: number) => Date.UTC(2019, 11, 30) + 7 * DAY * i;
const iso = (time: number) => new Date(time).toISOString().slice(0, 10);
const minutes = (time: number) => new Date(time).toISOString().slice(0, 16);
const partsOf = (time: number) => {
  const date = new Date(time);
  const [y, m, d] = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
  return { y, m, d, h: date.getUTCHours(), min: date.getUTCMinutes(), q: Math.ceil(m / 3), yy: two(y % 100) };
};
/** Year and number of a week, by its Thursday. */
const weekOf = (time: number): [year: number, week: number] => {
  const thursday = time + (3 - ((new Date(time).getUTCDay() + 6) % 7)) * DAY;
  const { y } = partsOf(thursday);
  return [y, Math.floor((thursday - Date.UTC(y, 0, 1)) / (7 * DAY)) + 1];
};
const cents = (value: number) => Math.round(100 * value) / 100;
/** 1,500 to 4,600; 2 to 8; below and above 0; millions of both signs. */
const large = (i: number) => cents(1500 + 700 * Math.sin(i / 3) + i * 37.31);
const small = (i: number) => cents(5 + 3 * Math.sin(i / 3));
const signed = (i: number) => cents(300 * Math.sin(i / 2));
const millions = (i: number) => cents(1234567 + 98765.43 * i * (i % 3 ? 1 : -1));
const group = (digits: string, mark: string) => digits.replace(/\B(?=(\d{3})+$)/g, mark);
const show = (value: number, point = ".", mark = "") => {
  const [whole, rest] = Math.abs(value).toFixed(2).split(".");
  return `${value < 0 ? "-" : ""}${group(whole, mark)}${point}${rest}`;
};
const quoted = (text: string) => `"${text}"`;

interface Right {
  text: string | Uint8Array;
  options?: TableOptions;
  column?: string;
  x?: readonly number[];
  first?: string;
  last?: string;
  note?: RegExp;
  error?: RegExp;
}
const tables: [name: string, right: Right][] = [];
interface More extends Omit<Right, "text"> {
  delimiter?: string;
  end?: string;
  above?: string;
  below?: string;
  bytes?: (text: string) => Uint8Array;
}
const add = (
  name: string,
  header: string[],
  row: (i: number) => string[],
  { delimiter = ",", end = "\n", above = "", below = "", bytes, ...right }: More,
) => {
  const lines = [...(header.length > 0 ? [header] : []), ...range(N, row)].map(cells => cells.join(delimiter));
  const text = `${above}${lines.join(end)}${end}${below}`;
  tables.push([name, { text: bytes ? bytes(text) : text, ...right }]);
};
const days = { first: iso(START), last: iso(day(N - 1)) };
/** A column of days and one of numbers as they are written. */
const addNumbers = (
  name: string,
  write: (value: number) => string,
  delimiter = ";",
  value = millions,
  more: More = {},
) => add(name, ["date", "x"], i => [iso(day(i)), write(value(i))], { delimiter, x: range(N, value), ...days, ...more });
/** A column of times as they are written and one of numbers. */
const addTimes = (
  name: string,
  write: (time: number) => string,
  at = day,
  shown: (time: number) => string = iso,
  more: More & { title?: string } = {},
) => {
  const { title = "date", ...rest } = more;
  const times = { first: shown(at(0)), last: shown(at(N - 1)) };
  add(name, [title, "x"], i => [write(at(i)), show(small(i))], {
    delimiter: ";",
    x: range(N, small),
    ...times,
    ...rest,
  });
};

// Separators of decimals and thousands, under any delimiter
for (const [name, delimiter, point, mark] of [
  ["decimal commas, dots", ";", ",", "."],
  ["decimal commas, blanks", ";", ",", " "],
  ["no-break spaces", ";", ",", "\u00a0"],
  ["thin spaces", ";", ",", "\u2009"],
  ["narrow no-break spaces", ";", ",", "\u202f"],
  ["apostrophes", ";", ".", "'"],
  ["typographic apostrophes", ";", ".", "’"],
  ["tabs, commas", "\t", ".", ","],
  ["tabs, decimal commas", "\t", ",", "."],
  ["pipes", "|", ".", ","],
  ["carets", "^", ",", "."],
  ["tildes", "~", ".", ","],
  ["commas, blanks", ",", ".", " "],
] as const) {
  addNumbers(name, value => show(value, point, mark), delimiter);
}
addNumbers("quoted thousands", value => quoted(show(value, ".", ",")), ",");
addNumbers("quoted decimal commas", value => quoted(show(value, ",", ".")), ",");
const lakh = (i: number) => 123456.5 + i * 98765;
const indian = (value: number) => {
  const [whole] = value.toFixed(2).split(".");
  return `${whole.slice(0, -3).replace(/\B(?=(\d{2})+$)/g, ",")},${whole.slice(-3)}.50`;
};
addNumbers("Indian groups", indian, ";", lakh);
addNumbers("rupees", value => `₹${indian(value)}`, "\t", lakh);

// 2357,2 is no month of the year 2357.
const thousands = (i: number) => Number((1000 + i * 101.3).toFixed(1));
addNumbers("four digits and one decimal", value => value.toFixed(1).replace(".", ","), ";", thousands);

// Currencies, signs, units
const minus = (value: number, text: string) => (value < 0 ? `-${text}` : text);
const us = (value: number) => show(Math.abs(value), ".", ",");
const eu = (value: number) => show(Math.abs(value), ",", ".");
for (const [name, write] of [
  ["$5", value => `$${show(value, ".", ",")}`],
  ["-$5", value => minus(value, `$${us(value)}`)],
  ["($5)", value => (value < 0 ? `($${us(value)})` : `$${us(value)}`)],
  ["$ (5)", value => (value < 0 ? `$ (${us(value)})` : `$ ${us(value)}`)],
  ["(5)", value => (value < 0 ? `(${us(value)})` : us(value))],
  ["(5,00)", value => (value < 0 ? `(${eu(value)})` : eu(value))],
  ["5-", value => (value < 0 ? `${us(value)}-` : us(value))],
  ["− of Unicode", value => show(value, ".", ",").replace("-", "−")],
  ["+5", value => (value < 0 ? show(value) : `+${show(value)}`)],
  ["- 5", value => (value < 0 ? `- ${show(-value)}` : show(value))],
  ["5 €", value => `${show(value, ",", ".")} €`],
  ["€ -5", value => `€ ${show(value, ",", ".")}`],
  ["5- €", value => `${eu(value)}${value < 0 ? "-" : ""} €`],
  ["CHF 5", value => `CHF ${show(value, ".", "'")}`],
  ["SFr. 5", value => `SFr. ${show(value, ".", "'")}`],
  ["R$ 5", value => `R$ ${show(value, ",", ".")}`],
  ["5 kr", value => `${show(value, ",", " ")} kr`],
  ["kr 5", value => `kr ${show(value, ",", " ")}`],
  ["5 zł", value => `${show(value, ",", " ")} zł`],
  ["5 EUR", value => `${show(value, ",", ".")} EUR`],
  ["£5", value => `£${show(value, ".", ",")}`],
  ["5 %", value => `${show(value, ",")} %`],
  ["5 kWh", value => `${show(value)} kWh`],
] as [string, (value: number) => string][]) {
  addNumbers(name, write, "\t", signed);
  addNumbers(`${name}, millions`, write, "|");
}
for (const [name, write] of [
  ["5 m3", value => `${show(value)} m3`],
  ["5 µg/m3", value => `${show(value)} µg/m3`],
  ["– for minus", value => show(value).replace("-", "–")],
  ["5[1]", value => `${show(value)}${value > 250 ? "[1]" : ""}`],
  ["5(p)", value => `${show(value)}${value > 250 ? "(p)" : ""}`],
  ['="5"', value => `="${show(value)}"`],
] as [string, (value: number) => string][]) {
  addNumbers(name, write, ",", signed);
}
add("multiples up to T", ["date", "x"], i => [iso(day(i)), `${i + 1}.5${["", "K", "M", "B", "T"][i % 5]}`], {
  x: range(N, i => (i + 1.5) * [1, 1e3, 1e6, 1e9, 1e12][i % 5]),
});
// A number that may have thousands, among decimal commas, and decimal points beside them, are read one way, and said.
const below = (i: number) => cents(-90 + 20 * Math.sin(i / 3));
addNumbers("-94.015 among decimal commas", value => (value === below(40) ? "-94.015" : show(value, ",")), ";", below, {
  x: range(N, i => (i === 40 ? -94015 : below(i))),
  note: /"x": "-90,00" is -90, and "-94.015" is -94015: if it is not, correct it, or na: \["-94.015"\]/,
});
addNumbers(
  "1.234 among decimal commas and thousands",
  value => show(value, ",", ".").replace(",00", ""),
  ";",
  i => 1000 * i + (i % 4) / 4,
  {
    note: /^"x": "1.000,25" is 1000.25$/m,
  },
);
add("points beside decimal commas", ["date", "x", "y"], i => [iso(day(i)), show(small(i)), show(large(i), ",")], {
  delimiter: ";",
  x: range(N, small),
  note: /"x": "5.00" is 5, though other columns have decimal commas/,
});
add("thousands and millions by letter", ["date", "x"], i => [iso(day(i)), `${i + 1}.5${i % 2 ? "K" : "M"}`], {
  x: range(N, i => (i + 1.5) * (i % 2 ? 1e3 : 1e6)),
});
addNumbers("powers of ten with commas", value => value.toExponential(6).replace(".", ","), ";", signed, {
  x: range(N, i => Number(signed(i).toExponential(6))),
});
add("three decimals among others", ["date", "x", "y"], i => [iso(day(i)), `1,${two(i)}5`, `${i},5`], {
  delimiter: ";",
  x: range(N, i => Number(`1.${two(i)}5`)),
});
add("credits and debits are refused", ["date", "x"], i => [iso(day(i)), `5 ${i % 2 ? "CR" : "DR"}`], {
  error: /expected a number, got "5 DR"/,
});
add("points and commas are refused", ["date", "x"], i => [iso(day(i)), i % 2 ? "1.5" : "1,5"], {
  delimiter: ";",
  error: /expected a number/,
});

// Encodings and lines
const utf16 = (isBig: boolean, hasMark: boolean) => (text: string) =>
  Uint8Array.from(
    [...(hasMark ? "\ufeff" : ""), ...text].flatMap(letter => {
      const code = letter.charCodeAt(0);
      return isBig ? [code >> 8, code & 255] : [code & 255, code >> 8];
    }),
  );
for (const isBig of [true, false]) {
  for (const hasMark of [true, false]) {
    const bytes = utf16(isBig, hasMark);
    add(`UTF-16, ${isBig}, ${hasMark}`, ["date", "été"], i => [iso(day(i)), show(large(i))], {
      bytes,
      column: "été",
      x: range(N, large),
    });
  }
}
const windows = (text: string) => Uint8Array.from(text, letter => (letter === "€" ? 0x80 : letter.charCodeAt(0)));
add("Windows-1252", ["date", "preis €"], i => [iso(day(i)), `${show(large(i), ",", ".")} €`], {
  delimiter: ";",
  bytes: windows,
  column: "preis €",
  x: range(N, large),
});
const plain = (name: string, more: More, value = large) =>
  add(name, ["date", "x"], i => [iso(day(i)), show(value(i))], { x: range(N, value), ...days, ...more });
plain("CR alone", { end: "\r" });
plain("blank lines between", { end: "\n\n" });
for (const mark of ["#", "//", ";", "%", "!", "--", "*", "REM"]) {
  plain(`comments, ${mark}`, {
    above: `${mark} made by a program\n${mark} version 3, of 2024\n`,
    note: mark === "#" ? /2 lines of comments \(#\)/ : /2 lines of comments/,
  });
}
add("% in the header is no comment", ["% change", "x"], i => [show(small(i)), show(large(i))], { x: range(N, large) });
plain("a title", { above: "Load, in MW, of all plants, 2024\n\n", note: /1 line before the table/ });
for (const foot of [
  "Total,123456.00\n",
  "Gesamtsumme,99999\n",
  "Total,99999\nAverage,99999\n",
  "Max,99999\n",
  "Source: Office of Statistics\n",
  "Source: Office, of Statistics\n",
  "\nNotes\n1) provisional, x\n",
  "* preliminary\n",
]) {
  plain(`below it ${foot}`, { below: foot, note: /passed over/ });
}
plain("files one behind the other", { note: /the header comes again once/ });
const joined = tables[tables.length - 1][1];
joined.text = String(joined.text).replace(iso(day(30)), `date,x\n${iso(day(30))}`);
plain("below a blank line, with commas", {
  below: "\nLoad of all plants, 2024, 2025\n",
  note: /passed over, from line 63 on/,
});
for (const [name, description] of [
  ["of the Bundesbank", 'date,x\n"",Euro\nunit,MW\nlast update,2024-01-01 15:00:00\n'],
  [
    "with more lines",
    "date,x\nCDID,L55O\nsource,MM23\nunit,%\nrelease,15-11-2023\nnext release,20 December 2023\nnotes,\n",
  ],
]) {
  add(`a description under the names, ${name}`, [description.trim()], i => [iso(day(i)), show(large(i))], {
    x: range(N, large),
    ...days,
    note: /lines under the header passed over/,
  });
}
add(
  "units without a cell for times",
  ["  yyyy  mm  x\n          degC"],
  i => [`  ${partsOf(month(i)).y}  ${partsOf(month(i)).m}  ${show(large(i))}${i % 9 ? "" : "*"}`],
  {
    x: range(N, large),
    first: iso(month(0)).slice(0, 7),
    note: /1 line under the header passed over, without a number: "degC"/,
  },
);
add("years under a title", ["Title", "x"], i => [`${1950 + i}`, show(large(i))], { x: range(N, large), first: "1950" });
add("numbers of rows are no years", ["No", "x"], i => [`${1950 + i}`, show(large(i))], {
  column: "No",
  x: range(N, i => 1950 + i),
});
plain("a sum of a year", { below: "Total 2024,99999\n", note: /a sum of the others/ });
plain("a sum in the second column", { below: ",Total,99999\n", error: /expected 2 cells/ });
add("a sum in the second column of three", ["date", "k", "x"], i => [iso(day(i)), "a", show(large(i))], {
  x: range(N, large),
  below: ",Total,99999\n",
  note: /line 62 \("Total"\) passed over/,
});
for (const above of ["Station:,Bonn\nElevation (m),120\n\n", "Station:,Bonn\nElevation (m),120\n"]) {
  plain("a description in cells, and a table", { above, note: /2 lines before the table passed over/ });
}
add("delimiters at the end of some rows", ["date", "x"], i => [iso(day(i)), show(large(i)), ...(i % 3 ? [] : [""])], {
  x: range(N, large),
  ...days,
  note: /20 rows end in a delimiter that others do not have/,
});
add(
  "rows without their last cells",
  ["date", "x", "y"],
  i => [iso(day(i)), show(large(i)), ...(i % 5 ? ["1.5"] : [])],
  {
    x: range(N, large),
    ...days,
    note: /12 rows have fewer cells than others, the first in line 2: those at their end are taken as missing/,
  },
);
add("the same of the last cells", ["date", "y", "x"], i => [iso(day(i)), "1.5", ...(i % 5 ? [show(large(i))] : [])], {
  x: range(N, i => (i % 5 ? large(i) : NaN)),
});
add(
  "one row without its last cell is refused",
  ["date", "y", "x"],
  i => [iso(day(i)), "1.5", ...(i === 30 ? [] : ["2.5"])],
  {
    error: /line 32: expected 3 cells as in the header, got 2/,
  },
);
add("single quotes", ["'date'", "'x'"], i => [`'${iso(day(i))}'`, `'${show(large(i))}'`], {
  x: range(N, large),
  ...days,
  note: /in single quotes/,
});
plain("a sum without a name", { below: ",99999\n", error: /expected a date such as 2024-01-25, got an empty cell/ });
add("row names", ["date", "x"], i => [quoted(`${i + 1}`), quoted(iso(day(i))), show(large(i))], { x: range(N, large) });
add("delimiters at the end", ["date", "x", "", ""], i => [iso(day(i)), show(large(i)), "", ""], { x: range(N, large) });
add("line breaks in quotes", ["date", "note", "x"], i => [iso(day(i)), '"two\nlines, ""x"""', show(large(i))], {
  x: range(N, large),
});
add(
  "a date and a time under one name",
  ["at            ", "  x"],
  i => [minutes(hour(i)).replace("T", " "), show(small(i))],
  {
    delimiter: "  ",
    x: range(N, small),
    first: "2024-01-25 00:00",
  },
);
add("lines in quotes", [quoted("date;x")], i => [quoted(`${iso(day(i))};${show(small(i), ",")}`)], {
  x: range(N, small),
  ...days,
  note: /each line is in quotes/,
});
add("quoted thousands alone", [], i => [quoted(group(`${1000 + 13 * i}`, ","))], {
  column: "column 1",
  x: range(N, i => 1000 + 13 * i),
});

// Dates
const dmyWords = (time: number, mark = "") =>
  [two(partsOf(time).d), new Date(time).toUTCString().slice(8, 11), partsOf(time).y].join(mark);
const utcSeconds = (time: number) => `${minutes(time).replace("T", " ")}:00Z`;
const dmy = (mark: string, isShort: boolean) => (time: number) => {
  const { d, m, y, yy } = partsOf(time);
  return isShort ? [d, m, yy].join(mark) : [two(d), two(m), y].join(mark);
};
const mdy = (mark: string, isShort: boolean) => (time: number) => {
  const { d, m, y, yy } = partsOf(time);
  return isShort ? [m, d, yy].join(mark) : [two(m), two(d), y].join(mark);
};
for (const isShort of [false, true]) {
  for (const mark of [".", "/", "-"]) addTimes(`day first, ${mark}, ${isShort}`, dmy(mark, isShort));
  for (const mark of ["/", "-"]) addTimes(`month first, ${mark}, ${isShort}`, mdy(mark, isShort));
}
for (const zone of ["Z", "+05:30", "-03:00"])
  addTimes(
    `offset ${zone}`,
    time => `${minutes(time)}:00${zone}`,
    hour,
    time => `${minutes(time)}:00${zone}`,
  );
const wall = (time: number) => minutes(time).replace("T", " ");
const clock = (time: number) => {
  const { h, min } = partsOf(time);
  return `${h % 12 || 12}:${two(min)} ${h < 12 ? "AM" : "PM"}`;
};
addTimes("AM and PM", time => `${mdy("/", true)(time)} ${clock(time)}`, hour, wall);
addTimes("14h30", time => `${dmy("/", false)(time)} ${two(partsOf(time).h)}h${two(partsOf(time).min)}`, hour, wall);
addTimes("14h", time => `${dmy("/", false)(time)} ${partsOf(time).h}h`, hour, wall);
addTimes("14:30 Uhr", time => `${dmy(".", false)(time)} ${minutes(time).slice(11)} Uhr`, hour, wall);
addTimes(
  "spans",
  time =>
    `${dmy(".", false)(time)} ${minutes(time).slice(11)} - ${dmy(".", false)(time + HOUR)} ${minutes(time + HOUR).slice(11)}`,
  hour,
  wall,
  { note: /the begin of each span/ },
);
const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = {
  en: "January February March April May June July August September October November December",
  de: "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
  fr: "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
  es: "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
  it: "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
  pt: "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
  nl: "januari februari maart april mei juni juli augustus september oktober november december",
};
const named = (names: string) => (time: number) => names.split(" ")[partsOf(time).m - 1];
const ym = (time: number) => iso(time).slice(0, 7);
for (const [language, names] of Object.entries(MONTHS)) {
  addTimes(`days in ${language}`, time => `${partsOf(time).d} ${named(names)(time)} ${partsOf(time).y}`);
  addTimes(`months in ${language}`, time => `${named(names)(time)} ${partsOf(time).y}`, month, ym);
}
for (const [language, names] of Object.entries({
  danish: "januar februar marts april maj juni juli august september oktober november december",
  norwegian: "jan feb mar apr mai jun jul aug sep okt nov des",
  swedish: "januari februari mars april maj juni juli augusti september oktober november december",
  finnish: "tammikuu helmikuu maaliskuu huhtikuu toukokuu kesäkuu heinäkuu elokuu syyskuu lokakuu marraskuu joulukuu",
  polish: "styczeń luty marzec kwiecień maj czerwiec lipiec sierpień wrzesień październik listopad grudzień",
  "polish days": "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
  czech: "ledna února března dubna května června července srpna září října listopadu prosince",
  hungarian: "január február március április május június július augusztus szeptember október november december",
  romanian: "ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie",
  turkish: "Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık",
  indonesian: "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember",
  russian: "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь",
  "russian days": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
})) {
  addTimes(`months, ${language}`, time => `${named(names)(time)} ${partsOf(time).y}`, month, ym);
}
for (const [language, weekdays, names] of [
  ["French", "dim. lun. mar. mer. jeu. ven. sam.", MONTHS.fr],
  ["Italian", "domenica lunedì martedì mercoledì giovedì venerdì sabato", MONTHS.it],
  ["Spanish", "domingo lunes martes miércoles jueves viernes sábado", MONTHS.es],
  ["Dutch", "zo ma di wo do vr za", MONTHS.nl],
]) {
  addTimes(
    `weekdays in ${language}`,
    time =>
      `${weekdays.split(" ")[new Date(time).getUTCDay()]} ${partsOf(time).d} ${named(names)(time)} ${partsOf(time).y}`,
  );
}
const english = (time: number) => named(MONTHS.en)(time).slice(0, 3);
const { stamp, seconds } = {
  stamp: (time: number) => new Date(time).toISOString().slice(11, 19),
  seconds: (time: number) => `${minutes(time).replace("T", " ")}:00`,
};
addTimes("31JAN2024:14:30:00", time => `${dmyWords(time)}:${stamp(time)}`, hour, seconds);
addTimes("[31/Jan/2024:14:30:00 +0000]", time => `[${dmyWords(time, "/")}:${stamp(time)} +0000]`, hour, utcSeconds);
addTimes(
  "as JavaScript writes them",
  time =>
    `${WEEKDAYS[new Date(time).getUTCDay()]} ${english(time)} ${two(partsOf(time).d)} ${partsOf(time).y} ${stamp(time)} GMT+0000 (Coordinated Universal Time)`,
  hour,
  utcSeconds,
);
addTimes(
  "the name of a zone in brackets",
  time => `${minutes(time)}:00Z[Europe/London]`,
  hour,
  time => `${minutes(time)}:00Z`,
);
addTimes(
  "Jan 31, 2024 at 2:30 PM",
  time => `"${english(time)} ${partsOf(time).d}, ${partsOf(time).y} at ${clock(time)}"`,
  hour,
  wall,
);
addTimes(
  "a narrow blank before PM",
  time => `${mdy("/", true)(time)} ${clock(time).replace(" ", "\u202f")}`,
  hour,
  wall,
);
add(
  "12-AM, between commas",
  ["date", "symbol", "x"],
  i => [`${iso(hour(i))} ${clock(hour(i)).replace(/:00 /, "-")}`, "A", show(small(i))],
  {
    x: range(N, small),
    first: wall(hour(0)),
    last: wall(hour(N - 1)),
  },
);
addTimes(
  "31.01.2024 14.30",
  time => `${dmy(".", false)(time)} ${stamp(time).slice(0, 5).replace(":", ".")}`,
  hour,
  wall,
);
addTimes(
  "31.1.2024 klo 14.30",
  time => `${dmy(".", false)(time)} klo ${stamp(time).slice(0, 5).replace(":", ".")}`,
  hour,
  wall,
);
addTimes(
  "thousandths behind a colon",
  time => `${seconds(time)}:500`,
  hour,
  time => `${seconds(time)}.500`,
);
addTimes("2024:01:31", time => `${iso(time).replaceAll("-", ":")} ${stamp(time)}`, hour, seconds);
addTimes("underscores", time => iso(time).replaceAll("-", "_"));
addTimes("months and underscores", time => `${english(time)}_${partsOf(time).y}`, month, ym);
addTimes("M01-2020", time => `M${two(partsOf(time).m)}-${partsOf(time).y}`, month, ym);
addTimes("2020.01", time => `${partsOf(time).y}.${two(partsOf(time).m)}`, month, ym);
addTimes("2020.1 is October", time => String(Number(`${partsOf(time).y}.${two(partsOf(time).m)}`)), month, ym);
addTimes("days in Korean", time => `${partsOf(time).y}년 ${partsOf(time).m}월 ${partsOf(time).d}일`);
addTimes("spans of days", time => `${iso(time)} - ${iso(time + 6 * DAY)}`, week, iso, {
  note: /the begin of each span/,
});
addTimes("spans of days, 2024-01-01/2024-01-07", time => `${iso(time)}/${iso(time + 6 * DAY)}`, week);
addTimes(
  "spans of days, 01.01.2024-07.01.2024",
  time => `${dmy(".", false)(time)}-${dmy(".", false)(time + 6 * DAY)}`,
  week,
);
addTimes(
  "spans of hours, 14:00-15:00",
  time => `${iso(time)} ${stamp(time).slice(0, 5)}-${stamp(time + HOUR).slice(0, 5)}`,
  hour,
  wall,
  {
    note: /the begin of each span/,
  },
);
addTimes(
  "spans of months, Jan-Mar 2020",
  time => `${english(time)}-${english(Date.UTC(2020, partsOf(time).m + 1, 1))} ${partsOf(time).y}`,
  quarter,
  ym,
  { note: /the begin of each span/ },
);
addTimes("1er janvier", time => `${partsOf(time).d}er ${named(MONTHS.fr)(time)} ${partsOf(time).y}`);
addTimes(
  "as C writes it",
  time =>
    `${WEEKDAYS[new Date(time).getUTCDay()]} ${named(MONTHS.en)(time).slice(0, 3)} ${two(partsOf(time).d)} ${minutes(time).slice(11)}:00 ${partsOf(time).y}`,
  hour,
  time => `${wall(time)}:00`,
);
const yq = (time: number) => `${partsOf(time).y}Q${partsOf(time).q}`;
for (const [name, write] of [
  ["Q1 2020", time => `Q${partsOf(time).q} ${partsOf(time).y}`],
  ["2020-Q1", time => `${partsOf(time).y}-Q${partsOf(time).q}`],
  ["1Q20", time => `${partsOf(time).q}Q${partsOf(time).yy}`],
  ["T1 2020", time => `T${partsOf(time).q} ${partsOf(time).y}`],
  ["2020-T1", time => `${partsOf(time).y}-T${partsOf(time).q}`],
  ["II/2020", time => `${["I", "II", "III", "IV"][partsOf(time).q - 1]}/${partsOf(time).y}`],
  ["FY2020 Q1", time => `FY${partsOf(time).y} Q${partsOf(time).q}`],
  ["2020-1Q", time => `${partsOf(time).y}-${partsOf(time).q}Q`],
  ["2020:Q1", time => `${partsOf(time).y}:Q${partsOf(time).q}`],
  ["2020:1", time => `${partsOf(time).y}:${partsOf(time).q}`],
  ["1. kvartal 2020", time => `${partsOf(time).q}. kvartal ${partsOf(time).y}`],
  ["1. Quartal 2020", time => `${partsOf(time).q}. Quartal ${partsOf(time).y}`],
  ["1er trimestre 2020", time => `${partsOf(time).q}er trimestre ${partsOf(time).y}`],
] as [string, (time: number) => string][]) {
  addTimes(name, write, quarter, yq);
}
for (const [name, write] of [
  ["2020-W05", (year, number) => `${year}-W${two(number)}`],
  ["2020W05", (year, number) => `${year}W${two(number)}`],
  ["W5 2020", (year, number) => `W${number} ${year}`],
  ["KW 5 2020", (year, number) => `KW ${number} ${year}`],
  ["Week 5, 2020", (year, number) => `Week ${number}, ${year}`],
  ["2020-W05-1", (year, number) => `${year}-W${two(number)}-1`],
] as [string, (year: number, number: number) => string][]) {
  addTimes(name, time => write(...weekOf(time)), week);
}
for (const [name, write] of [
  ["1985/86", y => `${y}/${two((y + 1) % 100)}`],
  ["1985-1986", y => `${y}-${y + 1}`],
  ["FY1985", y => `FY${y}`],
] as [string, (y: number) => string][]) {
  addTimes(
    `years as ${name}`,
    time => write(partsOf(time).y),
    i => Date.UTC(1965 + i, 0, 1),
    time => String(partsOf(time).y),
    { note: /is the year 1965/ },
  );
}
for (const [name, title, write] of [
  ["2020-05", "week", (year, number) => `${year}-${two(number)}`],
  ["5/2020", "Kalenderwoche", (year, number) => `${number}/${year}`],
  ["2020-05 without a name", "t", (year, number) => `${year}-${two(number)}`],
] as [string, string, (year: number, number: number) => string][]) {
  addTimes(`${name} of weeks`, time => write(...weekOf(time)), week, iso, { title, note: /is a week and its year/ });
}
add("few weeks are no months", ["week", "x"], i => [`${2000 + i}-01`, show(small(i))], {
  delimiter: ";",
  first: "2000-01-03",
  note: /is a week and its year/,
});
addTimes("Week of Jan 31, 2020", time => `Week of ${english(time)} ${partsOf(time).d}, ${partsOf(time).y}`, week);
addTimes(
  "20240131-143000",
  time => `${iso(time).replaceAll("-", "")}-${stamp(time).replaceAll(":", "")}`,
  hour,
  seconds,
);
addTimes("202005 of weeks", time => weekOf(time).map(two).join(""), week, iso, {
  title: "week",
  note: /written as year, week/,
});
const halves = (i: number) => Date.UTC(1990, 6 * i, 1);
for (const write of [(y: number, h: number) => `${y}H${h}`, (y: number, h: number) => `S${h} ${y}`]) {
  addTimes(`halves, ${write(2020, 1)}`, time => write(partsOf(time).y, partsOf(time).m < 7 ? 1 : 2), halves, ym);
}
addTimes("20200131", time => iso(time).replaceAll("-", ""));
addTimes("200131", time => iso(time).slice(2).replaceAll("-", ""));
addTimes("31012020", dmy("", false), day, iso, { note: /written as day, month, year/ });
addTimes("01312020", mdy("", false), day, iso, { note: /written as month, day, year/ });
const lastCentury = (i: number) => Date.UTC(1959, i, 1);
addTimes("Jan-59", time => `${new Date(time).toUTCString().slice(8, 11)}-${partsOf(time).yy}`, lastCentury, ym, {
  note: /"Jan-59" is of the year 1959/,
});
addTimes(
  "1/1/59 to 1/1/80",
  time => `${partsOf(time).m}/1/${partsOf(time).yy}`,
  i => Date.UTC(1959, 4 * i, 1),
);
addTimes(
  "Jan-25 to Jan-44",
  time => `${new Date(time).toUTCString().slice(8, 11)}-${partsOf(time).yy}`,
  i => Date.UTC(2025, 4 * i, 1),
  ym,
);
addTimes("202001", time => ym(time).replace("-", ""), month, ym);
addTimes("2020M01", time => ym(time).replace("-", "M"), month, ym);
addTimes("01.2020", time => `${two(partsOf(time).m)}.${partsOf(time).y}`, month, ym);
addTimes(
  "day of the year",
  time => `2024-${String(Math.round((time - Date.UTC(2024, 0, 1)) / DAY) + 1).padStart(3, "0")}`,
);
for (const [name, shift] of [
  ["begin", 0],
  ["middle", 0.5],
] as const) {
  const years = (parts: number) => (time: number) =>
    (partsOf(time).y + ((partsOf(time).m - 1) / (12 / parts) + shift) / parts).toFixed(3);
  addTimes(`months as years, ${name}`, years(12), month, ym, {
    title: "decimal date",
    note: /years with a fraction, a month each/,
  });
  addTimes(`quarters as years, ${name}`, years(4), quarter, yq, { title: "time" });
}
for (const [unit, factor] of [
  ["seconds", 1e-3],
  ["milliseconds", 1],
  ["microseconds", 1e3],
] as const) {
  addTimes(
    unit,
    time => String(time * factor),
    hour,
    time => `${minutes(time)}:00Z`,
    { title: "timestamp" },
  );
}
const excel = (time: number) => String(Math.round((time / DAY + 25569) * 1e6) / 1e6);
addTimes("days of Excel", excel);
addTimes(
  "days of Excel with hours, rounded",
  time => (time / DAY + 25569).toFixed(4),
  hour,
  time => `${wall(time)}:00`,
);
addTimes("Julian days", time => String(time / DAY + 2440587.5), day, iso, { title: "JD" });
addTimes("modified Julian days", time => String(time / DAY + 40587), day, iso, { title: "MJD" });
addTimes("days of MATLAB", time => String(time / DAY + 719529), day, iso, { title: "datenum" });
addTimes("days of Excel with hours", excel, hour, time => `${wall(time)}:00`);
addTimes(
  "days of Excel with commas",
  time => excel(time).replace(".", ","),
  i => hour(i) + HOUR / 2,
  time => `${wall(time)}:00`,
);

for (const from of [10101, 93000, 100101]) {
  add(`a count from ${from} is no date`, ["time", "x"], i => [`${from + i}`, show(small(i))], {
    column: "time",
    x: range(N, i => from + i),
  });
}
const travel = (i: number) => -[8, 7, 6, 5, 4, 3][Math.floor(i / 10)];
add(
  "offsets from UTC of many places",
  ["t", "x"],
  i => [`${minutes(hour(i) + travel(i) * HOUR)}-0${-travel(i)}:00`, show(small(i))],
  {
    x: range(N, small),
    first: "2024-01-24T16:00-08:00",
    last: `${minutes(hour(N - 1) - 3 * HOUR)}-03:00`,
  },
);
add("depths are no years", ["depth", "x"], i => [(1600.25 + i / 4).toFixed(2), show(small(i))], {
  column: "depth",
  x: range(N, i => 1600.25 + i / 4),
});
add("years that come again are no time of rows", ["year", "x"], i => [`${2000 + (i >> 2)}`, show(small(i))], {
  column: "year",
  x: range(N, i => 2000 + (i >> 2)),
});
add("an hour meter is no year", ["date", "hour_meter", "x"], i => [iso(day(i)), `${1500 + 7 * i}`, show(small(i))], {
  column: "hour_meter",
  x: range(N, i => 1500 + 7 * i),
});

// Times in several columns
const addParts = (
  name: string,
  header: string[],
  row: (time: number) => (string | number)[],
  first: string,
  at = hour,
) => add(name, [...header, "x"], i => [...row(at(i)).map(String), show(small(i))], { x: range(N, small), first });
addParts(
  "year to hour",
  ["year", "month", "day", "hour"],
  time => [partsOf(time).y, partsOf(time).m, partsOf(time).d, partsOf(time).h],
  "2024-01-25 00:00",
);
addParts("hours from 1 to 24", ["Date", "Hour"], time => [iso(time), partsOf(time).h + 1], "2024-01-25 00:00");
tables[tables.length - 1][1].note = /"Hour" counts from 1: 1 is 00:00/;
addParts("date and time", ["Date", "Time"], time => [mdy("/", true)(time), clock(time)], "2024-01-25 00:00");
for (const [name, header, write] of [
  ["date and 14.00", "Time", time => `${two(partsOf(time).h)}.00`],
  ["date and 2 PM", "Time", time => `${partsOf(time).h % 12 || 12} ${partsOf(time).h < 12 ? "AM" : "PM"}`],
  ["date and 14:00-15:00", "Period", time => `${two(partsOf(time).h)}:00-${two((partsOf(time).h + 1) % 24)}:00`],
  ["date and hour ending", "Hour Ending", time => partsOf(time).h + 1],
] as [string, string, (time: number) => string | number][]) {
  addParts(name, ["Date", header], time => [iso(time), write(time)], "2024-01-25 00:00");
}
const halfHour = (i: number) => START + (i * HOUR) / 2;
for (const [name, header, write] of [
  ["half hours that are counted", "settlement_period", time => 1 + 2 * partsOf(time).h + partsOf(time).min / 30],
  ["half hours as fractions", "hour", time => partsOf(time).h + partsOf(time).min / 60],
] as [string, string, (time: number) => number][]) {
  add(name, ["Date", header, "x"], i => [iso(halfHour(i)), String(write(halfHour(i))), show(small(i))], {
    x: range(N, small),
    first: "2024-01-25 00:00",
    last: "2024-01-26 05:30",
  });
}
add(
  "a counter of each day that is no clock",
  ["date", "player", "x"],
  i => [iso(day(Math.floor(i / 24))), `${1 + (i % 24)}`, show(small(i))],
  {
    error: /it holds 24 series, by "player"/,
  },
);
addParts(
  "year of two digits",
  ["yr", "mo", "dy"],
  time => [partsOf(time).y % 100, partsOf(time).m, partsOf(time).d],
  iso(START),
  day,
);
addParts(
  "year and III",
  ["Jahr", "Quartal"],
  time => [partsOf(time).y, ["I", "II", "III", "IV"][partsOf(time).q - 1]],
  "2000Q1",
  quarter,
);
for (const [name, other] of [
  ["always the same", () => "2024-05-05"],
  ["in no order", i => `19${50 + ((i * 7) % 40)}-03-11`],
] as [string, (i: number) => string][]) {
  add(
    `dates that are ${name} before those of the rows`,
    ["other", "date", "x"],
    i => [other(i), iso(day(i)), show(small(i))],
    {
      x: range(N, small),
      ...days,
    },
  );
}
addParts(
  "20240125 and hour",
  ["date", "hour"],
  time => [iso(time).replaceAll("-", ""), partsOf(time).h],
  "2024-01-25 00:00",
);
addParts(
  "20240125 and hours to 24, behind a station",
  ["STN", "YYYYMMDD", "HH"],
  time => [240, iso(time).replaceAll("-", ""), partsOf(time).h + 1],
  "2024-01-25 00:00",
);
addParts(
  "20240125 and 14:00",
  ["date", "time"],
  time => [iso(time).replaceAll("-", ""), minutes(time).slice(11)],
  "2024-01-25 00:00",
);
add(
  "station, year, month, day without names",
  [],
  i => ["01013500", partsOf(day(i)).y, two(partsOf(day(i)).m), two(partsOf(day(i)).d), show(large(i)), "A"].map(String),
  {
    delimiter: " ",
    column: "column 5",
    x: range(N, large),
    ...days,
  },
);
addParts("date and 1430", ["Date", "Time"], time => [iso(time), 100 * partsOf(time).h], "2024-01-25 00:00");
addParts(
  "parts and 1430",
  ["YYYY", "MM", "DD", "HHMM"],
  time => [partsOf(time).y, partsOf(time).m, partsOf(time).d, 100 * partsOf(time).h],
  "2024-01-25 00:00",
);
addParts("year and M01", ["Year", "Period"], time => [partsOf(time).y, `M${two(partsOf(time).m)}`], "2018-01", month);
addParts("year and Q1", ["Year", "Quarter"], time => [partsOf(time).y, `Q${partsOf(time).q}`], "2000Q1", quarter);
addParts("year and week", ["Year", "Week"], weekOf, "2019-12-30", week);
addParts(
  "year and month's name",
  ["Jahr", "Monat"],
  time => [partsOf(time).y, named(MONTHS.de)(time)],
  "2018-01",
  month,
);
add(
  "how long it took is no time of the day",
  ["date", "x", "took"],
  i => [iso(day(i)), show(small(i)), `${1 + (i % 9)}:${two(i)}`],
  { x: range(N, small), ...days },
);
const autumn = (i: number) => Date.UTC(2023, 9, 28, 12) + i * HOUR;
const offset = (i: number) => (autumn(i) < Date.UTC(2023, 9, 29, 1) ? 2 : 1);
add("the hour that comes twice", ["date", "x"], i => [wall(autumn(i) + offset(i) * HOUR), show(small(i))], {
  x: range(N, small),
});
add("newest first", ["date", "x"], i => [mdy("/", true)(day(N - 1 - i)), show(small(N - 1 - i))], {
  x: range(N, small),
  ...days,
  note: /newest/,
});
add("days that come twice", ["date", "x"], i => [iso(day(i >> 1)), show(small(i))], {
  error: /have the time of another/,
});
add("a gap", ["date", "x"], i => [iso(day(i < 30 ? i : i + 10)), show(small(i))], {
  x: range(N, small),
  note: /10 rows are missing/,
});

// Missing values, likely marks of them, yes and no
for (const mark of [
  "NA",
  "N/A",
  "null",
  "-",
  "?",
  ".",
  "",
  "k.A.",
  "s/d",
  "n.d.",
  "ND",
  "—",
  "#N/A",
  "(NA)",
  "no data",
  "n.v.",
  "·",
]) {
  add(`missing ${mark}`, ["date", "x"], i => [iso(day(i)), i % 9 === 4 ? mark : show(large(i))], {
    x: range(N, i => (i % 9 === 4 ? NaN : large(i))),
  });
}
for (const mark of [
  "-999",
  "-9999",
  "9999",
  "1e20",
  "-99.9",
  "65535",
  "32767",
  "-2147483648",
  "-999.25",
  "-888",
  "7777",
]) {
  add(`likely missing ${mark}`, ["date", "x"], i => [iso(day(i)), i % 9 === 4 ? mark : show(small(i))], {
    x: range(N, i => (i % 9 === 4 ? Number(mark) : small(i))),
    note: /probably marks a missing value/,
  });
}
for (const pair of [
  "yes no",
  "ja nein",
  "oui non",
  "sí no",
  "si no",
  "sim não",
  "ja nee",
  "j n",
  "vero falso",
  "verdadero falso",
  "TRUE FALSE",
  "wahr falsch",
]) {
  const [yes, no] = pair.split(" ");
  add(pair, ["date", "b"], i => [iso(day(i)), i % 3 ? yes : no], { column: "b", x: range(N, i => (i % 3 ? 1 : 0)) });
}

it.each(tables)("%s", (_, { text, options, column = "x", x, first, last, note, error }) => {
  const read = () => {
    const table = readTable(text, options);
    return { table, numbers: [...table.numbers(column)] };
  };
  if (error) {
    expect(read).toThrow(error);
    return;
  }
  const { table, numbers } = read();
  expect(numbers).toHaveLength(N);
  for (const [i, value] of (x ?? []).entries()) {
    if (Number.isNaN(value)) expect(numbers[i]).toBeNaN();
    else expect(numbers[i]).toBeCloseTo(value, 9);
  }
  if (first) expect(table.time?.show(0)).toBe(first);
  if (last) expect(table.time?.show(N - 1)).toBe(last);
  if (note) expect(table.notes.join("\n")).toMatch(note);
});
