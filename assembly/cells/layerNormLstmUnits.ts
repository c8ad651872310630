import { bytes, flushTiny, padded } from "../math/lanes";
import { activate4, SIGMOID, slopeFromOutput4, TANH } from "../math/activation";
import { addScaled, normalize, normalizeBackward } from "../recurrent/normalizedGates";

/** The elementwise half of layerNormLstm.ts. */

// Slots of what is saved: h·recurrentKernel normalized, c' normalized, a(..), and both 1 / deviation.
const NORMALIZED_CELL: i32 = 4;
const ACTIVATED: i32 = 5;
const INVERSE: i32 = 6;
/** How many. */
export const SAVED: i32 = 7;

/**
 * z      [N, 4P]  out     assigned: start + N(r)·gain; may be start
 * start  [N, 4P]  in
 * saved  [N, 7P]  in/out  begins with r = h·recurrentKernel in, normalized out; 1 / deviation
 * gain   [4P]     in
 */
export function addNormalized(z: usize, start: usize, saved: usize, gain: usize, epsilon: f32, N: i32, H: i32): void {
  const row = bytes(4 * padded(H)), savedRow = bytes(SAVED * padded(H));
  for (let n = 0; n < N; n++, z += row, start += row, saved += savedRow) {
    f32.store(saved + bytes(INVERSE * padded(H)), normalize(saved, saved, epsilon, 4, H));
    addScaled(z, start, saved, gain, row);
  }
}

/**
 * h      [N, P]   out     assigned; row stride hStride elements
 * cNext  [N, P]   out     assigned; may be the same buffer as c
 * saved  [N, 7P]  in/out  slots of c'
 * gates  [N, 4P]  in/out  z in; activated i f g o out
 * c      [N, P]   in      cell state before the step
 * norm   [6P]     in      gain', cellGain, cellBias
 */
export function layerNormLstmUnitsForward(
  h: usize, hStride: i32, cNext: usize, saved: usize, gates: usize, c: usize, norm: usize, epsilon: f32,
  activation: i32, recurrentActivation: i32, N: i32, H: i32,
): void {
  if (activation == TANH && recurrentActivation == SIGMOID) {
    forwardWith(h, hStride, cNext, saved, gates, c, norm, epsilon, TANH, SIGMOID, N, H);
  } else {
    forwardWith(h, hStride, cNext, saved, gates, c, norm, epsilon, activation, recurrentActivation, N, H);
  }
}

// @ts-ignore: decorator
@inline
function forwardWith(
  h: usize, hStride: i32, cNext: usize, saved: usize, gates: usize, c: usize, norm: usize, epsilon: f32,
  activation: i32, recurrentActivation: i32, N: i32, H: i32,
): void {
  const row = bytes(padded(H)), cellGain = norm + 4 * row, cellBias = cellGain + row;
  for (let n = 0; n < N; n++) {
    const zf = gates + row, zg = zf + row, zo = zg + row;
    for (let j: usize = 0; j < row; j += 16) {
      const i = activate4(v128.load(gates + j), recurrentActivation);
      const f = activate4(v128.load(zf + j), recurrentActivation);
      const g = activate4(v128.load(zg + j), activation);
      v128.store(gates + j, i);
      v128.store(zf + j, f);
      v128.store(zg + j, g);
      v128.store(cNext + j, flushTiny(f32x4.add(f32x4.mul(f, v128.load(c + j)), f32x4.mul(i, g))));
    }
    const normalized = saved + <usize>NORMALIZED_CELL * row, activated = saved + <usize>ACTIVATED * row;
    f32.store(saved + <usize>INVERSE * row, normalize(normalized, cNext, epsilon, 1, H), 4);
    for (let j: usize = 0; j < row; j += 16) {
      const o = activate4(v128.load(zo + j), recurrentActivation);
      const scaled = f32x4.mul(v128.load(normalized + j), v128.load(cellGain + j));
      const a = activate4(f32x4.add(scaled, v128.load(cellBias + j)), activation);
      v128.store(zo + j, o);
      v128.store(activated + j, a);
      v128.store(h + j, flushTiny(f32x4.mul(o, a)));
    }
    gates = zo + row;
    c += row;
    cNext += row;
    saved += <usize>SAVED * row;
    h += bytes(hStride);
  }
}

