/** Mutated files of Keras and TensorFlow.js. FUZZ_MUTANTS=100000 for as many of each as were read before this was written down. */
import { readFileSync } from "node:fs";
import { beforeAll, expect, it, vi } from "vitest";
import { loadKeras, loadTfjs } from "wasm-lstm/formats";
import { readZip, writeZip } from "../../../src/interchange/zip.ts";
import { packedZip } from "../../helpers/packedZip.ts";
import { fileOf } from "./files.ts";
import { survey } from "./mutate.ts";

const COUNT = Number(process.env.FUZZ_MUTANTS ?? 300);

beforeAll(() => {
  vi.spyOn(console, "warn").mockImplementation(() => {});
});

/** The same zip with other content of one entry, so that its checksum does not refuse it. */
function within(zip: Uint8Array, path: string): [Uint8Array, (bytes: Uint8Array) => Uint8Array] {
  const entries = [...readZip(zip)].map(([name, read]): [string, Uint8Array] => [name, read()]);
  const own = entries.find(([name]) => name === path)?.[1] as Uint8Array;
  return [own, bytes => writeZip(entries.map(([name, content]) => [name, name === path ? bytes : content]))];
}

const tfjs = JSON.parse(readFileSync(new URL("../../fixtures/tfjs.json", import.meta.url), "utf8")).graph;
const shards = tfjs.shards.map((shard: string) => new Uint8Array(Buffer.from(shard, "base64")));
const keras = fileOf("training-two.keras");
const [config, withConfig] = within(keras, "config.json");
const packed = packedZip([...readZip(keras)].map(([name, read]) => [name, read()]));
const [expressed, withExpressed] = within(fileOf("expressed.keras"), "config.json");
const [stacked, withStacked] = within(fileOf("stacked.keras"), "config.json");
const [weights, withWeights] = within(keras, "model.weights.h5");

it.each([
  ["a .keras file", keras, loadKeras, "loadKeras"],
  ["the same, deflated", packed, loadKeras, "loadKeras"],
  ["an architecture with ops", expressed, (bytes: Uint8Array) => loadKeras(withExpressed(bytes)), "loadKeras"],
  ["one of cells in one loop", stacked, (bytes: Uint8Array) => loadKeras(withStacked(bytes)), "loadKeras"],
  ["its architecture", config, (bytes: Uint8Array) => loadKeras(withConfig(bytes)), "loadKeras"],
  ["its weights", weights, (bytes: Uint8Array) => loadKeras(withWeights(bytes)), "loadKeras"],
  ["an .h5 file", fileOf("shared.h5"), loadKeras, "loadKeras"],
  [
    "a model.json",
    new TextEncoder().encode(JSON.stringify(tfjs.modelJson)),
    (bytes: Uint8Array) => loadTfjs(bytes, shards),
    "loadTfjs",
  ],
])("%s is read or refused", { timeout: 3_600_000 }, (what, file, read, name) => {
  const { crashes, slowest, largest, ...counts } = survey(file, COUNT, 1, read, name);
  if (COUNT > 1000)
    console.log(what, counts, `slowest ${slowest.toFixed(0)} ms, largest ${(largest / 1e6).toFixed(1)} MB`);
  expect(crashes.slice(0, 5)).toEqual([]);
  expect(slowest).toBeLessThan(1000);
  expect(largest).toBeLessThan(4 * file.length + 64e6);
  expect(Object.keys(Object.prototype)).toEqual([]);
});
