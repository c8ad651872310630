import { activate4, SIGMOID, slopeFromOutput4, TANH } from "../math/activation";
import { exp4 } from "../math/exp";
import { bytes, flushTiny, padded } from "../math/lanes";
import { expOfMinusSize4, logSigmoid4, logSigmoidSlope4 } from "../math/logSigmoid";
import { Frame } from "../recurrent/frame";
import { backwardOverTime, forwardOverTime, stepOnce } from "../recurrent/overTime";
import { SideBySide } from "../recurrent/sideBySide";
import { rowLength } from "../recurrent/workspace";

/**
 * The sLSTM cell (Beck et al. 2024), gates in the order i f z o, states c n m besides h. Exponential gates, divided by
 * e^m so that neither exceeds 1:
 *
 *   m' = max(zi, ln sigmoid(zf) + m)       zi alone while n = 0: m then scales nothing
 *   i = e^(zi - m')   f = e^(ln sigmoid(zf) + m - m')   z = tanh(zz)   o = sigmoid(zo)
 *   c' = f·c + i·z    n' = f·n + i         h = o·c' / n'
 *
 * h does not depend on m, but c and n do, which are states that can come in and go out: m has a gradient like them.
 * Saved for the backward pass: the activated gates, and the slope of ln sigmoid(zf).
 */
export class SLstmCell extends SideBySide<SLstmCell> {
  gates(): i32 {
    return 4;
  }

  states(): i32 {
    return 3;
  }

  saved(): i32 {
    return 1;
  }

  forward(f: Frame, rows: i32, z: usize, _before: usize, state: usize, h: usize, next: usize, slopes: usize): void {
    forward(h, rowLength(f.C, f.F), next, slopes, z, state, rows, f.H);
  }

  backward(
    f: Frame, rows: i32, gates: usize, _before: usize, state: usize, slopes: usize, dh: usize, dState: usize,
  ): void {
    backward(gates, dState, dh, slopes, state, rows, f.H);
  }
}

/**
 * h       [N, P]   out     assigned; row stride hStride elements
 * next    [N, 3P]  out     assigned: c n m; may be the same buffer as state
 * slopes  [N, P]   out     assigned: d ln sigmoid(zf) / dzf, which the backward step reads
 * gates   [N, 4P]  in/out  pre-activations in; i f z o out
 * state   [N, 3P]  in      c n m before the step
 */
// @ts-ignore: decorator
@inline
function forward(h: usize, hStride: i32, next: usize, slopes: usize, gates: usize, state: usize, N: i32, H: i32): void {
  const row = bytes(padded(H)), zero = f32x4.splat(0);
  for (let r = 0; r < N; r++) {
    const gf = gates + row, gz = gf + row, go = gz + row;
    const n = state + row, m = n + row, nNext = next + row, mNext = nNext + row;
    for (let j: usize = 0; j < row; j += 16) {
      const zi = v128.load(gates + j), zf = v128.load(gf + j), u = expOfMinusSize4(zf);
      v128.store(slopes + j, logSigmoidSlope4(zf, u));
      const old = f32x4.add(logSigmoid4(zf, u), v128.load(m + j));
      const scale = v128.bitselect(zi, f32x4.pmax(zi, old), f32x4.eq(v128.load(n + j), zero));
      v128.store(mNext + j, scale);
      v128.store(gates + j, flushTiny(exp4(f32x4.sub(zi, scale))));
      v128.store(gf + j, flushTiny(exp4(f32x4.sub(old, scale))));
    }
    for (let j: usize = 0; j < row; j += 16) {
      const i = v128.load(gates + j), f = v128.load(gf + j), z = activate4(v128.load(gz + j), TANH);
      const o = activate4(v128.load(go + j), SIGMOID);
      const cell = flushTiny(f32x4.add(f32x4.mul(f, v128.load(state + j)), f32x4.mul(i, z)));
      const norm = flushTiny(f32x4.add(f32x4.mul(f, v128.load(n + j)), i));
      v128.store(gz + j, z);
      v128.store(go + j, o);
      v128.store(next + j, cell);
      v128.store(nNext + j, norm);
      v128.store(h + j, flushTiny(f32x4.mul(o, f32x4.div(cell, norm))));
    }
    gates = go + row;
    state = m + row;
    next = mNext + row;
    slopes += row;
    h += bytes(hStride);
  }
}

