/** Models that TensorFlow.js saved predict here as they do there; what saveTfjs writes is read back, and by TensorFlow.js where that is installed. */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { loadTfjs, saveTfjs } from "wasm-lstm/formats";
import { input, layers, type Model, model, ndarray, sequential } from "../../../src/index.ts";
import { array, differ, only } from "../keras/files.ts";

interface Saved {
  modelJson: {
    modelTopology: object;
    weightsManifest: { paths: string[]; weights: { name: string; dtype: string }[] }[];
  };
  shards: string[];
  inputs: Parameters<typeof array>[0][];
  outputs: Parameters<typeof array>[0][];
}

const files: Record<string, Saved> = JSON.parse(
  readFileSync(new URL("../../fixtures/tfjs.json", import.meta.url), "utf8"),
);
const shardsOf = ({ shards }: Saved) => shards.map(shard => new Uint8Array(Buffer.from(shard, "base64")));

beforeAll(() => {
  vi.spyOn(console, "warn").mockImplementation(() => {});
});

const peers = new URL("../../../bench/peers/package.json", import.meta.url);
const installed = existsSync(new URL("node_modules/@tensorflow/tfjs", peers));

/** What TensorFlow.js predicts with the model. */
async function predicted(net: Model, x: ReturnType<typeof array>[]): Promise<number[][]> {
  const tf = createRequire(peers)("@tensorflow/tfjs");
  await tf.setBackend("cpu");
  const { modelJson, weights } = saveTfjs(net);
  const { modelTopology, weightsManifest } = modelJson as unknown as Saved["modelJson"];
  const weightSpecs = weightsManifest.flatMap(group => group.weights);
  const there = await tf.loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs, weightData: weights.buffer }));
  const given = x.map(({ data, shape }) =>
    tf.tensor(data, [...shape], data instanceof Int32Array ? "int32" : "float32"),
  );
  const y = there.predict(only(given));
  return (Array.isArray(y) ? y : [y]).map(tensor => [...tensor.dataSync()]);
}

describe.each(Object.entries(files))("%s", (_name, file) => {
  const x = file.inputs.map(array);

  it("predicts as in TensorFlow.js", () => {
    const y = loadTfjs(file.modelJson, shardsOf(file)).predictAll(only(x));
    file.outputs.forEach(({ shape, data }, i) => {
      expect(y[i].shape).toEqual(shape);
      expect(differ(y[i].data, data)).toBeLessThan(1e-6);
    });
  });

  it("takes the manifest as text or bytes, and shards by path or in one piece", () => {
    const text = JSON.stringify(file.modelJson);
    const shards = shardsOf(file);
    const wanted = loadTfjs(file.modelJson, shards).getWeights();
    const { paths } = file.modelJson.weightsManifest[0];
    expect(loadTfjs(text, Object.fromEntries(paths.map((path, i) => [path, shards[i]]))).getWeights()).toEqual(wanted);
    expect(loadTfjs(new TextEncoder().encode(text), new Uint8Array(Buffer.concat(shards))).getWeights()).toEqual(
      wanted,
    );
    expect(
      loadTfjs(
        text,
        shards.map(shard => shard.buffer.slice(0, shard.length)),
      ).getWeights(),
    ).toEqual(wanted);
  });

  it("is the same model behind saveTfjs and loadTfjs", () => {
    const net = loadTfjs(file.modelJson, shardsOf(file));
    const { modelJson, weights } = saveTfjs(net);
    const again = loadTfjs(JSON.stringify(modelJson), weights);
    expect(again.getWeights()).toEqual(net.getWeights());
    expect(again.predictAll(only(x))).toEqual(net.predictAll(only(x)));
  });

  it("is read by TensorFlow.js behind saveTfjs", async ({ skip }) => {
    if (!installed) skip("TensorFlow.js is not installed: npm --prefix bench/peers ci --ignore-scripts");
    const net = loadTfjs(file.modelJson, shardsOf(file));
    const y = await predicted(net, x);
    file.outputs.forEach(({ data }, i) => {
      expect(differ(y[i], data)).toBeLessThan(1e-6);
    });
  });
});

describe("models of this package", () => {
  const numbers = (shape: number[]) =>
    ndarray(
      Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i * i)),
      shape,
    );
  const steep = { name: "hardSigmoid", slope: 0.2 } as const;
  const nets = {
    chain: () =>
      sequential([
        layers.bidirectional({ layer: layers.lstm({ units: 3, returnSequences: true }), inputShape: [null, 2] }),
        layers.timeDistributed({
          layer: layers.dense({ units: 4, activation: "elu", kernelInitializer: "lecunNormal" }),
        }),
        layers.gru({ units: 3, resetAfter: false, recurrentActivation: steep, returnSequences: true }),
        layers.conv1D({ filters: 3, kernelSize: 2, activation: "relu" }),
        layers.bidirectional({
          layer: layers.lstm({ units: 2, goBackwards: true, recurrentActivation: steep, returnSequences: true }),
        }),
        layers.simpleRNN({ units: 2, goBackwards: true }),
      ]),
    graph() {
      const x = input({ shape: [4, 2] });
      const [, h, c] = layers.lstm({ units: 3, returnState: true }).applyAll(x);
      const y = layers.lstm({ units: 3, returnSequences: true }).apply([x, h, c]);
      const dense = layers.dense({ units: 2 });
      return model({ inputs: x, outputs: [dense.apply(y), layers.multiply().apply([dense.apply(h), dense.apply(c)])] });
    },
  };

  it.each(Object.entries(nets))("%s predicts in TensorFlow.js what it predicts here", async (_name, make) => {
    const net = make();
    const x = numbers([2, 4, 2]) as ReturnType<typeof array>;
    const { modelJson, weights } = saveTfjs(net);
    expect(loadTfjs(modelJson, weights).predictAll(x)).toEqual(net.predictAll(x));
    if (!installed) return;
    const y = await predicted(net, [x]);
    net.predictAll(x).forEach(({ data }, i) => {
      expect(differ(y[i], data)).toBeLessThan(1e-6);
    });
  });
});

it("groups of the manifest have shards of their own", () => {
  const net = sequential([layers.lstm({ units: 3, inputShape: [null, 2] }), layers.dense({ units: 2 })]);
  const { modelJson, weights } = saveTfjs(net);
  const [{ weights: entries }] = modelJson.weightsManifest as [{ weights: { name: string; shape: number[] }[] }];
  let at = 0;
  const shards: Record<string, Uint8Array> = {};
  const groups = entries.map((entry, i) => {
    const size = 4 * entry.shape.reduce((a, b) => a * b, 1);
    shards[`group${i}`] = weights.slice(at, at + size);
    at += size;
    return { paths: [`group${i}`], weights: [entry] };
  });
  const split = { ...modelJson, weightsManifest: groups };
  expect(loadTfjs(split, shards).getWeights()).toEqual(net.getWeights());
  expect(loadTfjs(split, Object.values(shards)).getWeights()).toEqual(net.getWeights());
  expect(() => loadTfjs(split, Object.values(shards).slice(1))).toThrow(/shards: expected 5 \(group0, .*\), got 4/);
  const short = { ...shards, group4: shards.group4.slice(4) };
  expect(() => loadTfjs(split, short)).toThrow(/shards: expected \d+ bytes, got \d+; are they of this model.json/);
});
