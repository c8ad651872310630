import { Engine } from "../../engine/engine.ts";
import { PEAK } from "../../engine/families/peak.generated.ts";
import { time } from "./measure.ts";

const ROUNDS = 100_000;
const FLOP_A_ROUND = 192;

/** So many bursts without a better one, by a share, and the peak is steady; more than the most are never made. */
const STEADY = 4;
const SHARE = 0.01;
const MOST = 40;

/**
 * GFLOP/s of multiplies and adds in registers alone: the most that 128-bit wasm can do on this core, now. Measured in bursts,
 * as often as it takes until none is better any more: a clock that rises, or a neighbour, makes the first ones too slow.
 *
 * @param milliseconds of a burst
 * @param known what was measured before: the peak is no lower
 */
export function measurePeak(milliseconds: number, known = 0): number {
  const { kernels } = new Engine({}, [PEAK]);
  const result = kernels.multiplyAddPeak(64);
  // a -> a/2 + 1/2 has the fixed point 1, twelve chains make 12.
  if (Math.abs(result - 12) > 1e-3) throw new Error(`the yardstick computes ${result} instead of 12`);
  let best = known;
  for (let burst = 0, since = 0; since < STEADY && burst < MOST; burst++) {
    const { min } = time(() => kernels.multiplyAddPeak(ROUNDS), milliseconds);
    const gflops = (ROUNDS * FLOP_A_ROUND) / min / 1e6;
    since = gflops > best * (1 + SHARE) ? 0 : since + 1;
    best = Math.max(best, gflops);
  }
  return best;
}
