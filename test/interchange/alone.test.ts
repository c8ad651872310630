/** Where `wasm-lstm/formats` is all that a program imports: models that it reads can do what every model can. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { loadKeras, loadOnnx, loadTfjs } from "../../src/interchange/index.ts";
import { fileOf } from "./keras/files.ts";

const onnx = new URL("../fixtures/interchange/onnx/regressor-gru.onnx", import.meta.url);
const tfjs = JSON.parse(readFileSync(new URL("../fixtures/tfjs.json", import.meta.url), "utf8")).graph;
const shards = tfjs.shards.map((shard: string) => new Uint8Array(Buffer.from(shard, "base64")));

it.each([
  ["loadKeras", () => loadKeras(fileOf("lstm.keras"))],
  ["loadOnnx", () => loadOnnx(readFileSync(onnx))],
  ["loadTfjs", () => loadTfjs(tfjs.modelJson, shards)],
] as const)("%s", async (_, load) => {
  const net = load();
  expect(net.summary()).toContain("weights");
  const shape = ([T, C]: readonly (number | null)[]) => [4, T ?? 3, C ?? 1];
  const x = net.inputs.map(({ shape: inner }) => {
    const own = inner.length === 2 ? shape(inner) : [4, ...inner.map(n => n ?? 3)];
    return { shape: own, data: new Float32Array(own.reduce((a, b) => a * b, 1)).fill(1) };
  });
  const y = net.predictAll(x.length > 1 ? x : x[0]);
  net.compile({ loss: "meanSquaredError", optimizer: "adam" });
  const { history } = await net.fit(x.length > 1 ? x : x[0], y.length > 1 ? y : y[0], { epochs: 1, verbose: 0 });
  expect(history.loss[0]).toBeLessThan(1);
  expect(net.save().length).toBeGreaterThan(100);
});
