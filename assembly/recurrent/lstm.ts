import { LstmCell } from "../cells/lstm";
import { Frame } from "./frame";
import { backwardOverTime, forwardOverTime, stepOnce } from "./overTime";

/** A whole batch of sequences through an LSTM. */
export function lstmForward(frame: usize, begin: i32, end: i32): void {
  forwardOverTime<LstmCell>(changetype<Frame>(frame), begin, end);
}

/** The same, backward; what follows from dz (weights, bias, input) is made afterwards in large products. */
export function lstmBackward(frame: usize, begin: i32, end: i32): void {
  backwardOverTime<LstmCell>(changetype<Frame>(frame), begin, end);
}

/** One step of one sequence: what a stream needs. */
export function lstmStep(frame: usize): void {
  stepOnce<LstmCell>(changetype<Frame>(frame));
}
