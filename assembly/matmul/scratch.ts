/**
 * What an instance keeps: where `product` may pack rows, 64 KB, and sums of a tile stand, and which tiles suit the engine. Instances that share a memory,
 * one a thread, are each told before they compute.
 */

/** Rows and steps of the sum that are packed at once. */
export const SCRATCH_ROWS: i32 = 16;
export const SCRATCH_STEPS: i32 = 1024;

const PACKED: usize = SCRATCH_ROWS * SCRATCH_STEPS * 4;
const TILE: usize = 128;

export let scratch: usize = 0;
/** Tiles of 2 rows by 16 columns instead of 4 by 8: see packedTile.ts. */
export let wideTiles: bool = false;

/** Elements of the scratch of an instance. */
export function scratchSize(): i32 {
  return <i32>((PACKED + TILE) >> 2);
}

/** Where the 32 sums of a tile that is not whole stand before they are added and stored. */
// @ts-ignore: decorator
@inline
export function sumsOfTile(): usize {
  return scratch + PACKED;
}

/** Gives the instance its place, and its tiles. */
export function useScratch(pointer: usize, wide: bool): void {
  scratch = pointer;
  wideTiles = wide;
}
