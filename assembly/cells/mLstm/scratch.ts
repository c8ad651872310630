import { wide } from "./vectors";

/**
 * How many steps are taken together, and how often matrices are kept. More would make pairs of steps dearer than matrices:
 * what a step costs by pairs grows with them.
 */
const TOGETHER: i32 = 32;

/** The same for those who call the kernels: `every` of a frame. */
export function mLstmStepsTogether(): i32 {
  return TOGETHER;
}

// What stepsBackward lays out; stepsForward takes less.
const VECTORS: i32 = 11; // of each step, W = wide(D) elements
const COLUMNS: i32 = 8; // of a matrix, W elements
const SCALARS: i32 = 4; // of each step,
const MORE: i32 = 4; // and one kind has one more, on a border of 16 bytes
const PAIRS: i32 = 6; // squares of steps by steps

/** Elements of scratch for so many steps of a head of D units, `scratchRow` of a frame. */
export function mLstmScratch(D: i32, steps: i32): i32 {
  return (VECTORS * steps + COLUMNS) * wide(D) + SCALARS * steps + MORE + PAIRS * steps * steps;
}
