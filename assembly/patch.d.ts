/** What makes one module of the other, where they differ in the bodies of functions alone; for src/engine/link.ts. */
export function patchBetween(from: Uint8Array, to: Uint8Array): number[];
