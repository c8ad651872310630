import { GruResetBeforeCell } from "../cells/gruResetBefore";
import { Frame } from "./frame";
import { backwardOverTime, forwardOverTime, stepOnce } from "./overTime";

/** A whole batch of sequences through a GRU that resets before the product. */
export function gruResetBeforeForward(frame: usize, begin: i32, end: i32): void {
  forwardOverTime<GruResetBeforeCell>(changetype<Frame>(frame), begin, end);
}

/** The same, backward; what follows from dz (weights, bias, input) is made afterwards in large products. */
export function gruResetBeforeBackward(frame: usize, begin: i32, end: i32): void {
  backwardOverTime<GruResetBeforeCell>(changetype<Frame>(frame), begin, end);
}

/** One step of one sequence: what a stream needs. */
export function gruResetBeforeStep(frame: usize): void {
  stepOnce<GruResetBeforeCell>(changetype<Frame>(frame));
}
