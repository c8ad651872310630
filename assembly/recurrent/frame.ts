/**
 * What a recurrent kernel works on: pointers and sizes, one 32-bit word each, in this order. src/ops/recurrent/frame.ts
 * writes them under the same names; the list of names there is generated from this file. 0 where a cell has no use for one.
 *
 * Rows and places are those of steps.ts, R rows and N places; P = padded(H), S = padded(C) + padded(F).
 * A cell says how many slots of P its gates, its states (besides h) and what it saves for the backward pass take.
 */
@unmanaged
export class Frame {
  // Sizes
  T: i32;
  /** Inputs inside the rows of xh; 0 where they are projected beforehand */
  C: i32;
  /** Units */
  H: i32;
  /** Size of the hidden state: H, or less where it is projected */
  F: i32;
  /** [T + 1] of i32, recurrentSteps */
  offsets: usize;
  activation: i32;
  recurrentActivation: i32;

  // Forward
  /** Whether a backward pass will come. Without it every step reuses one slot of N rows of gates, states and saved */
  keep: i32;
  /** [R + N, S]  x parts and the h parts of step 0 in; all other h parts out */
  xh: usize;
  /** [R + N, states · P]  rows of step 0 in, their padding finite; the others out. Without keep [N, ..], in place */
  state: usize;
  /** [R, gates · P]  forward: what the backward pass needs of the gates; after it: dz */
  gates: usize;
  /** [R, saved · P]  whatever else it needs */
  saved: usize;
  /** [gates · P] or as the cell says; padded */
  bias: usize;
  /** [.., gates · P]  instead of x and bias: row projectedRows[r] is what row r adds to its pre-activations */
  projected: usize;
  /** [R] of i32 */
  projectedRows: usize;
  /** Packed weights, as the cell says */
  packed: usize;

  // Backward
  /** [N, padded(F)]  gradient of the last hidden state in, of the first out; 0 in the padding */
  dh: usize;
  /** [N, states · P]  the same of the other states */
  dState: usize;
  /** [.., F]  gradient of the hidden state after row r in row outputs[r] */
  dOutput: usize;
  /** [R] of i32, recurrentSteps */
  outputs: usize;
  /** Packed weights, transposed, as the cell says */
  packedTransposed: usize;
  /** Whether the gradient of the first hidden state is wanted; without it dh is left undefined */
  initial: i32;
}
