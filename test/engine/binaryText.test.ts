/** Binaries as text: there and back, in letters that no page or bundler changes, and small. */
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { expect, it } from "vitest";
import { alphabetFor, textOf } from "../../assembly/binaryText.js";
import { textReader } from "../../src/engine/binaryText.ts";
import { BASE, families } from "../helpers/families.ts";

const bytesOf = (text: string, alphabet: string) => textReader(alphabet, text.length)(text);

it("gives all bytes back", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2000 }), fc.uint8Array({ maxLength: 2000 }), (bytes, others) => {
      const alphabet = alphabetFor(others);
      expect(bytesOf(textOf(bytes, alphabet), alphabet)).toEqual(bytes);
    }),
  );
  const all = Uint8Array.from({ length: 256 * 3 }, (_, i) => i);
  const alphabet = alphabetFor(all);
  expect(bytesOf(textOf(all, alphabet), alphabet)).toEqual(all);
});

it("kernels in source files are plain letters, and gzipped hardly larger than what was built", () => {
  const text = [BASE, ...families].map(family => family.text).join("");
  expect(text + BASE.alphabet).toMatch(/^[ -~]+$/);
  expect(text).not.toMatch(/["'`$\\<]/);
  const wasm = readFileSync(new URL("../../build/kernels.wasm", import.meta.url));
  expect(text.length).toBeLessThan(1.1 * wasm.length);
  expect(gzipSync(text).length).toBeLessThan(1.09 * gzipSync(wasm).length);
});
