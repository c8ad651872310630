import type { Simd } from "../engine/kernels.ts";
import type { Threads } from "../engine/threads/count.ts";

export interface ModelOptions {
  /** Of initial weights, dropout and shuffling; default 0. The same seed gives the same bits everywhere. */
  seed?: number;
  /**
   * Threads that compute, the calling one included, or "auto": one for each processor core, 8 at most. Default 1. The
   * numbers are the same bits with any number. In a browser the page must be cross-origin isolated.
   */
  threads?: Threads;
  /**
   * "relaxed": multiplies and adds in one instruction where runtime and processor have it, after
   * `import "wasm-lstm/relaxed"`; then the numbers differ in their last bits from machine to machine. Default "baseline".
   */
  simd?: Simd;
}
