// What does not look as usual: an LSTM autoencoder finds a fault of a machine: node examples/tutorials/anomaly.js
//
// It learns to write down 24 steps from one vector; what it writes badly it has not seen before.
// Your own series: replace `series`, and train on a time without faults; the threshold is a quantile of the errors of such a time.
import { layers, optimizers, sequential, windows } from "wasm-lstm";
import { seededRandom } from "wasm-lstm/text";

const [WINDOW, LENGTH] = [24, 3000];
const FAULT = { from: 2500, to: 2620 };
const random = seededRandom(6);
const noise = () => 0.1 * (random() + random() - 1);

/** Two sensors of a machine that turns; in the fault the second lags behind the first. */
const series = Array.from({ length: LENGTH }, (_, t) => {
  const lag = t >= FAULT.from && t < FAULT.to ? 1.2 : 0;
  return [Math.sin(t / 3) + noise(), 0.7 * Math.cos(t / 3 - lag) + noise()];
});
const { x } = windows(series, { window: WINDOW, horizon: 1 });
const all = x.toArray();
const normal = all.slice(0, 2000);

const net = sequential(
  [
    layers.lstm({ units: 24, inputShape: [WINDOW, 2] }),
    layers.repeatVector({ n: WINDOW }),
    layers.lstm({ units: 24, returnSequences: true }),
    layers.dense({ units: 2 }),
  ],
  { seed: 1 },
);
net.compile({ optimizer: optimizers.adam({ learningRate: 0.01 }), loss: "meanSquaredError" });
await net.fit(normal, normal, { epochs: 10, batchSize: 50, verbose: 0 });

const later = all.slice(2000);
const written = net.predict(later).toArray();
const errors = later.map((window, n) =>
  window.flat().reduce((sum, value, i) => sum + (value - written[n][i >> 1][i & 1]) ** 2, 0),
);
/** Whether at least half of a window lies in the fault; windows at its borders count as neither. */
const kind = later.map((_, n) => {
  const [from, to] = [2000 + n, 2000 + n + WINDOW];
  const shared = Math.min(to, FAULT.to) - Math.max(from, FAULT.from);
  return shared >= WINDOW / 2 ? "fault" : shared <= 0 ? "normal" : "border";
});
const of = name => errors.filter((_, n) => kind[n] === name);
const [faults, others] = [of("fault"), of("normal")];
/** How often a window with the fault has a larger error than one without. */
export const auc =
  faults.reduce((sum, error) => sum + others.filter(other => other < error).length, 0) /
  (faults.length * others.length);
const threshold = Math.max(...others.slice(0, 200));
export const first = 2000 + errors.findIndex((error, n) => n > 200 && error > threshold) + WINDOW - 1;
console.log(`AUC ${auc.toFixed(3)}; the first alarm is at step ${first}, the fault from ${FAULT.from} on`);
