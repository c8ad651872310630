// Handwritten digits as sequences: an image is read row by row, 28 steps of 28 pixels.
//
//   node examples/image-rows.js FOLDER
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { layers, ndarray, optimizers, schedules, sequential } from "wasm-lstm";
import { conclude, folderOf, saveHistory, secondsSince } from "./common.js";

const [EPOCHS, BATCH, TRAIN] = [10, 64, 10_000];
const folder = folderOf(
  "",
  "the MNIST database: train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz, and t10k-… alike",
);

/** The numbers of an idx file: a header that tells the sizes of its axes, then bytes. */
function read(start, kind) {
  const wanted = new RegExp(`(^|/)${start}[^/]*-${kind}-idx\\d-ubyte\\.gz$`);
  const file = readdirSync(folder, { recursive: true }).find(name => wanted.test(name));
  if (file === undefined) throw new Error(`${folder}: expected a file such as ${start}-${kind}-idx3-ubyte.gz`);
  const bytes = gunzipSync(readFileSync(join(folder, file)));
  return bytes.subarray(4 + 4 * bytes[3]);
}

/** x [N, 28, 28], numbers from 0 to 1; y [N]. */
function digits(start, most = Infinity) {
  const y = Array.from(read(start, "labels").subarray(0, most));
  const x = Float32Array.from(read(start, "images").subarray(0, y.length * 28 * 28), value => value / 255);
  return { x: ndarray(x, [y.length, 28, 28]), y };
}

const [train, test] = [digits("train", TRAIN), digits("t10k")];
const net = sequential([
  layers.lstm({ units: 128, inputShape: [28, 28] }),
  layers.dropout({ rate: 0.3 }),
  layers.dense({ units: 10, activation: "softmax" }),
]);
const decaySteps = EPOCHS * Math.ceil(train.y.length / BATCH);
const learningRate = schedules.cosineDecay({ initialLearningRate: 0.005, decaySteps });
net.compile({
  optimizer: optimizers.adam({ learningRate }),
  loss: "sparseCategoricalCrossentropy",
  metrics: ["accuracy"],
});

const begun = process.cpuUsage();
const { history } = await net.fit(train.x, train.y, { epochs: EPOCHS, batchSize: BATCH, validationSplit: 0.1 });
console.log(`${(secondsSince(begun) / EPOCHS).toFixed(2)} processor seconds an epoch`);
saveHistory("image-rows", history, "Handwritten digits, read row by row");
const { accuracy } = await net.evaluate(test.x, test.y);
conclude("test accuracy", accuracy, { least: 0.96 });
