// Trains with a checkpoint where files may not grow: node full.js <path of the checkpoint>
import { readFile } from "node:fs/promises";
import { layers, ndarray, sequential } from "../../dist/index.js";
import { modelCheckpoint } from "../../dist/node.js";

const [path] = process.argv.slice(2);
const net = sequential([layers.gru({ units: 8, inputShape: [5, 2] }), layers.dense({ units: 1 })], { seed: 3 });
net.compile({ loss: "mse", optimizer: "adam" });
const x = ndarray(
  new Float32Array(80).map((_, i) => Math.sin(i)),
  [8, 5, 2],
);
const y = ndarray(new Float32Array(8), [8, 1]);
const before = await readFile(path);
const trained = callbacks => net.fit(x, y, { epochs: 2, verbose: 0, callbacks });
const { code, message } = await trained([modelCheckpoint(path)]).then(
  () => ({}),
  error => error,
);
const whole = before.equals(await readFile(path));
const { stopReason } = await trained([]);
console.log(JSON.stringify({ code, message, whole, stopReason }));
