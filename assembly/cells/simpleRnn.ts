import { bytes, flushTiny, padded } from "../math/lanes";
import { activate4, TANH } from "../math/activation";
import { Frame } from "../recurrent/frame";
import { backwardOverTime, forwardOverTime, stepOnce } from "../recurrent/overTime";
import { SideBySide } from "../recurrent/sideBySide";
import { rowLength } from "../recurrent/workspace";
import { atLimit, clipped, slope } from "./lstmOptions";

/**
 * The simple recurrent cell (Elman 1990): h = a(z), a activation, z clipped to ±clip. Saved for the backward pass: h, in place of z.
 */
export class SimpleRnnCell extends SideBySide<SimpleRnnCell> {
  gates(): i32 {
    return 1;
  }

  states(): i32 {
    return 0;
  }

  saved(): i32 {
    return 0;
  }

  forward(f: Frame, rows: i32, z: usize, _before: usize, _state: usize, h: usize, _next: usize, _saved: usize): void {
    const S = rowLength(f.C, f.F), H = f.H, activation = f.activation;
    if (activation == TANH && f.clip == 0) forwardWith(h, S, z, TANH, 0, rows, H);
    else forwardWith(h, S, z, activation, f.clip, rows, H);
  }

  backward(f: Frame, rows: i32, z: usize, _before: usize, _state: usize, _saved: usize, dh: usize, _dState: usize): void {
    const activation = f.activation, clips = f.clip > 0;
    const high = atLimit(f.clip, activation), low = atLimit(-f.clip, activation);
    for (let i: usize = 0, end = bytes(rows * padded(f.H)); i < end; i += 16) {
      const gain = slope(v128.load(z + i), activation, clips, low, high);
      v128.store(z + i, flushTiny(f32x4.mul(v128.load(dh + i), gain)));
    }
  }
}

/**
 * h  [N, P]  out     assigned; row stride hStride elements
 * z  [N, P]  in/out  z in; h out
 */
// @ts-ignore: decorator
@inline
function forwardWith(h: usize, hStride: i32, z: usize, activation: i32, clip: f32, N: i32, H: i32): void {
  const row = bytes(padded(H));
  for (let n = 0; n < N; n++, z += row, h += bytes(hStride)) {
    for (let j: usize = 0; j < row; j += 16) {
      const a = flushTiny(activate4(clipped(v128.load(z + j), clip), activation));
      v128.store(z + j, a);
      v128.store(h + j, a);
    }
  }
}

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
