/** The same module with the v128 constants of functions that loop set once, on entry. */
export function hoistConstants(wasm: Uint8Array): Uint8Array<ArrayBuffer>;
