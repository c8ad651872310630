/** Numbers and names as people read them. */

/** 2.1236 -> "2.124", 12345.6 -> "12346": four digits that matter, and all before the point. */
export function showNumber(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e15)) return value.toExponential(3);
  return size >= 1000 ? value.toFixed(0) : value.toPrecision(4);
}

/** Decimals that show four digits of how much values differ: none for a meter that stands at 1.7e9, two for degrees. */
export function decimalsFor(values: Float64Array): number {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const spread = high > low ? high - low : Math.abs(high);
  return spread > 0 && spread < Infinity ? Math.min(15, Math.max(0, 3 - Math.floor(Math.log10(spread)))) : 3;
}

/** With so many decimals; as a power of ten where that would be long. */
export function showDecimals(value: number, decimals: number): string {
  return Math.abs(value) < 1e15 && decimals < 10 ? value.toFixed(decimals) : value.toPrecision(6);
}

/** Without the digits that float32 makes up. */
export function roundTo(value: number, decimals: number): number {
  return Math.abs(value) < 1e15 && decimals <= 20 ? Number(value.toFixed(decimals)) : value;
}

/** 1 -> "1 row", 30 -> "30 rows" */
export function count(n: number, what: string, several = `${what}s`): string {
  return `${thousands(n)} ${n === 1 ? what : several}`;
}

export const thousands = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, ",");

/** Text from a file, fit for a terminal: escape sequences in it must not act. */
export function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is to be removed
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, "\ufffd");
}

/** Names that a line has */
const MOST_NAMES = 20;

/** A list of names: "a, b and c"; of many the first. */
export function listNames(names: readonly string[]): string {
  const more = names.length - MOST_NAMES;
  const shown = more > 1 ? [...names.slice(0, MOST_NAMES).map(plain), `${more} more`] : names.map(plain);
  return shown.length < 2 ? shown.join() : `${shown.slice(0, -1).join(", ")} and ${shown[shown.length - 1]}`;
}

/** A word of a command line, quoted where a shell wants it. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${plain(word).replaceAll("'", "'\\''")}'`;
}

/** A cell as spreadsheets read it. */
export const csvCell = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
