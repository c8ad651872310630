import { bytes, flushTiny, padded } from "../math/lanes";
import { activate4, SIGMOID, slopeFromOutput4, TANH } from "../math/activation";
import { product } from "../matmul/product";
import { rowProductWide } from "../matmul/matvec";
import { Frame } from "../recurrent/frame";
import {
  addGateGradients, candidateGradient, candidateRecurrent, gateProducts, gateProductsOfOne,
} from "../recurrent/gruProducts";
import { backwardOverTime, forwardOverTime, stepOnce } from "../recurrent/overTime";
import { seeHidden } from "../recurrent/recurrentMask";
import { rowLength } from "../recurrent/workspace";

/**
 * The gated recurrent unit as first published (Cho et al. 2014), which resets before its product:
 *
 *   c = a(xc + (r·h)·recurrentKernel_c), else as in gru.ts
 *
 * Slots of a row: z r c. Saved for the backward pass: the activated gates, and r·h.
 */
export class GruResetBeforeCell {
  gates(): i32 {
    return 3;
  }

  states(): i32 {
    return 0;
  }

  saved(): i32 {
    return 1;
  }

  preActivations(f: Frame, rows: i32, first: i32, z: usize, row: usize, saved: usize): void {
    const P = padded(f.H), W = 3 * P, zc = z + bytes(2 * P);
    gateProducts(f, rows, first, z, W, row);
    const seen = f.recurrentMask ? seeHidden(f, rows, row, 2) : row;
    resetWith(f, saved, z + bytes(P), seen + bytes(padded(f.C)), rowLength(f.C, f.F), rows);
    product(zc, W, zc, W, saved, P, candidateRecurrent(f, false), rows, P, f.H);
  }

  preActivationsOfOne(f: Frame): void {
    const P = padded(f.H), zc = f.gates + bytes(2 * P);
    gateProductsOfOne(f);
    resetWith(f, f.saved, f.gates + bytes(P), f.xh + bytes(padded(f.C)), 0, 1);
    rowProductWide(zc, zc, f.saved, candidateRecurrent(f, true), P, f.H);
  }

  forward(f: Frame, rows: i32, z: usize, before: usize, _state: usize, h: usize, _next: usize, _saved: usize): void {
    const S = rowLength(f.C, f.F), H = f.H, activation = f.activation, recurrentActivation = f.recurrentActivation;
    if (activation == TANH && recurrentActivation == SIGMOID) {
      forwardWith(h, z, before, S, TANH, SIGMOID, rows, H);
    } else {
      forwardWith(h, z, before, S, activation, recurrentActivation, rows, H);
    }
  }

  backward(f: Frame, rows: i32, gates: usize, before: usize, _state: usize, saved: usize, dh: usize, _dState: usize): void {
    const S = rowLength(f.C, f.F), H = f.H, P = padded(H), W = 3 * P;
    const activation = f.activation, recurrentActivation = f.recurrentActivation;
    updateBackward(gates, dh, before, S, activation, recurrentActivation, rows, H);
    // The gradient of r·h takes its place, until r·h is made again.
    product(saved, P, 0, 0, gates + bytes(2 * P), W, candidateGradient(f), rows, H, P);
    const mask = f.recurrentMask ? f.recurrentMask + 3 * (dh - f.dh) + bytes(2 * P) : 0;
    resetBackward(gates + bytes(P), W, dh, saved, before, S, mask, recurrentActivation, rows, H);
  }

  hiddenGradient(f: Frame, rows: i32, dh: usize, dz: usize, _saved: usize): void {
    addGateGradients(f, rows, dh, dz, 3 * padded(f.H));
  }
}

/** r in its slot becomes activated, saved r·h; h [rows, P] of row stride S elements. */
// @ts-ignore: decorator
@inline
function resetWith(f: Frame, saved: usize, gr: usize, h: usize, S: i32, rows: i32): void {
  const row = bytes(padded(f.H)), step = bytes(S), recurrentActivation = f.recurrentActivation;
  for (let n = 0; n < rows; n++, saved += row, gr += 3 * row, h += step) {
    for (let j: usize = 0; j < row; j += 16) {
      const r = activate4(v128.load(gr + j), recurrentActivation);
      v128.store(gr + j, r);
      v128.store(saved + j, flushTiny(f32x4.mul(r, v128.load(h + j))));
    }
  }
}

/**
 * h       [N, P]   out     assigned; row stride S elements; may be the same buffer as before
 * gates   [N, 3P]  in/out  sums of z and c, activated r in; activated z r c out
 * before  [N, P]   in      hidden state before the step; row stride S elements
 */
