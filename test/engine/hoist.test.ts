/** No kernel makes a constant inside a loop, where newer V8 would make it anew in every turn. */
import { readFileSync } from "node:fs";
import binaryen from "binaryen";
import { expect, it } from "vitest";
import { hoistConstants } from "../../assembly/hoist.js";
import { kernelsBinary } from "../../src/engine/kernels.ts";

/** Functions with a loop, and the constants in them that are not set on entry. */
function functionsWithLoops(wasm: Uint8Array) {
  const module = binaryen.readBinary(wasm);
  module.setFeatures(binaryen.Features.All);
  const functions = module.emitText().split(/(?=\n \(func )/);
  module.dispose();
  return functions
    .filter(text => text.includes("(loop"))
    .map(text => ({ text, inside: text.match(/^ {4,}\(v128\.const/gm) ?? [] }));
}

it("has none in any kernel", () => {
  const wasm = readFileSync(new URL("../../build/kernels.wasm", import.meta.url));
  expect(functionsWithLoops(wasm).flatMap(({ inside }) => inside).length).toBeGreaterThan(1000);
  const embedded = functionsWithLoops(kernelsBinary());
  expect(embedded.length).toBeGreaterThan(100);
  expect(embedded.flatMap(({ inside }) => inside)).toEqual([]);
});

it("keeps what a module computes", async () => {
  const text = `(module (func (export "f") (param $n i32) (result i32) (local $sum v128)
    (loop $next
      (local.set $sum (i32x4.add (local.get $sum) (v128.const i32x4 1 2 3 4)))
      (local.set $sum (i32x4.mul (local.get $sum) (v128.const i32x4 3 1 1 1)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (i32x4.extract_lane 0 (i32x4.add (local.get $sum) (v128.const i32x4 1 2 3 4)))))`;
  const module = binaryen.parseText(text);
  const before = module.emitBinary();
  const after = hoistConstants(before);
  const [f, g] = await Promise.all(
    [before, after].map(async wasm => {
      const { instance } = await WebAssembly.instantiate(wasm as BufferSource as Uint8Array<ArrayBuffer>);
      return instance.exports.f as (n: number) => number;
    }),
  );
  for (const n of [1, 2, 7]) expect(g(n)).toBe(f(n));
  expect(functionsWithLoops(before)[0].inside.length).toBe(3);
  expect(functionsWithLoops(after)[0].inside).toEqual([]);
});
