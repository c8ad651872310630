import { LayerNormGruCell } from "../cells/layerNormGru";
import { Frame } from "./frame";
import { backwardOverTime, forwardOverTime, stepOnce } from "./overTime";

/** A whole batch of sequences through a GRU with layer normalization. */
export function layerNormGruForward(frame: usize, begin: i32, end: i32): void {
  forwardOverTime<LayerNormGruCell>(changetype<Frame>(frame), begin, end);
}

/** The same, backward. */
export function layerNormGruBackward(frame: usize, begin: i32, end: i32): void {
  backwardOverTime<LayerNormGruCell>(changetype<Frame>(frame), begin, end);
}

/** One step of one sequence. */
export function layerNormGruStep(frame: usize): void {
  stepOnce<LayerNormGruCell>(changetype<Frame>(frame));
}
