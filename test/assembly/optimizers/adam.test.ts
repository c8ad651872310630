import { afterEach, describe, expect, it } from "vitest";
import { KernelBench } from "../../helpers/kernels.ts";
import { type AdamState, adamW } from "../../reference/optimizers.ts";
import { checkSteps, decay } from "./run.ts";

const bench = new KernelBench();
const { kernels } = bench;
afterEach(() => bench.reset());

// The kernel's numbers are float32: the reference takes the same, for 1 - beta magnifies their rounding.
const beta1 = 0.9;
const beta2 = 0.999;
const epsilon = Math.fround(1e-7);
const learningRate = 0.05;

describe.each([1, 2, 3, 4, 5, 6, 7, 8, 9])("%i weights", n => {
  it.each([0, 0.4])("weight decay %d", weightDecay => {
    let state: AdamState | null = null;
    checkSteps(
      bench,
      n,
      ["m", "v"],
      (w, g, [m, v], t) => {
        const alpha = (learningRate * Math.sqrt(1 - beta2 ** t)) / (1 - beta1 ** t);
        kernels.adam(w, m, v, g, alpha, beta1, beta2, epsilon, learningRate * weightDecay, n);
      },
      (w, g) => {
        const next = adamW(w, g, state, { learningRate, beta1, beta2, epsilon, weightDecay });
        state = next.state;
        return { w: next.w, slots: { m: state.m, v: state.v } };
      },
    );
  });
});

it.each(["m", "v"])("%s without gradients decays to 0 and is never subnormal", which => {
  const n = 7;
  const slot = (largest: number) => bench.inOut(Float32Array.from({ length: n }, (_, i) => largest * 10 ** -i));
  const [w, g] = [bench.inOut(new Float32Array(n)), bench.input(new Float32Array(n))];
  // v takes 1000 steps a factor of e: it starts near its end.
  const slots: Record<string, number> = { m: slot(1), v: slot(1e-27) };
  const { steps, subnormal } = decay(bench, slots[which], () =>
    kernels.adam(w, slots.m, slots.v, g, 0.001, 0.9, 0.999, 1e-7, 0, n),
  );
  expect(subnormal).toBe(false);
  expect(steps).toBeGreaterThan(600);
});

it("gradients whose square is subnormal leave v at 0", () => {
  const n = 5;
  const g = bench.input(new Float32Array(n).fill(3e-20));
  const [w, m, v] = [0, 0, 0].map(() => bench.inOut(new Float32Array(n)));
  kernels.adam(w, m, v, g, 0.001, 0.9, 0.999, 1e-7, 0, n);
  expect([...bench.read(v)]).toEqual([0, 0, 0, 0, 0]);
  expect(bench.read(m)[4] / 3e-21).toBeCloseTo(1, 5);
});

it("NaN in a gradient reaches its weight and no other", () => {
  const [w, m, v] = [1, 0, 0].map(value => bench.inOut(new Float32Array(6).fill(value)));
  const g = bench.input([0, 0, Number.NaN, 0, Number.NaN, 0]);
  kernels.adam(w, m, v, g, 0.001, 0.9, 0.999, 1e-7, 0, 6);
  for (const pointer of [w, m, v]) {
    expect([...bench.read(pointer)].map(Number.isNaN)).toEqual([false, false, true, false, true, false]);
  }
});
