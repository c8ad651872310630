import { isRecord } from "../isObject.ts";
import { describe } from "../ndarray.ts";
import { expectPlain } from "../plainJson.ts";

/** Metadata that a file can hold, and that can be saved again when it comes out of one. */
export function expectMetadata(value: unknown, what: string): void {
  if (!isRecord(value)) {
    throw new TypeError(`${what}: expected an object of plain JSON, got ${describe(value)}`);
  }
  expectPlain(value, what);
  if (typeof (value as { toJSON?: unknown }).toJSON === "function") {
    throw new TypeError(`${what}: expected an object of plain JSON, got one with a toJSON; give what that returns`);
  }
}
