/** The options of `sequential`, `model` and `loadModel` that say how a model computes, not what. */
import { leftOut } from "../elsewhere.ts";
import { expectOneOf } from "../expect.ts";
import { describe } from "../ndarray.ts";
import { type Checked, type Input, type Option, optional, options } from "../options.ts";
import { bringRest } from "../rest.ts";
import { warnOnce } from "../warn.ts";
import { hasBuild, type Simd, takesBuild } from "./kernels.ts";
import type { ModelMemory } from "./room.ts";
import type { Threads } from "./threads/count.ts";
import { threading } from "./threads/threading.ts";

const threads: Option<number, Threads> = {
  check(value, what) {
    if (value !== 1) bringRest();
    return (threading()?.expectThreads ?? oneThread)(value, what);
  },
  checksNull: true,
};
const simd: Option<Simd> = { check: expectSimd, checksNull: true };

/** Checks what models share a memory by: none has been made yet. */
let expectMemory = (_value: unknown, what: string): ModelMemory => {
  throw new TypeError(`${what}: expected what modelMemory() makes`);
};

export function registerMemory(given: typeof expectMemory): void {
  expectMemory = given;
}

const memory: Option<ModelMemory> = { check: (value, what) => expectMemory(value, what) };

export const ENGINE = options({
  /**
   * Threads that compute, the calling one included, or "auto": one for each processor core, 8 at most. Default 1. The
   * numbers are the same bits with any number. In a browser the page must be cross-origin isolated.
   */
  threads: optional(threads, 1),
  /**
   * "relaxed": multiplies and adds in one instruction where runtime and processor have it, after
   * `import "wasm-lstm/relaxed"`; then the numbers differ in their last bits from machine to machine. Default "baseline".
   */
  simd: optional(simd, "baseline"),
  /** What `modelMemory` made: models share it, one thread each. Default: a memory of the model's own */
  memory: optional(memory),
});

export interface EngineOptions extends Input<typeof ENGINE> {}
export type EngineSettings = Checked<typeof ENGINE>;

/**
 * Which kernels a model gets. Baseline ones where the runtime refuses those asked for, which is said once.
 *
 * @param value "baseline" or "relaxed"
 * @throws TypeError or RangeError for anything else, Error where the relaxed kernels were not imported
 */
function expectSimd(value: unknown, what: string): Simd {
  const simd = expectOneOf(value, ["baseline", "relaxed"], what);
  if (simd === "baseline") return simd;
  if (!hasBuild(simd))
    throw new Error(`${what}: the kernels for "relaxed" are not here; import "wasm-lstm/relaxed" first`);
  if (takesBuild(simd)) return simd;
  warnOnce('simd: "relaxed" asked for, "baseline" used: this runtime has no relaxed SIMD');
  return "baseline";
}

/** The number of threads where the entry has brought none. */
function oneThread(value: unknown, what: string): number {
  if (value !== undefined && value !== 1) {
    warnOnce(leftOut("threads", `${what}: ${describe(value)} asked for, 1 used`).message);
  }
  return 1;
}
