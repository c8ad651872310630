import { bytes, flushTiny, padded } from "../math/lanes";
import { activate4, SIGMOID, slopeFromOutput4, TANH } from "../math/activation";
import { Frame } from "../recurrent/frame";
import { backwardOverTime, forwardOverTime, stepOnce } from "../recurrent/overTime";
import { SideBySide } from "../recurrent/sideBySide";
import { rowLength } from "../recurrent/workspace";

/**
 * The LSTM cell (Hochreiter & Schmidhuber 1997, with the forget gate of Gers et al. 2000), gates in the order i f g o:
 *
 *   i = r(zi)   f = r(zf)   g = a(zg)   o = r(zo)       r recurrentActivation, a activation
 *   c' = f·c + i·g          h = o·a(c')
 *
 * Saved for the backward pass: the activated gates, and a(c').
 */
export class LstmCell extends SideBySide<LstmCell> {
  gates(): i32 {
    return 4;
  }

  states(): i32 {
    return 1;
  }

  saved(): i32 {
    return 1;
  }

  forward(f: Frame, rows: i32, z: usize, _before: usize, c: usize, h: usize, cNext: usize, activated: usize): void {
    const S = rowLength(f.C, f.F), H = f.H, activation = f.activation, recurrentActivation = f.recurrentActivation;
    if (activation == TANH && recurrentActivation == SIGMOID) {
      forwardWith(h, S, cNext, activated, z, c, TANH, SIGMOID, rows, H);
    } else {
      forwardWith(h, S, cNext, activated, z, c, activation, recurrentActivation, rows, H);
    }
  }

  backward(f: Frame, rows: i32, gates: usize, _before: usize, c: usize, activated: usize, dh: usize, dc: usize): void {
    const H = f.H, activation = f.activation, recurrentActivation = f.recurrentActivation;
    if (activation == TANH && recurrentActivation == SIGMOID) {
      backwardWith(gates, dc, dh, activated, c, TANH, SIGMOID, rows, H);
    } else {
      backwardWith(gates, dc, dh, activated, c, activation, recurrentActivation, rows, H);
    }
  }
}

/**
 * h          [N, P]   out     assigned; row stride hStride elements
 * cNext      [N, P]   out     assigned; may be the same buffer as c
 * activated  [N, P]   out     assigned: a(c'), which the backward step reads
 * gates      [N, 4P]  in/out  z in; activated i f g o out
 * c          [N, P]   in      cell state before the step
 */
// @ts-ignore: decorator
@inline
function forwardWith(
  h: usize, hStride: i32, cNext: usize, activated: usize, gates: usize, c: usize,
  activation: i32, recurrentActivation: i32, N: i32, H: i32,
): void {
  const row = bytes(padded(H));
  for (let n = 0; n < N; n++) {
    const zf = gates + row, zg = zf + row, zo = zg + row;
    // Two loops, since the output waits for the cell state: each chain of dependent operations is short enough for
    // the processor to work on several vectors at once.
    for (let j: usize = 0; j < row; j += 16) {
      const i = activate4(v128.load(gates + j), recurrentActivation);
      const f = activate4(v128.load(zf + j), recurrentActivation);
      const g = activate4(v128.load(zg + j), activation);
      v128.store(gates + j, i);
      v128.store(zf + j, f);
      v128.store(zg + j, g);
      v128.store(cNext + j, flushTiny(f32x4.add(f32x4.mul(f, v128.load(c + j)), f32x4.mul(i, g))));
    }
    for (let j: usize = 0; j < row; j += 16) {
      const o = activate4(v128.load(zo + j), recurrentActivation);
      const a = activate4(v128.load(cNext + j), activation);
      v128.store(zo + j, o);
      v128.store(activated + j, a);
      v128.store(h + j, flushTiny(f32x4.mul(o, a)));
    }
    gates = zo + row;
    c += row;
    cNext += row;
    activated += row;
    h += bytes(hStride);
  }
}

/**
 * gates      [N, 4P]  in/out  activated i f g o in; dz out
 * dc         [N, P]   in/out  gradient of c' from later steps in; of c out
 * dh         [N, P]   in      gradient of h, all of it
 * activated  [N, P]   in      a(c') of the forward step
 * c          [N, P]   in      cell state before the step
 */
// @ts-ignore: decorator
@inline
function backwardWith(
  gates: usize, dc: usize, dh: usize, activated: usize, c: usize,
  activation: i32, recurrentActivation: i32, N: i32, H: i32,
): void {
  const row = bytes(padded(H));
  for (let n = 0; n < N; n++) {
    const gf = gates + row, gg = gf + row, go = gg + row;
    for (let j: usize = 0; j < row; j += 16) {
      const a = v128.load(activated + j), o = v128.load(go + j), d = v128.load(dh + j);
      const dcell = f32x4.add(
        v128.load(dc + j),
        f32x4.mul(f32x4.mul(d, o), slopeFromOutput4(a, activation)),
      );
      v128.store(go + j, flushTiny(f32x4.mul(f32x4.mul(d, a), slopeFromOutput4(o, recurrentActivation))));
      const i = v128.load(gates + j), f = v128.load(gf + j), g = v128.load(gg + j);
      v128.store(gates + j, flushTiny(f32x4.mul(f32x4.mul(dcell, g), slopeFromOutput4(i, recurrentActivation))));
      v128.store(gf + j, flushTiny(f32x4.mul(f32x4.mul(dcell, v128.load(c + j)), slopeFromOutput4(f, recurrentActivation))));
      v128.store(gg + j, flushTiny(f32x4.mul(f32x4.mul(dcell, i), slopeFromOutput4(g, activation))));
      v128.store(dc + j, flushTiny(f32x4.mul(dcell, f)));
    }
    gates = go + row;
    dc += row;
    dh += row;
    activated += row;
    c += row;
  }
}

/** A whole batch of sequences through an LSTM. */
export function lstmForward(frame: usize, begin: i32, end: i32): void {
  forwardOverTime<LstmCell>(changetype<Frame>(frame), begin, end);
}

/** The same, backward; what follows from dz (weights, bias, input) is made afterwards in large products. */
export function lstmBackward(frame: usize, begin: i32, end: i32): void {
  backwardOverTime<LstmCell>(changetype<Frame>(frame), begin, end);
}

/** One step of one sequence: what a stream needs. */
export function lstmStep(frame: usize): void {
  stepOnce<LstmCell>(changetype<Frame>(frame));
}
