/** Model files that somebody has tampered with: each loads or is refused with one clear error, and what loads can be used. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { input, layers, loadModel, minMaxScaler, model, sequential, standardScaler } from "../../src/index.ts";
import { numbers } from "../helpers/models.ts";
import { TIMEOUT, tried } from "./budget.ts";
import { clear } from "./clear.ts";
import { fileOf, mutation, ofBytes, partsOf } from "./mutants.ts";

function forecaster(): Uint8Array<ArrayBuffer> {
  const net = sequential(
    [
      layers.lstm({ units: 2, peephole: "gers", projection: 1, returnSequences: true, inputShape: [3, 2] }),
      layers.gru({ units: 2, dropout: 0.1, zoneout: 0.1 }),
      layers.dense({ units: 1, activation: "tanh", kernelInitializer: { name: "normal", deviation: 0.1 } as never }),
    ],
    { seed: 3 },
  );
  net.setScaling({
    input: standardScaler().fit([
      [1, 2],
      [4, 3],
    ]),
    target: minMaxScaler({ range: [-1, 1] }).fit([[0], [5]]),
  });
  net.compile({ optimizer: "adam", loss: "huber", metrics: ["mae"] });
  net.trainOnBatch(numbers([2, 3, 2]), numbers([2, 1]));
  net.metadata = { note: "a", nested: { list: [1, null] } };
  return net.save({ optimizer: true });
}

function reader(): Uint8Array<ArrayBuffer> {
  const words = input({ shape: [null] });
  const extra = input({ shape: [2] });
  const shared = layers.dense({ units: 2 });
  const read = layers
    .bidirectional({ layer: layers.mLSTM({ units: 2, heads: 2 }), mergeMode: "concat" })
    .apply(layers.embedding({ inputDim: 5, outputDim: 3, maskZero: true }).apply(words));
  const [a, b] = [shared.apply(extra), layers.dense({ units: 2, activation: "softmax" }).apply(read)];
  const net = model({ inputs: [words, extra], outputs: [b, shared.apply(a)], seed: 1 });
  net.compile({ optimizer: "sgd", loss: ["categoricalCrossentropy", "mse"] as never });
  return net.save();
}

function plain(): Uint8Array<ArrayBuffer> {
  return sequential([layers.simpleRNN({ units: 1, inputShape: [null, 1] })], { seed: 1 }).save();
}

const corpus = [forecaster(), reader(), plain()];

/** What may be asked of any model that loads. */
function use(file: Uint8Array<ArrayBuffer>): void {
  const net = clear(() => loadModel(file));
  if (!net) return;
  expect(net.memoryBytes).toBeLessThan(2 ** 24);
  clear(() => net.summary());
  const saved = clear(() => net.save());
  if (saved) expect(clear(() => loadModel(saved)) === undefined, "a saved model loads again").toBe(false);
}

const file = fc.nat(corpus.length - 1).map(i => corpus[i]);

it("mutants of the architecture, header and numbers", { timeout: TIMEOUT }, () => {
  tried(
    fc.property(file, fc.array(mutation, { minLength: 1, maxLength: 4 }), (original, changes) => {
      use(fileOf(changes.reduce((parts, change) => change(parts), partsOf(original))));
    }),
    2500,
  );
});

it("mutants of the bytes", { timeout: TIMEOUT }, () => {
  tried(
    fc.property(file, fc.array(ofBytes, { minLength: 1, maxLength: 3 }), (original, changes) => {
      use(changes.reduce((bytes, change) => (bytes.length > 0 ? change(bytes) : bytes), original));
    }),
    1500,
  );
});
