import { afterEach, expect, it } from "vitest";
import { expectClose } from "../../helpers/compare.ts";
import { KernelBench } from "../../helpers/kernels.ts";
import { seeded } from "../../helpers/random.ts";
import { dropoutBackward, dropoutForward } from "../../reference/dropout.ts";

const bench = new KernelBench();
const { kernels } = bench;
afterEach(() => bench.reset());

it.each([
  [1, 1, 1],
  [3, 1, 3],
  [2, 3, 4],
  [1, 4, 5],
  [4, 2, 8],
  [3, 5, 9],
])("N = %i, T = %i, C = %i: one mask for all steps, in place too", (N, T, C) => {
  const random = seeded(N * 100 + T * 10 + C);
  const mask = Float32Array.from({ length: N * C }, () => (random.uniform() < 0.4 ? 0 : 1 / 0.6));
  const [x, dy, before] = [random.array(N * T * C), random.array(N * T * C), random.array(N * T * C)];
  const m = bench.input(mask);

  const y = bench.output(N * T * C);
  kernels.dropoutForward(y, bench.input(x), m, N, T, C);
  expect(bench.read(y)).toEqual(Float32Array.from(dropoutForward(x, mask, N, T, C)));
  const both = bench.inOut(x);
  kernels.dropoutForward(both, both, m, N, T, C);
  expect(bench.read(both)).toEqual(bench.read(y));

  const dx = bench.inOut(before);
  kernels.dropoutBackward(dx, bench.input(dy), m, N, T, C);
  const added = dropoutBackward(dy, mask, N, T, C);
  const expected = before.map((value, i) => value + added[i]);
  expectClose(bench.read(dx), expected, { relative: 1e-7, absolute: 2e-7 });
});
