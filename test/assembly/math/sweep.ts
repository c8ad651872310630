/** Dense sweeps of a function of one number, measured in units in the last place. */
import { ulpDistance } from "../../helpers/compare.ts";
import type { KernelBench } from "../../helpers/kernels.ts";

/** n float32 numbers evenly spaced between two ends. */
export function evenly(from: number, to: number, n: number): Float32Array {
  return Float32Array.from({ length: n }, (_, i) => from + ((to - from) * i) / (n - 1));
}

/** n float32 numbers of one sign with sizes evenly spaced in exponent: as many near 0 as far out. */
export function byExponent(sign: 1 | -1, smallest: number, largest: number, n: number): Float32Array {
  const ratio = Math.log(largest / smallest);
  return Float32Array.from({ length: n }, (_, i) => sign * smallest * Math.exp((ratio * i) / (n - 1)));
}

/** The largest error of `kernel(y, x, n)` over the numbers as a share of what is allowed, and where it is. */
export function worstUlp(
  bench: KernelBench,
  kernel: (y: number, x: number, n: number) => void,
  exact: (x: number) => number,
  numbers: Float32Array,
  allowed: (x: number) => number,
): { share: number; at: number } {
  const y = bench.output(numbers.length);
  kernel(y, bench.input(numbers), numbers.length);
  const worst = { share: 0, at: Number.NaN };
  bench.read(y).forEach((value, i) => {
    const share = ulpDistance(value, exact(numbers[i])) / allowed(numbers[i]);
    if (share > worst.share) Object.assign(worst, { share, at: numbers[i] });
  });
  return worst;
}
