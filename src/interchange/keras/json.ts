/** JSON of other programs, which is untrusted. */
import { isRecord } from "../../isObject.ts";
import { describe } from "../../ndarray.ts";

export type Json = Readonly<Record<string, unknown>>;

/** Ends the reading of a model: what is not as it can be here, and where. */
export function refuse(problem: string): never {
  throw new RangeError(problem);
}

function wrong(what: string, wanted: string, value: unknown): never {
  return refuse(`${what}: expected ${wanted}, got ${describe(value)}; was the file changed?`);
}

export const record = (value: unknown, what: string): Json =>
  isRecord(value) ? value : wrong(what, "an object", value);
export const list = (value: unknown, what: string): readonly unknown[] =>
  Array.isArray(value) ? value : wrong(what, "a list", value);
export const text = (value: unknown, what: string): string =>
  typeof value === "string" ? value : wrong(what, "a name", value);

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
