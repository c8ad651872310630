/** Cells as a user writes them. */
import { defineCell, ops } from "../../src/index.ts";

const { add, concat, matmul, multiply, sigmoid, split, tanh } = ops;

/** With the weights of `layers.lstm`. */
export const lstmCell = defineCell({
  name: "lstmCell",
  weights: ({ features, units }) => ({
    kernel: [features, 4 * units],
    recurrentKernel: { shape: [units, 4 * units], initializer: "orthogonal" },
    bias: [4 * units],
  }),
  states: ({ units }) => ({ h: units, c: units }),
  step({ x, states, weights }) {
    const z = add(matmul(x, weights.kernel, weights.bias), matmul(states.h, weights.recurrentKernel));
    const [i, f, g, o] = split(z, 4);
    const c = add(multiply(sigmoid(f), states.c), multiply(sigmoid(i), tanh(g)));
    const h = multiply(sigmoid(o), tanh(c));
    return { output: h, states: { h, c } };
  },
});

/** h = tanh(i2h), output = i2o, both of [x | h before]; the output is no state and has a size of its own. */
export const elmanCell = (outputs: number) =>
  defineCell({
    name: "elman",
    weights: ({ features, units }) => ({
      i2h: [features + units, units],
      i2hBias: [units],
      i2o: [features + units, outputs],
      i2oBias: [outputs],
    }),
    states: ({ units }) => ({ h: units }),
    outputSize: () => outputs,
    step({ x, states, weights }) {
      const both = concat([x, states.h]);
      const h = tanh(matmul(both, weights.i2h, weights.i2hBias));
      return { output: matmul(both, weights.i2o, weights.i2oBias), states: { h } };
    },
  });

/** These, for `loadModel`. */
export const customCells = { lstmCell, elman: elmanCell(2) };
