import { IndRnnCell } from "../cells/indRnn";
import { Frame } from "./frame";
import { backwardOverTime, forwardOverTime, stepOnce } from "./overTime";

/** A whole batch of sequences through an IndRNN. */
export function indRnnForward(frame: usize, begin: i32, end: i32): void {
  forwardOverTime<IndRnnCell>(changetype<Frame>(frame), begin, end);
}

/** The same, backward; what follows from dz (weights, bias, input) is made afterwards in large products. */
export function indRnnBackward(frame: usize, begin: i32, end: i32): void {
  backwardOverTime<IndRnnCell>(changetype<Frame>(frame), begin, end);
}

/** One step of one sequence: what a stream needs. */
export function indRnnStep(frame: usize): void {
  stepOnce<IndRnnCell>(changetype<Frame>(frame));
}
