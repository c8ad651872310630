import { afterEach, describe, expect, it } from "vitest";
import { KernelBench } from "../../helpers/kernels.ts";
import { type SgdState, sgd } from "../../reference/optimizers.ts";
import { checkSteps, decay } from "./run.ts";

const bench = new KernelBench();
const { kernels } = bench;
afterEach(() => bench.reset());

describe.each([1, 2, 3, 4, 5, 6, 7, 8, 9])("%i weights", n => {
  it.each([
    [0, false],
    [0.8, false],
    [0.8, true],
  ])("momentum %d, nesterov %s", (momentum, nesterov) => {
    let state: SgdState | null = null;
    checkSteps(
      bench,
      n,
      momentum ? ["velocity"] : [],
      (w, g, [velocity = 0]) => kernels.sgd(w, velocity, g, 0.05, momentum, nesterov, n),
      (w, g) => {
        const next = sgd(w, g, state, { learningRate: 0.05, momentum, nesterov });
        state = next.state;
        return { w: next.w, slots: { velocity: state.velocity } };
      },
    );
  });
});

it("a velocity without gradients decays to 0 and is never subnormal", () => {
  const n = 7;
  const [w, g] = [bench.inOut(new Float32Array(n)), bench.input(new Float32Array(n))];
  const velocity = bench.inOut(Float32Array.from({ length: n }, (_, i) => (-1) ** i * 10 ** -i));
  const { steps, subnormal } = decay(bench, velocity, () => kernels.sgd(w, velocity, g, 0.1, 0.9, false, n));
  expect(subnormal).toBe(false);
  expect(steps).toBeGreaterThan(600);
});

it("NaN in a gradient reaches its weight and no other", () => {
  const w = bench.inOut([1, 1, 1, 1, 1]);
  const velocity = bench.inOut(new Float32Array(5));
  kernels.sgd(w, velocity, bench.input([0, Number.NaN, 0, 0, 0]), 0.1, 0.9, true, 5);
  expect([...bench.read(w)]).toEqual([1, Number.NaN, 1, 1, 1]);
  expect([...bench.read(velocity)].map(Number.isNaN)).toEqual([false, true, false, false, false]);
});
