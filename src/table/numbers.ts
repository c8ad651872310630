/** Numbers as people write them. How a column writes its numbers is decided from all its cells. */

/**
 * The number in text[from, to): digits with a decimal point, an exponent, a sign; NaN for anything else. With another
 * decimal separator, the code of a character, without exponents, and of numbers that are whole below 2^53.
 * Exactly what `Number` gives: a whole number below 2^53 divided by a power of ten up to 22 is rounded once.
 */
export function parsePlain(text: string, from: number, to: number, decimal = 46): number {
  let i = from;
  let code = text.charCodeAt(i);
  const negative = code === 45;
  if (negative || code === 43) code = text.charCodeAt(++i);
  let whole = 0;
  let digits = 0;
  let point = -1;
  for (; i < to; code = text.charCodeAt(++i)) {
    if (code >= 48 && code <= 57) {
      whole = whole * 10 + (code - 48);
      digits++;
    } else if (code === decimal && point < 0) point = digits;
    else break;
  }
  if (digits === 0) return NaN;
  if (i === to && whole < 2 ** 53) {
    const decimals = point < 0 ? 0 : digits - point;
    if (decimals <= 22) return (negative ? -whole : whole) / POWERS[decimals];
  }
  if ((i < to && code !== 101 && code !== 69) || decimal !== 46) return NaN;
  const cell = text.slice(from, to);
  const value = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(cell) ? Number(cell) : NaN;
  return Number.isFinite(value) ? value : NaN;
}

const POWERS = Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));

export type Decimal = "." | ",";

/**
 * What the separator of a number with nothing but digits, a sign and one separator shows, as in `Written`; undefined for
 * any other cell.
 */
export function simpleDecimal(text: string, from: number, to: number): Written["decimal"] | undefined {
  let i = from;
  if (text.charCodeAt(i) === 45) i++;
  const start = i;
  let at = -1;
  for (; i < to; i++) {
    const code = text.charCodeAt(i);
    if (code >= 48 && code <= 57) continue;
    if ((code !== 44 && code !== 46) || at >= 0) return undefined;
    at = i;
  }
  if (at < 0) return i > start ? "none" : undefined;
  if (to - start < 2) return undefined;
  const isOpen = to - at === 4 && at > start && at - start < 4 && text.charCodeAt(start) !== 48;
  return isOpen ? "either" : text.charCodeAt(at) === 44 ? "," : ".";
}

/** A cell taken apart: what stands before and behind its number, and what its separators show. */
export interface Written {
  sign: 1 | -1;
  before: string;
  behind: string;
  /** Digits with their separators, without blanks and apostrophes between thousands */
  core: string;
  exponent: string;
  /** Which is the decimal separator; "either" where 1,234 or 1.234 leaves it open, "none" without one */
  decimal: Decimal | "none" | "either";
}

const CURRENCY =
  "[$€£¥₹₩₽₺₴₪฿]|(?:US|C|A|R|NZ|HK|S)\\$|USD|EUR|GBP|JPY|CNY|CHF|INR|AUD|CAD|BRL|RUB|KRW|SEK|NOK|DKK|PLN|CZK|HUF|MXN|ZAR|TRY|SGD|HKD|NZD|Rs\\.?|Kč|zł|kr\\.?|S?Fr\\.?";
