// A line about a picture: an encoder reads its rows, a decoder writes words: node examples/tutorials/caption.js
//
// The pictures are made here: a digit, bright or dim, high or low, in noise.
// Your own: pictures as [N, rows, columns] and a caption for each; a larger picture wants more units, or conv1D before the LSTM.
import { input, layers, model, ndarray, optimizers } from "wasm-lstm";
import { greedySearch, padSequences, seededRandom, tokenizer } from "wasm-lstm/text";

const GLYPHS = [
  "111101101101111",
  "010110010010111",
  "111001111100111",
  "111001111001111",
  "101101111001001",
  "111100111001111",
  "111100111101111",
  "111001001001001",
  "111101111101111",
  "111101111001111",
];
const WORDS = "zero one two three four five six seven eight nine".split(" ");
const [ROWS, COLUMNS] = [12, 6];
const random = seededRandom(4);

function picture() {
  const digit = Math.floor(10 * random());
  const [bright, high, right] = [random() < 0.5, random() < 0.5, Math.floor(4 * random())];
  const pixels = Float32Array.from({ length: ROWS * COLUMNS }, () => 0.25 * random());
  for (let row = 0; row < 5; row++) {
    for (let column = 0; column < 3; column++) {
      const ink = Number(GLYPHS[digit][row * 3 + column]) * (bright ? 1 : 0.5);
      pixels[(row + (high ? 0 : 6)) * COLUMNS + column + right] += ink;
    }
  }
  return { pixels, caption: `a ${bright ? "bright" : "dim"} ${WORDS[digit]} at the ${high ? "top" : "bottom"}` };
}

const pictures = Array.from({ length: 2200 }, picture);
const [train, test] = [pictures.slice(0, 2000), pictures.slice(2000)];
const words = tokenizer({ markers: true }).fit(train.map(({ caption }) => caption));
const pixelsOf = list =>
  ndarray(Float32Array.from(list.flatMap(({ pixels }) => [...pixels])), [list.length, ROWS, COLUMNS]);

const [rows, text] = [input({ shape: [ROWS, COLUMNS] }), input({ shape: [null] })];
const [, h, c] = layers.lstm({ units: 64, returnState: true }).applyAll(rows);
const embedded = layers.embedding({ inputDim: words.size, outputDim: 16, maskZero: true }).apply(text);
const sequence = layers.lstm({ units: 64, returnSequences: true }).apply([embedded, h, c]);
const next = layers.dense({ units: words.size, activation: "softmax" }).apply(sequence);
const net = model({ inputs: [rows, text], outputs: next, seed: 1 });
const captions = train.map(({ caption }) => caption);
const fed = padSequences(words.encode(captions, { start: true }), { padding: "post" });
const wanted = padSequences(words.encode(captions, { end: true }), { padding: "post" });
net.compile({ optimizer: optimizers.adam({ learningRate: 0.008 }), loss: "sparseCategoricalCrossentropy" });
await net.fit([pixelsOf(train), fed], wanted, { epochs: 40, batchSize: 50, verbose: 0 });

const encoder = net.part({ inputs: rows, outputs: [h, c] });
const decoder = net.part({ inputs: [text, h, c], outputs: next });
export const write = one =>
  greedySearch(decoder, { inputs: encoder.predictAll(pixelsOf([one])), tokenizer: words, maxSteps: 10 }).text;

let [right, all] = [0, 0];
for (const one of test) {
  const told = write(one).split(" ");
  const truth = one.caption.split(" ");
  right += truth.filter((word, i) => told[i] === word).length;
  all += truth.length;
}
export const share = right / all;
export const digits = test.filter(one => write(one).split(" ")[2] === one.caption.split(" ")[2]).length / test.length;
console.log(`"${test[0].caption}": "${write(test[0])}"`);
console.log(
  `of the words about 200 other pictures ${(100 * share).toFixed(1)} % are right, of the digits ${(100 * digits).toFixed(1)} %`,
);
