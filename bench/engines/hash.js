// The bits of training in whatever engine runs this: nets of every cell, SHA-256 of their weights and predictions.
import { createHash } from "node:crypto";
import { layers, ndarray, optimizers, sequential } from "../../dist/index.js";

/** Numbers in (-1, 1) of the same bits everywhere. @param {number} n @param {number} seed */
function numbers(n, seed) {
  let state = seed;
  return Float32Array.from({ length: n }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state / 2 ** 31;
  });
}

const [N, T, C, H] = [5, 7, 3, 12];
/** @type {Record<string, () => import("../../dist/index.js").Layer>} */
const cells = {
  lstm: () => layers.lstm({ units: H, returnSequences: true }),
  variants: () => layers.lstm({ units: H, peephole: "gers", coupledGates: true, projection: 8, returnSequences: true }),
  normalized: () => layers.lstm({ units: H, layerNorm: true, returnSequences: true }),
  gru: () => layers.gru({ units: H, returnSequences: true, recurrentDropout: 0.2 }),
  before: () => layers.gru({ units: H, resetAfter: false, returnSequences: true, zoneout: 0.1 }),
  simpleRNN: () => layers.simpleRNN({ units: H, returnSequences: true }),
  indRNN: () => layers.indRNN({ units: H, returnSequences: true }),
  minGRU: () => layers.minGRU({ units: H, returnSequences: true }),
  minLSTM: () => layers.minLSTM({ units: H, returnSequences: true }),
  sLSTM: () => layers.sLSTM({ units: H, returnSequences: true }),
  mLSTM: () => layers.mLSTM({ units: H, heads: 2, returnSequences: true }),
  both: () => layers.bidirectional({ layer: layers.lstm({ units: H, returnSequences: true }) }),
};

const hash = createHash("sha256");
for (const make of Object.values(cells)) {
  const net = sequential(
    [layers.masking({ inputShape: [T, C] }), make(), layers.dropout({ rate: 0.2 }), layers.dense({ units: 2 })],
    { seed: 3 },
  );
  net.compile({ optimizer: optimizers.adam({ learningRate: 0.01, globalClipNorm: 1 }), loss: "huber" });
  const x = numbers(N * T * C, 7);
  x.fill(0, 2 * C, 4 * C);
  const y = ndarray(numbers(N * T * 2, 9), [N, T, 2]);
  for (let step = 0; step < 6; step++) net.trainOnBatch(ndarray(x, [N, T, C]), y);
  for (const { data } of [...net.getWeights(), net.predict(ndarray(x, [N, T, C]))]) {
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
}
console.log(hash.digest("hex").slice(0, 16));
