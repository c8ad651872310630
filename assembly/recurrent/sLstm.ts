import { SLstmCell } from "../cells/sLstm";
import { Frame } from "./frame";
import { backwardOverTime, forwardOverTime, stepOnce } from "./overTime";

/** A whole batch of sequences through an sLSTM. */
export function sLstmForward(frame: usize, begin: i32, end: i32): void {
  forwardOverTime<SLstmCell>(changetype<Frame>(frame), begin, end);
}

/** The same, backward. */
export function sLstmBackward(frame: usize, begin: i32, end: i32): void {
  backwardOverTime<SLstmCell>(changetype<Frame>(frame), begin, end);
}

/** One step of one sequence. */
export function sLstmStep(frame: usize): void {
  stepOnce<SLstmCell>(changetype<Frame>(frame));
}
