import fc from "fast-check";
import { afterEach, expect, it } from "vitest";
import { KernelBench } from "../../helpers/kernels.ts";

const bench = new KernelBench();
afterEach(() => bench.reset());

function steps(mask: readonly (readonly number[])[] | undefined, reverse: boolean, N: number, T: number) {
  bench.reset();
  const [lengths, order, offsets] = [bench.output(N), bench.output(N), bench.output(T + 1)];
  const [outputs, inputs] = [bench.output(N * T), bench.output(N * T)];
  const shown = mask ? bench.inputInts(mask.flat()) : 0;
  const R = bench.kernels.recurrentSteps(lengths, order, offsets, outputs, inputs, shown, reverse, N, T);
  const ints = (pointer: number, n: number) => [...bench.readInts(pointer)].slice(0, n);
  return {
    R,
    lengths: ints(lengths, N),
    order: ints(order, N),
    offsets: ints(offsets, T + 1),
    outputs: ints(outputs, R),
    inputs: ints(inputs, R),
  };
}

it("a batch without a mask keeps its order, step by step", () => {
  expect(steps(undefined, false, 2, 3)).toEqual({
    R: 6,
    lengths: [3, 3],
    order: [0, 1],
    offsets: [0, 2, 4, 6],
    outputs: [0, 3, 1, 4, 2, 5],
    inputs: [0, 3, 1, 4, 2, 5],
  });
  expect(steps(undefined, true, 2, 3).inputs).toEqual([2, 5, 1, 4, 0, 3]);
});

it("real steps move to the front, long sequences first, equal ones in their order", () => {
  const mask = [
    [0, 1, 0],
    [0, 0, 0],
    [1, 1, 1],
    [1, 0, 0],
  ];
  expect(steps(mask, false, 4, 3)).toEqual({
    R: 5,
    lengths: [1, 0, 3, 1],
    order: [2, 0, 3, 1],
    offsets: [0, 3, 4, 5],
    outputs: [6, 1, 9, 7, 8],
    inputs: [6, 1, 9, 7, 8],
  });
  const back = steps(mask, true, 4, 3);
  expect(back.inputs).toEqual([8, 1, 9, 7, 6]);
  expect(back.outputs).toEqual([6, 1, 11, 7, 8]);
});

it("every real step has its row, for random masks", () => {
  const masks = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })).chain(([N, T]) =>
    fc.array(fc.array(fc.integer({ min: 0, max: 1 }), { minLength: T, maxLength: T }), {
      minLength: N,
      maxLength: N,
    }),
  );
  fc.assert(
    fc.property(masks, fc.boolean(), (mask, reverse) => {
      const [N, T] = [mask.length, mask[0].length];
      const { R, lengths, order, offsets, outputs, inputs } = steps(mask, reverse, N, T);
      expect(lengths).toEqual(mask.map(row => row.reduce((a, b) => a + b, 0)));
      expect([...order].sort((a, b) => lengths[b] - lengths[a] || a - b)).toEqual(order);
      expect(offsets[T]).toBe(R);
      for (let t = 0; t < T; t++) {
        for (let i = 0; i < offsets[t + 1] - offsets[t]; i++) {
          const n = order[i];
          const real = mask[n].map((_, u) => u).filter(u => mask[n][reverse ? T - 1 - u : u]);
          expect(outputs[offsets[t] + i]).toBe(n * T + real[t]);
          expect(inputs[offsets[t] + i]).toBe(n * T + (reverse ? T - 1 - real[t] : real[t]));
        }
      }
      expect(new Set(inputs).size).toBe(R);
    }),
    { numRuns: 200, seed: 1 },
  );
});
