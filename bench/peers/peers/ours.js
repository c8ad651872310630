/** This package. */
import { readFileSync } from "node:fs";
import { layers, optimizers, sequential } from "../../../dist/index.js";

/** @param {import("../workloads.js").Problem} problem */
function build({ kind, T, C, H, V, weights }) {
  const models = {
    regression: () => [
      layers.lstm({ units: H, returnSequences: true, inputShape: [T, C] }),
      layers.dense({ units: 1 }),
    ],
    sentiment: () => [
      layers.embedding({ inputDim: V, outputDim: C, inputShape: [T] }),
      layers.bidirectional({ layer: layers.lstm({ units: H }) }),
      layers.dense({ units: H, activation: "relu" }),
      layers.dense({ units: 1, activation: "sigmoid" }),
    ],
    stream: () => [layers.lstm({ units: H, inputShape: [T, C] })],
  };
  const net = sequential(models[kind](), { seed: 1 });
  net.setWeights(weights);
  const loss = kind === "sentiment" ? "binaryCrossentropy" : "meanSquaredError";
  net.compile({ optimizer: optimizers.adam({ epsilon: 1e-12 }), loss });
  return net;
}

/** @returns {import("../host.js").Host} */
export function open() {
  const { version } = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8"));
  return {
    versions: { "wasm-lstm": version },
    load(task, problem) {
      const net = build(problem);
      const { x, y, N, T, C } = problem;
      const predict = () => net.predict(x, { batchSize: N }).data;
      if (task === "train") {
        return {
          prediction: predict(),
          run(calls) {
            let loss = 0;
            for (let i = 0; i < calls; i++) ({ loss } = net.trainOnBatch(x, y));
            return loss;
          },
        };
      }
      if (task === "step") {
        const rows = Array.from(
          { length: T },
          (_, t) => /** @type {Float32Array} */ (x.data.subarray(t * C, (t + 1) * C)),
        );
        const stream = net.stream();
        const h = new Float32Array(problem.H);
        let t = 0;
        const run = (/** @type {number} */ calls) => {
          for (let i = 0; i < calls; i++, t++) stream.step(rows[t % T], h);
          return undefined;
        };
        run(T);
        return { prediction: h.slice(), run };
      }
      return {
        prediction: predict(),
        run(calls) {
          for (let i = 0; i < calls; i++) predict();
          return undefined;
        },
      };
    },
  };
}
