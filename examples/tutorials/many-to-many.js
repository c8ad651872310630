// An output at each step, and one target for all of them: node examples/tutorials/many-to-many.js
//
// Random numbers have nothing to learn: the best error is their variance, 1/12. Targets [1000, 1] are compared with each of
// the 20 outputs of a sequence, which is said once.
// Your own data: x [N, steps, features], y [N, steps, 1], a target for each step.
import { layers, ndarray, sequential } from "wasm-lstm";
import { seededRandom } from "wasm-lstm/text";

const random = seededRandom(3);
const numbers = shape => ndarray(Float32Array.from({ length: shape.reduce((a, b) => a * b) }, random), shape);
const [x, y] = [numbers([1000, 20, 10]), numbers([1000, 1])];

const net = sequential(
  [layers.lstm({ units: 50, returnSequences: true, inputShape: [20, 10] }), layers.dense({ units: 1 })],
  {
    seed: 1,
  },
);
net.compile({ optimizer: "adam", loss: "meanSquaredError" });
const { history } = await net.fit(x, y, { epochs: 100, batchSize: 32, verbose: 0 });
const loss = history.loss.at(-1);
const { shape } = net.predict(numbers([200, 20, 10]));
const mean = y.data.reduce((sum, value) => sum + value) / 1000;
const variance = y.data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 1000;
console.log(
  `loss ${loss.toFixed(4)} after 100 epochs, the variance of the targets is ${variance.toFixed(4)}; predictions [${shape}]`,
);

export { loss, shape, variance };
