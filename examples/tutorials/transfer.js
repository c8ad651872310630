// A body that was trained on one task serves another with few samples: node examples/tutorials/transfer.js
//
// Your own: load a model, take the part up to the layer you want by `net.part({ outputs: "name" })`, freeze it, put a new head on it.
import { input, layers, loadModel, model, ndarray, optimizers, sequential } from "wasm-lstm";
import { seededRandom } from "wasm-lstm/text";

const [T, TONES] = [24, 8];
const random = seededRandom(2);

/** Tones in noise: x [N, T, 1], and which of the eight tones. */
function tones(N) {
  const x = ndarray(new Float32Array(N * T), [N, T, 1]);
  const tone = Array.from({ length: N }, () => Math.floor(TONES * random()));
  tone.forEach((each, n) => {
    const phase = 2 * Math.PI * random();
    for (let t = 0; t < T; t++) x.data[n * T + t] = Math.sin(phase + t * (0.3 + 0.25 * each)) + 0.6 * (random() - 0.5);
  });
  return { x, tone };
}
/** The other task: three families of tones. */
const families = ({ tone }) => tone.map(each => [0, 1, 2, 0, 2, 0, 1, 2][each]);
const compile = net =>
  net.compile({
    optimizer: optimizers.adam({ learningRate: 0.01 }),
    loss: "sparseCategoricalCrossentropy",
    metrics: ["accuracy"],
  });

const first = sequential(
  [layers.lstm({ units: 32, name: "body", inputShape: [T, 1] }), layers.dense({ units: TONES, activation: "softmax" })],
  { seed: 1 },
);
compile(first);
const many = tones(2000);
await first.fit(many.x, many.tone, { epochs: 25, batchSize: 50, verbose: 0 });
const saved = first.save();

const few = tones(48);
const test = tones(1000);
const fit = { epochs: 80, batchSize: 16, verbose: 0 };
const head = () => layers.dense({ units: 3, activation: "softmax" });

const body = loadModel(saved).part({ outputs: "body" });
body.trainable = false;
const x = input({ shape: [T, 1] });
const transferred = model({ inputs: x, outputs: head().apply(body.apply(x)), seed: 1 });
compile(transferred);
const before = transferred.getWeights()[0].data.slice();
await transferred.fit(few.x, families(few), fit);
const frozen = transferred.getWeights()[0].data.every((weight, i) => weight === before[i]);

const scratch = sequential([layers.lstm({ units: 32, inputShape: [T, 1] }), head()], { seed: 1 });
compile(scratch);
await scratch.fit(few.x, families(few), fit);

export const accuracies = {};
for (const [name, net] of Object.entries({ transferred, scratch })) {
  accuracies[name] = (await net.evaluate(test.x, families(test))).accuracy;
}
console.log(
  `48 samples: accuracy ${accuracies.transferred.toFixed(3)} on the frozen body, ${accuracies.scratch.toFixed(3)} from scratch`,
);

export { frozen };
