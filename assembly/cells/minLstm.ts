import { bytes, flushTiny, padded } from "../math/lanes";
import { sigmoid4 } from "../math/sigmoid";
import { Frame } from "../recurrent/frame";
import { InputAlone } from "../recurrent/inputAlone";
import { backwardOverTime, forwardOverTime, stepOnce } from "../recurrent/overTime";
import { rowLength } from "../recurrent/workspace";
import { candidate4, candidateSlope4 } from "./candidate";

/**
 * The minLSTM (Feng et al. 2024), gates in the order i f g; they see x alone. Both gates are divided by their sum:
 *
 *   i = sigmoid(zi)   f = sigmoid(zf)   g = candidate(zg)   s = f / (i + f)   h' = g + s·(h - g)
 *
 * Saved for the backward pass: s.
 */
export class MinLstmCell extends InputAlone<MinLstmCell> {
  gates(): i32 {
    return 3;
  }

  states(): i32 {
    return 0;
  }

  saved(): i32 {
    return 1;
  }

  forward(f: Frame, rows: i32, z: usize, before: usize, _state: usize, h: usize, _next: usize, shares: usize): void {
    const S = rowLength(f.C, f.F), H = f.H, positive = f.positive;
    if (positive) forwardWith(h, S, shares, z, before, true, rows, H);
    else forwardWith(h, S, shares, z, before, false, rows, H);
  }

  backward(
    f: Frame, rows: i32, gates: usize, before: usize, _state: usize, shares: usize, dh: usize, _dState: usize,
  ): void {
    const S = rowLength(f.C, f.F), H = f.H, positive = f.positive;
    if (positive) backwardWith(gates, dh, shares, before, S, true, rows, H);
    else backwardWith(gates, dh, shares, before, S, false, rows, H);
  }
}

/**
 * h       [N, P]   out     assigned; row stride S elements; may be the same buffer as before
 * shares  [N, P]   out     assigned: s, which the backward step reads
 * gates   [N, 3P]  in/out  pre-activations in; i f g out
 * before  [N, P]   in      hidden state before the step; row stride S elements
 */
// @ts-ignore: decorator
@inline
function forwardWith(
  h: usize, S: i32, shares: usize, gates: usize, before: usize, positive: bool, N: i32, H: i32,
): void {
  const row = bytes(padded(H));
  for (let n = 0; n < N; n++) {
    const gf = gates + row, gg = gf + row;
    for (let j: usize = 0; j < row; j += 16) {
      const i = sigmoid4(v128.load(gates + j)), f = sigmoid4(v128.load(gf + j));
      const g = candidate4(v128.load(gg + j), positive), share = f32x4.div(f, f32x4.add(i, f));
      v128.store(gates + j, i);
      v128.store(gf + j, f);
      if (positive) v128.store(gg + j, g);
      v128.store(shares + j, share);
      v128.store(h + j, flushTiny(f32x4.add(g, f32x4.mul(share, f32x4.sub(v128.load(before + j), g)))));
    }
    gates = gg + row;
    shares += row;
    before += bytes(S);
    h += bytes(S);
  }
}

/**
 * gates   [N, 3P]  in/out  i f g in; gradients of pre-activations out
 * dh      [N, P]   in/out  gradient of h in, all of it; of the hidden state before the step out
 * shares  [N, P]   in
 * before  [N, P]   in      that state; row stride S elements
 */
// @ts-ignore: decorator
@inline
function backwardWith(
  gates: usize, dh: usize, shares: usize, before: usize, S: i32, positive: bool, N: i32, H: i32,
): void {
  const row = bytes(padded(H)), one = f32x4.splat(1);
  for (let n = 0; n < N; n++) {
    const gf = gates + row, gg = gf + row;
    for (let j: usize = 0; j < row; j += 16) {
      const g = v128.load(gg + j), share = v128.load(shares + j), d = v128.load(dh + j);
      const kept = f32x4.mul(d, share), added = f32x4.sub(d, kept);
      // By ln(f / i), on which alone s depends.
      const dRatio = f32x4.mul(f32x4.mul(added, share), f32x4.sub(v128.load(before + j), g));
      v128.store(gates + j, flushTiny(f32x4.mul(dRatio, f32x4.sub(v128.load(gates + j), one))));
      v128.store(gf + j, flushTiny(f32x4.mul(dRatio, f32x4.sub(one, v128.load(gf + j)))));
      v128.store(gg + j, flushTiny(positive ? f32x4.mul(added, candidateSlope4(g)) : added));
      v128.store(dh + j, flushTiny(kept));
    }
    gates = gg + row;
    shares += row;
    before += bytes(S);
    dh += row;
  }
}

/** A whole batch of sequences through a minLSTM. */
export function minLstmForward(frame: usize, begin: i32, end: i32): void {
  forwardOverTime<MinLstmCell>(changetype<Frame>(frame), begin, end);
}

/** The same, backward. */
export function minLstmBackward(frame: usize, begin: i32, end: i32): void {
  backwardOverTime<MinLstmCell>(changetype<Frame>(frame), begin, end);
}

/** One step of one sequence. */
export function minLstmStep(frame: usize): void {
  stepOnce<MinLstmCell>(changetype<Frame>(frame));
}
