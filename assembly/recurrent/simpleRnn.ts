import { SimpleRnnCell } from "../cells/simpleRnn";
import { Frame } from "./frame";
import { backwardOverTime, forwardOverTime, stepOnce } from "./overTime";

/** A whole batch of sequences through a simple recurrent network. */
export function simpleRnnForward(frame: usize, begin: i32, end: i32): void {
  forwardOverTime<SimpleRnnCell>(changetype<Frame>(frame), begin, end);
}

/** The same, backward; what follows from dz (weights, bias, input) is made afterwards in large products. */
export function simpleRnnBackward(frame: usize, begin: i32, end: i32): void {
  backwardOverTime<SimpleRnnCell>(changetype<Frame>(frame), begin, end);
}

/** One step of one sequence: what a stream needs. */
export function simpleRnnStep(frame: usize): void {
  stepOnce<SimpleRnnCell>(changetype<Frame>(frame));
}
