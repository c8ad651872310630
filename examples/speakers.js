// Who is speaking? Nine men say two vowels, as 12 coefficients of their voice over 7 to 29 steps: one class for a sequence of any
// length (Kudo, Toyama and Shimbo, 1999).
//
//   node examples/speakers.js FOLDER [seeds]
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { layers, optimizers, schedules, sequential, standardScaler } from "wasm-lstm";
import { conclude, folderOf, mean, percent, saveHistory, secondsSince } from "./common.js";

const [EPOCHS, BATCH] = [60, 16];
const folder = folderOf(
  "JapaneseVowels_TRAIN.ts",
  "https://timeseriesclassification.com, data set JapaneseVowels: JapaneseVowels_TRAIN.ts and JapaneseVowels_TEST.ts",
);

/** x: a list of sequences [T, 12]; y: who it was, from 0. In a line, channels stand between ":" and the class is last. */
function read(file) {
  const lines = readFileSync(join(folder, file), "utf8").split(/\r?\n/);
  const rows = lines.slice(lines.findIndex(line => /^@data/i.test(line)) + 1).filter(line => line !== "");
  const samples = rows.map(row => row.split(":").map(channel => channel.split(",").map(Number)));
  return {
    x: samples.map(([first, ...rest]) => first.map((_, t) => [first, ...rest.slice(0, -1)].map(channel => channel[t]))),
    y: samples.map(channels => channels.at(-1)[0] - 1),
  };
}

const [train, test] = ["JapaneseVowels_TRAIN.ts", "JapaneseVowels_TEST.ts"].map(read);
const scaler = standardScaler().fit(train.x.flat());

// Reads in both directions; the mean over all steps knows more than the last one. 270 sequences are few: hence the noise and the dropout.
function speakers(seed) {
  const net = sequential(
    [
      layers.gaussianNoise({ stddev: 0.4, inputShape: [null, 12] }),
      layers.bidirectional({ layer: layers.lstm({ units: 64, returnSequences: true }) }),
      layers.globalAveragePooling1D(),
      layers.dropout({ rate: 0.5 }),
      layers.dense({ units: 9, activation: "softmax" }),
    ],
    { seed },
  );
  const decaySteps = EPOCHS * Math.ceil(train.y.length / BATCH);
  const learningRate = schedules.cosineDecay({ initialLearningRate: 0.005, decaySteps });
  net.setScaling({ input: scaler });
  net.compile({
    optimizer: optimizers.adam({ learningRate }),
    loss: "sparseCategoricalCrossentropy",
    metrics: ["accuracy"],
  });
  return net;
}

const accuracies = [];
for (let seed = 1; seed <= Number(process.argv[3] ?? 5); seed++) {
  const begun = process.cpuUsage();
  const net = speakers(seed);
  const { history } = await net.fit(train.x, train.y, { epochs: EPOCHS, batchSize: BATCH, verbose: 0 });
  const seconds = secondsSince(begun);
  const { accuracy } = await net.evaluate(test.x, test.y);
  accuracies.push(accuracy);
  console.log(`seed ${seed}: test accuracy ${percent(accuracy)}, ${(seconds / EPOCHS).toFixed(3)} s an epoch`);
  if (seed === 1) saveHistory("speakers", history, "Who is speaking? Japanese Vowels");
}
conclude("mean test accuracy", mean(accuracies), { least: 0.95 });
