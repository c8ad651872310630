import { Coupled, Direct, LstmVariantCell, Projected, Separate } from "../cells/lstmVariant";
import { Frame } from "./frame";
import { backwardOverTime, forwardOverTime, stepOnce } from "./overTime";

/** The LSTM with options, see cells/lstmVariant.ts: as those of lstm.ts, for each form of the cell. */
export function lstmVariantForward(frame: usize, begin: i32, end: i32): void {
  forwardOverTime<LstmVariantCell<Separate, Direct>>(changetype<Frame>(frame), begin, end);
}

export function lstmVariantBackward(frame: usize, begin: i32, end: i32): void {
  backwardOverTime<LstmVariantCell<Separate, Direct>>(changetype<Frame>(frame), begin, end);
}

export function lstmVariantStep(frame: usize): void {
  stepOnce<LstmVariantCell<Separate, Direct>>(changetype<Frame>(frame));
}

/** Input and forget gate are one. */
export function lstmCoupledForward(frame: usize, begin: i32, end: i32): void {
  forwardOverTime<LstmVariantCell<Coupled, Direct>>(changetype<Frame>(frame), begin, end);
}

export function lstmCoupledBackward(frame: usize, begin: i32, end: i32): void {
  backwardOverTime<LstmVariantCell<Coupled, Direct>>(changetype<Frame>(frame), begin, end);
}

export function lstmCoupledStep(frame: usize): void {
  stepOnce<LstmVariantCell<Coupled, Direct>>(changetype<Frame>(frame));
}

/** The hidden state is projected. */
export function lstmProjectedForward(frame: usize, begin: i32, end: i32): void {
  forwardOverTime<LstmVariantCell<Separate, Projected>>(changetype<Frame>(frame), begin, end);
}

export function lstmProjectedBackward(frame: usize, begin: i32, end: i32): void {
  backwardOverTime<LstmVariantCell<Separate, Projected>>(changetype<Frame>(frame), begin, end);
}

export function lstmProjectedStep(frame: usize): void {
  stepOnce<LstmVariantCell<Separate, Projected>>(changetype<Frame>(frame));
}

/** Both. */
export function lstmCoupledProjectedForward(frame: usize, begin: i32, end: i32): void {
  forwardOverTime<LstmVariantCell<Coupled, Projected>>(changetype<Frame>(frame), begin, end);
}

export function lstmCoupledProjectedBackward(frame: usize, begin: i32, end: i32): void {
  backwardOverTime<LstmVariantCell<Coupled, Projected>>(changetype<Frame>(frame), begin, end);
}

export function lstmCoupledProjectedStep(frame: usize): void {
  stepOnce<LstmVariantCell<Coupled, Projected>>(changetype<Frame>(frame));
}
