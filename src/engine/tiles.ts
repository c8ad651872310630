/** Which tiles of matrix products suit the engine that runs this; the numbers are the same. */

/**
 * Whether it is JavaScriptCore, which is faster with wide tiles: Bun, Safari, and every browser on iOS.
 *
 * @see assembly/matmul/packedTile.ts
 */
export function prefersWideTiles(): boolean {
  // Workers have no navigator.vendor. Chromium calls itself AppleWebKit too; on iOS it is, and calls itself CriOS.
  return "Bun" in globalThis || /AppleWebKit(?!.*Chrom)/.test(globalThis.navigator?.userAgent ?? "");
}
