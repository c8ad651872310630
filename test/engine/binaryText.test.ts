/** Binaries as text: there and back, in letters that no page or bundler changes, and small. */
import { existsSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { expect, it } from "vitest";
import { textOf } from "../../assembly/binaryText.js";
import { hoistConstants } from "../../assembly/hoist.js";
import { binary } from "../../src/engine/binary.generated.ts";
import { bytesOf } from "../../src/engine/binaryText.ts";
import { relaxed } from "../../src/engine/relaxed.generated.ts";

it("gives all bytes back", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2000 }), bytes => {
      expect(bytesOf(textOf(bytes))).toEqual(bytes);
    }),
  );
  const all = Uint8Array.from({ length: 256 * 3 }, (_, i) => i);
  expect(bytesOf(textOf(all))).toEqual(all);
});

it.each([
  ["kernels.wasm", binary],
  ["relaxed.wasm", relaxed],
])("%s stands in a source file as it was built, its constants out of the loops", (file, text) => {
  const path = new URL(`../../build/${file}`, import.meta.url);
  expect(existsSync(path)).toBe(true);
  const wasm = hoistConstants(readFileSync(path));
  expect(Buffer.from(bytesOf(text)).equals(wasm)).toBe(true);
  expect(text).toMatch(/^[ -~]+$/);
  expect(text).not.toMatch(/["'`$\\<]/);
  expect(text.length).toBeLessThan(1.1 * wasm.length);
  expect(gzipSync(text).length).toBeLessThan(1.03 * gzipSync(wasm).length);
});
