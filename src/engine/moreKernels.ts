/**
 * Adds the kernels of `wasm-lstm/cells` to those of `wasm-lstm/inference`. The build of these entries puts kernels without backward
 * passes here and in the place of the families; in src there is nothing to add.
 */
export function registerMoreKernels(): void {}
