import { afterEach, expect, it } from "vitest";
import { expectClose } from "../../helpers/compare.ts";
import { KernelBench } from "../../helpers/kernels.ts";
import { seeded } from "../../helpers/random.ts";

const bench = new KernelBench();
const { kernels } = bench;
afterEach(() => bench.reset());

type Axes = readonly (readonly [size: number, yStride: number, xStride: number])[];

/** Where each number comes from and goes to. */
function* places(axes: Axes): Generator<[y: number, x: number]> {
  const [[size, yStride, xStride], ...rest] = axes;
  for (let i = 0; i < size; i++) {
    if (rest.length === 0) yield [i * yStride, i * xStride];
    else for (const [y, x] of places(rest)) yield [i * yStride + y, i * xStride + x];
  }
}

const sizes = [1, 2, 3, 4, 5, 7, 8, 9];
const forms = sizes.flatMap((C): [string, Axes][] => [
  [
    `rows of ${C}`,
    [
      [3, C, C],
      [C, 1, 1],
    ],
  ],
  [
    `rows of ${C} transposed`,
    [
      [3, 1, C],
      [C, 3, 1],
    ],
  ],
  [
    `one row of ${C} for three`,
    [
      [3, C, 0],
      [C, 1, 1],
    ],
  ],
  [
    `one number ${C} times`,
    [
      [2, C, 1],
      [C, 1, 0],
    ],
  ],
  [
    `every other of ${2 * C}`,
    [
      [2, C, 2 * C],
      [C, 1, 2],
    ],
  ],
]);
const sums = sizes.flatMap((C): [string, Axes][] => [
  [
    `of rows of ${C}`,
    [
      [3, 1, C],
      [C, 0, 1],
    ],
  ],
  [
    `over rows of ${C}`,
    [
      [3, 0, C],
      [C, 1, 1],
    ],
  ],
]);
const spread = (axes: Axes, at: 0 | 1): number => 1 + Math.max(...[...places(axes)].map(place => place[at]));

it.each(forms)("copies %s", (_, axes) => {
  const x = seeded(1).array(spread(axes, 1));
  const y = bench.output(spread(axes, 0));
  kernels.copyStrided(y, bench.input(x), bench.inputInts(axes.flat()), axes.length);
  const expected = new Float32Array(spread(axes, 0));
  for (const [to, from] of places(axes)) expected[to] = x[from];
  expect(bench.read(y)).toEqual(expected);
});

it.each([...forms, ...sums])("adds %s", (_, axes) => {
  const random = seeded(2);
  const [x, before] = [random.array(spread(axes, 1)), random.array(spread(axes, 0))];
  const y = bench.inOut(before);
  kernels.addStrided(y, bench.input(x), bench.inputInts(axes.flat()), axes.length);
  const expected = Float64Array.from(before);
  for (const [to, from] of places(axes)) expected[to] += x[from];
  expectClose(bench.read(y), expected, { relative: 1e-6, absolute: 1e-6 });
});
