/** Kernel calls as data: lists that can be printed, kept as JSON, and run again and again. */
import type { Kernels } from "./kernels.ts";
import type { Call, KernelFunctions } from "./threads/parallel.ts";

/** A kernel's name and its arguments. */
export type KernelCall = readonly [kernel: string, ...numbers: readonly number[]];

/** Kernels that take one number, such as a frame. */
export type FrameKernel = { [K in keyof Kernels]: Parameters<Kernels[K]> extends [number] ? K : never }[keyof Kernels];

/** A call as data, its arguments checked by the compiler. */
export function kernelCall<K extends keyof Kernels>(kernel: K, ...numbers: Call<K>): KernelCall {
  return [kernel, ...(numbers as readonly number[])];
}

/**
 * What makes a call. A function of its own for each number of arguments: a list that is spread at every call costs
 * about as much as a small kernel.
 */
export function bindCall(kernels: Kernels, [kernel, ...numbers]: KernelCall): () => void {
  const run = (kernels as unknown as KernelFunctions)[kernel as keyof Kernels];
  const [a, b, c, d, e, f, g, h, i, j] = numbers;
  switch (numbers.length) {
    case 1:
      return () => run(a);
    case 3:
      return () => run(a, b, c);
    case 4:
      return () => run(a, b, c, d);
    case 5:
      return () => run(a, b, c, d, e);
    case 6:
      return () => run(a, b, c, d, e, f);
    case 7:
      return () => run(a, b, c, d, e, f, g);
    case 8:
      return () => run(a, b, c, d, e, f, g, h);
    case 9:
      return () => run(a, b, c, d, e, f, g, h, i);
    case 10:
      return () => run(a, b, c, d, e, f, g, h, i, j);
    default:
      return () => run(...numbers);
  }
}
