// An Elman network learns a verse by heart, letter by letter: node examples/custom-cells/elman.js
//
//   out = i2o([x, h])      h: of the step before
//   h   = tanh(i2h([x, h]))
import { defineCell, layers, ops, optimizers, sequential } from "wasm-lstm";

const { concat, matmul, tanh } = ops;

export const elman = outputs =>
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
    step({ x, states, weights: w }) {
      const both = concat([x, states.h]);
      const output = matmul(both, w.i2o, w.i2oBias);
      return { output, states: { h: tanh(matmul(both, w.i2h, w.i2hBias)) } };
    },
  });

const verse = "twinkle, twinkle, little star, how I wonder what you are! ";
const letters = [...new Set(verse)];
const ids = [...(verse + verse)].map(letter => letters.indexOf(letter));
const T = 24;
const x = Array.from(verse, (_, n) => ids.slice(n, n + T));
const y = Array.from(verse, (_, n) => ids.slice(n + 1, n + T + 1));

const net = sequential(
  [
    layers.embedding({ inputDim: letters.length, outputDim: 12, inputShape: [null] }),
    layers.rnn(elman(letters.length), { units: 48, returnSequences: true }),
    layers.activation({ activation: "softmax" }),
  ],
  { seed: 1 },
);
net.compile({ optimizer: optimizers.adam({ learningRate: 0.01, clipNorm: 1 }), loss: "sparseCategoricalCrossentropy" });
const { history } = await net.fit(x, y, { epochs: 80, verbose: 0 });
console.log("loss", history.loss[0].toFixed(3), "->", history.loss.at(-1).toFixed(3));

// The cell runs one letter at a time, its state kept in between.
const stream = net.stream();
const start = "twinkle, twinkle,";
let probabilities;
for (const letter of start) probabilities = stream.step(letters.indexOf(letter));
export let text = start;
while (text.length < verse.length) {
  const next = probabilities.indexOf(Math.max(...probabilities));
  text += letters[next];
  probabilities = stream.step(next);
}
export const wanted = verse;
console.log(text);
