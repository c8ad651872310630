import { copyRows } from "../math/elementwise";
import { bytes, padded } from "../math/lanes";
import { product } from "../matmul/product";
import { Frame } from "../recurrent/frame";
import { backwardOverTime, forwardOverTime, stepOnce } from "../recurrent/overTime";
import { SideBySide } from "../recurrent/sideBySide";
import { rowLength } from "../recurrent/workspace";
import { lstmVariantUnitsBackward, lstmVariantUnitsForward } from "./lstmVariantUnits";

/** A forget gate of its own: gates i f g o. */
export class Separate {
  gates(): i32 {
    return 4;
  }
}

/** The forget gate is what the input gate leaves: gates i g o. */
export class Coupled {
  gates(): i32 {
    return 3;
  }
}

/** The hidden state is o·a(c'). */
export class Direct {
  projects(): bool {
    return false;
  }
}

/** The hidden state is (o·a(c'))·projectionKernel. */
export class Projected {
  projects(): bool {
    return true;
  }
}

/**
 * The LSTM cell with options; r is recurrentActivation and a activation, of z clipped to ±clip, a' cellActivation:
 *
 *   i = r(zi + pi·c)   f = r(zf + pf·c), or 1 - i    g = a(zg)         p peephole
 *   c' = f·c + i·g, or f·c + i²·g; clipped to ±cellClip
 *   o = r(zo + po·c'), or r(zo + po·c)               m = o·a'(c')      h = m, or m·projectionKernel
 *
 * Saved for the backward pass: a(c') and c'; with a projection also m, the gradient of h, all of it, and that of m.
 */
export class LstmVariantCell<Gates, Output> extends SideBySide<LstmVariantCell<Gates, Output>> {
  gates(): i32 {
    return changetype<Gates>(0).gates();
  }

  states(): i32 {
    return 1;
  }

  saved(): i32 {
    return changetype<Output>(0).projects() ? 5 : 2;
  }

  forward(f: Frame, rows: i32, z: usize, _before: usize, c: usize, h: usize, cNext: usize, saved: usize): void {
    const P = padded(f.H), S = rowLength(f.C, f.F), A = this.saved() * P, coupled = this.gates() == 3;
    if (changetype<Output>(0).projects()) {
      const m = saved + bytes(2 * P);
      lstmVariantUnitsForward(f, rows, m, A, cNext, saved, A, z, c, coupled);
      product(h, S, 0, 0, m, A, f.projection, rows, f.F, f.H);
    } else {
      lstmVariantUnitsForward(f, rows, h, S, cNext, saved, A, z, c, coupled);
    }
  }

  backward(f: Frame, rows: i32, gates: usize, _before: usize, c: usize, saved: usize, dh: usize, dc: usize): void {
    const H = f.H, F = f.F, P = padded(H), A = this.saved() * P, coupled = this.gates() == 3;
    if (changetype<Output>(0).projects()) {
      const dm = saved + bytes(4 * P);
      copyRows(saved + bytes(3 * P), A, dh, padded(F), rows, F);
      // The product leaves the padding alone, and what is in it would go into sums.
      for (let n = 0; n < rows; n++) v128.store(dm + bytes(n * A + P - 4), f32x4.splat(0));
      product(dm, A, 0, 0, dh, padded(F), f.projectionTransposed, rows, H, F);
      lstmVariantUnitsBackward(f, rows, gates, dc, dm, A, saved, A, c, coupled);
    } else {
      lstmVariantUnitsBackward(f, rows, gates, dc, dh, P, saved, A, c, coupled);
    }
  }
}

/** As the kernels of lstm.ts, for each form of the cell. */
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
