import { bytes, padded } from "../math/lanes";
import { product } from "../matmul/product";
import { rowProductWide } from "../matmul/matvec";
import { Frame } from "../recurrent/frame";
import {
  addGateGradients, candidateGradient, candidateRecurrent, gateProducts, gateProductsOfOne,
} from "../recurrent/gruProducts";
import { backwardOverTime, forwardOverTime, stepOnce } from "../recurrent/overTime";
import { seeHidden } from "../recurrent/recurrentMask";
import { rowLength } from "../recurrent/workspace";
import { resetBackward, resetForward, updateBackward, updateForward } from "./gruResetBeforeUnits";

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
    const h = seen + bytes(padded(f.C)), S = rowLength(f.C, f.F);
    resetForward(saved, z + bytes(P), h, S, f.recurrentActivation, f.clip, rows, f.H);
    if (f.inputSums) rowProductWide(zc, zc, 0, saved, candidateRecurrent(f, true), P, f.H);
    else product(zc, W, zc, W, saved, P, candidateRecurrent(f, false), rows, P, f.H);
  }

  preActivationsOfOne(f: Frame): void {
    const P = padded(f.H), zc = f.gates + bytes(2 * P);
    gateProductsOfOne(f);
    resetForward(f.saved, f.gates + bytes(P), f.xh + bytes(padded(f.C)), 0, f.recurrentActivation, f.clip, 1, f.H);
    rowProductWide(zc, zc, 0, f.saved, candidateRecurrent(f, true), P, f.H);
  }

  forward(f: Frame, rows: i32, z: usize, before: usize, _state: usize, h: usize, _next: usize, _saved: usize): void {
    updateForward(h, z, before, rowLength(f.C, f.F), f.activation, f.recurrentActivation, f.clip, rows, f.H);
  }

  backward(f: Frame, rows: i32, gates: usize, before: usize, _state: usize, saved: usize, dh: usize, _dState: usize): void {
    const S = rowLength(f.C, f.F), H = f.H, P = padded(H), W = 3 * P;
    const activation = f.activation, recurrentActivation = f.recurrentActivation;
    updateBackward(gates, dh, before, S, activation, recurrentActivation, f.clip, rows, H);
    // The gradient of r·h takes its place, until r·h is made again.
    product(saved, P, 0, 0, gates + bytes(2 * P), W, candidateGradient(f), rows, H, P);
    const mask = f.recurrentMask ? f.recurrentMask + 3 * (dh - f.dh) + bytes(2 * P) : 0;
    resetBackward(gates + bytes(P), W, dh, saved, before, S, mask, recurrentActivation, f.clip, rows, H);
  }

  hiddenGradient(f: Frame, rows: i32, dh: usize, dz: usize, _saved: usize): void {
    addGateGradients(f, rows, dh, dz, 3 * padded(f.H));
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
