/** What a value that anyone may have given is, as far as it can be asked for properties. */
import { isArray } from "./nested.ts";

/** Whether a value may have properties: an object of any kind, and not null. */
export function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** Whether a value may tell things by name: an object that is no array. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return isObject(value) && !isArray(value);
}
