import { MinGruCell } from "../cells/minGru";
import { Frame } from "./frame";
import { backwardOverTime, forwardOverTime, stepOnce } from "./overTime";

/** A whole batch of sequences through a minGRU. */
export function minGruForward(frame: usize, begin: i32, end: i32): void {
  forwardOverTime<MinGruCell>(changetype<Frame>(frame), begin, end);
}

/** The same, backward. */
export function minGruBackward(frame: usize, begin: i32, end: i32): void {
  backwardOverTime<MinGruCell>(changetype<Frame>(frame), begin, end);
}

/** One step of one sequence. */
export function minGruStep(frame: usize): void {
  stepOnce<MinGruCell>(changetype<Frame>(frame));
}
