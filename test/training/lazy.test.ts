/** Tables of embeddings of which a step changes those rows alone that occur in its batch. */
import { describe, expect, it } from "vitest";
import {
  input,
  layers,
  loadModel,
  type Model,
  model,
  type Optimizer,
  optimizers,
  sequential,
} from "../../src/index.ts";
import { ndarray } from "../../src/ndarray.ts";
import { expectClose } from "../helpers/compare.ts";
import { bits, expectError, ids, numbers, scramble, weightBits } from "../helpers/models.ts";
import { untyped } from "../helpers/untyped.ts";
import { type AdamState, adam } from "../reference/optimizers.ts";

const V = 9;
const C = 3;

function net(lazy: boolean, inputDim = V): Model {
  const made = sequential([
    layers.embedding({ inputDim, outputDim: C, lazy, inputShape: [4] }),
    layers.lstm({ units: 4 }),
    layers.dense({ units: 2 }),
  ]);
  scramble(made);
  return made;
}

const MAKERS: Record<string, () => Optimizer> = {
  sgd: () => optimizers.sgd({ learningRate: 0.1 }),
  "sgd with momentum": () => optimizers.sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true }),
  adam: () => optimizers.adam({ learningRate: 0.01 }),
  "adam with amsgrad": () => optimizers.adam({ amsgrad: true }),
  "adam without decay of the table": () =>
    optimizers.adam({ weightDecay: 0.5, excludeFromWeightDecay: ["embedding/embeddings"] }),
  rmsprop: () => optimizers.rmsprop({ momentum: 0.5, centered: true }),
  adagrad: () => optimizers.adagrad({ learningRate: 0.1 }),
  adadelta: () => optimizers.adadelta({ learningRate: 1 }),
  nadam: () => optimizers.nadam(),
  adamax: () => optimizers.adamax(),
  lion: () => optimizers.lion(),
};
const clips = [{}, { clipValue: 0.01 }, { clipNorm: 0.02 }, { globalClipNorm: 0.05 }];

/** Every id of the table at least once. */
const all = (seed: number) =>
  ndarray(
    ids([3, 4], V, seed).data.map((id, i) => (i < V ? (i * 4 + seed) % V : id)),
    [3, 4],
  );

it.each(Object.entries(MAKERS))("%s: where all rows occur, the weights are those without", (_, make) => {
  for (const clip of clips) {
    const [lazy, plain] = [true, false].map(each => {
      const made = net(each);
      const optimizer = make();
      made.compile({ optimizer: { ...optimizer, clip, toJSON: optimizer.toJSON }, loss: "mse" });
      for (let step = 0; step < 4; step++) made.trainOnBatch(all(step), numbers([3, 2], step));
      return made;
    });
    if ("globalClipNorm" in clip || "clipNorm" in clip) {
      // The sum of squares has another order.
      plain.getWeights().forEach(({ data }, i) => {
        expectClose(lazy.getWeights()[i].data, data, { absolute: 1e-5 }, `weight ${i}`);
      });
    } else expect(weightBits(lazy)).toEqual(weightBits(plain));
  }
});

it.each(Object.entries(MAKERS))("%s: rows that do not occur keep their bits, and what is kept for them", (_, make) => {
  const made = net(true);
  made.compile({ optimizer: make(), loss: "mse" });
  const rowsOf = (data: ArrayLike<number>) => {
    const flat = bits(data);
    return Array.from({ length: V }, (_, row) => flat.slice(row * C, (row + 1) * C));
  };
  const slots = () =>
    (made.trainer?.slots ?? []).map(slot => {
      const at = (slot + (made.trainer?.trained.offsetOf(made.network.weights[0]) ?? 0)) >>> 2;
      return made.network.engine.memory.floats.slice(at, at + V * C);
    });
  for (let step = 0; step < 6; step++) {
    const x = ndarray(
      ids([2, 4], 4, step).data.map(id => (2 * id + step) % V),
      [2, 4],
    );
    const before = [made.getWeights()[0].data, ...slots()].map(rowsOf);
    made.trainOnBatch(x, numbers([2, 2], step));
    const after = [made.getWeights()[0].data, ...slots()].map(rowsOf);
    const occurring = new Set(x.data);
    for (let row = 0; row < V; row++) {
      const same = after.map((rows, i) => JSON.stringify(rows[row]) === JSON.stringify(before[i][row]));
      if (occurring.has(row)) expect(same[0], `row ${row}`).toBe(false);
      else expect(same, `row ${row}`).not.toContain(false);
    }
  }
});

it("adam is the lazy one of a float64 program", () => {
  const made = net(true);
  const twin = net(false);
  const config = { learningRate: 0.02 };
  made.compile({ optimizer: optimizers.adam(config), loss: "mse" });
  twin.compile({ loss: "mse" });
  // By rows for the table, else as a whole.
  const states: Record<string, AdamState> = {};
  let weights: Float64Array[] = made.getWeights().map(({ data }) => Float64Array.from(data));
  for (let step = 1; step <= 10; step++) {
    const x = ids([2, 4], V, step);
    const y = numbers([2, 2], step);
    twin.setWeights(made.getWeights().map(({ shape }, i) => ({ shape, data: Float32Array.from(weights[i]) })));
    const gradients = twin.gradients(x, y).map(({ data }) => Float64Array.from(data));
    made.trainOnBatch(x, y);
    const update = (key: string, w: Float64Array, g: Float64Array): Float64Array => {
      const { m, v } = states[key] ?? { m: w.map(() => 0), v: w.map(() => 0) };
      const made = adam(w, g, { m, v, step: step - 1 }, config);
      states[key] = made.state;
      return made.w;
    };
    weights = weights.map((w, i) => {
      if (i > 0) return update(`${i}`, w, gradients[i]);
      const next = w.slice();
      for (const row of new Set(x.data)) {
        const [from, to] = [row * C, (row + 1) * C];
        next.set(update(`row ${row}`, w.slice(from, to), gradients[0].slice(from, to)), from);
      }
      return next;
    });
  }
  made.getWeights().forEach(({ data }, i) => {
    expectClose(data, weights[i], { absolute: 2e-5 }, `weight ${i}`);
  });
});

