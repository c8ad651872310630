/** Kernels on several threads, as ops see it; and the same on one thread. */
import type { Kernels } from "../kernels.ts";

type Numbers<List extends readonly unknown[]> = { readonly [I in keyof List]: number };

/** The arguments of a kernel, as many as it has: true and false as 1 and 0. */
export type Call<K extends keyof Kernels> = Numbers<Parameters<Kernels[K]>>;

/** Where a part of an extent begins and ends. */
export type Range = readonly [begin: number, end: number];

export interface Parallel {
  /** How many threads work, the calling one included. */
  readonly threads: number;

  /**
   * Cuts [0, extent) into at most `threads` ranges; one where the work is too small to be worth a fork.
   *
   * @param align ranges begin at multiples of it
   * @param flop of the whole work
   */
  split(extent: number, align: number, flop: number): readonly Range[];

  /**
   * Runs a kernel once for each list of arguments, on any threads and in any order; returns when all are done.
   *
   * @param calls at most 64 lists, none of which writes what another reads or writes; true and false as 1 and 0
   * @throws Error when a worker has died or a kernel has thrown
   */
  run<K extends keyof Kernels>(kernel: K, calls: readonly Call<K>[]): void;

  /**
   * Waits until all threads are up. Before that the calling thread does all the work, to the same bits.
   *
   * Workers that cannot start, or not within 10 s, are told once and done without.
   *
   * @throws Error when a worker has died
   */
  ready(): Promise<void>;
}

/** Kernels as functions of numbers: wasm takes 1 and 0 for true and false. */
export type KernelFunctions = Record<keyof Kernels, (...args: readonly number[]) => unknown>;

/** All work in the calling thread. */
export class OneThread implements Parallel {
  readonly threads = 1;
  readonly #kernels: KernelFunctions;

  constructor(kernels: Kernels) {
    this.#kernels = kernels as unknown as KernelFunctions;
  }

  split(extent: number): readonly Range[] {
    return [[0, extent]];
  }

  run(kernel: keyof Kernels, calls: readonly (readonly number[])[]): void {
    for (const call of calls) this.#kernels[kernel](...call);
  }

  async ready(): Promise<void> {}
}
