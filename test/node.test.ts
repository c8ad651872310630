import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { afterAll, expect, it } from "vitest";
import { layers, sequential } from "../src/index.ts";
import { loadModelFile, saveModelFile } from "../src/node.ts";
import { makeFolder } from "./cli/run.ts";

const folder = makeFolder();
afterAll(() => folder.remove());
const net = sequential([layers.lstm({ units: 3, inputShape: [4, 2] }), layers.dense({ units: 1 })], { seed: 5 });
net.compile({ optimizer: "adam", loss: "meanSquaredError" });

it("saves to a file and loads it again, with the optimizer if asked", async () => {
  const path = folder.file("a.safetensors");
  await saveModelFile(net, path);
  expect(new Uint8Array(readFileSync(path))).toEqual(net.save());
  expect((await loadModelFile(path)).getWeights()).toEqual(net.getWeights());
  await saveModelFile(net, path, { optimizer: true });
  expect(new Uint8Array(readFileSync(path))).toEqual(net.save({ optimizer: true }));
  expect(folder.list()).toEqual(["a.safetensors"]);
});

it("leaves nothing behind when it fails", async () => {
  await expect(saveModelFile(net, folder.file("no/a.safetensors"))).rejects.toThrow(/ENOENT/);
  mkdirSync(folder.file("taken"));
  writeFileSync(folder.file("taken/file"), "");
  const before = folder.list();
  await expect(saveModelFile(net, folder.file("taken"))).rejects.toThrow(); // a folder cannot be replaced by a file
  expect(folder.list()).toEqual(before);
});

it("names the file that holds no model", async () => {
  await expect(loadModelFile(folder.file("none"))).rejects.toThrow(/ENOENT/);
  const path = folder.write("bad.safetensors", "not a model at all");
  await expect(loadModelFile(path)).rejects.toThrow(RangeError);
  await expect(loadModelFile(path)).rejects.toThrow(`${path}: model file: `);
});
