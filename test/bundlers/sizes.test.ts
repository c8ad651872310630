/** What bundlers make of programs that use little of the package: minified and gzipped, kernels included. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { makeProject } from "../runtimes/packed/project.js";
import { bundlers } from "./bundlers.js";

const installed = existsSync(new URL("node_modules/esbuild", import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await makeProject("sized");
}, 120_000);

const net = (layers: string) =>
  `globalThis.net = sequential([${layers}lstm({ units: 8, inputShape: [5, 2] }), ${layers}dense({ units: 1 })]);`;
const programs = {
  layers: `import { sequential } from "wasm-lstm"; import { dense, lstm } from "wasm-lstm/layers"; ${net("")}`,
  namespace: `import { layers, sequential } from "wasm-lstm"; ${net("layers.")}`,
  inference: 'import { loadModel } from "wasm-lstm/inference"; globalThis.load = loadModel;',
};

describe.each([
  ["layers", ["esbuild, minified", "rolldown", "webpack", "vite"], 75_740],
  // esbuild does not look into namespaces of other files.
  ["namespace", ["rolldown", "webpack", "vite"], 75_740],
  ["inference", ["esbuild, minified", "rolldown", "webpack", "vite"], 49_800],
] as const)("%s", (program, names, limit) => {
  it.for(names)(`is at most ${limit / 1000} kB by %s`, { timeout: 120_000 }, async (name, { skip }) => {
    if (!installed) skip("bundlers are not installed: npm --prefix test/bundlers ci --ignore-scripts");
    const from = join(folder, program);
    await mkdir(from, { recursive: true });
    await writeFile(join(from, "app.js"), programs[program]);
    await writeFile(join(from, "app.html"), '<!doctype html><script type="module" src="./app.js"></script>');
    const to = join(folder, "out", program, name.replace(/\W+/g, "-"));
    await bundlers[name](from, to);
    const files = readdirSync(to, { recursive: true, encoding: "utf8" }).filter(file => file.endsWith(".js"));
    // A worker's file, which some bundlers emit beside, is no part of what a page loads.
    const own = files.filter(file => !/worker/i.test(file)).map(file => readFileSync(join(to, file)));
    const bytes = own.reduce((sum, code) => sum + gzipSync(code, { level: 9 }).length, 0);
    console.log(`${program} by ${name}: ${bytes} bytes`);
    expect(bytes).toBeLessThanOrEqual(limit);
    expect(bytes).toBeGreaterThan(40_000);
  });
});
