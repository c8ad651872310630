/** What readers and writers of other programs' files add to a bundle that has the package: minified by esbuild, gzip -9. */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { gzipSync } from "node:zlib";
import { beforeAll, expect, it } from "vitest";
import { makeProject } from "../runtimes/packed/project.js";

const installed = existsSync(new URL("node_modules/esbuild", import.meta.url));
const WHOLE = 'import * as all from "wasm-lstm"; globalThis.all = all;';

let folder: string;
beforeAll(async () => {
  folder = await makeProject("formats-sized");
}, 120_000);

/** Bytes of a program that has the whole package, these of its formats, and what else it imports. */
async function sizeWith(names: readonly string[], more = ""): Promise<number> {
  const { build } = createRequire(import.meta.url)("esbuild");
  const used = names.join(", ");
  const contents = `${WHOLE} ${more} import { ${used} } from "wasm-lstm/formats"; globalThis.formats = [${used}];`;
  const stdin = { contents, resolveDir: folder };
  const options = { bundle: true, minify: true, format: "esm", platform: "browser", write: false, logLevel: "error" };
  const { outputFiles } = await build({ stdin, ...options });
  return gzipSync(outputFiles[0].contents, { level: 9 }).length;
}

it.for([
  ["what reads Keras' files", ["loadKeras"], [], 12_860],
  ["what reads and writes them", ["loadKeras", "saveKeras"], [], 18_000],
  ["what reads and writes TensorFlow.js', beside that", ["loadTfjs", "saveTfjs"], ["loadKeras", "saveKeras"], 2_470],
  ["what reads TensorFlow.js' alone", ["loadTfjs"], [], 7_030],
  ["what reads ONNX", ["loadOnnx"], [], 15_000],
  ["what reads and writes ONNX", ["loadOnnx", "saveOnnx"], [], 21_900],
  ["what reads all operators of it", ["loadOnnx"], [], 20_850, 'import "wasm-lstm/operators";'],
] as const)("%s", { timeout: 120_000 }, async ([what, names, before, limit, more], { skip }) => {
  if (!installed) skip("bundlers are not installed: npm --prefix test/bundlers ci --ignore-scripts");
  const bytes = (await sizeWith([...before, ...names], more)) - (await sizeWith(before));
  console.log(`${what}: ${bytes} bytes`);
  expect(bytes).toBeLessThanOrEqual(limit);
  expect(bytes).toBeGreaterThan(1_000);
});
