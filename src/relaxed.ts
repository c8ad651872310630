/**
 * `import "wasm-lstm/relaxed"`: kernels with relaxed SIMD, for models made with `{ simd: "relaxed" }`. Products use one
 * instruction for a multiply and an add where the processor has it: faster on some, with other bits from one to another.
 */
import { registerPatch } from "./engine/kernels.ts";
import { relaxed } from "./engine/relaxed.generated.ts";

registerPatch("relaxed", relaxed);
