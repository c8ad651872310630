// A cell with relu candidates learns to continue two waves: node examples/custom-cells/gated-relu.js
//
//   h~ = relu(Wx·x + bx)
//   f  = σ(Wf·[h~, y] + bf)              y: the output of the step before
//   i  = σ(Wg·[h~, y] + bg)              an input gate of the form of the forget gate, with weights of its own
//   c  = f·c + i·relu(Wi·x + bi)
//   y  = σ(Wo·[h~, c] + bo)
import { defineCell, layers, ops, optimizers, sequential, windows } from "wasm-lstm";

const { add, concat, matmul, multiply, relu, sigmoid } = ops;

export const gatedRelu = defineCell({
  name: "gatedRelu",
  weights: ({ features, units }) => ({
    Wx: [features, units],
    bx: [units],
    Wf: [2 * units, units],
    bf: { shape: [units], initializer: "ones" }, // begins by remembering
    Wg: [2 * units, units],
    bg: [units],
    Wi: [features, units],
    bi: [units],
    Wo: [2 * units, units],
    bo: [units],
  }),
  states: ({ units }) => ({ y: units, c: units }),
  step({ x, states, weights: w }) {
    const h = relu(matmul(x, w.Wx, w.bx));
    const f = sigmoid(matmul(concat([h, states.y]), w.Wf, w.bf));
    const i = sigmoid(matmul(concat([h, states.y]), w.Wg, w.bg));
    const c = add(multiply(f, states.c), multiply(i, relu(matmul(x, w.Wi, w.bi))));
    const y = sigmoid(matmul(concat([h, c]), w.Wo, w.bo));
    return { output: y, states: { y, c } };
  },
});

const wave = Array.from({ length: 400 }, (_, t) => [Math.sin(t / 5) + Math.sin(t / 3)]);
const { x, y } = windows(wave, { window: 20 });

const net = sequential([layers.rnn(gatedRelu, { units: 24, inputShape: [20, 1] }), layers.dense({ units: 1 })], {
  seed: 1,
});
net.compile({ optimizer: optimizers.adam({ learningRate: 0.01 }), loss: "meanSquaredError", metrics: ["mae"] });
const { history } = await net.fit(x, y, { epochs: 60, validationSplit: 0.2, verbose: 0 });

const steps = wave.slice(1).map(([value], t) => Math.abs(value - wave[t][0]));
export const change = steps.reduce((sum, step) => sum + step) / steps.length;
export const error = history.valMae.at(-1);
console.log(
  `validation error ${error.toFixed(3)}; from one value to the next the waves change by ${change.toFixed(3)}`,
);
