/** JSON of other programs, which is untrusted. */
import { isRecord } from "../../isObject.ts";
import { describe } from "../../ndarray.ts";

export type Json = Readonly<Record<string, unknown>>;

/** Ends the reading of a model: what is not as it can be here, and where. */
export function refuse(problem: string): never {
  throw new RangeError(problem);
}

export function record(value: unknown, what: string): Json {
  return isRecord(value) ? value : refuse(`${what}: expected an object, got ${describe(value)}; was the file changed?`);
}

export function list(value: unknown, what: string): readonly unknown[] {
  return Array.isArray(value)
    ? value
    : refuse(`${what}: expected a list, got ${describe(value)}; was the file changed?`);
}

export function text(value: unknown, what: string): string {
  return typeof value === "string"
    ? value
    : refuse(`${what}: expected a name, got ${describe(value)}; was the file changed?`);
}

export function parse(json: string, what: string): Json {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    refuse(`${what}: expected JSON; is the file cut off, or was it changed?`);
  }
  return record(value, what);
}

/** A value for messages: short, whatever it is. */
export function shown(value: unknown): string {
  const json = JSON.stringify(value) ?? String(value);
  return json.length <= 60 ? json : `${json.slice(0, 60)}…`;
}
