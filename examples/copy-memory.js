// Copy memory (Hochreiter and Schmidhuber, 1997; as in Arjovsky et al., 2016): ten symbols of eight, then T blanks, the
// last of them a signal, then ten blanks in which the ten symbols are to be repeated. A model that remembers nothing says "blank"
// until the signal and guesses after it: a cross-entropy of 10·ln 8 / (T + 20) a step. Less needs memory.
//
//   node examples/copy-memory.js [seed]
import { layers, ndarray, optimizers, sequential } from "wasm-lstm";
import { randomNumbers, saveCurves } from "./curve.js";

const [SYMBOLS, COUNT, BLANK, SIGNAL] = [8, 10, 8, 9];
const T = 50;
const BASELINE = (COUNT * Math.log(SYMBOLS)) / (T + 2 * COUNT);
const MAX_STEPS = 3000;
const seed = Number(process.argv[2] ?? 1);

/** Tokens x [N, T + 20] of 0..9 and what is to be said at each step, y [N, T + 20] of 0..8. */
function problems(N, random) {
  const length = T + 2 * COUNT;
  const x = ndarray(new Int32Array(N * length).fill(BLANK), [N, length]);
  const y = ndarray(new Int32Array(N * length).fill(BLANK), [N, length]);
  for (let n = 0; n < N; n++) {
    const [first, end] = [n * length, (n + 1) * length];
    for (let i = 0; i < COUNT; i++) {
      x.data[first + i] = Math.floor(random() * SYMBOLS);
      y.data[end - COUNT + i] = x.data[first + i];
    }
    x.data[end - COUNT - 1] = SIGNAL;
  }
  return [x, y];
}

const test = problems(200, randomNumbers(2 ** 31));
const curves = {};
let beaten = true;
for (const cell of ["lstm", "gru"]) {
  const net = sequential(
    [
      layers.embedding({
        inputDim: SYMBOLS + 2,
        outputDim: 10,
        embeddingsInitializer: { name: "normal", deviation: 1 },
        inputShape: [null],
      }),
      layers[cell]({ units: 64, returnSequences: true }),
      layers.dense({ units: SYMBOLS + 1, activation: "softmax" }),
    ],
    { seed },
  );
  net.compile({
    optimizer: optimizers.adam({ learningRate: 0.005, globalClipNorm: 1 }),
    loss: "sparseCategoricalCrossentropy",
  });
  const random = randomNumbers(seed);
  const curve = [];
  const begun = performance.now();
  let loss = Infinity;
  for (let step = 1; step <= MAX_STEPS && loss >= 0.85 * BASELINE; step++) {
    net.trainOnBatch(...problems(32, random));
    if (step % 50 > 0) continue;
    ({ loss } = await net.evaluate(...test, { batchSize: 50 }));
    curve.push([step, loss]);
    console.log(`${cell}  step ${String(step).padStart(4)}  cross-entropy ${loss.toFixed(5)}`);
  }
  curves[cell] = curve;
  beaten &&= loss < BASELINE;
  const seconds = ((performance.now() - begun) / 1000).toFixed(0);
  const verdict = loss < BASELINE ? "remembers" : "does NOT remember";
  console.log(`${cell}  ${verdict}: ${loss.toFixed(5)}, without memory ${BASELINE.toFixed(5)}, ${seconds} s\n`);
}
const title = `Copy memory, T = ${T}: cross-entropy a step`;
console.log(`curve: ${saveCurves("copy-memory", { title, curves, levels: { "no memory": BASELINE } })}`);
if (!beaten) process.exitCode = 1;
