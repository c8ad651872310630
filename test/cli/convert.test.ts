/** `wasm-lstm convert` and `inspect` of other programs' files. */
import { readFileSync } from "node:fs";
import { afterAll, expect, it, vi } from "vitest";
import { loadKeras, loadTfjs } from "wasm-lstm/formats";
import { layers, loadModel, sequential } from "../../src/index.ts";
import { fileOf } from "../interchange/keras/files.ts";
import { makeFolder, run, runJson } from "./run.ts";

const folder = makeFolder();
afterAll(() => folder.remove());
vi.spyOn(console, "warn").mockImplementation(() => {});

const bytesOf = (name: string) => new Uint8Array(readFileSync(folder.file(name)));
const x = { shape: [2, 6, 3], data: Float32Array.from({ length: 36 }, (_, i) => Math.sin(i)) };

it("goes from format to format by content, whatever the file is called", async () => {
  const from = folder.write("mine.bin", fileOf("lstm.keras"));
  const wanted = loadKeras(fileOf("lstm.keras")).predict(x);
  const convert = (a: string, b: string, ...more: string[]) => runJson(["convert", a, folder.file(b), ...more]);
  expect(await convert(from, "net.safetensors")).toEqual({
    version: 1,
    command: "convert",
    from,
    format: "Keras",
    to: "wasm-lstm",
    files: [{ path: folder.file("net.safetensors"), bytes: bytesOf("net.safetensors").length }],
  });
  expect(loadModel(bytesOf("net.safetensors")).predict(x)).toEqual(wanted);
  await convert(folder.file("net.safetensors"), "net.h5");
  await convert(folder.file("net.h5"), "net.keras");
  expect(loadKeras(bytesOf("net.keras")).predict(x)).toEqual(wanted);
  expect((await convert(folder.file("net.keras"), "model.json")).files.length).toBe(2);
  expect(loadTfjs(bytesOf("model.json"), bytesOf("weights.bin")).predict(x)).toEqual(wanted);
  expect((await convert(folder.file("model.json"), "again.bin", "--to", "keras")).format).toBe("TensorFlow.js");
  expect(loadKeras(bytesOf("again.bin")).predict(x)).toEqual(wanted);
  await convert(folder.file("again.bin"), "net.onnx");
  expect((await convert(folder.file("net.onnx"), "last.safetensors")).format).toBe("ONNX");
  expect(loadModel(bytesOf("last.safetensors")).predict(x)).toEqual(wanted);
  const { stdout } = await run(["convert", from, folder.file("plain.safetensors")]);
  expect(stdout).toMatch(/plain\.safetensors: \d+ bytes, wasm-lstm of .*mine\.bin \(Keras\)\n$/);
});

it("keeps what training needs, unless it is to predict alone", async () => {
  const from = folder.write("trained.keras", fileOf("training-adam.keras"));
  await run(["convert", from, folder.file("whole.safetensors")]);
  expect(loadModel(bytesOf("whole.safetensors")).trainer?.iterations).toBe(3);
  await run(["convert", from, folder.file("small.safetensors"), "--predict-only"]);
  expect(loadModel(bytesOf("small.safetensors")).trainer).toBeUndefined();
});

it("says in one line what cannot be carried over, or is no model", async () => {
  const own = folder.write("own.safetensors", sequential([layers.sLSTM({ units: 2, inputShape: [3, 1] })]).save());
  const refused = async (...argv: string[]) => {
    const { code, stderr } = await run(["convert", ...argv]);
    expect(code).toBe(1);
    expect(stderr.trim().split("\n").length).toBe(1);
    return stderr;
  };
  expect(await refused(own, folder.file("a.keras"))).toContain(
    'saveKeras: layer "sLSTM" (sLSTM): Keras has no such layer',
  );
  expect(await refused(own, folder.file("a.xyz"))).toContain(
    "expected a name that ends with .safetensors, .keras, .h5",
  );
  expect(await refused(own, folder.file("a"), "--to", "tf")).toContain("--to: expected one of wasm-lstm, keras");
  expect(await refused(folder.file("none.keras"), folder.file("a.h5"))).toContain("no such file");
  expect(await refused(folder.write("a.txt", "hello"), folder.file("a.h5"))).toContain("this is a text");
  const lone = folder.write(
    "lone.json",
    JSON.stringify({ modelTopology: {}, weightsManifest: [{ paths: ["gone.bin"] }] }),
  );
  expect(await refused(lone, folder.file("a.h5"))).toContain(
    'shard "gone.bin": there is no such file beside model.json',
  );
  const away = folder.write("away.json", JSON.stringify({ modelTopology: {}, weightsManifest: [{ paths: ["../x"] }] }));
  expect(await refused(away, folder.file("a.h5"))).toContain("expected a file beside model.json");
  expect(folder.list().filter(name => /^a\.(keras|h5|xyz)$/.test(name))).toEqual([]);
});

it("inspect shows files of other programs", async () => {
  const path = folder.write("shown.keras", fileOf("training-two.keras"));
  const { stdout } = await run(["inspect", path]);
  expect(stdout).toContain("of Keras");
  expect(stdout).toContain("lstm_first");
  expect((await runJson(["inspect", path])).format).toBe("Keras");
});
