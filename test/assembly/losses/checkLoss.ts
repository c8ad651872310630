import { expectClose } from "../../helpers/compare.ts";
import type { KernelBench } from "../../helpers/kernels.ts";
import { seeded } from "../../helpers/random.ts";
import type { Loss } from "../../reference/losses.ts";

export interface LossKernels {
  forward: (prediction: number, target: number) => number;
  backward: (gradient: number, prediction: number, target: number, scale: number) => void;
}

/** Compares a loss and its gradient, which must be added, times a scale, to what is there. */
export function checkLoss(
  bench: KernelBench,
  kernels: LossKernels,
  prediction: ArrayLike<number>,
  target: number,
  expected: Loss,
  relative = 1e-12,
): void {
  const p = bench.input(prediction);
  expectClose([kernels.forward(p, target)], [expected.value], { relative, absolute: 1e-15 }, "loss");
  bench.check();
  const scale = -1.7;
  const before = seeded(77).array(prediction.length, 0.01);
  const gradient = bench.inOut(before);
  kernels.backward(gradient, p, target, scale);
  const sum = before.map((value, i) => value + scale * expected.gradient[i]);
  // Rounded up to three times, at the size of the gradient times mass or smaller.
  expectClose(bench.read(gradient), sum, { relative: 2e-7, absolute: 2e-7 }, "gradient");
}
