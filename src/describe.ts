/** Values in error messages: one short line each, whatever they are. */

const LONGEST = 40;

/** A user's word in a sentence. */
export const cut = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);

/** The names that there are, of very many the first ones. */
export function listNames(names: readonly string[]): string {
  const shown = names.slice(0, LONGEST).map(cut).join(", ");
  return names.length > LONGEST ? `${shown} and ${names.length - LONGEST} more` : shown;
}

/** A short name of a value for error messages. */
export function describe(value: unknown): string {
  if (value === null) return "null";
  if (typeof value === "string") return JSON.stringify(cut(value));
  if (typeof value === "number" || typeof value === "boolean" || value === undefined) return String(value);
  try {
    if (Array.isArray(value)) return `an array of ${value.length}`;
    const name = Object.getPrototypeOf(value)?.constructor?.name; // an own "constructor" may be anything
    const known = typeof name === "string" && name !== "" && name !== "Object";
    return typeof value === "object" ? `an object${known ? ` (${cut(name)})` : ""}` : `a ${typeof value}`;
  } catch {
    return "an object that cannot be read"; // a revoked proxy, or one that throws
  }
}
