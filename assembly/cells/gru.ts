import { bytes, padded } from "../math/lanes";
import { product } from "../matmul/product";
import { rowProductWide } from "../matmul/matvec";
import { Frame } from "../recurrent/frame";
import {
  addGateGradients, candidateGradient, candidateRecurrent, gateProducts, gateProductsOfOne,
} from "../recurrent/gruProducts";
import { backwardOverTime, forwardOverTime, stepOnce } from "../recurrent/overTime";
import { maskedGateGradient, seeHidden } from "../recurrent/recurrentMask";
import { rowLength } from "../recurrent/workspace";
import { gruUnitsBackward, gruUnitsForward } from "./gruUnits";

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
    const h = (f.recurrentMask ? seeHidden(f, rows, row, 2) : row) + bytes(padded(f.C));
    const hc = z + bytes(3 * P);
    if (f.inputSums) rowProductWide(hc, f.recurrentBias, 0, h, candidateRecurrent(f, true), P, f.H);
    else product(hc, 4 * P, f.recurrentBias, 0, h, S, candidateRecurrent(f, false), rows, P, f.H);
  }

  preActivationsOfOne(f: Frame): void {
    const P = padded(f.H), h = f.xh + bytes(padded(f.C));
    gateProductsOfOne(f);
    rowProductWide(f.gates + bytes(3 * P), f.recurrentBias, 0, h, candidateRecurrent(f, true), P, f.H);
  }

  forward(f: Frame, rows: i32, z: usize, before: usize, _state: usize, h: usize, _next: usize, _saved: usize): void {
    const S = rowLength(f.C, f.F), H = f.H;
    const W = 4 * padded(H), hc = z + bytes(3 * padded(H));
    gruUnitsForward(h, z, W, hc, W, before, S, f.activation, f.recurrentActivation, f.clip, rows, H);
  }

  backward(f: Frame, rows: i32, gates: usize, before: usize, _state: usize, _saved: usize, dh: usize, _dState: usize): void {
    const S = rowLength(f.C, f.F), H = f.H;
    const W = 4 * padded(H), hc = gates + bytes(3 * padded(H));
    gruUnitsBackward(gates, W, hc, W, dh, before, S, f.activation, f.recurrentActivation, f.clip, rows, H, false);
  }

  hiddenGradient(f: Frame, rows: i32, dh: usize, dz: usize, _saved: usize): void {
    const P = padded(f.H);
    addGateGradients(f, rows, dh, dz, 4 * P);
    if (f.recurrentMask) maskedGateGradient(f, rows, dh, 2, dz + bytes(3 * P), 4 * P);
    else product(dh, P, dh, P, dz + bytes(3 * P), 4 * P, candidateGradient(f), rows, f.H, P);
  }
}

/** A whole batch of sequences through a GRU that resets after the product. */
export function gruForward(frame: usize, begin: i32, end: i32): void {
  forwardOverTime<GruCell>(changetype<Frame>(frame), begin, end);
}

/** The same, backward; what follows from dz (weights, bias, input) is made afterwards in large products. */
export function gruBackward(frame: usize, begin: i32, end: i32): void {
  backwardOverTime<GruCell>(changetype<Frame>(frame), begin, end);
}

/** One step of one sequence: what a stream needs. */
export function gruStep(frame: usize): void {
  stepOnce<GruCell>(changetype<Frame>(frame));
}
