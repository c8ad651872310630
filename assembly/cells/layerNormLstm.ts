import { bytes, padded } from "../math/lanes";
import { product } from "../matmul/product";
import { Frame } from "../recurrent/frame";
import { hiddenProduct, hiddenProductOfOne } from "../recurrent/normalizedHidden";
import { backwardOverTime, forwardOverTime, stepOnce } from "../recurrent/overTime";
import { projectedAt } from "../recurrent/preActivations";
import { maskedHiddenGradient } from "../recurrent/recurrentMask";
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
    hiddenProduct(f, rows, saved, SAVED * P, row, G);
    addNormalized(z, start, saved, f.norm, f.epsilon, rows, f.H);
  }

  preActivationsOfOne(f: Frame): void {
    hiddenProductOfOne(f, f.saved, 4 * padded(f.H));
    addNormalized(f.gates, f.bias, f.saved, f.norm, f.epsilon, 1, f.H);
  }

  forward(f: Frame, rows: i32, z: usize, _before: usize, c: usize, h: usize, cNext: usize, saved: usize): void {
    const S = rowLength(f.C, f.F);
    layerNormLstmUnitsForward(
      h, S, cNext, saved, z, c, f.norm, f.epsilon, f.activation, f.recurrentActivation, rows, f.H,
    );
  }

  backward(f: Frame, rows: i32, gates: usize, _before: usize, c: usize, saved: usize, dh: usize, dc: usize): void {
    const sums = f.normSums + (dh - f.dh) / bytes(padded(f.F)) * bytes(6 * padded(f.H)); // those of the place
    layerNormLstmUnitsBackward(
      gates, dc, sums, saved, dh, c, f.norm, f.activation, f.recurrentActivation, rows, f.H,
    );
  }

  hiddenGradient(f: Frame, rows: i32, dh: usize, _dz: usize, saved: usize): void {
    const P = padded(f.H), F = padded(f.F);
    if (f.recurrentMask) maskedHiddenGradient(f, rows, dh, saved, SAVED * P);
    else product(dh, F, 0, 0, saved, SAVED * P, f.packedTransposed, rows, f.F, 4 * P);
  }
}

/** A whole batch of sequences through an LSTM with layer normalization. */
export function layerNormLstmForward(frame: usize, begin: i32, end: i32): void {
  forwardOverTime<LayerNormLstmCell>(changetype<Frame>(frame), begin, end);
}

/** The same, backward. */
export function layerNormLstmBackward(frame: usize, begin: i32, end: i32): void {
  backwardOverTime<LayerNormLstmCell>(changetype<Frame>(frame), begin, end);
}

/** One step of one sequence. */
export function layerNormLstmStep(frame: usize): void {
  stepOnce<LayerNormLstmCell>(changetype<Frame>(frame));
}
