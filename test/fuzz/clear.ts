/** What every outcome must be: a value, or one clear error of the package, soon. */
import { expect } from "vitest";

/** What a runtime says when a check is missing. */
const RAW =
  /undefined \(|null \(|not iterable|is not a (function|constructor)|convert|call stack|Invalid (typed )?array|Cannot |detached|offset is|circular|Do not know|allocation failed|unreachable|out of bounds|WebAssembly|incompatible|is not defined|\[object/;

const LONGEST = 1000;

/** Whether an error is one of the package. */
export function expectClear(error: unknown): void {
  const { name, message } = error as Error;
  const line = `${name}: ${message}`;
  expect([TypeError, RangeError], line).toContain((error as Error).constructor);
  expect(message, line).not.toMatch(RAW);
  expect(message, line).not.toMatch(/[\r\n]/);
  expect(message.length, line).toBeLessThan(LONGEST);
}

/** Starts to count milliseconds of the processor, since other programs may have it for as long: call what is given to read them. */
export function stopwatch(): () => number {
  const start = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  };
}

/**
 * Calls; an error must be clear, nothing may take long, and what all objects inherit stays as it is.
 *
 * @returns what the call gave, if it did
 */
export function clear<Value>(call: () => Value, most = 2000): Value | undefined {
  const milliseconds = stopwatch();
  try {
    return call();
  } catch (error) {
    expectClear(error);
    return undefined;
  } finally {
    expect(milliseconds(), "milliseconds").toBeLessThan(most);
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  }
}
