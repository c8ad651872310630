// The adding problem (Hochreiter and Schmidhuber, 1997): of 100 random numbers two are marked, anywhere; the sum of
// those two is asked for after the last. A model that always answers 1 has a mean squared error of 1/6; less than 0.01 is solved.
//
//   node examples/adding.js [seed]
import { layers, ndarray, optimizers, sequential } from "wasm-lstm";
import { randomNumbers, saveCurves } from "./curve.js";

const T = 100;
const TARGET = 0.01;
const MAX_STEPS = 4000;
const seed = Number(process.argv[2] ?? 1);

/** x [N, T, 2]: a number in [0, 1) and its mark; y [N, 1]. One mark is in the first half, one in the second. */
function problems(N, random) {
  const x = ndarray(new Float32Array(N * T * 2), [N, T, 2]);
  const y = ndarray(new Float32Array(N), [N, 1]);
  for (let n = 0; n < N; n++) {
    for (let t = 0; t < T; t++) x.data[(n * T + t) * 2] = random();
    for (const half of [0, 1]) {
      const at = (n * T + Math.floor(((half + random()) * T) / 2)) * 2;
      x.data[at + 1] = 1;
      y.data[n] += x.data[at];
    }
  }
  return [x, y];
}

const test = problems(1000, randomNumbers(2 ** 31));
const curves = {};
let solved = true;
for (const cell of ["lstm", "gru"]) {
  const net = sequential([layers[cell]({ units: 32, inputShape: [T, 2] }), layers.dense({ units: 1 })], { seed });
  net.compile({ optimizer: optimizers.adam({ learningRate: 0.005, globalClipNorm: 1 }), loss: "meanSquaredError" });
  const random = randomNumbers(seed);
  const curve = [];
  const begun = performance.now();
  let error = Infinity;
  for (let step = 1; step <= MAX_STEPS && error >= TARGET / 2; step++) {
    net.trainOnBatch(...problems(50, random));
    if (step % 50 > 0) continue;
    error = (await net.evaluate(...test, { batchSize: 100 })).loss;
    curve.push([step, error]);
    console.log(`${cell}  step ${String(step).padStart(4)}  mean squared error ${error.toFixed(5)}`);
  }
  curves[cell] = curve;
  solved &&= error < TARGET;
  const seconds = ((performance.now() - begun) / 1000).toFixed(0);
  console.log(
    `${cell}  ${error < TARGET ? "solved" : "NOT solved"}: ${error.toFixed(5)}, target ${TARGET}, ${seconds} s\n`,
  );
}
const title = `The adding problem, T = ${T}: mean squared error`;
console.log(`curve: ${saveCurves("adding", { title, curves, levels: { "always 1": 1 / 6, target: TARGET } })}`);
if (!solved) process.exitCode = 1;
