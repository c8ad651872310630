import { bytes, padded } from "../math/lanes";
import { SIGMOID, TANH } from "../math/activation";
import { rowProductWide } from "../matmul/matvec";
import { product } from "../matmul/product";
import { Frame } from "../recurrent/frame";
import { projectedAt, rowOf } from "../recurrent/preActivations";
import { maskedHiddenGradient, maskedProduct } from "../recurrent/recurrentMask";
import { rowLength } from "../recurrent/workspace";
import { addNormalized, layerNormLstmUnitsBackward, layerNormLstmUnitsForward, SAVED } from "./layerNormLstmUnits";

/**
 * The LSTM with layer normalization (Ba et al. 2016), N of each row over all four gates at once, gates i f g o:
 *
 *   z = N(x·kernel)·gain + bias + N(h·recurrentKernel)·gain'      i, f, g, o as in lstm.ts
 *   c' = f·c + i·g       h = o·a(N(c')·cellGain + cellBias)
 *
 * The part of x, with the bias, is in f.projected; f.norm has gain', cellGain and cellBias.
 * After the backward pass `saved` begins with the gradient of h·recurrentKernel.
 */
export class LayerNormLstmCell {
  gates(): i32 {
    return 4;
  }

  states(): i32 {
    return 1;
  }

  saved(): i32 {
    return SAVED;
  }

  preActivations(f: Frame, rows: i32, first: i32, z: usize, row: usize, saved: usize): void {
    const P = padded(f.H), G = 4 * P, start = projectedAt(f, rows, first, z, G);
    if (f.recurrentMask) maskedProduct(f, rows, rowOf(f, z, G), saved, SAVED * P, 0, 0);
    else product(saved, SAVED * P, 0, 0, row + bytes(padded(f.C)), rowLength(f.C, f.F), f.packed, rows, G, f.F);
    addNormalized(z, start, saved, f.norm, rows, f.H);
  }

  preActivationsOfOne(f: Frame): void {
    const G = 4 * padded(f.H);
    rowProductWide(f.gates, 0, f.xh + bytes(padded(f.C)), f.packed, G, f.F);
    memory.copy(f.saved, f.gates, bytes(G));
    addNormalized(f.gates, f.bias, f.saved, f.norm, 1, f.H);
  }

  forward(f: Frame, rows: i32, z: usize, _before: usize, c: usize, h: usize, cNext: usize, saved: usize): void {
    const S = rowLength(f.C, f.F), H = f.H, activation = f.activation, recurrentActivation = f.recurrentActivation;
    const norm = f.norm;
    if (activation == TANH && recurrentActivation == SIGMOID) {
      layerNormLstmUnitsForward(h, S, cNext, saved, z, c, norm, TANH, SIGMOID, rows, H);
    } else {
      layerNormLstmUnitsForward(h, S, cNext, saved, z, c, norm, activation, recurrentActivation, rows, H);
    }
  }

  backward(f: Frame, rows: i32, gates: usize, _before: usize, c: usize, saved: usize, dh: usize, dc: usize): void {
    const H = f.H, activation = f.activation, recurrentActivation = f.recurrentActivation, norm = f.norm;
    const sums = f.normSums + (dh - f.dh) / bytes(padded(f.F)) * bytes(6 * padded(H)); // those of the place
    if (activation == TANH && recurrentActivation == SIGMOID) {
      layerNormLstmUnitsBackward(gates, dc, sums, saved, dh, c, norm, TANH, SIGMOID, rows, H);
    } else {
      layerNormLstmUnitsBackward(gates, dc, sums, saved, dh, c, norm, activation, recurrentActivation, rows, H);
    }
  }

  hiddenGradient(f: Frame, rows: i32, dh: usize, _dz: usize, saved: usize): void {
    const P = padded(f.H), F = padded(f.F);
    if (f.recurrentMask) maskedHiddenGradient(f, rows, dh, saved, SAVED * P);
    else product(dh, F, 0, 0, saved, SAVED * P, f.packedTransposed, rows, f.F, 4 * P);
  }
}
