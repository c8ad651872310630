/** Numbers and names as people read them. */

/** 2.1236 -> "2.124", 12345.6 -> "12346": four digits that matter. */
export function showNumber(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e7)) return value.toExponential(3);
  return size >= 1000 ? value.toFixed(0) : value.toPrecision(4);
}

/** 1 -> "1 row", 30 -> "30 rows" */
export function count(n: number, what: string): string {
  return `${String(n).replace(/\B(?=(\d{3})+$)/g, ",")} ${what}${n === 1 ? "" : "s"}`;
}

/** Text from a file, fit for a terminal: escape sequences in it must not act. */
export function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is to be removed
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, "\ufffd");
}

/** A list of names: "a, b and c". */
export function listNames(names: readonly string[]): string {
  const shown = names.map(plain);
  return shown.length < 2 ? shown.join() : `${shown.slice(0, -1).join(", ")} and ${shown[shown.length - 1]}`;
}

/** A word of a command line, quoted where a shell wants it. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${plain(word).replaceAll("'", "'\\''")}'`;
}
