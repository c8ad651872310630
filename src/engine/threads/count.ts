/** The option `threads`: how many were asked for, and how many there can be. */
import { expectInteger } from "../../expect.ts";
import { describe } from "../../ndarray.ts";
import { warnOnce } from "../../warn.ts";
import { MAX_PARTS } from "./control.ts";
import { workersObstacle } from "./spawn.ts";

/** A number of threads, the calling one included; "auto" is one for each core, 8 at most. */
export type Threads = number | "auto";

const AUTO_MAX = 8;

/** Processor cores that the runtime may use. */
function cores(): number {
  return (
    globalThis.navigator?.hardwareConcurrency ??
    globalThis.process?.getBuiltinModule?.("node:os")?.availableParallelism() ??
    1
  );
}

/** Why this runtime cannot run several threads, and what to do; undefined if it can. */
function obstacle(): string | undefined {
  const workers = workersObstacle();
  if (workers) return workers;
  if (typeof SharedArrayBuffer === "undefined" || globalThis.crossOriginIsolated === false) {
    return (
      "no shared memory: give the page the headers Cross-Origin-Opener-Policy: same-origin " +
      "and Cross-Origin-Embedder-Policy: require-corp"
    );
  }
  return undefined;
}

/**
 * How many threads a model gets. Fewer than were asked for is said once on the console.
 *
 * @param value a whole number >= 1, or "auto"
 * @throws TypeError or RangeError for anything else
 */
export function expectThreads(value: unknown, what: string): number {
  if (value === 1) return 1;
  if (value !== "auto") {
    if (typeof value === "string") {
      throw new RangeError(`${what}: expected a whole number >= 1 or "auto", got ${describe(value)}`);
    }
    expectInteger(value, `${what} (a number or "auto")`);
  }
  const blocked = obstacle();
  if (blocked) {
    warnOnce(`threads: ${value} asked for, 1 used: ${blocked}`);
    return 1;
  }
  const available = Math.min(cores(), MAX_PARTS);
  if (value === "auto") return Math.min(available, AUTO_MAX);
  const asked = value as number;
  if (asked > available) {
    warnOnce(`threads: ${asked} asked for, ${available} used: as many as there are processor cores`);
  }
  return Math.min(asked, available);
}
