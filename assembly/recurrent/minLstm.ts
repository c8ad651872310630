import { MinLstmCell } from "../cells/minLstm";
import { Frame } from "./frame";
import { backwardOverTime, forwardOverTime, stepOnce } from "./overTime";

/** A whole batch of sequences through a minLSTM. */
export function minLstmForward(frame: usize, begin: i32, end: i32): void {
  forwardOverTime<MinLstmCell>(changetype<Frame>(frame), begin, end);
}

/** The same, backward. */
export function minLstmBackward(frame: usize, begin: i32, end: i32): void {
  backwardOverTime<MinLstmCell>(changetype<Frame>(frame), begin, end);
}

/** One step of one sequence. */
export function minLstmStep(frame: usize): void {
  stepOnce<MinLstmCell>(changetype<Frame>(frame));
}