/**
 * gates  [N, 4P]  in/out  activated i f g o in; dz out
 * dc     [N, P]   in/out  gradient of c' from later steps in; of c out
 * sums   [N, 6P]  in/out  accumulated: the gradients of norm
 * saved  [N, 7P]  in/out  begins with the gradient of h·recurrentKernel, out
 * dh     [N, P]   in      gradient of h, all of it
 * c      [N, P]   in      cell state before the step
 * norm   [6P]     in
 */
export function layerNormLstmUnitsBackward(
  gates: usize, dc: usize, sums: usize, saved: usize, dh: usize, c: usize, norm: usize,
  activation: i32, recurrentActivation: i32, N: i32, H: i32,
): void {
  if (activation == TANH && recurrentActivation == SIGMOID) {
    backwardWith(gates, dc, sums, saved, dh, c, norm, TANH, SIGMOID, N, H);
  } else {
    backwardWith(gates, dc, sums, saved, dh, c, norm, activation, recurrentActivation, N, H);
  }
}

// @ts-ignore: decorator
@inline
function backwardWith(
  gates: usize, dc: usize, sums: usize, saved: usize, dh: usize, c: usize, norm: usize,
  activation: i32, recurrentActivation: i32, N: i32, H: i32,
): void {
  const row = bytes(padded(H)), gain = norm, cellGain = norm + 4 * row;
  for (let n = 0; n < N; n++) {
    const gf = gates + row, gg = gf + row, go = gg + row;
    const normalized = saved + <usize>NORMALIZED_CELL * row, dCell = saved + <usize>ACTIVATED * row;
    const inverse = saved + <usize>INVERSE * row, dCellGain = sums + 4 * row, dCellBias = dCellGain + row;
    for (let j: usize = 0; j < row; j += 16) {
      const a = v128.load(dCell + j), o = v128.load(go + j), d = v128.load(dh + j);
      const dScaled = f32x4.mul(f32x4.mul(d, o), slopeFromOutput4(a, activation));
      v128.store(go + j, flushTiny(f32x4.mul(f32x4.mul(d, a), slopeFromOutput4(o, recurrentActivation))));
      v128.store(dCell + j, dScaled);
      v128.store(dCellBias + j, f32x4.add(v128.load(dCellBias + j), dScaled));
      const toGain = f32x4.mul(dScaled, v128.load(normalized + j));
      v128.store(dCellGain + j, f32x4.add(v128.load(dCellGain + j), toGain));
    }
    normalizeBackward(dCell, dCell, cellGain, normalized, f32.load(inverse, 4), 1, H);
    for (let j: usize = 0; j < row; j += 16) {
      const dNext = f32x4.add(v128.load(dc + j), v128.load(dCell + j));
      const i = v128.load(gates + j), f = v128.load(gf + j), g = v128.load(gg + j);
      v128.store(gates + j, flushTiny(f32x4.mul(f32x4.mul(dNext, g), slopeFromOutput4(i, recurrentActivation))));
      v128.store(gf + j, flushTiny(f32x4.mul(f32x4.mul(dNext, v128.load(c + j)), slopeFromOutput4(f, recurrentActivation))));
      v128.store(gg + j, flushTiny(f32x4.mul(f32x4.mul(dNext, i), slopeFromOutput4(g, activation))));
      v128.store(dc + j, flushTiny(f32x4.mul(dNext, f)));
    }
    addScaled(sums, sums, saved, gates, 4 * row);
    normalizeBackward(saved, gates, gain, saved, f32.load(inverse), 4, H);
    gates = go + row;
    dc += row;
    dh += row;
    c += row;
    saved += <usize>SAVED * row;
    sums += 6 * row;
  }
}
