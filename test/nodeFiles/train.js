// Trains with checkpoints, from the last one if there is any: node train.js <folder> <arrays | generator> <epochs>
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { batches, bucketByLength, callbacks, layers, ndarray, sequential } from "../../dist/index.js";
import { csvLogger, loadModelFile, modelCheckpoint } from "../../dist/node.js";

const [folder, kind, epochs] = process.argv.slice(2);
const path = join(folder, "last.safetensors");

function built() {
  const net = sequential(
    [
      layers.lstm({ units: 6, inputShape: [null, 2], dropout: 0.2, recurrentDropout: 0.1 }),
      layers.dropout({ rate: 0.1 }),
      layers.dense({ units: 1 }),
    ],
    { seed: 7 },
  );
  net.compile({ loss: "mse", optimizer: "adam", metrics: ["mae"] });
  return net;
}

const N = 60;
const [T, C] = [9, 2];
const series = ndarray(
  Float32Array.from({ length: N * T * C }, (_, i) => Math.sin(i * i)),
  [N, T, C],
);
const targets = ndarray(
  Float32Array.from({ length: N }, (_, i) => Math.cos(i)),
  [N, 1],
);
const lengths = Array.from({ length: N }, (_, n) => 3 + (n % 7));

async function* read(epoch) {
  for (let from = 0; from < N; from += 10) {
    await new Promise(resolve => setTimeout(resolve, 1));
    const part = (of, size) => of.data.slice(from * size, (from + 10) * size);
    const x = part(series, T * C).map(value => value + epoch / 100);
    yield { x: ndarray(x, [10, T, C]), y: ndarray(part(targets, 1), [10, 1]) };
  }
}

const net = existsSync(path) ? await loadModelFile(path) : built();
const options = {
  epochs: Number(epochs),
  validationData: [{ x: series, lengths }, targets],
  verbose: 0,
  callbacks: [
    callbacks.reduceLROnPlateau({ factor: 0.7, patience: 2, monitor: "loss" }),
    modelCheckpoint(path, { resume: true }),
    // After the checkpoint, which then has not heard of it: that comes first when training goes on.
    callbacks.earlyStopping({ monitor: "valLoss", patience: 1000, restoreBestWeights: true }),
    csvLogger(join(folder, "log.csv")),
    {
      onEpochBegin(epoch) {
        console.log(epoch);
        return new Promise(resolve => setTimeout(resolve, 3));
      },
    },
  ],
};
const { history, epoch, stopReason } = await (kind === "arrays"
  ? net.fit({ x: series, lengths }, targets, { ...options, batchSize: 8, shuffle: bucketByLength({ batches: 2 }) })
  : net.fit(batches(read), options));
await writeFile(join(folder, "weights"), Buffer.concat(net.getWeights().map(({ data }) => Buffer.from(data.buffer))));
await writeFile(join(folder, "history.json"), JSON.stringify({ history, epoch, stopReason }));
