/**
 * Checks at the border of the public API: tiny functions that name the argument, what was expected, what came.
 * TypeError for a wrong type, RangeError for a wrong value. Kernels assume that these have run.
 */
import { describe, listNames } from "./describe.ts";
import { hintFor } from "./hint.ts";
import { isRecord } from "./isObject.ts";

/** A whole number in [min, max]. */
export function expectInteger(value: unknown, what: string, min = 1, max = Number.MAX_SAFE_INTEGER): number {
  const range = max === Number.MAX_SAFE_INTEGER ? `>= ${min}` : `in [${min}, ${max}]`;
  if (typeof value !== "number")
    throw new TypeError(`${what}: expected a whole number ${range}, got ${describe(value)}`);
  if (!Number.isSafeInteger(value) || value < min || value > max) {
    throw new RangeError(`${what}: expected a whole number ${range}, got ${value}`);
  }
  return value;
}

/** A seed of random numbers: 32 bits. */
export function expectSeed(value: unknown, what: string): number {
  return expectInteger(value, what, 0, 2 ** 32 - 1);
}

/** A finite number in [min, max]. */
export function expectNumber(value: unknown, what: string, min = -Infinity, max = Infinity): number {
  const bounded = max === Infinity ? `a number >= ${min}` : `a number in [${min}, ${max}]`;
  const range = min === -Infinity && max === Infinity ? "a finite number" : bounded;
  if (typeof value !== "number") throw new TypeError(`${what}: expected ${range}, got ${describe(value)}`);
  if (!Number.isFinite(value) || value < min || value > max) {
    throw new RangeError(`${what}: expected ${range}, got ${value}`);
  }
  return value;
}

/** A number in [0, 1). */
export function expectFraction(value: unknown, what: string): number {
  const range = "a number in [0, 1)";
  if (typeof value !== "number") throw new TypeError(`${what}: expected ${range}, got ${describe(value)}`);
  if (!(value >= 0 && value < 1)) throw new RangeError(`${what}: expected ${range}, got ${value}`);
  return value;
}

/** A number above 0. */
export function expectPositive(value: unknown, what: string): number {
  if (typeof value !== "number") throw new TypeError(`${what}: expected a number > 0, got ${describe(value)}`);
  if (!(value > 0 && value < Infinity)) throw new RangeError(`${what}: expected a number > 0, got ${value}`);
  return value;
}

/** True or false. */
export function expectBoolean(value: unknown, what: string): boolean {
  if (typeof value !== "boolean") throw new TypeError(`${what}: expected true or false, got ${describe(value)}`);
  return value;
}

/**
 * One of a list of names.
 *
 * @param remedy what to do about another
 */
export function expectOneOf<T extends string>(value: unknown, names: readonly T[], what: string, remedy = ""): T {
  if (names.includes(value as T)) return value as T;
  const text = `${what}: expected one of ${listNames(names)}, got ${describe(value)}`;
  if (typeof value !== "string") throw new TypeError(text);
  throw new RangeError(text + hintFor(value, names) + remedy);
}

const NAME = /^[A-Za-z][\w-]{0,99}$/;

/** What something of the user's is called, in files and in logs. */
export function expectName(value: unknown, what: string): string {
  if (typeof value === "string" && NAME.test(value)) return value;
  throw new TypeError(
    `${what}: expected a name of letters, digits, "_" and "-" (at most 100, a letter first), got ${describe(value)}`,
  );
}

/** No property beyond the known ones: a misspelt option must not pass in silence. */
export function expectOptions(value: unknown, known: readonly string[], what: string): void {
  const given = describe(value);
  const keys = isRecord(value) ? Object.keys(value) : [];
  const unknown = keys.find(key => !known.includes(key));
  // What is made by a class may have our options; a layer, a scaler or a Map has none of them.
  if (given !== "an object" && (unknown !== undefined || keys.length === 0)) {
    throw new TypeError(`${what}: expected an options object, got ${given}`);
  }
  if (unknown === undefined) return;
  if (known.length === 0) throw new TypeError(`${what}: unknown option ${describe(unknown)}; it takes none`);
  const hint = hintFor(unknown, known).replace(/[^?]$/, "$&.");
  throw new TypeError(
    `${what}: unknown option ${describe(unknown)}${hint}${hint ? " K" : "; k"}nown options are ${listNames(known)}`,
  );
}

/** A shape for messages, with null as "any". */
export function showShape(shape: readonly (number | null | string)[]): string {
  return `[${shape.map(n => n ?? "any").join(", ")}]`;
}
