// A translator: "two hundred and six" -> "206", by an encoder and a decoder: node examples/tutorials/translate-numbers.js
//
// Trained with the right answer as the decoder's input (teacher forcing), then decoded token by token: greedily, and by beam search.
// Your own pairs: replace `pairs`; `level` of the tokenizers is "words" or "characters".
import { input, layers, model, optimizers } from "wasm-lstm";
import { beamSearch, greedySearch, padSequences, seededRandom, tokenizer } from "wasm-lstm/text";

const ONES =
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(
    " ",
  );
const TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split(" ");
function inWords(n) {
  if (n < 20) return ONES[n];
  if (n < 100) return TENS[Math.floor(n / 10) - 2] + (n % 10 ? ` ${ONES[n % 10]}` : "");
  return `${ONES[Math.floor(n / 100)]} hundred${n % 100 ? ` and ${inWords(n % 100)}` : ""}`;
}

const random = seededRandom(1);
const pairs = Array.from({ length: 1000 }, (_, n) => [random(), inWords(n), String(n)]).sort(([a], [b]) => a - b);
const [train, test] = [pairs.slice(0, 800), pairs.slice(800)];
const english = tokenizer().fit(train.map(([, words]) => words));
const digits = tokenizer({ level: "characters", markers: true }).fit("0123456789");

const UNITS = 64;
const [source, target] = [input({ shape: [null] }), input({ shape: [null] })];
const read = layers.embedding({ inputDim: english.size, outputDim: 24, maskZero: true }).apply(source);
const [, h, c] = layers.lstm({ units: UNITS, returnState: true }).applyAll(read);
const written = layers.embedding({ inputDim: digits.size, outputDim: 12, maskZero: true }).apply(target);
const sequence = layers.lstm({ units: UNITS, returnSequences: true }).apply([written, h, c]);
const next = layers.dense({ units: digits.size, activation: "softmax" }).apply(sequence);
const net = model({ inputs: [source, target], outputs: next, seed: 1 });

const padding = { padding: "post" };
const questions = padSequences(english.encode(train.map(([, words]) => words)), padding);
const answers = train.map(([, , number]) => number);
const fed = padSequences(digits.encode(answers, { start: true }), padding);
const wanted = padSequences(digits.encode(answers, { end: true }), padding);
net.compile({ optimizer: optimizers.adam({ learningRate: 0.01 }), loss: "sparseCategoricalCrossentropy" });
await net.fit([questions, fed], wanted, { epochs: 40, batchSize: 64, verbose: 0 });

const encoder = net.part({ inputs: source, outputs: [h, c] });
const decoder = net.part({ inputs: [target, h, c], outputs: next });
const options = words => ({ inputs: encoder.predictAll([english.encode(words)]), tokenizer: digits, maxSteps: 5 });
export const greedy = words => greedySearch(decoder, options(words));
export const beam = (words, beamWidth) => beamSearch(decoder, { ...options(words), beamWidth });

let [right, rightByBeam] = [0, 0];
for (const [, words, number] of test) {
  right += Number(greedy(words).text === number);
  rightByBeam += Number(beam(words, 3)[0].text === number);
}
const [, words] = test[0];
console.log(
  `${words} -> ${greedy(words).text}; by beam: ${beam(words, 3)
    .map(({ text, score }) => `${text} (${score.toFixed(2)})`)
    .join(", ")}`,
);
console.log(`of 200 numbers that it has never seen it has ${right} right greedily, ${rightByBeam} by a beam of 3`);

export { right, rightByBeam, test };