/**
 * gates   [N, 4P]  in/out  i f z o in; gradients of pre-activations out
 * dState  [N, 3P]  in/out  gradients of c' n' m' from later steps in; of c n m out
 * dh      [N, P]   in      gradient of h, all of it
 * slopes  [N, P]   in
 * state   [N, 3P]  in      c n m before the step
 */
// @ts-ignore: decorator
@inline
function backward(gates: usize, dState: usize, dh: usize, slopes: usize, state: usize, N: i32, H: i32): void {
  const row = bytes(padded(H)), one = f32x4.splat(1);
  for (let r = 0; r < N; r++) {
    const gf = gates + row, gz = gf + row, go = gz + row, n = state + row, dn = dState + row, dm = dn + row;
    for (let j: usize = 0; j < row; j += 16) {
      const i = v128.load(gates + j), f = v128.load(gf + j), z = v128.load(gz + j), o = v128.load(go + j);
      const c = v128.load(state + j), norm = v128.load(n + j), d = v128.load(dh + j);
      const reciprocal = f32x4.div(one, f32x4.add(f32x4.mul(f, norm), i));
      const ratio = f32x4.mul(f32x4.add(f32x4.mul(f, c), f32x4.mul(i, z)), reciprocal);
      v128.store(go + j, flushTiny(f32x4.mul(f32x4.mul(d, ratio), slopeFromOutput4(o, SIGMOID))));
      const dRatio = f32x4.mul(f32x4.mul(d, o), reciprocal);
      const dCell = f32x4.add(v128.load(dState + j), dRatio);
      const dNorm = f32x4.sub(v128.load(dn + j), f32x4.mul(dRatio, ratio));
      v128.store(gz + j, flushTiny(f32x4.mul(f32x4.mul(dCell, i), slopeFromOutput4(z, TANH))));
      // By the exponents of i and f. The larger of zi and ln sigmoid(zf) + m is m', and has what of both is left.
      const di = f32x4.mul(i, f32x4.add(f32x4.mul(dCell, z), dNorm));
      const df = f32x4.mul(f, f32x4.add(f32x4.mul(dCell, c), f32x4.mul(dNorm, norm)));
      const fresh = f32x4.eq(i, one), scale = v128.load(dm + j);
      const dOld = v128.bitselect(df, f32x4.sub(scale, di), fresh);
      v128.store(gates + j, flushTiny(v128.bitselect(f32x4.sub(scale, df), di, fresh)));
      v128.store(gf + j, flushTiny(f32x4.mul(dOld, v128.load(slopes + j))));
      v128.store(dState + j, flushTiny(f32x4.mul(dCell, f)));
      v128.store(dn + j, flushTiny(f32x4.mul(dNorm, f)));
      v128.store(dm + j, flushTiny(dOld));
    }
    gates = go + row;
    state = n + 2 * row;
    dState = dm + row;
    dh += row;
    slopes += row;
  }
}

/** A whole batch of sequences through an sLSTM. */
export function sLstmForward(frame: usize, begin: i32, end: i32): void {
  forwardOverTime<SLstmCell>(changetype<Frame>(frame), begin, end);
}

/** The same, backward. */
export function sLstmBackward(frame: usize, begin: i32, end: i32): void {
  backwardOverTime<SLstmCell>(changetype<Frame>(frame), begin, end);
}

/** One step of one sequence. */
export function sLstmStep(frame: usize): void {
  stepOnce<SLstmCell>(changetype<Frame>(frame));
}
