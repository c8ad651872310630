/** An output layer with an embedding's table. Keras' numbers: kerasOrder.test.ts, `parts-tied`. */
import { describe, expect, it } from "vitest";
import { input, layers, loadModel, type Model, model, sequential } from "../../src/index.ts";
import { expectClose } from "../helpers/compare.ts";
import { numericGradient } from "../helpers/finiteDifference.ts";
import { bits, expectError, ids, numbers, scramble, weightBits } from "../helpers/models.ts";
import { expectPredictBits, inFull, stepKernels } from "../helpers/streams.ts";
import { untyped } from "../helpers/untyped.ts";

const V = 7;
const C = 5;

function languageModel(options: Partial<Parameters<typeof layers.tiedDense>[0]> = {}): Model {
  const words = layers.embedding({ inputDim: V, outputDim: C, inputShape: [null] });
  const net = sequential([
    words,
    layers.lstm({ units: C, returnSequences: true }),
    layers.tiedDense({ tiedTo: words, activation: "softmax", ...options }),
  ]);
  scramble(net);
  return net;
}

describe("gradients", () => {
  it("of both uses are summed: finite differences of an f64 model without anything between", () => {
    const words = layers.embedding({ inputDim: V, outputDim: C, inputShape: [4] });
    const net = sequential([words, layers.tiedDense({ tiedTo: words })]);
    scramble(net);
    net.compile({ loss: "mse" });
    const [x, y] = [ids([3, 4], V), numbers([3, 4, V])];
    const [table, bias] = net.getWeights().map(({ data }) => Float64Array.from(data as Float32Array));
    const loss = (w: Float64Array, b: Float64Array): number => {
      let sum = 0;
      x.data.forEach((id, i) => {
        for (let v = 0; v < V; v++) {
          let p = b[v];
          for (let c = 0; c < C; c++) p += w[id * C + c] * w[v * C + c];
          sum += (p - y.data[i * V + v]) ** 2;
        }
      });
      return sum / y.data.length;
    };
    const [dTable, dBias] = net.gradients(x, y);
    expectClose(
      dTable.data,
      numericGradient(w => loss(w, bias), table),
      { absolute: 1e-6 },
      "table",
    );
    expectClose(
      dBias.data,
      numericGradient(b => loss(table, b), bias),
      { absolute: 1e-6 },
      "bias",
    );
  });

  it("of a frozen table are zeros; of the bias not", () => {
    const net = languageModel();
    net.layers[0].trainable = false;
    net.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy" });
    const before = weightBits(net);
    net.trainOnBatch(ids([2, 3], V), ids([2, 3], V, 2));
    expect(weightBits(net)[0]).toEqual(before[0]);
    expect(weightBits(net).at(-1)).not.toEqual(before.at(-1));
  });
});

describe("streams", () => {
  it.each([
    ["short", (layer: ReturnType<typeof layers.tiedDense>) => layer],
    ["in full", inFull],
  ])("%s", (name, form) => {
    const words = layers.embedding({ inputDim: V, outputDim: C, inputShape: [null] });
    const net = sequential([
      words,
      layers.lstm({ units: C, returnSequences: true }),
      form(layers.tiedDense({ tiedTo: words, activation: "softmax" })),
    ]);
    scramble(net);
    expect(stepKernels(net).includes("forward")).toBe(name === "in full");
    expectPredictBits(net, [ids([1, 5], V)]);
  });
});

describe("the embedding", () => {
  it("is found again in a file, whatever the order of layers", () => {
    for (const withBias of [true, false]) {
      const net = languageModel({ useBias: withBias });
      net.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy" });
      const [x, y] = [ids([2, 3], V), ids([2, 3], V, 2)];
      net.trainOnBatch(x, y);
      const again = loadModel(net.save({ optimizer: true }));
      for (const each of [net, again]) each.trainOnBatch(x, y);
      expect(weightBits(again)).toEqual(weightBits(net));
      expect(again.layers[2].toJSON()).toMatchObject(net.layers[2].toJSON());
    }
  });

  it("goes with it into another model, where it may have another name", () => {
    const net = languageModel();
    const x = input({ shape: [null] });
    const other = layers.embedding({ inputDim: 3, outputDim: 2 }).apply(input({ shape: [null] }));
    const y = net.apply(x);
    const both = model({ inputs: [other.node.inputs[0], x], outputs: [other, y] });
    const fed = ids([2, 4], V);
    const [, predicted] = both.predictAll([ids([2, 4], 3), fed]);
    expect(bits(predicted.data)).toEqual(bits(net.predict(fed).data));
    expect(both.layers.find(({ kind }) => kind === "tiedDense")?.tied?.()).toBe(net.layers[0]);
    expect(both.layers).toContain(net.layers[0]);
    const again = loadModel(both.save()).predictAll([ids([2, 4], 3), fed]);
    expect(bits(again[1].data)).toEqual(bits(predicted.data));
  });

  it("may be outside of a part, which then is not saved alone", async () => {
    const net = languageModel();
    const head = net.part({ inputs: "lstm", outputs: "tiedDense" });
    expect(head.predict(numbers([1, 2, C])).shape).toEqual([1, 2, V]);
    const text =
      'save: layer "tiedDense" is tied to "embedding", which is not in this part of the model; save a part that has both';
    await expectError(() => head.save(), "RangeError", text);
  });

  it("must be in the model", async () => {
    const words = layers.embedding({ inputDim: V, outputDim: C });
    const alone = () => sequential([layers.tiedDense({ tiedTo: words, inputShape: [C] })]);
    const text = (got: string) =>
      `tiedDense tiedTo: expected an embedding of the same model, got ${got}; the two have one table`;
    await expectError(alone, "RangeError", text("one that is not in it"));
    sequential([layers.embedding({ inputDim: 2, outputDim: 2, inputShape: [1] })]);
    const [taken] = languageModel().layers;
    const other = () => sequential([layers.tiedDense({ tiedTo: taken, inputShape: [C] })]);
    await expectError(other, "RangeError", text("one that is not in it"));
    const named = (layer: string, inputDim = V) => {
      const own = layers.embedding({ name: "words", inputDim: V, outputDim: C, inputShape: [4] });
      const tiedTo = untyped({ layer, inputDim, outputDim: C });
      return () => sequential([own, layers.tiedDense({ tiedTo })]);
    };
    await expectError(named("others"), "RangeError", text('"others"'));
    await expectError(named("words", V + 1), "RangeError", text('"words"'));
    await expectError(
      named("words", 1.5),
      "RangeError",
      "tiedDense tiedTo inputDim: expected a whole number >= 1, got 1.5",
    );
    expect(named("words")().layers[1].tied?.()?.name).toBe("words");
  });

  it("is an embedding, and as wide as the input", async () => {
    const words = layers.embedding({ inputDim: V, outputDim: C, inputShape: [4] });
    const wide = () => sequential([words, layers.lstm({ units: 6 }), layers.tiedDense({ tiedTo: words })]);
    await expectError(
      wide,
      "RangeError",
      "tiedDense: expected an input [N, ..., 5], as long as the vectors of the embedding, got [N, 6]; give the layer below " +
        "5 units, or put a dense layer between",
    );
    await expectError(
      () => layers.tiedDense({ tiedTo: layers.dense({ units: 2 }) }),
      "TypeError",
      "tiedDense tiedTo: expected a layer made by layers.embedding(), got an object (Dense)",
    );
  });
});
