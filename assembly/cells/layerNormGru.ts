import { bytes, padded } from "../math/lanes";
import { product } from "../matmul/product";
import { Frame } from "../recurrent/frame";
import { addScaled, normalize, normalizeBackward } from "../recurrent/normalizedGates";
import { hiddenProduct, hiddenProductOfOne } from "../recurrent/normalizedHidden";
import { backwardOverTime, forwardOverTime, stepOnce } from "../recurrent/overTime";
import { projectedAt } from "../recurrent/preActivations";
import { maskedGateGradient } from "../recurrent/recurrentMask";
import { rowLength } from "../recurrent/workspace";
import { gruUnitsBackward, gruUnitsForward } from "./gruUnits";

/**
 * The GRU with layer normalization (Ba et al. 2016), N of each row over all three gates at once: z r xc hc of gru.ts with
 *
 *   x.. = N(x·kernel)·gain + bias       h.. = N(h·recurrentKernel)·gain' + bias'
 *
 * The part of x, with both biases of z and r, is in f.projected; f.norm has gain' [3P] and hc's bias [P]. Slots of a row:
 * z r xc. After the backward pass they hold their gradients, and `saved` begins with that of h·recurrentKernel.
 */

// Slots of what is saved: h·recurrentKernel normalized, then hc, and 1 / deviation.
const HC: i32 = 3;
const INVERSE: i32 = 4;
const SAVED: i32 = 5;

export class LayerNormGruCell {
  gates(): i32 {
    return 3;
  }

  states(): i32 {
    return 0;
  }

  saved(): i32 {
    return SAVED;
  }

  preActivations(f: Frame, rows: i32, first: i32, z: usize, row: usize, saved: usize): void {
    const P = padded(f.H), start = projectedAt(f, rows, first, z, 3 * P);
    hiddenProduct(f, rows, saved, SAVED * P, row, 3 * P);
    addNormalized(z, start, saved, f.norm, f.epsilon, rows, f.H);
  }

  preActivationsOfOne(f: Frame): void {
    hiddenProductOfOne(f, f.saved, 3 * padded(f.H));
    addNormalized(f.gates, f.bias, f.saved, f.norm, f.epsilon, 1, f.H);
  }

  forward(f: Frame, rows: i32, z: usize, before: usize, _state: usize, h: usize, _next: usize, saved: usize): void {
    const S = rowLength(f.C, f.F), H = f.H;
    const P = padded(H), W = 3 * P, hc = saved + bytes(HC * P), A = SAVED * P;
    gruUnitsForward(h, z, W, hc, A, before, S, f.activation, f.recurrentActivation, f.clip, rows, H);
  }

  backward(f: Frame, rows: i32, gates: usize, before: usize, _state: usize, saved: usize, dh: usize, _dState: usize): void {
    const S = rowLength(f.C, f.F), H = f.H;
    const P = padded(H), W = 3 * P, hc = saved + bytes(HC * P), A = SAVED * P;
    const sums = f.normSums + 4 * (dh - f.dh); // those of the place
    gruUnitsBackward(gates, W, hc, A, dh, before, S, f.activation, f.recurrentActivation, f.clip, rows, H, true);
    normalizedBackward(saved, gates, sums, f.norm, rows, H);
  }

  hiddenGradient(f: Frame, rows: i32, dh: usize, _dz: usize, saved: usize): void {
    const P = padded(f.H), A = SAVED * P;
    if (f.recurrentMask) {
      for (let gate = 0; gate < 3; gate++) maskedGateGradient(f, rows, dh, gate, saved + bytes(gate * P), A);
    } else {
      product(dh, P, dh, P, saved, A, f.packedTransposed, rows, f.H, 3 * P);
    }
  }
}

/**
 * z      [N, 3P]  out     assigned: sums of z and r, and xc
 * start  [N, 3P]  in      the part of x; may be z
 * saved  [N, 5P]  in/out  begins with h·recurrentKernel in; all of it out
 * norm   [4P]     in      gain', hc's bias
 */
function addNormalized(z: usize, start: usize, saved: usize, norm: usize, epsilon: f32, N: i32, H: i32): void {
  const P = bytes(padded(H)), bias = norm + 3 * P;
  for (let n = 0; n < N; n++, z += 3 * P, start += 3 * P, saved += <usize>SAVED * P) {
    f32.store(saved + <usize>INVERSE * P, normalize(saved, saved, epsilon, 3, H));
    addScaled(z, start, saved, norm, 2 * P);
    if (z != start) memory.copy(z + 2 * P, start + 2 * P, P);
    addScaled(saved + <usize>HC * P, bias, saved + 2 * P, norm + 2 * P, P);
  }
}

/**
 * saved  [N, 5P]  in/out  in: as above, but the gradient of xc for hc; begins with that of h·recurrentKernel out
 * gates  [N, 3P]  in/out  gradients of z r hc in, z r xc out
 * sums   [N, 4P]  in/out  accumulated: the gradients of norm
 * norm   [4P]     in
 */
// @ts-ignore: decorator
@inline
function normalizedBackward(saved: usize, gates: usize, sums: usize, norm: usize, N: i32, H: i32): void {
  const P = bytes(padded(H));
  for (let n = 0; n < N; n++, gates += 3 * P, saved += <usize>SAVED * P, sums += 4 * P) {
    addScaled(sums, sums, saved, gates, 3 * P);
    const dBias = sums + 3 * P;
    for (let j: usize = 0; j < P; j += 16) {
      v128.store(dBias + j, f32x4.add(v128.load(dBias + j), v128.load(gates + 2 * P + j)));
    }
    normalizeBackward(saved, gates, norm, saved, f32.load(saved + <usize>INVERSE * P), 3, H);
    memory.copy(gates + 2 * P, saved + <usize>HC * P, P);
  }
}

/** A whole batch of sequences through a GRU with layer normalization. */
export function layerNormGruForward(frame: usize, begin: i32, end: i32): void {
  forwardOverTime<LayerNormGruCell>(changetype<Frame>(frame), begin, end);
}

/** The same, backward. */
export function layerNormGruBackward(frame: usize, begin: i32, end: i32): void {
  backwardOverTime<LayerNormGruCell>(changetype<Frame>(frame), begin, end);
}

/** One step of one sequence. */
export function layerNormGruStep(frame: usize): void {
  stepOnce<LayerNormGruCell>(changetype<Frame>(frame));
}
