/** What was read from Keras' files is written back to the same bits; check.js beside this asks Keras itself. */
import { beforeAll, describe, expect, it, vi } from "vitest";
import { loadKeras, saveKeras } from "wasm-lstm/formats";
import { input, layers, model, ndarray, optimizers, sequential } from "../../../src/index.ts";
import { readHdf5 } from "../../../src/interchange/hdf5/read.ts";
import { readZip } from "../../../src/interchange/zip.ts";
import { array, files, only } from "./files.ts";

beforeAll(() => {
  vi.spyOn(console, "warn").mockImplementation(() => {});
});

it("layers that are ops here are not written: they are named", () => {
  const { bytes } = only(files.filter(({ name }) => name === "expressed.keras"));
  expect(() => saveKeras(loadKeras(bytes))).toThrow('layer "multiply" (operation): Keras has no such layer');
});

it("layers in layers in layers lie where Keras has them", () => {
  const inner = layers.bidirectional({ layer: layers.lstm({ units: 2, returnSequences: true }) });
  const net = sequential([layers.timeDistributed({ layer: inner, inputShape: [null, 4, 3] })]);
  const entries = readZip(saveKeras(net));
  const root = readHdf5(entries.get("model.weights.h5")?.() as Uint8Array);
  const places = ["forward_layer", "backward_layer"].map(way => `layers/time_distributed/layer/${way}/cell/vars`);
  expect(places.map(place => root.get(place)?.names)).toEqual([
    ["0", "1", "2"],
    ["0", "1", "2"],
  ]);
  for (const format of ["keras", "h5"] as const)
    expect(loadKeras(saveKeras(net, { format })).getWeights()).toEqual(net.getWeights());
});

it("Nadam's product of momenta is of the updates, which gather gradients of several batches", () => {
  const net = sequential([layers.dense({ units: 1, inputShape: [2] })]);
  net.compile({ optimizer: optimizers.nadam({ gradientAccumulationSteps: 2 }), loss: "mse" });
  const x = ndarray(Float32Array.of(1, 2, 3, 4), [2, 2]);
  const y = ndarray(Float32Array.of(1, 2), [2, 1]);
  for (let batch = 0; batch < 5; batch++) net.trainOnBatch(x, y);
  const root = readHdf5(readZip(saveKeras(net)).get("model.weights.h5")?.() as Uint8Array);
  const vars = root.get("optimizer/vars");
  const last = String((vars?.names.length ?? 0) - 1);
  expect(vars?.get("0")?.read()[0]).toBe(5);
  expect(vars?.get(last)?.read()[0]).toBeCloseTo(0.9 ** 2 * (1 - 0.5 * 0.96) * (1 - 0.5 * 0.96 ** 2), 6);
});

it.each([
  ["binaryCrossentropy", "accuracy auc binaryAccuracy f1Score precision recall"],
  ["categoricalCrossentropy", "accuracy auc categoricalAccuracy f1Score precision recall topKCategoricalAccuracy"],
  ["sparseCategoricalCrossentropy", "accuracy sparseCategoricalAccuracy topKCategoricalAccuracy"],
  ["meanSquaredError", "meanAbsoluteError meanAbsolutePercentageError meanSquaredError r2Score rootMeanSquaredError"],
])("metrics beside %s are read back: %s", (loss, names) => {
  const units = loss === "binaryCrossentropy" || loss === "meanSquaredError" ? 1 : 4;
  const activation = { 1: "sigmoid", 4: "softmax" } as const;
  const net = sequential([layers.dense({ units, activation: activation[units], inputShape: [3] })]);
  for (const name of names.split(" ")) {
    net.compile({ optimizer: "sgd", loss: loss as "meanSquaredError", metrics: [name as "auc"] });
    const saved = saveKeras(net);
    expect(saveKeras(loadKeras(saved)), name).toEqual(saved);
  }
});

const configOf = (bytes: Uint8Array) =>
  JSON.parse(new TextDecoder().decode(readZip(bytes).get("config.json")?.() as Uint8Array));

it("metrics of outputs stand in the order of these, since Keras may call two of one layer alike", () => {
  const x = input({ shape: [4] });
  const [y, h] = layers.gru({ units: 2, returnState: true }).applyAll(layers.reshape({ targetShape: [2, 2] }).apply(x));
  const net = model({ inputs: x, outputs: [y, h] });
  net.compile({ optimizer: "sgd", loss: ["mse", "mae"], metrics: { gru_1: ["mae"] } });
  const bytes = saveKeras(net);
  const { metrics, weighted_metrics: weighted } = configOf(bytes).compile_config;
  expect(metrics.map((own: { class_name: string }[]) => own.map(each => each.class_name))).toEqual([
    [],
    ["MeanAbsoluteError"],
  ]);
  expect(weighted).toBeNull();
  expect(configOf(saveKeras(loadKeras(bytes))).compile_config.metrics).toEqual(metrics);
});

it("a concatenate beside masks has another name than Keras' ops that join them", () => {
  const ids = input({ shape: [5] });
  const [a, b] = [true, false].map(maskZero => layers.embedding({ inputDim: 6, outputDim: 2, maskZero }).apply(ids));
  const joined = layers.concatenate({ name: "concatenate" }).apply([a, b]);
  const net = model({ inputs: ids, outputs: layers.lstm({ units: 2 }).apply(joined) });
  const names = configOf(saveKeras(net)).config.layers.map((layer: { name: string }) => layer.name);
  expect(names).toContain("concatenation");
  expect(names).not.toContain("concatenate");
  const x = ndarray(Int32Array.of(1, 2, 0, 4, 0), [1, 5]);
  for (const format of ["keras", "h5"] as const)
    expect(loadKeras(saveKeras(net, { format })).predict(x)).toEqual(net.predict(x));
});

const written = files.filter(({ name }) => name.endsWith(".keras") && name !== "expressed.keras");

describe.each(written)("$name", ({ bytes, beside }) => {
  it.each(["keras", "h5"] as const)("is the same model behind saveKeras as %s and loadKeras", format => {
    const net = loadKeras(bytes);
    const again = loadKeras(saveKeras(net, { format }));
    const [before, after] = [net, again].map(each =>
      Object.fromEntries(each.network.plan.specs.map(({ path }, i) => [path, each.getWeights()[i]])),
    );
    expect(after).toEqual(before);
    const x = only(beside.inputs.map(array));
    expect(again.predictAll(x)).toEqual(net.predictAll(x));
    expect(again.trainer?.optimizer.toJSON()).toEqual(net.trainer?.optimizer.toJSON());
    if (!beside.targets || format === "h5") return; // which begins anew
    const y = only(beside.targets.map(array));
    const steps = () => [net, again].map(each => each.trainOnBatch(x, y).loss);
    for (let i = 0; i < 3; i++) {
      const [a, b] = steps();
      expect(b).toBeCloseTo(a, 6);
    }
  });
});
