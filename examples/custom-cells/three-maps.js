// A cell of three linear maps tells languages apart: node examples/custom-cells/three-maps.js
//
//   a = i2h([x, h])        i = σ(a)
//   b = fc(h)              f = σ(b)        h: of the step before
//   h = tanh(a·i + b·f)    out = h2o(h)
import { defineCell, layers, ndarray, ops, optimizers, sequential } from "wasm-lstm";

const { add, concat, matmul, multiply, sigmoid, tanh } = ops;

export const threeMaps = outputs =>
  defineCell({
    name: "threeMaps",
    weights: ({ features, units }) => ({
      i2h: [features + units, units],
      i2hBias: [units],
      fc: [units, units],
      fcBias: [units],
      h2o: [units, outputs],
      h2oBias: [outputs],
    }),
    states: ({ units }) => ({ h: units }),
    outputSize: () => outputs,
    step({ x, states, weights: w }) {
      const a = matmul(concat([x, states.h]), w.i2h, w.i2hBias);
      const b = matmul(states.h, w.fc, w.fcBias);
      const h = tanh(add(multiply(a, sigmoid(a)), multiply(b, sigmoid(b))));
      return { output: matmul(h, w.h2o, w.h2oBias), states: { h } };
    },
  });

const languages = {
  English:
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen twenty thirty forty",
  German:
    "eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn zwanzig dreißig vierzig",
  Spanish:
    "uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince veinte treinta cuarenta",
};
const names = Object.keys(languages);
const words = Object.values(languages).flatMap(text => text.split(" "));
const labels = Object.values(languages).flatMap((text, language) => text.split(" ").map(() => language));
const letters = [...new Set(words.join(""))];
const T = 12;

/** [words, T, letters], one number a letter; what is left of T stays 0, which `masking` takes for padding. */
function encode(list) {
  const data = new Float32Array(list.length * T * letters.length);
  list.forEach((word, n) => {
    [...word].slice(0, T).forEach((letter, t) => {
      const at = letters.indexOf(letter);
      if (at >= 0) data[(n * T + t) * letters.length + at] = 1;
    });
  });
  return ndarray(data, [list.length, T, letters.length]);
}

const net = sequential(
  [
    layers.masking({ inputShape: [T, letters.length] }),
    layers.rnn(threeMaps(names.length), { units: 32 }),
    layers.activation({ activation: "softmax" }),
  ],
  { seed: 1 },
);
net.compile({
  optimizer: optimizers.adam({ learningRate: 0.01 }),
  loss: "sparseCategoricalCrossentropy",
  metrics: ["accuracy"],
});
const { history } = await net.fit(encode(words), labels, { epochs: 60, batchSize: 18, verbose: 0 });
export const accuracy = history.accuracy.at(-1);
console.log(`${words.length} words, accuracy ${accuracy.toFixed(3)}`);

const unseen = {
  English: "sixteen seventeen eighteen nineteen fifty sixty",
  German: "sechzehn siebzehn achtzehn neunzehn fünfzig sechzig",
  Spanish: "dieciséis diecisiete dieciocho diecinueve cincuenta sesenta",
};
export let right = 0;
for (const [language, text] of Object.entries(unseen)) {
  const list = text.split(" ");
  const answers = net.predict(encode(list)).toArray();
  const told = answers.map(row => names[row.indexOf(Math.max(...row))]);
  right += told.filter(name => name === language).length;
  console.log(`${language}: ${list.map((word, i) => `${word} (${told[i]})`).join(", ")}`);
}
console.log(`${right} of 18 unseen words right`);
