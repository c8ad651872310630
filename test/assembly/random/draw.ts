/** What the tests of the distributions share. */
import type { KernelBench } from "../../helpers/kernels.ts";

export const LARGE = 200_000;

/** Five standard deviations of the mean of LARGE numbers that have this one. */
export const spread = (deviation: number) => (5 * deviation) / Math.sqrt(LARGE);

/** Numbers of a distribution, and the random bits that they are made of. */
export function draw(
  bench: KernelBench,
  n: number,
  fill: (y: number, seed: number, stream: number, step: number) => void,
) {
  const room = (n + 3) & ~3;
  const y = bench.output(room);
  fill(y, 9, 8, 7);
  return { values: bench.read(y).slice(0, n), bits: randomBits(bench, 9, 8, 7, n) };
}

/** What all distributions are made of: randomOrder leaves it behind. */
export function randomBits(bench: KernelBench, seed: number, stream: number, step: number, n: number): Uint32Array {
  const [order, bits] = [bench.output(n), bench.output((n + 3) & ~3)];
  bench.kernels.randomOrder(order, bits, seed, stream, step, n);
  return new Uint32Array(bench.readInts(bits).buffer).slice(0, n);
}

/** Mean and standard deviation. */
export function moments(values: Float32Array): { mean: number; deviation: number } {
  let mean = 0;
  for (const value of values) mean += value / values.length;
  let square = 0;
  for (const value of values) square += (value - mean) ** 2 / values.length;
  return { mean, deviation: Math.sqrt(square) };
}
