// Learns to add: reads "12+345", backwards and a character at a time, and writes "357" (Sutskever, Vinyals and Le, 2014, read so too).
//
//   node examples/sums.js [digits] [epochs]
import { layers, optimizers, schedules, sequential } from "wasm-lstm";
import { conclude, saveHistory, secondsSince } from "./common.js";
import { randomNumbers } from "./curve.js";

const [DIGITS, EPOCHS] = [Number(process.argv[2] ?? 3), Number(process.argv[3] ?? 15)];
const [PROBLEMS, BATCH] = [Math.min(50_000, 0.3 * 100 ** DIGITS), 64];
const CHARACTERS = "0123456789+ ";
const [QUESTION, ANSWER] = [2 * DIGITS + 1, DIGITS + 1];

const random = randomNumbers(1);
const number = () => Math.floor(random() * 10 ** (1 + Math.floor(random() * DIGITS)));
const ids = text => Array.from(text, character => CHARACTERS.indexOf(character));
const oneHot = text => ids(text).map(id => Array.from(CHARACTERS, (_, i) => (i === id ? 1 : 0)));
const backwards = text => [...text].reverse().join("");
const ask = (a, b) => oneHot(backwards(`${a}+${b}`.padEnd(QUESTION)));

// No question is asked twice, nor with its numbers exchanged.
const questions = new Map();
while (questions.size < PROBLEMS) {
  const [a, b] = [number(), number()];
  questions.set([a, b].sort().join("+"), [a, b]);
}
const all = [...questions.values()];
const x = all.map(([a, b]) => ask(a, b));
const y = all.map(([a, b]) => ids(String(a + b).padEnd(ANSWER)));

const net = sequential([
  layers.lstm({ units: 128, inputShape: [QUESTION, CHARACTERS.length] }),
  layers.repeatVector({ n: ANSWER }),
  layers.lstm({ units: 128, returnSequences: true }),
  layers.dense({ units: CHARACTERS.length, activation: "softmax" }),
]);
const decaySteps = EPOCHS * Math.ceil((0.9 * PROBLEMS) / BATCH);
const learningRate = schedules.cosineDecay({ initialLearningRate: 0.003, decaySteps });
net.compile({
  optimizer: optimizers.adam({ learningRate }),
  loss: "sparseCategoricalCrossentropy",
  metrics: ["accuracy"],
});

const begun = process.cpuUsage();
const { history } = await net.fit(x, y, { epochs: EPOCHS, batchSize: BATCH, validationSplit: 0.1 });
console.log(`${(secondsSince(begun) / EPOCHS).toFixed(1)} processor seconds an epoch`);
saveHistory("sums", history, `Sums of two numbers of up to ${DIGITS} digits`);

for (const [a, b] of all.slice(-5)) {
  const [steps] = net.predict([ask(a, b)]).toArray();
  const answer = steps
    .map(p => CHARACTERS[p.indexOf(Math.max(...p))])
    .join("")
    .trim();
  console.log(`${a} + ${b} = ${answer}${Number(answer) === a + b ? "" : `, wrong: ${a + b}`}`);
}
conclude("characters right, of questions it has not seen", history.valAccuracy.at(-1), { least: 0.99 });
