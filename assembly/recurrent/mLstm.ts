import { MLstmCell } from "../cells/mLstm";
import { rememberSequence, rememberSequenceBackward } from "../cells/mLstmMemory";
import { bytes } from "../math/lanes";
import { Frame } from "./frame";
import { backwardOverTime, forwardOverTime, stepOnce } from "./overTime";

// Sequence by sequence, so that a memory stays in cache over time. All sequences of a range use the scratch of the first.

/** Where the scratch of a range is. */
// @ts-ignore: decorator
@inline
function scratchOf(f: Frame, begin: i32): usize {
  return f.scratch + bytes(begin * f.scratchRow);
}

/** A whole batch of sequences through an mLSTM. */
export function mLstmForward(frame: usize, begin: i32, end: i32): void {
  const f = changetype<Frame>(frame), scratch = scratchOf(f, begin);
  for (let place = begin; place < end; place++) {
    if (f.keep) rememberSequence(f, place, scratch);
    forwardOverTime<MLstmCell>(f, place, place + 1);
  }
}

/** The same, backward. */
export function mLstmBackward(frame: usize, begin: i32, end: i32): void {
  const f = changetype<Frame>(frame), scratch = scratchOf(f, begin);
  for (let place = begin; place < end; place++) {
    backwardOverTime<MLstmCell>(f, place, place + 1);
    rememberSequenceBackward(f, place, scratch);
  }
}

/** One step of one sequence. */
export function mLstmStep(frame: usize): void {
  stepOnce<MLstmCell>(changetype<Frame>(frame));
}
