import { GruCell } from "../cells/gru";
import { Frame } from "./frame";
import { backwardOverTime, forwardOverTime, stepOnce } from "./overTime";

/** A whole batch of sequences through a GRU that resets after the product. */
export function gruForward(frame: usize, begin: i32, end: i32): void {
  forwardOverTime<GruCell>(changetype<Frame>(frame), begin, end);
}

/** The same, backward; what follows from dz (weights, bias, input) is made afterwards in large products. */
export function gruBackward(frame: usize, begin: i32, end: i32): void {
  backwardOverTime<GruCell>(changetype<Frame>(frame), begin, end);
}

/** One step of one sequence: what a stream needs. */
export function gruStep(frame: usize): void {
  stepOnce<GruCell>(changetype<Frame>(frame));
}
