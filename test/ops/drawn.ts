import { type Forward, ops } from "../helpers/gradients.ts";

/** The stream of random numbers of recurrent ops in these tests. */
export const STREAM = 9;

/** The numbers that those ops draw: seed 1, step 0. */
export function drawn(rate: number, stream: number, size: number): Float32Array {
  const forward: Forward = context => {
    const mask = context.tensor([(size + 3) & ~3]);
    context.kernels.randomDropout(mask.pointer, rate, 1, STREAM + stream, 0, size);
    return [mask];
  };
  return ops(forward).forward({})[0] as Float32Array;
}
