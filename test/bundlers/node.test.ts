/** Bundles for Node, which are whole: they run where the package is not. */
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { makeProject } from "../runtimes/packed/project.js";

const here = createRequire(import.meta.url);
const modules = join(import.meta.dirname, "node_modules");
const bun = join(import.meta.dirname, "../runtimes/node_modules/@oven/bun-linux-x64/bin/bun");
const installed = existsSync(modules) && existsSync(bun);

const program = `
  import { layers, loadModel, sequential } from "wasm-lstm";
  import { lstm } from "wasm-lstm/layers";
  const net = sequential([lstm({ units: 3, inputShape: [5, 2] }), layers.dense({ units: 1 })], { seed: 1 });
  net.compile({ loss: "huber", optimizer: "nadam" });
  net.trainOnBatch({ shape: [2, 5, 2], data: new Float32Array(20).fill(1) }, [[1], [2]]);
  console.log(loadModel(net.save()).predict({ shape: [1, 5, 2], data: new Float32Array(10).fill(1) }).data[0]);`;

const bundlers: Record<string, (from: string, to: string) => Promise<unknown> | unknown> = {
  esbuild: (from, to) =>
    here("esbuild").build({ entryPoints: [from], outfile: to, bundle: true, platform: "node", format: "esm" }),
  async rolldown(from, to) {
    const { rolldown } = await import(join(modules, "rolldown/dist/index.mjs"));
    const bundle = await rolldown({ input: from, platform: "node" });
    await bundle.write({ file: to });
  },
  webpack: (from, to) =>
    new Promise((done, fail) => {
      const output = { path: join(to, ".."), filename: "bundle.mjs", module: true };
      const options = { entry: from, target: "node", mode: "production", experiments: { outputModule: true }, output };
      here("webpack")(options, (error: unknown) => (error ? fail(error) : done(undefined)));
    }),
  Bun: (from, to) => execFileSync(bun, ["build", from, "--target=node", `--outfile=${to}`], { stdio: "ignore" }),
};

let folder: string;
let expected: string;
const away = mkdtempSync(join(tmpdir(), "bundled-"));
beforeAll(async () => {
  folder = await makeProject("bundled-for-node");
  writeFileSync(join(folder, "whole.mjs"), program);
  expected = execFileSync(process.execPath, ["whole.mjs"], { cwd: folder, encoding: "utf8" });
}, 120_000);
afterAll(() => rmSync(away, { recursive: true }));

it.for(Object.keys(bundlers))("of %s train to the same bits", { timeout: 120_000 }, async (name, { skip }) => {
  if (!installed) skip("bundlers are not installed: npm --prefix test/bundlers ci --ignore-scripts");
  const to = join(folder, name, "bundle.mjs");
  await bundlers[name](join(folder, "whole.mjs"), to);
  const file = join(away, `${name}.mjs`);
  copyFileSync(to, file);
  expect(execFileSync(process.execPath, [file], { encoding: "utf8" })).toBe(expected);
});
