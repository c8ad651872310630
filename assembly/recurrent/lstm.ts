import { LstmCell } from "../cells/lstm";
import { backwardOverTime, forwardOverTime } from "./overTime";

/**
 * A whole LSTM sequence, forward. See workspace.ts for the letters and layouts; P = padded(H).
 *
 * xh         [T + 1, N, S]  in/out  x parts and the h part of slot 0 in; the h parts of slots 1..T out
 * c          [T + 1, N, P]  in/out  slot 0 in, its padding finite; slots 1..T out. With keep = false one slot, updated in place
 * activated  [T, N, P]      out     activation(c). With keep = false one slot
 * gates      [T, N, 4P]     out     activated i f g o. With keep = false one slot
 * bias       [4P]           in      padded; pointer 0 for none
 * packed     [C + H, 4P]    in      recurrentPack
 */
export function lstmForward(
  xh: usize, c: usize, activated: usize, gates: usize, bias: usize, packed: usize,
  activation: i32, recurrentActivation: i32, keep: bool, N: i32, T: i32, C: i32, H: i32, begin: i32, end: i32,
): void {
  forwardOverTime<LstmCell>(
    xh, c, activated, gates, bias, packed, activation, recurrentActivation, keep, N, T, C, H, begin, end,
  );
}

/**
 * A whole LSTM sequence, backward; what follows from dz (weights, bias, input) is made afterwards in large products.
 *
 * gates             [T, N, 4P]     in/out  activated i f g o in; dz out
 * dh                [N, P]         in/out  gradient of the last hidden state in, of the first out; 0 in the padding
 * dc                [N, P]         in/out  the same of the cell state
 * dOutput           [N, T, H]      in      gradient of the hidden state after each step; pointer 0 for none
 * c, activated                     in      as lstmForward left them, keep = true
 * packedTransposed  [4P, H]        in      recurrentPackTransposed of recurrentKernel
 * initial: whether the gradient of the first hidden state is wanted; without it dh is left undefined
 */
export function lstmBackward(
  gates: usize, dh: usize, dc: usize, dOutput: usize, c: usize, activated: usize, packedTransposed: usize,
  activation: i32, recurrentActivation: i32, initial: bool, N: i32, T: i32, H: i32, begin: i32, end: i32,
): void {
  backwardOverTime<LstmCell>(
    gates, dh, dc, dOutput, c, activated, packedTransposed, activation, recurrentActivation, initial,
    N, T, H, begin, end,
  );
}
