import { MLstmCell } from "../cells/mLstm";
import { Frame } from "./frame";
import { backwardOverTime, forwardOverTime, stepOnce } from "./overTime";

/** A whole batch of sequences through an mLSTM. */
export function mLstmForward(frame: usize, begin: i32, end: i32): void {
  forwardOverTime<MLstmCell>(changetype<Frame>(frame), begin, end);
}

/** The same, backward. */
export function mLstmBackward(frame: usize, begin: i32, end: i32): void {
  backwardOverTime<MLstmCell>(changetype<Frame>(frame), begin, end);
}

/** One step of one sequence. */
export function mLstmStep(frame: usize): void {
  stepOnce<MLstmCell>(changetype<Frame>(frame));
}
