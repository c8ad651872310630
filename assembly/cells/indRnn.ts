import { bytes, flushTiny, padded } from "../math/lanes";
import { activate4, slopeFromOutput4 } from "../math/activation";
import { Frame } from "../recurrent/frame";
import { InputAlone } from "../recurrent/inputAlone";
import { backwardOverTime, forwardOverTime, stepOnce } from "../recurrent/overTime";
import { rowLength } from "../recurrent/workspace";

/**
 * The independently recurrent cell (Li et al. 2018): each unit sees its own past alone,
 *
 *   h' = a(x·kernel + bias + u·h)       a activation, u [P] = f.perUnit
 *
 * Saved for the backward pass: h', in place of its pre-activation.
 */
export class IndRnnCell extends InputAlone<IndRnnCell> {
  gates(): i32 {
    return 1;
  }

  states(): i32 {
    return 0;
  }

  saved(): i32 {
    return 0;
  }

  forward(f: Frame, rows: i32, z: usize, before: usize, _state: usize, h: usize, _next: usize, _saved: usize): void {
    const row = bytes(padded(f.H)), step = bytes(rowLength(f.C, f.F)), u = f.perUnit, activation = f.activation;
    for (let n = 0; n < rows; n++, z += row, before += step, h += step) {
      for (let j: usize = 0; j < row; j += 16) {
        const sum = f32x4.add(v128.load(z + j), f32x4.mul(v128.load(u + j), v128.load(before + j)));
        const a = flushTiny(activate4(sum, activation));
        v128.store(z + j, a);
        v128.store(h + j, a);
      }
    }
  }

  backward(f: Frame, rows: i32, z: usize, _before: usize, _state: usize, _saved: usize, dh: usize, _dState: usize): void {
    const row = bytes(padded(f.H)), u = f.perUnit, activation = f.activation;
    for (let n = 0; n < rows; n++, z += row, dh += row) {
      for (let j: usize = 0; j < row; j += 16) {
        const d = flushTiny(f32x4.mul(v128.load(dh + j), slopeFromOutput4(v128.load(z + j), activation)));
        v128.store(z + j, d);
        v128.store(dh + j, flushTiny(f32x4.mul(d, v128.load(u + j))));
      }
    }
  }
}

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
