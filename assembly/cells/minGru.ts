import { SIGMOID, slopeFromOutput4 } from "../math/activation";
import { bytes, flushTiny, padded } from "../math/lanes";
import { sigmoid4 } from "../math/sigmoid";
import { Frame } from "../recurrent/frame";
import { InputAlone } from "../recurrent/inputAlone";
import { backwardOverTime, forwardOverTime, stepOnce } from "../recurrent/overTime";
import { rowLength } from "../recurrent/workspace";
import { candidate4, candidateSlope4 } from "./candidate";

/**
 * The minGRU (Feng et al. 2024), gates in the order z g; they see x alone:
 *
 *   z = sigmoid(zz)   g = candidate(zg)   h' = h + z·(g - h)
 */
export class MinGruCell extends InputAlone<MinGruCell> {
  gates(): i32 {
    return 2;
  }

  states(): i32 {
    return 0;
  }

  saved(): i32 {
    return 0;
  }

  forward(f: Frame, rows: i32, z: usize, before: usize, _state: usize, h: usize, _next: usize, _saved: usize): void {
    const S = rowLength(f.C, f.F), H = f.H, positive = f.positive;
    if (positive) forwardWith(h, S, z, before, true, rows, H);
    else forwardWith(h, S, z, before, false, rows, H);
  }

  backward(
    f: Frame, rows: i32, gates: usize, before: usize, _state: usize, _saved: usize, dh: usize, _dState: usize,
  ): void {
    const S = rowLength(f.C, f.F), H = f.H, positive = f.positive;
    if (positive) backwardWith(gates, dh, before, S, true, rows, H);
    else backwardWith(gates, dh, before, S, false, rows, H);
  }
}

/**
 * h       [N, P]   out     assigned; row stride S elements; may be the same buffer as before
 * gates   [N, 2P]  in/out  pre-activations in; z g out
 * before  [N, P]   in      hidden state before the step; row stride S elements
 */
// @ts-ignore: decorator
@inline
function forwardWith(h: usize, S: i32, gates: usize, before: usize, positive: bool, N: i32, H: i32): void {
  const row = bytes(padded(H));
  for (let n = 0; n < N; n++) {
    const gg = gates + row;
    for (let j: usize = 0; j < row; j += 16) {
      const z = sigmoid4(v128.load(gates + j)), g = candidate4(v128.load(gg + j), positive);
      const old = v128.load(before + j);
      v128.store(gates + j, z);
      if (positive) v128.store(gg + j, g);
      v128.store(h + j, flushTiny(f32x4.add(old, f32x4.mul(z, f32x4.sub(g, old)))));
    }
    gates = gg + row;
    before += bytes(S);
    h += bytes(S);
  }
}

/**
 * gates   [N, 2P]  in/out  z g in; gradients of pre-activations out
 * dh      [N, P]   in/out  gradient of h in, all of it; of the hidden state before the step out
 * before  [N, P]   in      that state; row stride S elements
 */
// @ts-ignore: decorator
@inline
function backwardWith(gates: usize, dh: usize, before: usize, S: i32, positive: bool, N: i32, H: i32): void {
  const row = bytes(padded(H));
  for (let n = 0; n < N; n++) {
    const gg = gates + row;
    for (let j: usize = 0; j < row; j += 16) {
      const z = v128.load(gates + j), g = v128.load(gg + j), d = v128.load(dh + j), dg = f32x4.mul(d, z);
      const dz = f32x4.mul(f32x4.mul(d, f32x4.sub(g, v128.load(before + j))), slopeFromOutput4(z, SIGMOID));
      v128.store(gates + j, flushTiny(dz));
      v128.store(gg + j, flushTiny(positive ? f32x4.mul(dg, candidateSlope4(g)) : dg));
      v128.store(dh + j, flushTiny(f32x4.sub(d, dg)));
    }
    gates = gg + row;
    before += bytes(S);
    dh += row;
  }
}

/** A whole batch of sequences through a minGRU. */
export function minGruForward(frame: usize, begin: i32, end: i32): void {
  forwardOverTime<MinGruCell>(changetype<Frame>(frame), begin, end);
}

/** The same, backward. */
export function minGruBackward(frame: usize, begin: i32, end: i32): void {
  backwardOverTime<MinGruCell>(changetype<Frame>(frame), begin, end);
}

/** One step of one sequence. */
export function minGruStep(frame: usize): void {
  stepOnce<MinGruCell>(changetype<Frame>(frame));
}
