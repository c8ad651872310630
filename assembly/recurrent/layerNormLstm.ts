import { LayerNormLstmCell } from "../cells/layerNormLstm";
import { Frame } from "./frame";
import { backwardOverTime, forwardOverTime, stepOnce } from "./overTime";

/** A whole batch of sequences through an LSTM with layer normalization. */
export function layerNormLstmForward(frame: usize, begin: i32, end: i32): void {
  forwardOverTime<LayerNormLstmCell>(changetype<Frame>(frame), begin, end);
}

/** The same, backward. */
export function layerNormLstmBackward(frame: usize, begin: i32, end: i32): void {
  backwardOverTime<LayerNormLstmCell>(changetype<Frame>(frame), begin, end);
}

/** One step of one sequence. */
export function layerNormLstmStep(frame: usize): void {
  stepOnce<LayerNormLstmCell>(changetype<Frame>(frame));
}
