import { Engine } from "../../engine/engine.ts";
import { time } from "./measure.ts";

const ROUNDS = 100_000;
const FLOP_A_ROUND = 192;

/** GFLOP/s of multiplies and adds in registers alone: the most that 128-bit wasm can do on this core, now. */
export function measurePeak(milliseconds: number): number {
  const { kernels } = new Engine();
  const result = kernels.multiplyAddPeak(64);
  // a -> a/2 + 1/2 has the fixed point 1, twelve chains make 12.
  if (Math.abs(result - 12) > 1e-3) throw new Error(`the yardstick computes ${result} instead of 12`);
  const { min } = time(() => kernels.multiplyAddPeak(ROUNDS), milliseconds);
  return (ROUNDS * FLOP_A_ROUND) / min / 1e6;
}