describe("gradients", () => {
  it("are those without, whatever the batch before had", () => {
    const [lazy, plain] = [net(true), net(false)];
    for (const each of [lazy, plain]) each.compile({ loss: "mse" });
    for (let step = 0; step < 3; step++) {
      const [x, y] = [ids([2, 4], V, step), numbers([2, 2], step)];
      const [own, expected] = [lazy, plain].map(each => each.gradients(x, y).map(({ data }) => bits(data)));
      expect(own).toEqual(expected);
    }
  });

  it("of a table that is read twice are of all its rows", () => {
    const made = [true, false].map(lazy => {
      const [a, b] = [input({ shape: [3] }), input({ shape: [2] })];
      const words = layers.embedding({ inputDim: V, outputDim: C, lazy });
      const outputs = layers
        .concatenate()
        .apply([a, b].map(each => layers.globalAveragePooling1D().apply(words.apply(each))));
      const net = model({ inputs: [a, b], outputs });
      scramble(net);
      net.compile({ optimizer: optimizers.sgd({ learningRate: 0.5 }), loss: "mse" });
      for (let step = 0; step < 3; step++) {
        net.trainOnBatch([ids([2, 3], V, step), ids([2, 2], V, step + 9)], numbers([2, 2 * C], step));
      }
      return weightBits(net);
    });
    expect(made[0]).toEqual(made[1]);
  });
});

it("training goes on from a file to the same bits, and after an error", async () => {
  const made = net(true);
  made.compile({ optimizer: "adam", loss: "mse" });
  made.trainOnBatch(ids([2, 4], V), numbers([2, 2]));
  const again = loadModel(made.save({ optimizer: true }));
  const bad = ndarray(Int32Array.of(0, 1, 2, V, 3, 3, 4, 5), [2, 4]);
  await expectError(() => made.trainOnBatch(bad, numbers([2, 2])), "RangeError", /expected token ids in 0\.\.8, got 9/);
  for (const each of [made, again]) each.trainOnBatch(ids([2, 4], V, 5), numbers([2, 2], 5));
  expect(weightBits(again)).toEqual(weightBits(made));
});

it("an update that overflows is not kept", async () => {
  const made = net(true);
  made.compile({ optimizer: optimizers.sgd({ learningRate: 3e38 }), loss: "mse" });
  const before = weightBits(made);
  const y = { shape: [2, 2], data: Float32Array.of(1e9, 1e9, 1e9, 1e9) };
  await expectError(() => made.trainOnBatch(ids([2, 4], V), y), "RangeError", /after the update/);
  expect(weightBits(made)).toEqual(before);
});

it("fit, in turns too, gives the bits of trainOnBatch", async () => {
  const [x, y] = [ids([6, 4], V), numbers([6, 2])];
  const [fitted, stepped] = [net(true), net(true)];
  for (const each of [fitted, stepped]) each.compile({ optimizer: "adam", loss: "mse" });
  await fitted.fit(x, y, { epochs: 3, batchSize: 2, shuffle: false });
  for (let step = 0; step < 9; step++) {
    const at = (step % 3) * 2;
    stepped.trainOnBatch(
      ndarray(x.data.slice(at * 4, at * 4 + 8), [2, 4]),
      ndarray(y.data.slice(at * 2, at * 2 + 4), [2, 2]),
    );
  }
  expect(weightBits(fitted)).toEqual(weightBits(stepped));
});

it("is refused where all rows would change", async () => {
  const text = (given: string, more = "") =>
    `compile optimizer: expected none with ${given} beside embedding/embeddings, which is lazy: that changes all of its rows ` +
    `in every step; leave one of the two out${more}`;
  const remedy = '; or excludeFromWeightDecay: ["embedding/embeddings"]';
  for (const [optimizer, expected] of [
    [optimizers.adam({ useEma: true }), text("useEma")],
    [optimizers.sgd({ gradientAccumulationSteps: 2 }), text("gradientAccumulationSteps")],
    [optimizers.adamW(), text("weightDecay", remedy)],
    [optimizers.sgd({ weightDecay: 0.1, excludeFromWeightDecay: ["bias"] }), text("weightDecay", remedy)],
  ] as const) {
    await expectError(() => net(true).compile({ optimizer, loss: "mse" }), "RangeError", expected);
  }
  const frozen = net(true);
  frozen.layers[0].trainable = false;
  frozen.compile({ optimizer: "adamW", loss: "mse" });
  const words = layers.embedding({ inputDim: V, outputDim: C, lazy: true, inputShape: [4] });
  await expectError(
    () => sequential([words, layers.tiedDense({ tiedTo: words })]),
    "RangeError",
    "tiedDense tiedTo: expected an embedding without lazy: here all of its vectors are used in every batch",
  );
  await expectError(
    () => layers.embedding({ inputDim: V, outputDim: C, lazy: untyped(1) }),
    "TypeError",
    "embedding lazy: expected true or false, got 1",
  );
});
