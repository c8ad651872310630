// What a user does with the package, in whatever runtime: it comes by its name. Plain JavaScript for every bundler.
import { callbacks, layers, loadModel, ndarray, optimizers, sequential } from "wasm-lstm";

/** Numbers without logarithms or cosines, so that every runtime makes the same. */
function numbers(shape, seed) {
  let state = seed;
  const data = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
  return ndarray(data, shape);
}

/** FNV-1a of float32 numbers. */
function hash(arrays) {
  let sum = 0x811c9dc5;
  for (const array of arrays) {
    for (const byte of new Uint8Array(Float32Array.from(array).buffer)) sum = Math.imul(sum ^ byte, 0x01000193);
  }
  return (sum >>> 0).toString(16).padStart(8, "0");
}

const weights = net => hash(net.getWeights().map(({ data }) => data));
const [N, T, C] = [32, 20, 10];
const [x, y] = [numbers([N, T, C], 1), numbers([N, T, 1], 2)];

function build(options) {
  const net = sequential(
    [layers.lstm({ units: 50, returnSequences: true, inputShape: [T, C] }), layers.dense({ units: 1 })],
    { seed: 1, ...options },
  );
  net.compile({ optimizer: optimizers.adam({ learningRate: 0.01 }), loss: "meanSquaredError", metrics: ["mae"] });
  return net;
}

function train(net, steps) {
  for (let i = 0; i < steps; i++) net.trainOnBatch(x, y);
  return net;
}

/** Hashes of all there is, and whether what must be alike is. */
export default async function run() {
  const said = [];
  const { log, warn, error } = console;
  for (const kind of ["log", "warn", "error"]) console[kind] = (...words) => said.push(words.join(" "));
  const net = train(build(), 20);
  const trained = weights(net);
  const predictions = net.predict(x).data;

  const again = loadModel(net.save({ optimizer: true }));
  const [resumed, gone] = [weights(train(again, 3)), weights(train(net, 3))];

  const stream = net.stream();
  const first = net.predict(x).data.slice(0, T);
  const steps = Array.from({ length: T }, (_, t) => stream.step(x.data.slice(t * C, (t + 1) * C))[0]);

  const fitted = build();
  const stop = callbacks.earlyStopping({ monitor: "valLoss", patience: 1, restoreBestWeights: true });
  await fitted.fit(x, y, { epochs: 6, batchSize: 8, validationSplit: 0.25, callbacks: [stop], verbose: 0 });

  const threaded = build({ threads: 2 });
  await threaded.ready();
  const withThreads = weights(train(threaded, 20));
  Object.assign(console, { log, warn, error });
  return {
    trained,
    predictions: hash([predictions]),
    resumed: resumed === gone ? resumed : `${resumed}, not ${gone}`,
    streams: hash([steps]) === hash([first]),
    fitted: weights(fitted),
    withThreads,
    threads: threaded.threads,
    said,
  };
}
