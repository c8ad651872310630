/** Two threads in a bundle: nobody has copied a file of the worker's code beside it. */
import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "rolldown";
import { afterAll, beforeAll, expect, it } from "vitest";

const program = `
  import { layers, sequential } from ${JSON.stringify(fileURLToPath(new URL("../../../dist/bundle.js", import.meta.url)))};
  Object.defineProperty(globalThis, "navigator", { value: { hardwareConcurrency: 2 } });
  const x = Float32Array.from({ length: 32 * 20 * 10 }, (_, i) => Math.sin(i * i));
  const data = [{ shape: [32, 20, 10], data: x }, { shape: [32, 1], data: x.slice(0, 32) }];
  const outputs = [];
  for (const threads of [1, 2]) {
    const net = sequential([layers.lstm({ units: 50, inputShape: [20, 10] }), layers.dense({ units: 1 })], { seed: 1, threads });
    net.compile({ loss: "meanSquaredError", optimizer: "adam" });
    await net.ready();
    for (let step = 0; step < 3; step++) net.trainOnBatch(...data);
    outputs.push(net.threads, String(net.predict(data[0]).data));
  }
  console.log(outputs[0], outputs[2], outputs[1] === outputs[3]);
`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bundle-"));
});
afterAll(() => rm(folder, { recursive: true }));

it.each(["one file", "a file minified"])("computes the same bits on two threads: %s", async kind => {
  const [input, file] = ["program.mjs", "bundle.mjs"].map(name => join(folder, name));
  await writeFile(input, program);
  const output = { file, format: "esm", codeSplitting: false, minify: kind.endsWith("minified") } as const;
  await build({ input, platform: "node", output });
  const { stdout, stderr } = spawnSync(process.execPath, [file], { encoding: "utf8", timeout: 50_000 });
  expect({ stdout: stdout.trim(), stderr }).toEqual({ stdout: "1 2 true", stderr: "" });
});
