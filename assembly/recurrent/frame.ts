/**
 * What a recurrent kernel works on: pointers and sizes, one 32-bit word each, in this order. src/recurrent/run/frame.ts
 * writes them under the same names; the list of names there is generated from this file. 0 where a cell has no use for one.
 *
 * Rows and places are those of steps.ts, R rows and N places; P = padded(H), S = padded(C) + padded(F).
 * A cell says how many slots of P its gates, its states (besides h) and what it saves for the backward pass take.
 */
@unmanaged
export class Frame {
  // Sizes
  T: i32;
  /** The steps to compute, [from, to): all, or a segment of a long sequence */
  from: i32;
  to: i32;
  /** The row behind which the states of sequences that end are put, N rows */
  last: i32;
  /** Inputs inside the rows of xh; 0 where they are projected beforehand */
  C: i32;
  /** Whether the states before step `from` are 0: their part of a sum is then left out */
  fresh: i32;
  /** Units */
  H: i32;
  /** Size of the hidden state: H, or less where it is projected */
  F: i32;
  /** [T + 1] of i32, recurrentSteps */
  offsets: usize;
  /** Numbers of activations, or addresses of the two words of theirs at the end */
  activation: i32;
  recurrentActivation: i32;

  // Forward
  /** Whether a backward pass will come. If not, every step reuses one slot of N rows of gates, states and saved */
  forBackward: i32;
  /** [R + N, S]  x parts and the h parts of step 0 in; all other h parts out */
  xh: usize;
  /** [R + N, states · P]  rows of step 0 in, their padding finite; the others out. Without one [N, ..], in place */
  state: usize;
  /** [R, gates · P]  forward: what the backward pass needs of the gates; after it: dz */
  gates: usize;
  /** [R, saved · P]  whatever else it needs */
  saved: usize;
  /** [gates · P] or as the cell says; padded */
  bias: usize;
  /** [.., gates · P]  instead of x and bias: row projectedRows[r] is what row r adds to its pre-activations */
  projected: usize;
  /** [R] of i32; pointer 0: row r of projected is that of row r */
  projectedRows: usize;
  /** Packed weights, as the cell says */
  packed: usize;

  /** [inputSumsRows, G] and a wide panel  scratch: one sequence by itself, see inputSums.ts; weights of h are then packed wide. Or 0 */
  inputSums: usize;
  /** [C, G]  kernel, packed, where there are inputSums */
  packedInput: usize;

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
  /** Whether the gradients of the first states are wanted; without it dh and dState are left undefined */
  initial: i32;

  // Options of LSTMs, see cells/lstmVariant.ts
  /** [gates - 1, P]  weights of the cell state in the gates, all but the candidate; padded */
  peephole: usize;
  /** Whether the output gate sees the cell state after the step, not the one before it */
  peepholeAfter: i32;
  /** Whether the input gate is squared */
  squaredInput: i32;
  /** Limit of the cell state */
  cellClip: f32;
  /** Limit of the pre-activations, also of GRU and simple RNN */
  clip: f32;
  /** Of the cell state on its way to the output */
  cellActivation: i32;
  /** [H, F]  projectionKernel, packed */
  projection: usize;
  /** [F, H]  its transpose, packed */
  projectionTransposed: usize;

  // Recurrent dropout: see recurrentMask.ts; 0 without
  /** [N, maskedGates · padded(F)]  by place: what each gate multiplies the hidden state by. Packed weights are then apart by gate */
  recurrentMask: usize;
  maskedGates: i32;
  /** [R] of i32: the place of each row */
  places: usize;
  /** [N, S]  scratch: rows of xh as a gate sees them */
  masked: usize;
  /** [N, padded(F)]  scratch of the backward pass, 0 in the padding */
  dMasked: usize;

  // Zoneout: see zoneout.ts
  /** [N, padded(F) + states · P]  scratch; 0 without zoneout */
  zoned: usize;
  /** The probability that a unit of h keeps its value */
  hiddenZoneout: f32;
  /** The same of the other states */
  stateZoneout: f32;
  /** [N · T, padded(F)]  0 where it does, in the order of outputs; pointer 0: the expected value, as at inference */
  hiddenZoneoutMask: usize;
  /** [N · T, states · P] */
  stateZoneoutMask: usize;

  // Layer normalization: see cells/layerNormLstm.ts, cells/layerNormGru.ts, cells/mLstm/output.ts; 0 without
  /** As the cell says, gains and biases in slots of P; 0 in the padding */
  norm: usize;
  /** [N, the same]  backward: sums of their gradients by place, in/out */
  normSums: usize;
  /** Added to variances, by cells that normalize gates */
  epsilon: f32;

  // Weights of cells that are not uniform
  /** [P]  what the GRU's product of h for the candidate begins with; padded */
  recurrentBias: usize;
  /** [P]  what the IndRNN's units multiply their own past by; 0 in the padding */
  perUnit: usize;

  // Rows of another length, gates made beforehand
  /** Elements of a row of gates; 0: gates · P */
  gatesRow: i32;
  /** Elements of a row of state and dState; 0: states · P */
  stateRow: i32;
  /** Whether gates hold the pre-activations of all R rows before the first step, also without a backward pass to come */
  ahead: i32;
  /** Heads of cells that have them */
  heads: i32;
  /** Whether candidates are kept positive, see cells/candidate.ts */
  positive: i32;

  // A step of a stream
  /** A word that is 0 where the step is hidden: then nothing happens; pointer 0: there is no mask */
  mask: usize;

  // States too large to keep one a step: `state` is then one row a place, in place: cells/mLstm/memory.ts
  /** Steps between those whose states before them are kept for the backward pass */
  every: i32;
  /** [N, snapshotRow]  these states, one after the other */
  snapshots: usize;
  snapshotRow: i32;
  /** [N, scratchRow]  scratch */
  scratch: usize;
  scratchRow: i32;

  // Hard sigmoids of the user's, see math/rareActivations.ts
  activationSlope: f32;
  activationOffset: f32;
  recurrentActivationSlope: f32;
  recurrentActivationOffset: f32;
  cellActivationSlope: f32;
  cellActivationOffset: f32;
}
