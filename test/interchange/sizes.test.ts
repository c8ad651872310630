/** What each format adds to a bundle that has the package: minified and gzipped. */
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "rolldown";
import { expect, it } from "vitest";

const source = join(import.meta.dirname, "../../src");

async function size(program: string): Promise<number> {
  const input = join(source, "program.ts");
  const virtual = {
    name: "virtual",
    resolveId: (id: string) => (id === input ? id : null),
    load: (id: string) => (id === input ? `export * as all from "./index.ts"; ${program}` : null),
  };
  const { output } = await build({
    input,
    plugins: [virtual],
    platform: "neutral",
    write: false,
    output: { minify: true, codeSplitting: false },
  });
  return gzipSync(output[0].code, { level: 9 }).length;
}

it.each([
  ["loadTorchWeights", 8_000],
  ["loadTorchWeights, saveTorchWeights, torchGRU, torchLSTM, torchRNN", 9_000],
  ["loadOnnx", 18_000],
  ["saveOnnx", 7_000],
  ["loadOnnx, saveOnnx", 24_000],
])("%s: at most %i bytes", { timeout: 120_000 }, async (names, limit) => {
  const [without, whole] = await Promise.all([size(""), size(`export { ${names} } from "./interchange/index.ts";`)]);
  expect(whole - without).toBeLessThanOrEqual(limit);
  expect(whole - without).toBeGreaterThan(limit / 2);
});
