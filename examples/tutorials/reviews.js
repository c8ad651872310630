// Good or bad? Reviews by a bidirectional LSTM, with both accuracies over the epochs: node examples/tutorials/reviews.js [curves.svg]
//
// The reviews are made here: "not" turns the word after it around, so that order matters.
// Your own texts: replace `reviews` and `labels`; a tokenizer with maxTokens: 10_000 and sequences of 200 words are a good beginning.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { layers, sequential } from "wasm-lstm";
import { chart, toSVG } from "wasm-lstm/curves";
import { padSequences, seededRandom, tokenizer } from "wasm-lstm/text";

const random = seededRandom(1);
const pick = list => list[Math.floor(list.length * random())];
const GOOD = ["great", "moving", "clever", "funny", "beautiful", "brilliant"];
const BAD = ["dull", "boring", "weak", "awful", "slow", "empty"];
const FILLING = "the a this film story plot cast music it was is and I found with of my evening actors really".split(
  " ",
);

function review() {
  const words = [];
  let sum = 0;
  while (sum === 0 || words.length < 12) {
    const mood = random() < 0.5 ? 1 : -1;
    const turned = random() < 0.4;
    for (let n = Math.floor(1 + 4 * random()); n > 0; n--) words.push(pick(FILLING));
    if (turned) words.push("not");
    words.push(pick(mood > 0 ? GOOD : BAD));
    sum += turned ? -mood : mood;
  }
  return [words.join(" "), Number(sum > 0)];
}

const made = Array.from({ length: 3000 }, review);
const [reviews, labels] = [0, 1].map(i => made.map(each => each[i]));
const words = tokenizer({ maxTokens: 10_000 }).fit(reviews.slice(0, 2400));
const x = padSequences(words.encode(reviews), { maxlen: 40 }).toArray();

const net = sequential(
  [
    layers.embedding({ inputDim: words.size, outputDim: 64, maskZero: true, inputShape: [40] }),
    layers.bidirectional({ layer: layers.lstm({ units: 64 }) }),
    layers.dense({ units: 64, activation: "relu" }),
    layers.dense({ units: 1, activation: "sigmoid" }),
  ],
  { seed: 1 },
);
net.compile({ optimizer: "adam", loss: "binaryCrossentropy", metrics: ["accuracy"] });
const history = await net.fit(x.slice(0, 2400), labels.slice(0, 2400), {
  epochs: 6,
  batchSize: 64,
  validationSplit: 0.2,
  verbose: 0,
});
net.metadata.tokenizer = words;

const { accuracy } = await net.evaluate(x.slice(2400), labels.slice(2400));
const svg = toSVG(history, { metrics: ["accuracy"], title: "Reviews" });
console.log(chart(history, { metrics: ["accuracy"] }));
console.log(`accuracy on 600 reviews that it has never seen: ${accuracy.toFixed(3)}`);
if (process.argv[1] === fileURLToPath(import.meta.url) && process.argv[2]) writeFileSync(process.argv[2], svg);

export { accuracy, history, svg };
