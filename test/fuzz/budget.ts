/** How long a property is tried: some seconds with a fixed seed among the tests, or as long as `npm run fuzz` says. */
import fc from "fast-check";

const minutes = Number(process.env.FUZZ_MINUTES ?? 0);

/** So many times the runs, where their number is asked for and not their time. */
const times = Number(process.env.FUZZ_TIMES ?? 1);

/** Milliseconds that a property may take when it is tried for long; the test's own limit is above it. */
export const TIMEOUT = minutes * 60_000 + times * 60_000;

/**
 * Tries a property.
 *
 * @param runs among the tests; `npm run fuzz` goes on until its time is over
 */
export function tried<Values>(property: fc.IPropertyWithHooks<Values>, runs: number): void;
export function tried<Values>(property: fc.IAsyncPropertyWithHooks<Values>, runs: number): Promise<void>;
export function tried(property: fc.IRawProperty<unknown>, runs: number): unknown {
  return fc.assert(
    property,
    minutes > 0
      ? {
          seed: Number(process.env.FUZZ_SEED),
          numRuns: 1e9,
          interruptAfterTimeLimit: minutes * 60_000,
          markInterruptAsFailure: false,
        }
      : { seed: 22, numRuns: runs * times },
  );
}
