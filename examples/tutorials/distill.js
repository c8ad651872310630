// A small net learns from a large one: node examples/tutorials/distill.js
//
// The teacher sees 3,000 sequences, the student 200, whose labels are wrong in one case of four. Soft targets, the teacher's
// probabilities at a temperature, tell the student more than the labels: it learns them by the KL divergence.
// Your own: any teacher whose last layers are dense (logits) and a softmax; x of the student needs no labels at all.
import { input, layers, model, ndarray, ops, optimizers } from "wasm-lstm";
import { seededRandom } from "wasm-lstm/text";

const [T, CLASSES, TEMPERATURE] = [16, 4, 2];

/** Waves of four shapes in noise; x [N, T, 1], y [N], and y as it is labelled. */
function waves(N, random, wrong) {
  const x = ndarray(new Float32Array(N * T), [N, T, 1]);
  const y = Array.from({ length: N }, () => Math.floor(CLASSES * random()));
  y.forEach((kind, n) => {
    const phase = 2 * Math.PI * random();
    for (let t = 0; t < T; t++) {
      const noise = random() + random() + random() - 1.5;
      x.data[n * T + t] = Math.sin(phase + t * (0.5 + 0.2 * kind)) + 0.8 * noise;
    }
  });
  const labels = y.map(kind => (random() < wrong ? Math.floor(CLASSES * random()) : kind));
  return { x, y, labels };
}

/** An LSTM with logits and probabilities; at a temperature these are softer. */
function classifier(units, seed, temperature) {
  const x = input({ shape: [T, 1] });
  const logits = layers.dense({ units: CLASSES }).apply(layers.lstm({ units }).apply(x));
  const cooled = layers.lambda({ call: z => ops.scale(z, 1 / temperature) }).apply(logits);
  const net = model({ inputs: x, outputs: layers.activation({ activation: "softmax" }).apply(cooled), seed });
  return { net, logits };
}

const random = seededRandom(5);
const large = waves(3000, random, 1 / 3);
const test = waves(1000, random, 0);
const adam = () => optimizers.adam({ learningRate: 0.01 });

const teacher = classifier(32, 1, 1);
teacher.net.compile({ optimizer: adam(), loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
await teacher.net.fit(large.x, large.labels, { epochs: 12, batchSize: 50, verbose: 0 });
const accuracyOf = net => {
  const rows = net.predict(test.x).toArray();
  return rows.filter((row, n) => row.indexOf(Math.max(...row)) === test.y[n]).length / rows.length;
};
const teachers = accuracyOf(teacher.net);

/** Softmax of logits at the temperature. */
const soften = row => {
  const exps = row.map(z => Math.exp((z - Math.max(...row)) / TEMPERATURE));
  return exps.map(e => e / exps.reduce((a, b) => a + b));
};
const logitsOf = teacher.net.part({ outputs: teacher.logits });

const results = [];
for (const seed of [1, 2, 3, 4, 5]) {
  const { x, labels } = waves(200, random, 1 / 3);
  const fit = { epochs: 60, batchSize: 25, verbose: 0 };
  const hard = classifier(8, seed, 1).net;
  hard.compile({ optimizer: adam(), loss: "sparseCategoricalCrossentropy" });
  await hard.fit(x, labels, fit);
  const soft = classifier(8, seed, TEMPERATURE).net;
  soft.compile({ optimizer: adam(), loss: "kld" });
  await soft.fit(x, logitsOf.predict(x).toArray().map(soften), fit);
  results.push({ hard: accuracyOf(hard), soft: accuracyOf(soft) });
}
console.log(`teacher of 32 units: accuracy ${teachers.toFixed(3)}`);
for (const { hard, soft } of results)
  console.log(`student of 8: by labels ${hard.toFixed(3)}, by the teacher ${soft.toFixed(3)}`);

export { results, teachers };
