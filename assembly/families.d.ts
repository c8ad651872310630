/** The family of kernels that a kernel belongs to. */
export function familyOf(kernel: string): string;
/** All families that a family comes with, from the base to itself. */
export function lineOf(family: string): readonly string[];
/** Those that a family comes with, beside the base. */
export function parentsOf(family: string): readonly string[];
/** The names of all families but the base. */
export const familyNames: readonly string[];
/** A module's sections before the exports, its functions with their sizes before them, and its exports. */
export function parts(wasm: Uint8Array): {
  prefix: Uint8Array;
  bodies: Uint8Array[];
  exports: { name: string; index: number }[];
};
/** The bytes of each family, for src/engine/link.ts. */
export function cut(wasm: Uint8Array): Map<string, number[]>;
/** By function, the functions that it calls. */
export function callsOf(wasm: Uint8Array): number[][];
