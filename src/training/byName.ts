/** What is given by the names of a model's inputs or outputs. */
import { describe, listNames } from "../describe.ts";
import { Names } from "../graph/names.ts";
import { hintFor } from "../hint.ts";
import { isArray, isObject, isReadable } from "../isObject.ts";
import type { Slot } from "./slots.ts";

type Named = Pick<Slot, "name">;

/** Each name once; without one an input is "input". */
function namesOf(slots: readonly Named[]): string[] {
  const names = new Names(slots.flatMap(({ name }) => name ?? []));
  return slots.map(({ name }) => name ?? names.add("input"));
}

/** Whether a value is an object of braces that may tell something by name, and no array. */
function isPlain(value: unknown): value is Record<string, unknown> {
  if (!isObject(value) || !isReadable(value) || isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) return false;
  return !("lengths" in value || ("shape" in value && "data" in value));
}

/** Whether a value tells something by name: `{ price: x1, static: x2 }`. */
export function isByName(value: unknown, slots: readonly Named[]): value is Record<string, unknown> {
  if (!isPlain(value)) return false;
  const [keys, names] = [Object.keys(value), namesOf(slots)];
  // Of one input or output, { x } and objects that are no data at all are for others to look at.
  return keys.some(key => names.includes(key)) || (names.length > 1 && keys.length > 0 && !keys.includes("x"));
}

/** @param remedy what to do about it, if that is known */
export function missing(title: string, of: "input" | "output", names: readonly string[], name: string, remedy = "") {
  return new RangeError(
    `${title}: expected all of the model's ${of}s, ${listNames(names)}, got none for ${describe(name)}${remedy}`,
  );
}

/**
 * What is given by name as a list in the order of the names; all else as it is.
 *
 * @param title what errors call it: "x"
 * @param of what has the names: "input"
 * @param rest for names that are left out; without it all must be there
 * @throws RangeError for a name that there is not, or one that is missing
 */
export function inOrder(
  value: unknown,
  slots: readonly Named[],
  title: string,
  of: "input" | "output",
  ...rest: readonly unknown[]
): unknown {
  if (!isByName(value, slots)) return value;
  const names = namesOf(slots);
  const unknown = Object.keys(value).find(key => !names.includes(key));
  if (unknown !== undefined) {
    throw new RangeError(
      `${title}: expected names of the model's ${of}s, ${listNames(names)}, got ${describe(unknown)}${hintFor(unknown, names)}`,
    );
  }
  const list = names.map(name => {
    const own = Object.hasOwn(value, name) ? value[name] : undefined;
    if (own !== undefined && own !== null) return own;
    if (rest.length > 0) return rest[0];
    throw missing(title, of, names, name);
  });
  return list.length === 1 ? list[0] : list;
}
