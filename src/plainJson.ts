/** Plain JSON: what a file can hold, and gives back as it was. */
import { describe } from "./describe.ts";
import { isReadable } from "./isObject.ts";

/** More levels than these are a mistake, such as an object that holds itself; a runtime's own limit comes at a few thousand. */
const DEEPEST = 100;
const LONGEST = 60;

function show(path: string): string {
  return path.length > LONGEST ? `${path.slice(0, LONGEST)}…` : path;
}

/** Whether it is made of braces alone: in this realm or another. */
function isBraces(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/**
 * Refuses what a file would drop, change or never end to write. Properties that are undefined are left out, and what has
 * a `toJSON` stands for what that gives, as in `JSON.stringify`.
 *
 * @param path the value's name, for errors
 * @throws TypeError or RangeError naming the place
 */
export function expectPlain(value: unknown, path: string, depth = 0): void {
  if (value === null || typeof value === "string" || typeof value === "boolean" || Number.isFinite(value)) return;
  if (typeof value === "number") {
    throw new RangeError(`${show(path)}: expected plain JSON, which has finite numbers only, got ${value}`);
  }
  if (typeof value !== "object" || !isReadable(value)) {
    throw new TypeError(`${show(path)}: expected plain JSON, got ${describe(value)}`);
  }
  if (depth === DEEPEST) {
    throw new RangeError(
      `${show(path)}: expected plain JSON of at most ${DEEPEST} levels, got more; does it hold itself?`,
    );
  }
  const { toJSON } = value as { toJSON?: () => unknown };
  if (typeof toJSON === "function") expectPlain(toJSON.call(value), path, depth + 1);
  else if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) expectPlain(value[i], `${path}[${i}]`, depth + 1);
  } else if (isBraces(value)) {
    for (const [key, entry] of Object.entries(value)) {
      if (entry !== undefined) expectPlain(entry, `${path}.${key}`, depth + 1);
    }
  } else throw new TypeError(`${show(path)}: expected plain JSON, got ${describe(value)}`);
}
