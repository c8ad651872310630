/** Optimizers beside SGD, RMSprop and Adam: ten steps against the f64 rules, decay to 0, NaN. */
import { afterEach, describe, expect, it } from "vitest";
import { KernelBench } from "../../helpers/kernels.ts";
import { byRule, type Kept, rules } from "../../reference/optimizers.ts";
import { checkSteps, decay, type Kernel } from "./run.ts";

const bench = new KernelBench();
const { kernels } = bench;
afterEach(() => bench.reset());

// The kernel's numbers are float32: the reference takes the same.
const [rate, epsilon] = [Math.fround(0.01), Math.fround(1e-7)];
const [beta1, beta2, rho] = [0.9, 0.98, 0.9];
const momentum = (t: number) => beta1 * (1 - 0.5 * 0.96 ** t);
const product = (t: number): number => (t === 0 ? 1 : product(t - 1) * momentum(t));

const run: Record<string, (n: number) => Kernel> = {
  adagrad:
    n =>
    (w, g, [a]) =>
      kernels.adagrad(w, a, g, rate, 0.1 + epsilon, n),
  adadelta:
    n =>
    (w, g, [v, u]) =>
      kernels.adadelta(w, v, u, g, rate, rho, epsilon, n),
  nadam:
    n =>
    (w, g, [m, v], t) => {
      const a = (rate * momentum(t + 1)) / (1 - product(t + 1));
      const b = (rate * (1 - momentum(t))) / (1 - product(t));
      kernels.nadam(w, m, v, g, a, b, 1 / (1 - beta2 ** t), beta1, beta2, epsilon, n);
    },
  adamax:
    n =>
    (w, g, [m, u], t) =>
      kernels.adamax(w, m, u, g, rate / (1 - beta1 ** t), beta1, beta2, epsilon, n),
  lion:
    n =>
    (w, g, [m]) =>
      kernels.lion(w, m, g, rate, beta1, beta2, n),
  adamAmsgrad:
    n =>
    (w, g, [m, v, largest], t) => {
      const alpha = (rate * Math.sqrt(1 - beta2 ** t)) / (1 - beta1 ** t);
      kernels.adamAmsgrad(w, m, v, largest, g, alpha, beta1, beta2, epsilon, 0, n);
    },
};

it("has all rules", () => expect(Object.keys(run)).toEqual(Object.keys(rules)));

describe.each(Object.keys(run))("%s", name => {
  const { slots } = rules[name];

  it.each([1, 2, 3, 4, 5, 7, 8, 9])("%i weights", n => {
    let state: Kept | null = null;
    checkSteps(bench, n, slots, run[name](n), (w, g) => {
      const next = byRule(name, w, g, state, { learningRate: rate, beta1, beta2, rho, epsilon });
      state = next.state;
      return { w: next.w, slots: next.state };
    });
  });

  it("lets NaN through to its weight and no other", () => {
    const w = bench.inOut([1, 1, 1]);
    const pointers = slots.map(() => bench.inOut(new Float32Array(3)));
    run[name](3)(w, bench.input([0, Number.NaN, 0]), pointers, 1);
    expect([...bench.read(w)].map(Number.isNaN)).toEqual([false, true, false]);
  });

  it("keeps nothing subnormal", () => {
    const decaying = slots.filter(slot => !["a", "largest"].includes(slot));
    for (const slot of decaying) {
      const w = bench.inOut([1, 2, 3, 4, 5]);
      const g = bench.input(new Float32Array(5));
      const pointers = slots.map(() => bench.inOut(Float32Array.from({ length: 5 }, (_, i) => 10 ** -i)));
      const { subnormal } = decay(bench, pointers[slots.indexOf(slot)], () => run[name](5)(w, g, pointers, 50));
      expect(subnormal).toBe(false);
      bench.reset();
    }
  });
});

it("a mean of weights", () => {
  const [average, w] = [bench.inOut([1, 2, 3, 4, 5]), bench.input([5, 4, 3, 2, 1])];
  kernels.averageWeights(average, w, 0.75, 5);
  expect([...bench.read(average)]).toEqual([2, 2.5, 3, 3.5, 4]);
});
