/** Seeded random numbers for tests: the same seed gives the same numbers everywhere. */

export interface Random {
  /** Evenly spread in (0, 1), both ends left out. */
  uniform(): number;
  /** Mean 0, variance 1. */
  normal(): number;
  /** `n` normal numbers times `scale`, rounded to float32 so that a kernel and its reference get the same ones. */
  array(n: number, scale?: number): Float64Array;
}

/**
 * A generator: a Weyl sequence, scrambled by the finalizer of MurmurHash3.
 *
 * @example seeded(7).array(3, 0.5) // three numbers with standard deviation 0.5
 */
export function seeded(seed: number): Random {
  let state = seed >>> 0;

  function bits(): number {
    state = (state + 0x9e3779b9) >>> 0;
    let x = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
    return (x ^ (x >>> 16)) >>> 0;
  }

  const uniform = () => (bits() + 0.5) / 2 ** 32;
  const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  const array = (n: number, scale = 1) => Float64Array.from({ length: n }, () => Math.fround(scale * normal()));
  return { uniform, normal, array };
}
