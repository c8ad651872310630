import { afterEach, describe, expect, it } from "vitest";
import { KernelBench } from "../../helpers/kernels.ts";
import { type RmspropState, rmsprop } from "../../reference/optimizers.ts";
import { checkSteps, decay } from "./run.ts";

const bench = new KernelBench();
const { kernels } = bench;
afterEach(() => bench.reset());

// The kernel's numbers are float32: the reference takes the same.
const rho = Math.fround(0.9);
const epsilon = Math.fround(1e-7);

describe.each([1, 2, 3, 4, 5, 6, 7, 8, 9])("%i weights", n => {
  it.each([
    [0, false],
    [0.8, false],
    [0, true],
    [0.8, true],
  ])("momentum %d, centered %s", (momentum, centered) => {
    let state: RmspropState | null = null;
    const slots = ["square", ...(centered ? ["average"] : []), ...(momentum ? ["velocity"] : [])];
    checkSteps(
      bench,
      n,
      slots,
      (w, g, pointers) => {
        const pointer = (name: string) => pointers[slots.indexOf(name)] ?? 0;
        const [average, velocity] = [pointer("average"), pointer("velocity")];
        kernels.rmsprop(w, pointers[0], average, velocity, g, 0.01, rho, momentum, epsilon, n);
      },
      (w, g) => {
        const next = rmsprop(w, g, state, { learningRate: 0.01, rho, momentum, epsilon, centered });
        state = next.state;
        return { w: next.w, slots: { ...state } };
      },
    );
  });
});

it.each(["v", "average", "velocity"])("%s without gradients decays to 0 and is never subnormal", which => {
  const n = 5;
  const slot = () => bench.inOut(Float32Array.from({ length: n }, (_, i) => 10 ** -i));
  const [w, g] = [bench.inOut(new Float32Array(n)), bench.input(new Float32Array(n))];
  const slots: Record<string, number> = { v: slot(), average: slot(), velocity: slot() };
  const step = () => kernels.rmsprop(w, slots.v, slots.average, slots.velocity, g, 0.1, 0.9, 0.9, 1e-7, n);
  const { steps, subnormal } = decay(bench, slots[which], step);
  expect(subnormal).toBe(false);
  expect(steps).toBeGreaterThan(600);
});

it.each([7, 77.7])("centered: a constant gradient of %d keeps the weights finite", gradient => {
  const n = 20;
  const g = bench.input(Float32Array.from({ length: n }, (_, i) => gradient * (1 + i / n)));
  const [w, v, average] = [0, 0, 0].map(() => bench.inOut(new Float32Array(n)));
  for (let t = 0; t < 500; t++) kernels.rmsprop(w, v, average, 0, g, 0.001, 0.9, 0, 1e-7, n);
  expect([...bench.read(w)].filter(Number.isNaN)).toEqual([]);
});

it.each([false, true])("NaN in a gradient reaches its weight and no other, centered %s", centered => {
  const w = bench.inOut([1, 1, 1]);
  const [v, average] = [0, 0].map(() => bench.inOut(new Float32Array(3)));
  const g = bench.input([0, Number.NaN, 0]);
  kernels.rmsprop(w, v, centered ? average : 0, 0, g, 0.1, 0.9, 0, 1e-7, 3);
  expect([...bench.read(w)]).toEqual([1, Number.NaN, 1]);
  expect([...bench.read(v)]).toEqual([0, Number.NaN, 0]);
});
