import { afterEach, describe, expect, it } from "vitest";
import { missingKinds } from "../../../src/engine/kinds.generated.ts";
import { KernelBench } from "../../helpers/kernels.ts";
import { seeded } from "../../helpers/random.ts";
import { missingBackward, missingForward } from "../../reference/missing.ts";

const bench = new KernelBench();
const { kernels } = bench;
afterEach(() => bench.reset());

const { NaN: nan } = Number;
const [N, T] = [2, 5];
const { decay: DECAY } = missingKinds;

// Sizes around the lane width; what is written outside the buffers, or into an input, is seen by `read`.
describe.each([1, 3, 4, 5, 9])("%i features, with all channels", C => {
  const random = seeded(C);
  const x = random.array(N * T * C).map(value => (random.uniform() < 0.5 ? nan : Math.fround(value)));
  const [mean, kernel, bias, dy] = [C, C, C, N * T * 3 * C].map(size => random.array(size, 0.5).map(Math.fround));
  const weights = { mean, kernel, bias };
  const sizes = { N, T, C };

  // The time stands still at a step, starts below 0, and is anything where a step is hidden.
  describe.each<[string, { mask?: number[]; times?: number[] }]>([
    ["by steps", {}],
    ["hidden steps", { mask: [1, 0, 1, 1, 0, 0, 1, 1, 0, 1] }],
    ["by time", { times: [-3, -1.5, -1.5, 2, 2.25, 10, 11, 11.5, 14, 14] }],
    ["both", { mask: [1, 0, 1, 1, 0, 0, 1, 1, 0, 1], times: [-3, 99, -1.5, 2, nan, -7, 11, 11.5, -14, 14] }],
  ])("%s", (_, { mask, times }) => {
    const result = missingForward(x, weights, sizes, {
      ...{ kind: "decay", indicators: true, intervals: true },
      ...(mask && { mask }),
      ...(times && { times }),
    });

    const run = () => {
      const [last, since] = [0, 1].map(() => bench.inOut(new Float32Array(N * (T + 1) * C)));
      const clock = bench.inOut([5, 5]);
      const y = bench.output(N * T * 3 * C);
      const source = [bench.input(x), mask ? bench.inputInts(mask) : 0] as const;
      const inputs = [bench.input(mean), bench.input(kernel), bench.input(bias)] as const;
      const at = times ? bench.input(times) : 0;
      kernels.missingForward(y, last, since, clock, ...source, at, ...inputs, DECAY, C, 2 * C, 3 * C, N, T, C, 0, 0);
      return { y, last, since, clock, source, inputs };
    };

    it("missingForward", () => {
      const { y, last, since, clock } = run();
      const output = bench.read(y);
      result.output.forEach((value, i) => {
        expect(output[i]).toBeCloseTo(value, 6);
      });
      const passed = bench.read(since);
      const values = bench.read(last);
      for (let n = 0; n < N; n++) {
        const real = Array.from({ length: T }, (_, t) => t).filter(t => !mask || mask[n * T + t]);
        const timeOf = (t: number) => (times ? times[n * T + t] : real.indexOf(t));
        const end = real[real.length - 1];
        expect(bench.read(clock)[n]).toBe(times ? timeOf(end) : 5);
        for (let j = 0; j < C; j++) {
          const own = real.map(t => x[(n * T + t) * C + j]);
          const seen = own.map(Number.isNaN).lastIndexOf(false);
          const slot = (n * (T + 1) + T) * C + j;
          const interval = timeOf(end) - timeOf(real[Math.max(0, seen)]);
          expect(Math.abs(passed[slot])).toBeCloseTo(interval, 6);
          expect(Math.sign(passed[slot])).toBe(seen < 0 ? -1 : 1); // even if no time has passed
          expect(values[slot]).toBe(seen < 0 ? 0 : own[seen]);
        }
      }
    });

    it("missingInputGradient and missingDecayGradient add", () => {
      const { last, since, source, inputs } = run();
      const [, w, b] = inputs;
      const expected = missingBackward(dy, result, x, weights, sizes, mask);
      const d = bench.input(dy);
      const dx = bench.inOut(new Float32Array(N * T * C).fill(1));
      kernels.missingInputGradient(dx, bench.output(C), d, since, ...source, w, b, DECAY, 3 * C, N, T, C);
      const [dKernel, dBias] = [0, 1].map(() => bench.inOut(new Float32Array(C).fill(2)));
      kernels.missingDecayGradient(dKernel, dBias, d, last, since, ...source, ...inputs, 3 * C, N, T, C);
      bench.read(dx).forEach((value, i) => {
        expect(value).toBeCloseTo(1 + expected.dx[i], 5);
      });
      for (const [pointer, wanted] of [
        [dKernel, expected.dKernel],
        [dBias, expected.dBias],
      ] as const) {
        bench.read(pointer).forEach((value, j) => {
          expect(value).toBeCloseTo(2 + wanted[j], 5);
        });
      }
    });
  });

  it("missingMask", () => {
    const holes = x.slice();
    holes.fill(nan, 3 * C, 4 * C);
    const mask = bench.output(N * T);
    kernels.missingMask(mask, bench.input(holes), N * T, C);
    const rows = Array.from({ length: N * T }, (_, r) => holes.slice(r * C, (r + 1) * C));
    expect([...bench.readInts(mask)]).toEqual(rows.map(row => Number(!row.every(Number.isNaN))));
  });
});

