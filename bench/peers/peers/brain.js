/** brain.js: its LSTMTimeStep, which is another model than everyone else's. */
import { createRequire } from "node:module";
import { Cannot } from "../../../dist/cli/bench/engine.js";

const require = createRequire(import.meta.url);

const NOTE =
  "another model, so nothing to compare: its own LSTM cell learns to predict the next input; " +
  "one step here is the same 32 sequences, one after another";

/** @returns {import("../host.js").Peer} */
export function open() {
  // Not the package's main file: that one wants gpu.js' native OpenGL, which this class has no use for.
  const { default: LSTMTimeStep } = require("brain.js/dist/recurrent/lstm-time-step");
  return {
    versions: { "brain.js": require("brain.js/package.json").version },
    load(task, { kind, N, T, C, H, x }) {
      if (task !== "train") throw new Cannot("measured for training only: its LSTM is another model");
      if (kind !== "regression" || H > 50) throw new Cannot("measured on sequence50 only: its LSTM is another model");
      const net = new LSTMTimeStep({ inputSize: C, hiddenLayers: [H], outputSize: C });
      const row = (/** @type {number} */ i) => [...x.data.subarray(i * C, (i + 1) * C)];
      const sequences = Array.from({ length: N }, (_, n) => Array.from({ length: T }, (_, t) => row(n * T + t)));
      return {
        note: NOTE,
        run(calls) {
          net.train(sequences, { iterations: calls, errorThresh: 0 });
          return undefined;
        },
      };
    },
  };
}
