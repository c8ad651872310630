// What is said? Three to five digits one after the other, without a word on where one ends: connectionist temporal classification.
// Learned from strings that are glued of the training recordings of a speaker, asked of strings glued of those for the test.
//
//   npm ci && node transcribe.js FOLDER [strings] [epochs]
import { ctcDecode, layers, losses, optimizers, schedules, sequential } from "wasm-lstm";
import { conclude, saveHistory, secondsSince } from "../common.js";
import { randomNumbers } from "../curve.js";
import { BANDS, hear, recordings, scalerOf } from "./recordings.js";

const [TRAIN, EPOCHS] = [Number(process.argv[3] ?? 3000), Number(process.argv[4] ?? 15)];
const [BATCH, TEST] = [32, Math.ceil(TRAIN / 6)];
const all = recordings();
const speakers = [...new Set(all.map(({ speaker }) => speaker))];

/** Strings of one speaker each: x [T, 40], y the classes of their digits; class 0 says nothing, class 1 is the digit 0. */
function strings(N, from, seed) {
  const random = randomNumbers(seed);
  const oneOf = list => list[Math.floor(random() * list.length)];
  const made = Array.from({ length: N }, () => {
    const speaker = oneOf(speakers);
    const own = from.filter(recording => recording.speaker === speaker);
    const said = Array.from({ length: 3 + Math.floor(random() * 3) }, () => oneOf(own));
    const samples = new Float32Array(said.reduce((sum, recording) => sum + recording.samples.length, 0));
    let at = 0;
    for (const recording of said) {
      samples.set(recording.samples, at);
      at += recording.samples.length;
    }
    return { x: hear(samples), y: said.map(({ digit }) => digit + 1) };
  });
  return { x: made.map(({ x }) => x), y: made.map(({ y }) => y) };
}

const train = strings(
  TRAIN,
  all.filter(({ index }) => index >= 5),
  1,
);
const test = strings(
  TEST,
  all.filter(({ index }) => index < 5),
  2,
);
console.log(
  `${TRAIN} strings to learn from, ${TEST} for the test, each of recordings of one speaker, of ${speakers.length}`,
);
/** Labels to one length; those below 0 are none. */
const padded = y => y.map(labels => [...labels, -1, -1].slice(0, 5));

const net = sequential([
  layers.gaussianNoise({ stddev: 0.3, inputShape: [null, BANDS] }),
  layers.bidirectional({ layer: layers.lstm({ units: 64, returnSequences: true }) }),
  layers.dropout({ rate: 0.3 }),
  layers.dense({ units: 11, activation: "softmax" }),
]);
const decaySteps = EPOCHS * Math.ceil(TRAIN / BATCH);
const learningRate = schedules.cosineDecay({ initialLearningRate: 0.004, decaySteps });
net.setScaling({ input: scalerOf(train.x) });
net.compile({ optimizer: optimizers.adam({ learningRate, globalClipNorm: 5 }), loss: losses.ctc() });
const begun = process.cpuUsage();
const { history } = await net.fit(train.x, padded(train.y), { epochs: EPOCHS, batchSize: BATCH, validationSplit: 0.1 });
console.log(`${(secondsSince(begun) / EPOCHS).toFixed(1)} processor seconds an epoch`);
saveHistory("transcribe", history, "Strings of digits, by CTC");

/** How many characters have to be put in, taken out or exchanged. */
function distance(a, b) {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  a.forEach((label, i) => {
    const next = [i + 1];
    for (const [j, other] of b.entries())
      next.push(Math.min(row[j] + (label === other ? 0 : 1), row[j + 1] + 1, next[j] + 1));
    row = next;
  });
  return row[b.length];
}

const p = net.predict(test.x);
const lengths = test.x.map(frames => frames.length);
const characters = test.y.reduce((sum, labels) => sum + labels.length, 0);
for (const strategy of ["greedy", "beamSearch"]) {
  const heard = ctcDecode(p, { lengths, strategy, beamWidth: 10 }).map(([{ labels }]) => labels);
  if (strategy === "greedy")
    for (const n of [0, 1, 2])
      console.log(`said ${test.y[n].map(c => c - 1).join("")}, heard ${heard[n].map(c => c - 1).join("")}`);
  const errors = heard.reduce((sum, labels, n) => sum + distance(test.y[n], labels), 0);
  conclude(`character error, ${strategy}`, errors / characters, { most: 0.05 });
}
