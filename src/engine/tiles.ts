/** Which tiles of matrix products suit the engine that runs this; the numbers are the same. */

/**
 * Whether it is JavaScriptCore, which is faster with wide tiles: Bun, Safari, and every browser on iOS.
 *
 * @see assembly/matmul/packedTile.ts
 */
export function prefersWideTiles(): boolean {
  return "Bun" in globalThis || /^Apple/.test(globalThis.navigator?.vendor ?? "");
}
