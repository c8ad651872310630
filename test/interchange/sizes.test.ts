/** What each format adds to a bundle that has the package: minified and gzipped. */
import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { bundleOf } from "../helpers/bundle.ts";

async function size(program: string): Promise<number> {
  const { code } = await bundleOf(`export * as all from "./index.ts"; ${program}`);
  return gzipSync(code, { level: 9 }).length;
}

it.each([
  ["loadTorchWeights, saveTorchWeights", 7_700],
  ["loadTorchWeights, saveTorchWeights, torchGRU, torchLSTM, torchRNN", 8_200],
  ["loadOnnx", 14_500],
  ["saveOnnx", 7_300],
  ["loadOnnx, saveOnnx", 21_200],
])("%s: at most %i bytes", { timeout: 120_000 }, async (names, limit) => {
  const [without, whole] = await Promise.all([size(""), size(`export { ${names} } from "./interchange/bundled.ts";`)]);
  expect(whole - without).toBeLessThanOrEqual(limit);
  expect(whole - without).toBeGreaterThan(limit / 2);
});
