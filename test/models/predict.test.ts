import { describe, expect, it } from "vitest";
import { layers, type Model, minMaxScaler, sequential, standardScaler } from "../../src/index.ts";
import { bits, ids, numbers, scramble, weightBits } from "../helpers/models.ts";

const { bidirectional, dense, dropout, embedding, lstm } = layers;

const MODELS: Record<string, { net: () => Model; x: ReturnType<typeof numbers> }> = {
  "lstm and dense": {
    net: () => sequential([lstm({ units: 7, inputShape: [5, 3] }), dense({ units: 2 })]),
    x: numbers([37, 5, 3]),
  },
  "stacked lstm with dropout": {
    net: () =>
      sequential([
        lstm({ units: 9, returnSequences: true, dropout: 0.5, inputShape: [4, 10] }),
        dropout({ rate: 0.5 }),
        lstm({ units: 8, returnSequences: true }),
        dense({ units: 3, activation: "softmax" }),
      ]),
    x: numbers([37, 4, 10]),
  },
  "embedding and bidirectional": {
    net: () =>
      sequential([
        embedding({ inputDim: 11, outputDim: 6, inputShape: [5] }),
        bidirectional({ layer: lstm({ units: 5 }) }),
        dense({ units: 1, activation: "sigmoid" }),
      ]),
    x: ids([37, 5], 11),
  },
  "dense alone": {
    net: () => sequential([dense({ units: 17, activation: "tanh", inputShape: [13] }), dense({ units: 1 })]),
    x: numbers([37, 13]),
  },
};

describe("predict", () => {
  it.each(Object.keys(MODELS))("gives the same bits for every batchSize: %s", name => {
    const { net: build, x } = MODELS[name];
    const net = build();
    scramble(net);
    const expected = bits(net.predict(x, { batchSize: 37 }).data);
    expect(new Set(expected).size).toBeGreaterThan(30);
    for (const batchSize of [1, 2, 3, 4, 5, 8, 32, 36, 1000]) {
      expect(bits(net.predict(x, { batchSize }).data), `batchSize ${batchSize}`).toEqual(expected);
    }
  });

  it("changes neither weights nor the numbers of the next call", () => {
    const { net: build, x } = MODELS["stacked lstm with dropout"];
    const net = build();
    const before = weightBits(net);
    const first = bits(net.predict(x).data);
    expect(bits(net.predict(x).data)).toEqual(first);
    expect(weightBits(net)).toEqual(before);
  });

  it("sees new weights at once", () => {
    const net = sequential([dense({ units: 1, useBias: false, inputShape: [2] })]);
    for (const weight of [1, 2, 3]) {
      net.setWeights([[[weight], [weight]]]);
      expect(net.predict([[1, 1]]).toArray()).toEqual([[2 * weight]]);
    }
  });

  it("takes and gives raw units once scalers are set; losses stay those of the scaled numbers", async () => {
    const rawX = numbers([12, 4, 2]).data.map((v, i) => (i % 2 ? 100 + 50 * v : -3 + v));
    const rawY = numbers([12, 1], 2).data.map(v => 1000 + 200 * v);
    const [x, y] = [
      { shape: [12, 4, 2], data: rawX },
      { shape: [12, 1], data: rawY },
    ];
    const [forX, forY] = [standardScaler().fit(x), minMaxScaler().fit(y)];
    const layersOf = () => [lstm({ units: 4, inputShape: [4, 2] }), dense({ units: 1 })];
    const plain = sequential(layersOf());
    const net = sequential(layersOf());
    net.setScaling({ input: forX, target: forY });
    expect(bits(net.predict(x).data)).toEqual(bits(forY.inverseTransform(plain.predict(forX.transform(x))).data));
    for (const m of [plain, net]) m.compile({ loss: "mse" });
    expect(net.trainOnBatch(x, y)).toEqual(plain.trainOnBatch(forX.transform(x), forY.transform(y)));
    expect(weightBits(net)).toEqual(weightBits(plain));
    expect(await net.evaluate(x, y)).toEqual(await plain.evaluate(forX.transform(x), forY.transform(y)));
    const stream = net.stream();
    const [first] = net.predict({ shape: [1, 4, 2], data: rawX.slice(0, 8) }).data;
    let last = Number.NaN;
    for (let t = 0; t < 4; t++) [last] = stream.step(rawX.slice(2 * t, 2 * t + 2));
    expect(last).toBe(first);
  });
});
