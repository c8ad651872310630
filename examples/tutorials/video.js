// Which way does it go? Moving dots on pictures of 8 by 8: node examples/tutorials/video.js
//
// Your own: frames as [N, T, rows, columns] of brightness in 0..1; larger frames want conv1D or pooling in timeDistributed.
import { layers, ndarray, optimizers, sequential } from "wasm-lstm";
import { seededRandom } from "wasm-lstm/text";

const [T, SIZE] = [8, 8];
const WAYS = [
  [0, 1],
  [0, -1],
  [1, 0],
  [-1, 0],
];
const random = seededRandom(8);

/** Three dots that go one way, and noise: x [N, T, 8, 8], y [N]. */
function videos(N) {
  const x = ndarray(
    Float32Array.from({ length: N * T * SIZE ** 2 }, () => Number(random() < 0.02)),
    [N, T, SIZE, SIZE],
  );
  const y = Array.from({ length: N }, () => Math.floor(WAYS.length * random()));
  y.forEach((way, n) => {
    for (let dot = 0; dot < 3; dot++) {
      const [row, column] = [0, 1].map(() => Math.floor(SIZE * random()));
      for (let t = 0; t < T; t++) {
        const [i, j] = [row + t * WAYS[way][0], column + t * WAYS[way][1]].map(at => (at + SIZE * T) % SIZE);
        x.data[((n * T + t) * SIZE + i) * SIZE + j] = 1;
      }
    }
  });
  return { x, y };
}

const net = sequential(
  [
    layers.timeDistributed({ layer: layers.flatten(), inputShape: [T, SIZE, SIZE] }),
    layers.timeDistributed({ layer: layers.dense({ units: 48, activation: "relu" }) }),
    layers.lstm({ units: 64 }),
    layers.dense({ units: WAYS.length, activation: "softmax" }),
  ],
  { seed: 1 },
);
net.compile({
  optimizer: optimizers.adam({ learningRate: 0.004 }),
  loss: "sparseCategoricalCrossentropy",
  metrics: ["accuracy"],
});
const [train, test] = [videos(3000), videos(500)];
await net.fit(train.x, train.y, { epochs: 12, batchSize: 50, verbose: 0 });
export const { accuracy } = await net.evaluate(test.x, test.y);
console.log(`accuracy on 500 other videos: ${accuracy.toFixed(3)}`);
