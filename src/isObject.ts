/** What a value that anyone may have given is, as far as it can be asked for properties. */

/** `Array.isArray`, which throws for a proxy that was revoked. */
export function isArray(value: unknown): value is readonly unknown[] {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}

/** Whether anything may be asked of a value: not of a proxy that was revoked. */
export function isReadable(value: unknown): boolean {
  try {
    // What it says is used: a bundler takes a call for nothing out, as if it could not throw.
    return Array.isArray(value) || true;
  } catch {
    return false;
  }
}

/** Whether a value may have properties: an object of any kind, and not null. */
export function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** Whether a value may tell things by name: an object that is no array. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return isObject(value) && !isArray(value);
}
