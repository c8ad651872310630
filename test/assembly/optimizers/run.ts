import { expectClose } from "../../helpers/compare.ts";
import type { KernelBench } from "../../helpers/kernels.ts";
import { seeded } from "../../helpers/random.ts";

export const STEPS = 10;

/** A number is subnormal if it is not 0 and below this. */
export const SMALLEST_NORMAL = 2 ** -126;

/** An optimizer in float64: the weights after one more step, and the state by name. */
export type Reference = (
  w: ArrayLike<number>,
  g: ArrayLike<number>,
) => { w: Float64Array; slots: Record<string, Float64Array> };

/** The kernel's step number t = 1, 2, ...; slots in the order in which they were asked for. */
export type Kernel = (w: number, g: number, slots: number[], t: number) => void;

/** Ten steps with gradients of very different sizes, each compared with the reference, weights and slots. */
export function checkSteps(bench: KernelBench, n: number, slots: string[], kernel: Kernel, reference: Reference): void {
  const random = seeded(n);
  let expected: ArrayLike<number> = random.array(n);
  const w = bench.inOut(expected);
  const pointers = slots.map(() => bench.inOut(new Float32Array(n)));
  // The largest that each element of a slot has been: what is left where numbers cancel has the error of those.
  const largest = slots.map(() => new Float64Array(n).fill(1e-30));
  for (let t = 1; t <= STEPS; t++) {
    const g = random.array(n).map((value, i) => Math.fround(value * 10 ** ((i % 5) - 3)));
    if (t === 4) g[0] = 0;
    kernel(w, bench.input(g), pointers, t);
    const next = reference(expected, g);
    expected = next.w;
    expectClose(bench.read(w), expected, { relative: 1e-6, absolute: 2e-7 }, `w after step ${t}`);
    slots.forEach((name, i) => {
      const exact = next.slots[name];
      largest[i] = largest[i].map((size, j) => Math.max(size, Math.abs(exact[j])));
      const inUnits = (values: ArrayLike<number>) => largest[i].map((size, j) => values[j] / size);
      expectClose(inUnits(bench.read(pointers[i])), inUnits(exact), { absolute: 5e-7 }, `${name} after step ${t}`);
    });
  }
}

/** Runs `step` until all numbers of the slot are 0. @returns the steps, and whether any was subnormal on the way */
export function decay(bench: KernelBench, slot: number, step: () => void): { steps: number; subnormal: boolean } {
  for (let steps = 1; steps < 20_000; steps++) {
    step();
    const values = bench.read(slot);
    if (values.some(value => value !== 0 && Math.abs(value) < SMALLEST_NORMAL)) return { steps, subnormal: true };
    if (values.every(value => value === 0)) return { steps, subnormal: false };
  }
  throw new Error("the slot never became 0");
}
