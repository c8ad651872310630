import { LstmCell } from "../cells/lstm";
import { backwardOverTime, forwardOverTime, stepOnce } from "./overTime";

/**
 * A whole batch of sequences through an LSTM, forward. Rows and places are those of steps.ts (R rows, then N more), letters
 * and layouts those of workspace.ts; P = padded(H).
 *
 * xh         [R + N, S]    in/out  x parts and the h parts of step 0 in; all other h parts out
 * c          [R + N, P]    in/out  rows of step 0 in, their padding finite; the others out. With keep = false [N, P], updated in place
 * activated  [R, P]        out     activation(c). With keep = false [N, P]
 * gates      [R, 4P]       out     activated i f g o. With keep = false [N, 4P]
 * bias       [4P]          in      padded; pointer 0 for none
 * projected  [.., 4P]      in      instead of x and bias (then C = 0): row projectedRows[r] is what row r adds to its
 *                                  pre-activations; pointer 0 for none
 * projectedRows [R] of i32 in
 * packed     [C + H, 4P]   in      recurrentPack
 * offsets    [T + 1]       in      recurrentSteps
 */
export function lstmForward(
  xh: usize, c: usize, activated: usize, gates: usize, bias: usize, projected: usize, projectedRows: usize, packed: usize,
  offsets: usize, activation: i32, recurrentActivation: i32, keep: bool, T: i32, C: i32, H: i32, begin: i32, end: i32,
): void {
  forwardOverTime<LstmCell>(
    xh, c, activated, gates, bias, projected, projectedRows, packed, offsets, activation, recurrentActivation, keep,
    T, C, H, begin, end,
  );
}

/**
 * The same, backward; what follows from dz (weights, bias, input) is made afterwards in large products.
 *
 * gates             [R, 4P]      in/out  activated i f g o in; dz out
 * dh                [N, P]       in/out  by place: gradient of the last hidden state in, of the first out; 0 in the padding
 * dc                [N, P]       in/out  the same of the cell state
 * dOutput           [.., H]      in      gradient of the hidden state after row r in row outputs[r]; pointer 0 for none
 * outputs           [R] of i32   in      recurrentSteps
 * c, activated                   in      as lstmForward left them, keep = true
 * packedTransposed  [4P, H]      in      recurrentPackTransposed of recurrentKernel
 * initial: whether the gradient of the first hidden state is wanted; without it dh is left undefined
 */
export function lstmBackward(
  gates: usize, dh: usize, dc: usize, dOutput: usize, outputs: usize, c: usize, activated: usize,
  packedTransposed: usize, offsets: usize, activation: i32, recurrentActivation: i32, initial: bool,
  T: i32, H: i32, begin: i32, end: i32,
): void {
  backwardOverTime<LstmCell>(
    gates, dh, dc, dOutput, outputs, c, activated, packedTransposed, offsets, activation, recurrentActivation, initial,
    T, H, begin, end,
  );
}

/**
 * One step of one sequence: what a stream needs.
 *
 * xh         [S]          in/out  the input in, the hidden state in and out
 * c          [P]          in/out  cell state
 * activated  [P]          out
 * gates      [4P]         out     with room for whole wide panels
 * start      [4P]         in      bias, or with C = 0 a projected input, readable for whole wide panels; pointer 0 for none
 * packed     [C + H, 4P]  in      recurrentPack, wide
 */
export function lstmStep(
  xh: usize, c: usize, activated: usize, gates: usize, start: usize, packed: usize,
  activation: i32, recurrentActivation: i32, C: i32, H: i32,
): void {
  stepOnce<LstmCell>(xh, c, activated, gates, start, packed, activation, recurrentActivation, C, H);
}
