/** Weights that are not trained: no optimizer moves them, nothing is kept for them. */
import { describe, expect, it } from "vitest";
import { decodeSafetensors } from "../../src/formats/safetensors.ts";
import { layers, loadModel, type Optimizer, optimizers, sequential } from "../../src/index.ts";
import { ndarray } from "../../src/ndarray.ts";
import { expectClose } from "../helpers/compare.ts";
import { bits, expectError, ids, numbers, weightBits } from "../helpers/models.ts";

const { dense, embedding, lstm } = layers;

const table = numbers([7, 3], 5);
const x = ids([4, 5], 7);
const y = numbers([4, 2], 6);

/** The frozen table is the first weight, so that all others lie behind it. */
function build(options: Partial<Parameters<typeof embedding>[0]> = {}) {
  return sequential(
    [
      embedding({ inputDim: 7, outputDim: 3, weights: table, inputShape: [5], ...options }),
      lstm({ units: 3 }),
      dense({ units: 2 }),
    ],
    { seed: 4 },
  );
}

const OPTIMIZERS: Record<string, () => Optimizer> = {
  sgd: () => optimizers.sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true }),
  rmsprop: () => optimizers.rmsprop({ learningRate: 0.01, momentum: 0.5, centered: true }),
  adam: () => optimizers.adam({ learningRate: 0.01, clipNorm: 0.05 }),
  "adamW with a strong decay": () => optimizers.adamW({ learningRate: 0.1, weightDecay: 0.5, globalClipNorm: 0.1 }),
  "adam, clipped by value": () => optimizers.adam({ learningRate: 0.01, clipValue: 0.01 }),
};

describe.each(Object.keys(OPTIMIZERS))("%s", name => {
  it("moves the others, not a frozen table", () => {
    const net = build({ trainable: false });
    net.compile({ optimizer: OPTIMIZERS[name](), loss: "mse" });
    const before = weightBits(net);
    for (let i = 0; i < 5; i++) net.trainOnBatch(x, y);
    weightBits(net).forEach((weight, i) => {
      if (i === 0) expect(weight).toEqual(bits(table.data));
      else expect(weight).not.toEqual(before[i]);
    });
  });

  it("trains on from a file to the same bits, without room for the frozen table", () => {
    const net = build({ trainable: false });
    net.compile({ optimizer: OPTIMIZERS[name](), loss: "mse" });
    net.trainOnBatch(x, y);
    const file = net.save({ optimizer: true });
    const names = [...decodeSafetensors(file).tensors.keys()];
    expect(names).toContain("embedding/embeddings");
    expect(names.filter(key => key.startsWith("optimizer/") && key.includes("embedding"))).toEqual([]);
    const again = loadModel(file);
    for (let i = 0; i < 3; i++) expect(again.trainOnBatch(x, y)).toEqual(net.trainOnBatch(x, y));
    expect(weightBits(again)).toEqual(weightBits(net));
  });
});

it("the other weights train as if the table were data", () => {
  const net = build({ trainable: false });
  const bare = sequential([lstm({ units: 3, inputShape: [5, 3] }), dense({ units: 2 })]);
  bare.setWeights(net.getWeights().slice(1));
  const rows = Array.from(x.data).flatMap(id => [...table.data.subarray(3 * id, 3 * id + 3)]);
  const vectors = ndarray(Float32Array.from(rows), [4, 5, 3]);
  for (const each of [net, bare]) each.compile({ optimizer: optimizers.adam({ globalClipNorm: 0.1 }), loss: "mse" });
  for (let i = 0; i < 4; i++) expect(net.trainOnBatch(x, y).loss).toBeCloseTo(bare.trainOnBatch(vectors, y).loss, 6);
});

it("gradients are zeros for the table, and the same as ever for the others", () => {
  const [frozen, free] = [build({ trainable: false }), build()].map(net => {
    net.compile({ loss: "mse" });
    return net.gradients(x, y);
  });
  expect(frozen[0]).toEqual(ndarray(new Float32Array(21), [7, 3]));
  expect(free[0].data.some(d => d !== 0)).toBe(true);
  expect(frozen.slice(1)).toEqual(free.slice(1));
});

it("setWeights changes a frozen table, the summary counts it", () => {
  const net = build({ trainable: false });
  const others = net.getWeights().map((weight, i) => numbers(weight.shape, 40 + i));
  net.setWeights(others);
  expect(weightBits(net)).toEqual(others.map(({ data }) => bits(data)));
  expect(net.summary()).toMatch(/ weights, \d+ B, 21 of them not trained$/);
  expect(build().summary()).not.toContain("not trained");
});

it("a model of nothing but frozen weights can be evaluated and fitted, and stays", async () => {
  const net = sequential([embedding({ inputDim: 7, outputDim: 3, trainable: false, inputShape: [5] })]);
  net.compile({ loss: "mse", optimizer: "adam" });
  const before = weightBits(net);
  const wanted = numbers([4, 5, 3]);
  const { history } = await net.fit(x, wanted, { epochs: 2, verbose: 0 });
  const { loss } = await net.evaluate(x, wanted);
  expectClose(history.loss, [loss, loss], { relative: 1e-12 });
  expect(weightBits(net)).toEqual(before);
});

describe("a table given as weights", () => {
  it("is where training begins, and is copied", () => {
    const mine = ndarray(table.data.slice(), [7, 3]);
    const net = build({ weights: mine });
    expect(bits(net.getWeights()[0].data)).toEqual(bits(table.data));
    net.compile({ loss: "mse" });
    net.trainOnBatch(x, y);
    expect(bits(net.getWeights()[0].data)).not.toEqual(bits(table.data));
    expect(bits(mine.data)).toEqual(bits(table.data));
    expect(weightBits(build({ weights: table.toArray() as number[][] }))[0]).toEqual(bits(table.data));
  });

  it("travels as a weight, not among the options", () => {
    const net = build();
    expect(net.layers[0].toJSON().options).not.toHaveProperty("weights");
    expect(weightBits(loadModel(net.save()))).toEqual(weightBits(net));
  });

  it.each<[unknown, "TypeError" | "RangeError", string]>([
    [[[1, 2, 3]], "RangeError", "embedding weights: expected [7, 3], a row for each id, got [1, 3]"],
    [new Array(21).fill(1), "RangeError", "embedding weights: expected [7, 3], a row for each id, got [21]"],
    [
      ndarray([...table.data.subarray(0, 20), Number.NaN], [7, 3]),
      "RangeError",
      "embedding weights: expected finite numbers, got NaN at [6, 2]",
    ],
  ])("is refused: case %#", async (weights, type, message) => {
    await expectError(() => build({ weights: weights as number[][] }), type, message);
  });
});

it.each(["maskZero", "trainable"])("embedding %s is true or false", async option => {
  await expectError(() => build({ [option]: 1 }), "TypeError", `embedding ${option}: expected true or false, got 1`);
});
