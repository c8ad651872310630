import { expectClose } from "../../helpers/compare.ts";
import type { KernelBench } from "../../helpers/kernels.ts";
import { seeded } from "../../helpers/random.ts";
import type { Loss, Weights } from "../../reference/losses.ts";

export interface LossKernels {
  rows: number;
  forward: (prediction: number, target: number, rowWeights: number) => number;
  backward: (gradient: number, prediction: number, target: number, rowWeights: number) => void;
}

/** Compares a loss and its gradient, which must be added to what is there, without weights of rows and with them. */
export function checkLoss(
  bench: KernelBench,
  { rows, forward, backward }: LossKernels,
  prediction: ArrayLike<number>,
  target: number,
  reference: (weights: Weights) => Loss,
  relative = 1e-12,
): void {
  const p = bench.input(prediction);
  // Of all signs and sizes, the first one 0 where there are more: such a row counts in the divisor alone.
  const weights = Float32Array.from(seeded(5).array(rows, 3), (weight, r) => (r === 0 && rows > 1 ? 0 : weight));
  const ones = new Float32Array(rows).fill(1);
  const before = seeded(77).array(prediction.length, 0.01);
  const run = (rowWeights: number) => {
    const value = forward(p, target, rowWeights);
    bench.check();
    const gradient = bench.inOut(before);
    backward(gradient, p, target, rowWeights);
    return { value, gradient: bench.read(gradient) };
  };
  for (const [own, pointer] of [
    [undefined, 0],
    [weights, bench.input(weights)],
  ] as const) {
    const expected = reference(own);
    const { value, gradient } = run(pointer);
    expectClose([value], [expected.value], { relative, absolute: 1e-15 }, own ? "weighted loss" : "loss");
    const sum = before.map((number, i) => number + expected.gradient[i]);
    // Rounded up to three times, at the size of the gradient times mass or smaller.
    expectClose(gradient, sum, { relative: 2e-7, absolute: 2e-7 }, own ? "weighted gradient" : "gradient");
  }
  expectSame(run(bench.input(ones)), run(0));
}

/** Weights of 1 are no weights, to the last bit. */
function expectSame(a: { value: number; gradient: Float32Array }, b: typeof a): void {
  if (!Object.is(a.value, b.value)) throw new Error(`with weights of 1 the loss is ${a.value}, not ${b.value}`);
  const at = a.gradient.findIndex((number, i) => !Object.is(number, b.gradient[i]));
  if (at >= 0) throw new Error(`with weights of 1 the gradient at ${at} is ${a.gradient[at]}, not ${b.gradient[at]}`);
}
