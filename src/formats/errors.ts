/** Ends the reading of a file of this package's own. */
export function bad(problem: string): never {
  throw new RangeError(`model file: ${problem}; it was not written by this package, or was changed since`);
}

/** A list from untrusted JSON. */
export function list(value: unknown, what: string): unknown[] {
  if (!Array.isArray(value)) bad(`${what} is not a list`);
  return value;
}
