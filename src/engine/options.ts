/** The options of `sequential`, `model` and `loadModel` that say how a model computes, not what. */

import { expectOneOf } from "../expect.ts";
import { warnOnce } from "../warn.ts";
import { registeredBinary, type Simd } from "./kernels.ts";
import { expectThreads, type Threads } from "./threads/count.ts";

export interface EngineOptions {
  /** That compute, the calling one included; default 1, which needs no shared memory */
  threads?: number;
  /** Default "baseline" */
  simd?: Simd;
}

/**
 * Which kernels a model gets. Baseline ones where the runtime refuses those asked for, which is said once.
 *
 * @param value "baseline" or "relaxed"; default "baseline"
 * @throws TypeError or RangeError for anything else, Error where the relaxed kernels were not imported
 */
export function expectSimd(value: unknown, what: string): Simd {
  if (value === undefined) return "baseline";
  const simd = expectOneOf(value, ["baseline", "relaxed"], what);
  if (simd === "baseline") return simd;
  const bytes = registeredBinary(simd);
  if (!bytes) throw new Error(`${what}: the kernels for "relaxed" are not here; import "wasm-lstm/relaxed" first`);
  if (WebAssembly.validate(bytes)) return simd;
  warnOnce('simd: "relaxed" was asked for, "baseline" is used: this runtime has no relaxed SIMD');
  return "baseline";
}

/** Both options, checked. */
export function expectEngineOptions(options: { threads?: Threads; simd?: Simd }, what: string): EngineOptions {
  return {
    threads: expectThreads(options.threads, `${what} threads`),
    simd: expectSimd(options.simd, `${what} simd`),
  };
}
