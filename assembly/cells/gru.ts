import { bytes, flushTiny, padded } from "../math/lanes";
import { activate4, SIGMOID, slopeFromOutput4, TANH } from "../math/activation";
import { product } from "../matmul/product";
import { rowProductWide } from "../matmul/matvec";
import { Frame } from "../recurrent/frame";
import {
  addGateGradients, candidateGradient, candidateRecurrent, gateProducts, gateProductsOfOne,
} from "../recurrent/gruProducts";
import { rowOf } from "../recurrent/preActivations";
import { maskedGate, maskedGateGradient } from "../recurrent/recurrentMask";
import { rowLength } from "../recurrent/workspace";

/**
 * The gated recurrent unit (Cho et al. 2014) that resets after its product, as cuDNN, PyTorch and Keras by default:
 *
 *   z = r(xz + hz)   r = r(xr + hr)   c = a(xc + r·hc)   h' = z·h + (1 - z)·c      r recurrentActivation, a activation
 *
 * where xz.. is x·kernel + bias and hz.. h·recurrentKernel. Slots of a row: z r xc hc; f.recurrentBias [P] is hc's bias.
 * Saved for the backward pass: the activated gates, c in the slot of xc, and hc. dz, by slots: of z, r, xc and hc.
 */
export class GruCell {
  gates(): i32 {
    return 4;
  }

  states(): i32 {
    return 0;
  }

  saved(): i32 {
    return 0;
  }

  preActivations(f: Frame, rows: i32, first: i32, z: usize, row: usize, _saved: usize): void {
    const P = padded(f.H), S = rowLength(f.C, f.F);
    gateProducts(f, rows, first, z, 4 * P, row);
    const h = row + bytes(padded(f.C)), hc = z + bytes(3 * P);
    if (f.recurrentMask) maskedGate(f, rows, rowOf(f, z, 4 * P), 2, hc, 4 * P, f.recurrentBias, 0);
    else product(hc, 4 * P, f.recurrentBias, 0, h, S, candidateRecurrent(f, false), rows, P, f.H);
  }

  preActivationsOfOne(f: Frame): void {
    const P = padded(f.H), h = f.xh + bytes(padded(f.C));
    gateProductsOfOne(f);
    rowProductWide(f.gates + bytes(3 * P), f.recurrentBias, h, candidateRecurrent(f, true), P, f.H);
  }

  forward(f: Frame, rows: i32, z: usize, before: usize, _state: usize, h: usize, _next: usize, _saved: usize): void {
    const S = rowLength(f.C, f.F), H = f.H, activation = f.activation, recurrentActivation = f.recurrentActivation;
    if (activation == TANH && recurrentActivation == SIGMOID) {
      forwardWith(h, z, before, S, TANH, SIGMOID, rows, H);
    } else {
      forwardWith(h, z, before, S, activation, recurrentActivation, rows, H);
    }
  }

  backward(f: Frame, rows: i32, gates: usize, before: usize, _state: usize, _saved: usize, dh: usize, _dState: usize): void {
    const S = rowLength(f.C, f.F), H = f.H, activation = f.activation, recurrentActivation = f.recurrentActivation;
    if (activation == TANH && recurrentActivation == SIGMOID) {
      backwardWith(gates, dh, before, S, TANH, SIGMOID, rows, H);
    } else {
      backwardWith(gates, dh, before, S, activation, recurrentActivation, rows, H);
    }
  }

  hiddenGradient(f: Frame, rows: i32, dh: usize, dz: usize, _saved: usize): void {
    const P = padded(f.H);
    addGateGradients(f, rows, dh, dz, 4 * P);
    if (f.recurrentMask) maskedGateGradient(f, rows, dh, 2, dz + bytes(3 * P), 4 * P);
    else product(dh, P, dh, P, dz + bytes(3 * P), 4 * P, candidateGradient(f), rows, f.H, P);
  }
}

/**
 * h       [N, P]   out     assigned; row stride S elements; may be the same buffer as before
 * gates   [N, 4P]  in/out  sums of z r xc hc in; activated z r c, and hc out
 * before  [N, P]   in      hidden state before the step; row stride S elements
 */
// @ts-ignore: decorator
@inline
function forwardWith(
  h: usize, gates: usize, before: usize, S: i32, activation: i32, recurrentActivation: i32, N: i32, H: i32,
): void {
  const row = bytes(padded(H)), step = bytes(S);
  for (let n = 0; n < N; n++) {
    const gr = gates + row, gc = gr + row, hc = gc + row;
    // Two loops, since the candidate waits for r: shorter chains of dependent operations.
    for (let j: usize = 0; j < row; j += 16) {
      const r = activate4(v128.load(gr + j), recurrentActivation);
      v128.store(gates + j, activate4(v128.load(gates + j), recurrentActivation));
      v128.store(gr + j, r);
      v128.store(gc + j, f32x4.add(v128.load(gc + j), f32x4.mul(r, v128.load(hc + j))));
    }
    for (let j: usize = 0; j < row; j += 16) {
      const c = activate4(v128.load(gc + j), activation), z = v128.load(gates + j);
      v128.store(gc + j, c);
      const kept = f32x4.mul(z, v128.load(before + j));
      v128.store(h + j, flushTiny(f32x4.add(kept, f32x4.mul(f32x4.sub(f32x4.splat(1), z), c))));
    }
    gates = hc + row;
    before += step;
    h += step;
  }
}

/**
 * gates   [N, 4P]  in/out  activated z r c, and hc in; dz out
 * dh      [N, P]   in/out  gradient of h', all of it, in; what of it goes past the gates to h out
 * before  [N, P]   in      h; row stride S elements
 */
// @ts-ignore: decorator
@inline
function backwardWith(
  gates: usize, dh: usize, before: usize, S: i32, activation: i32, recurrentActivation: i32, N: i32, H: i32,
): void {
  const row = bytes(padded(H));
  for (let n = 0; n < N; n++) {
    const gr = gates + row, gc = gr + row, hc = gc + row;
    for (let j: usize = 0; j < row; j += 16) {
      const z = v128.load(gates + j), r = v128.load(gr + j), c = v128.load(gc + j), d = v128.load(dh + j);
      const dc = f32x4.mul(f32x4.mul(d, f32x4.sub(f32x4.splat(1), z)), slopeFromOutput4(c, activation));
      const toZ = f32x4.mul(d, f32x4.sub(v128.load(before + j), c)), toR = f32x4.mul(dc, v128.load(hc + j));
      v128.store(gates + j, flushTiny(f32x4.mul(toZ, slopeFromOutput4(z, recurrentActivation))));
      v128.store(gr + j, flushTiny(f32x4.mul(toR, slopeFromOutput4(r, recurrentActivation))));
      v128.store(gc + j, flushTiny(dc));
      v128.store(hc + j, flushTiny(f32x4.mul(dc, r)));
      v128.store(dh + j, flushTiny(f32x4.mul(d, z)));
    }
    gates = hc + row;
    dh += row;
    before += bytes(S);
  }
}
