/**
 * The one thing that an instance keeps: where `product` may pack rows, 64 KB. Instances that share a memory, one a thread,
 * are each given a place of their own before they compute.
 */

/** Rows and steps of the sum that are packed at once. */
export const SCRATCH_ROWS: i32 = 16;
export const SCRATCH_STEPS: i32 = 1024;

const BYTES: i32 = SCRATCH_ROWS * SCRATCH_STEPS * 4;

export let scratch: usize = 0;

/** Elements of the scratch of an instance. */
export function scratchSize(): i32 {
  return BYTES >> 2;
}

/** Gives the instance its place. */
export function useScratch(pointer: usize): void {
  scratch = pointer;
}