// @ts-ignore: decorator
@inline
function forwardWith(
  h: usize, gates: usize, before: usize, S: i32, activation: i32, recurrentActivation: i32, N: i32, H: i32,
): void {
  const row = bytes(padded(H)), step = bytes(S);
  for (let n = 0; n < N; n++, gates += 3 * row, before += step, h += step) {
    const gc = gates + 2 * row;
    for (let j: usize = 0; j < row; j += 16) {
      const z = activate4(v128.load(gates + j), recurrentActivation), c = activate4(v128.load(gc + j), activation);
      v128.store(gates + j, z);
      v128.store(gc + j, c);
      const kept = f32x4.mul(z, v128.load(before + j));
      v128.store(h + j, flushTiny(f32x4.add(kept, f32x4.mul(f32x4.sub(f32x4.splat(1), z), c))));
    }
  }
}

/**
 * gates   [N, 3P]  in/out  activated z r c in; dz r dc out
 * dh      [N, P]   in/out  gradient of h', all of it, in; what of it goes past the gates to h out
 * before  [N, P]   in      h; row stride S elements
 */
// @ts-ignore: decorator
@inline
function updateBackward(
  gates: usize, dh: usize, before: usize, S: i32, activation: i32, recurrentActivation: i32, N: i32, H: i32,
): void {
  const row = bytes(padded(H));
  for (let n = 0; n < N; n++, gates += 3 * row, dh += row, before += bytes(S)) {
    const gc = gates + 2 * row;
    for (let j: usize = 0; j < row; j += 16) {
      const z = v128.load(gates + j), c = v128.load(gc + j), d = v128.load(dh + j);
      const toZ = f32x4.mul(d, f32x4.sub(v128.load(before + j), c)), toC = f32x4.mul(d, f32x4.sub(f32x4.splat(1), z));
      v128.store(gates + j, flushTiny(f32x4.mul(toZ, slopeFromOutput4(z, recurrentActivation))));
      v128.store(gc + j, flushTiny(f32x4.mul(toC, slopeFromOutput4(c, activation))));
      v128.store(dh + j, flushTiny(f32x4.mul(d, z)));
    }
  }
}

/**
 * gr      [N, P]  in/out  activated r in; dr out; row stride W elements
 * dh      [N, P]  in/out  accumulated: what comes through r·h
 * saved   [N, P]  in/out  gradient of r·h in; r·h out
 * before  [N, P]  in      h; row stride S elements
 * mask    [N, P]  in      what the candidate sees of it; row stride W elements; pointer 0 for all
 */
// @ts-ignore: decorator
@inline
function resetBackward(
  gr: usize, W: i32, dh: usize, saved: usize, before: usize, S: i32, mask: usize, recurrentActivation: i32, N: i32, H: i32,
): void {
  const row = bytes(padded(H));
  for (let n = 0; n < N; n++, gr += bytes(W), dh += row, saved += row, before += bytes(S), mask += mask ? bytes(W) : 0) {
    for (let j: usize = 0; j < row; j += 16) {
      const r = v128.load(gr + j), d = v128.load(saved + j);
      let h = v128.load(before + j), toH = f32x4.mul(d, r);
      if (mask) {
        h = f32x4.mul(h, v128.load(mask + j));
        toH = f32x4.mul(toH, v128.load(mask + j));
      }
      v128.store(gr + j, flushTiny(f32x4.mul(f32x4.mul(d, h), slopeFromOutput4(r, recurrentActivation))));
      v128.store(dh + j, flushTiny(f32x4.add(v128.load(dh + j), toH)));
      v128.store(saved + j, flushTiny(f32x4.mul(r, h)));
    }
  }
}

/** A whole batch of sequences through a GRU that resets before the product. */
export function gruResetBeforeForward(frame: usize, begin: i32, end: i32): void {
  forwardOverTime<GruResetBeforeCell>(changetype<Frame>(frame), begin, end);
}

/** The same, backward; what follows from dz (weights, bias, input) is made afterwards in large products. */
export function gruResetBeforeBackward(frame: usize, begin: i32, end: i32): void {
  backwardOverTime<GruResetBeforeCell>(changetype<Frame>(frame), begin, end);
}

/** One step of one sequence: what a stream needs. */
export function gruResetBeforeStep(frame: usize): void {
  stepOnce<GruResetBeforeCell>(changetype<Frame>(frame));
}