/** Marks of remarks: 12.5*, 12.5[1], 12.5(p) */
const FOOTNOTE = "\\*{1,3}|[†‡¹²³]|\\[\\w{1,3}\\]|\\([a-z]{1,4}\\.?\\)";
const IS_FOOTNOTE = new RegExp(`^(${FOOTNOTE})$`, "iu");
const FORM = new RegExp(
  `^(\\()?([-+−–])?\\s*(${CURRENCY})?\\s*([-+−–])?` +
    "([\\d.,][\\d.,'’ \\u00a0\\u2007\\u2009\\u202f]*?)([ed][-+]?\\d+)?([-−])?" +
    `\\s*(${CURRENCY}|${FOOTNOTE}|(?:[a-z][23](?!\\d)|[^\\d\\s.,()+\\-'’^~|;])(?:[a-z][23](?!\\d)|[^\\d()^~|;]){0,11})?(\\))?$`,
  "iu",
);
const BLANK = /[ '’\u00a0\u2007\u2009\u202f]/;
const LONGEST = 60;

/** $ (1,234.50), as spreadsheets show what is owed */
const OWED = new RegExp(`^(${CURRENCY})\\s*\\((.*)\\)$`, "i");

/** The parts of a cell that holds a number; undefined where it holds none. */
export function takeApart(given: string): Written | undefined {
  const cell = given.endsWith(")") ? given.replace(OWED, "($1$2)") : given;
  const match = cell.length <= LONGEST ? FORM.exec(cell) : null;
  if (!match) return undefined;
  const [, open, sign, before = "", inner, digits, exponent = "", after, behind = "", close] = match;
  const signs = [sign, inner, after].filter(given => given !== undefined);
  if ((open === undefined) !== (close === undefined) || signs.length > (open ? 0 : 1)) return undefined;
  let core = digits;
  if (BLANK.test(core)) {
    if (!/^\d{1,3}(?:([ '’\u00a0\u2007\u2009\u202f])\d{3})(?:\1\d{3})*(?:[.,]\d*)?$/.test(core)) return undefined;
    core = core.replace(/[ '’\u00a0\u2007\u2009\u202f]/g, "");
    // Blanks stand between thousands, so that the other separator is the decimal one.
    const decimal = core.includes(",") ? "," : core.includes(".") ? "." : "none";
    return written(decimal);
  }
  const decimal = decimalOf(core, exponent !== "");
  return decimal && written(decimal);

  function written(decimal: Written["decimal"]): Written {
    const negative = open !== undefined || signs.some(given => given !== "+");
    // Fortran writes 1.5D+3.
    const unit = IS_FOOTNOTE.test(behind) ? "" : behind;
    return { sign: negative ? -1 : 1, before, behind: unit, core, exponent: exponent.replace(/d/i, "e"), decimal };
  }
}

/** Thousands, in groups of three, or as in India of two before the last three. */
const GROUPS = { ",": /^\d{1,3}(,\d{2,3})*,\d{3}$/, ".": /^\d{1,3}(\.\d{3})*\.\d{3}$/ };

function decimalOf(core: string, scientific: boolean): Written["decimal"] | undefined {
  const points = core.split(".").length - 1;
  const commas = core.split(",").length - 1;
  if (!/\d/.test(core)) return undefined;
  if (points === 0 && commas === 0) return "none";
  if (points > 0 && commas > 0) {
    const decimal = core.lastIndexOf(",") > core.lastIndexOf(".") ? "," : ".";
    const other = decimal === "," ? "." : ",";
    const [whole, ...rest] = core.split(decimal);
    return rest.length === 1 && GROUPS[other].test(whole) ? decimal : undefined;
  }
  const only = points > 0 ? "." : ",";
  if (points + commas > 1) return GROUPS[only].test(core) && !scientific ? (only === "," ? "." : ",") : undefined;
  return /^[1-9]\d{0,2}[.,]\d{3}$/.test(core) && !scientific ? "either" : only;
}

/** What letters behind a number multiply it by. */
const TIMES: Record<string, number> = { K: 1e3, k: 1e3, M: 1e6, mn: 1e6, B: 1e9, bn: 1e9, T: 1e12, tn: 1e12 };

/** The value of a cell, with the decimal separator of its column; NaN where it does not fit that. */
export function numberIn({ sign, core, exponent, behind, decimal }: Written, separator: Decimal): number {
  const single = decimal === "." || decimal === ",";
  if (single && decimal !== separator) return NaN;
  const thousands = separator === "." ? "," : ".";
  const digits = core.replaceAll(thousands, "").replace(separator, ".");
  return sign * Number(digits + exponent) * (TIMES[behind] ?? 1);
}

export const isMultiple = (behind: string): boolean => behind in TIMES;
