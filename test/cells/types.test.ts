/** What the compiler tells writers of cells: tsc fails here if it says less, or more. */
import { expect, it } from "vitest";
import { defineCell, ops } from "../../src/index.ts";

it("names of weights and states are known, and how many pieces a split has", () => {
  const cell = defineCell({
    name: "typed",
    weights: ({ features, units }) => ({
      kernel: [features, 4 * units],
      scale: { shape: [units], initializer: "ones", trainable: false },
    }),
    states: ({ units }) => ({ h: units, c: units }),
    step({ x, states, weights, training }) {
      const flag: boolean = training;
      const [a, b] = ops.split(ops.matmul(x, weights.kernel), 2);
      // @ts-expect-error: no such weight
      void weights.kernle;
      // @ts-expect-error: no such state
      void states.d;
      // @ts-expect-error: two pieces have no third
      const [, , third] = ops.split(a, 2);
      // @ts-expect-error: numbers are no tensors
      void (() => ops.tanh(1));
      void [flag, third];
      return { output: b, states: { h: ops.multiply(states.h, weights.scale), c: states.c } };
    },
  });
  expect(cell.name).toBe("typed");

  defineCell({
    name: "untidy",
    weights: () => ({}),
    states: ({ units }) => ({ h: units, c: units }),
    // @ts-expect-error: a state is missing
    step: ({ x, states: { h } }) => ({ output: x, states: { h } }),
  });
});
