import { seeded } from "../../helpers/random.ts";

/**
 * n whole numbers in -8..8. Products of them are exact in float32 up to sums of 2^18 terms, in any order, so that a
 * matrix product must equal its reference in every bit.
 */
export function integers(n: number, seed: number): Float64Array {
  const random = seeded(seed);
  return Float64Array.from({ length: n }, () => Math.floor(random.uniform() * 17) - 8);
}