it("a long silence leaves the mean alone, without subnormals", () => {
  const y = bench.output(400);
  const [last, since] = [0, 1].map(() => bench.inOut(new Float32Array(401)));
  const [mean, kernel, bias] = [0, 1, 0].map(value => bench.input([value]));
  const x = bench.input([1, ...new Array(399).fill(nan)]);
  kernels.missingForward(y, last, since, 0, x, 0, 0, mean, kernel, bias, DECAY, 0, 0, 1, 1, 400, 1, 0, 0);
  const values = bench.read(y);
  expect(values[80]).toBeCloseTo(Math.exp(-80), 40);
  expect([...values.slice(88)]).toEqual(new Array(312).fill(0));
});

it("times that float32 cannot hold come in two parts", () => {
  const times = [1.7e9 + 1, 1.7e9 + 1.25, 1.7e9 + 60, 1.7e9 + 200];
  const parts = [times.map(Math.fround), times.map(time => time - Math.fround(time))].map(part => bench.input(part));
  const y = bench.output(8);
  const [last, since] = [0, 1].map(() => bench.inOut(new Float32Array(5)));
  const [clock, clockRest] = [0, 0].map(value => bench.inOut([value]));
  const x = bench.input([5, nan, nan, nan]);
  kernels.missingForward(y, last, since, clock, x, 0, parts[0], 0, 0, 0, 0, 0, 1, 2, 1, 4, 1, clockRest, parts[1]);
  expect([...bench.read(y)]).toEqual([5, 0, 0, 0.25, 0, 59, 0, 199]);
  expect(bench.read(clock)[0] + bench.read(clockRest)[0]).toBe(times[3]);
});

it("intersectMasks", () => {
  const mask = bench.inOut([0, 0, 0, 0]);
  const ints = (values: number[]) => bench.inputInts(values);
  kernels.maskZeros(mask, ints([0, 5, 0, 7]), 4);
  kernels.intersectMasks(mask, ints([1, 1, 0, 0]), 4);
  expect([...bench.readInts(mask)]).toEqual([0, 1, 0, 0]);
});

it.each([
  [[1, nan, -Infinity, Infinity], 2],
  [[nan, 3e38, -3e38, 0, nan], -1],
  [[], -1],
])("firstInfinite of %j is %i", (values, index) => {
  expect(kernels.firstInfinite(bench.input(values), values.length)).toBe(index);
});
