// Which digit is said? Six speakers, 2,700 recordings to learn from and 300 to be asked of.
//
//   npm ci && node digits.js FOLDER [seeds]
import { layers, optimizers, schedules, sequential } from "wasm-lstm";
import { conclude, mean, percent, saveHistory, secondsSince } from "../common.js";
import { BANDS, hear, recordings, scalerOf } from "./recordings.js";

const [EPOCHS, BATCH] = [20, 32];
const all = recordings();
const part = chosen => ({ x: chosen.map(({ samples }) => hear(samples)), y: chosen.map(({ digit }) => digit) });
const [train, test] = [part(all.filter(({ index }) => index >= 5)), part(all.filter(({ index }) => index < 5))];
const scaler = scalerOf(train.x);

function listener(seed) {
  const net = sequential(
    [
      layers.gaussianNoise({ stddev: 0.3, inputShape: [null, BANDS] }),
      layers.bidirectional({ layer: layers.lstm({ units: 64, returnSequences: true }) }),
      layers.globalAveragePooling1D(),
      layers.dropout({ rate: 0.5 }),
      layers.dense({ units: 10, activation: "softmax" }),
    ],
    { seed },
  );
  const decaySteps = EPOCHS * Math.ceil(train.y.length / BATCH);
  const learningRate = schedules.cosineDecay({ initialLearningRate: 0.004, decaySteps });
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
  const net = listener(seed);
  const begun = process.cpuUsage();
  const { history } = await net.fit(train.x, train.y, { epochs: EPOCHS, batchSize: BATCH, verbose: 0 });
  const seconds = secondsSince(begun);
  const { accuracy } = await net.evaluate(test.x, test.y);
  accuracies.push(accuracy);
  console.log(`seed ${seed}: test accuracy ${percent(accuracy)}, ${(seconds / EPOCHS).toFixed(2)} s an epoch`);
  if (seed === 1) saveHistory("digits", history, "Which digit is said?");
}
conclude("mean test accuracy", mean(accuracies), { least: 0.97 });
