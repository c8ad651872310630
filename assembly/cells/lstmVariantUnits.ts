import { bytes, flushTiny, padded } from "../math/lanes";
import { activate4, SIGMOID, slopeFromOutput4, TANH } from "../math/activation";
import { Frame } from "../recurrent/frame";
import { at, atLimit, clipped, peeping, slope } from "./lstmOptions";

/**
 * The elementwise half of lstmVariant.ts. Each option is a word of the frame, looked at once a vector: a branch that
 * always goes the same way costs little beside four activations.
 */

/**
 * output  [rows, P]   out     assigned: o·a(c'); row stride outputStride elements
 * cNext   [rows, P]   out     assigned; may be the same buffer as c
 * saved   [rows, 2P]  out     assigned: a(c') and c'; row stride savedStride elements
 * gates   [rows, GP]  in/out  z in; activated i (f) g o out
 * c       [rows, P]   in      cell state before the step
 */
export function lstmVariantUnitsForward(
  f: Frame, rows: i32, output: usize, outputStride: i32, cNext: usize, saved: usize, savedStride: i32, gates: usize,
  c: usize, coupled: bool,
): void {
  const activation = f.activation, recurrentActivation = f.recurrentActivation, cellActivation = f.cellActivation;
  if (activation == TANH && recurrentActivation == SIGMOID && cellActivation == TANH) {
    forwardWith(f, output, outputStride, cNext, saved, savedStride, gates, c, coupled, TANH, SIGMOID, TANH, rows);
  } else {
    forwardWith(
      f, output, outputStride, cNext, saved, savedStride, gates, c, coupled, activation, recurrentActivation,
      cellActivation, rows,
    );
  }
}

/**
 * gates  [rows, GP]  in/out  activated i (f) g o in; dz out
 * dc     [rows, P]   in/out  gradient of c' from later steps in; of c out
 * d      [rows, P]   in      gradient of o·a(c'), all of it; row stride dStride elements
 * saved  [rows, 2P]  in      as the forward step leaves it
 * c      [rows, P]   in      cell state before the step
 */
export function lstmVariantUnitsBackward(
  f: Frame, rows: i32, gates: usize, dc: usize, d: usize, dStride: i32, saved: usize, savedStride: i32, c: usize,
  coupled: bool,
): void {
  const activation = f.activation, recurrentActivation = f.recurrentActivation, cellActivation = f.cellActivation;
  if (activation == TANH && recurrentActivation == SIGMOID && cellActivation == TANH) {
    backwardWith(f, gates, dc, d, dStride, saved, savedStride, c, coupled, TANH, SIGMOID, TANH, rows);
  } else {
    backwardWith(
      f, gates, dc, d, dStride, saved, savedStride, c, coupled, activation, recurrentActivation, cellActivation, rows,
    );
  }
}

// @ts-ignore: decorator
@inline
function forwardWith(
  f: Frame, output: usize, outputStride: i32, cNext: usize, saved: usize, savedStride: i32, gates: usize, c: usize,
  coupled: bool, activation: i32, recurrentActivation: i32, cellActivation: i32, rows: i32,
): void {
  const row = bytes(padded(f.H)), clip = f.clip, cellClip = f.cellClip, squared = f.squaredInput;
  const peepholeI = f.peephole, peepholeF = at(peepholeI, row), peepholeO = at(peepholeI, coupled ? row : 2 * row);
  const peepholeBefore: usize = f.peepholeAfter ? 0 : peepholeO, peepholeAfter: usize = f.peepholeAfter ? peepholeO : 0;
  for (let n = 0; n < rows; n++) {
    const zf = gates + row, zg = coupled ? zf : zf + row, zo = zg + row;
    for (let j: usize = 0; j < row; j += 16) {
      const before = v128.load(c + j);
      const zi = peeping(v128.load(gates + j), peepholeI, j, before);
      const i = activate4(clipped(zi, clip), recurrentActivation);
      const g = activate4(clipped(v128.load(zg + j), clip), activation);
      let forget = f32x4.sub(f32x4.splat(1), i);
      if (!coupled) {
        const z = peeping(v128.load(zf + j), peepholeF, j, before);
        forget = activate4(clipped(z, clip), recurrentActivation);
        v128.store(zf + j, forget);
      }
      v128.store(gates + j, i);
      v128.store(zg + j, g);
      if (peepholeBefore) v128.store(zo + j, peeping(v128.load(zo + j), peepholeBefore, j, before));
      const input = f32x4.mul(squared ? f32x4.mul(i, i) : i, g);
      const cell = flushTiny(clipped(f32x4.add(f32x4.mul(forget, before), input), cellClip));
      v128.store(cNext + j, cell);
      v128.store(saved + row + j, cell);
    }
    for (let j: usize = 0; j < row; j += 16) {
      const cell = v128.load(cNext + j);
      const z = peeping(v128.load(zo + j), peepholeAfter, j, cell);
      const o = activate4(clipped(z, clip), recurrentActivation);
      const a = activate4(cell, cellActivation);
      v128.store(zo + j, o);
      v128.store(saved + j, a);
      v128.store(output + j, flushTiny(f32x4.mul(o, a)));
    }
    gates = zo + row;
    c += row;
    cNext += row;
    saved += bytes(savedStride);
    output += bytes(outputStride);
  }
}

// @ts-ignore: decorator
@inline
function backwardWith(
  f: Frame, gates: usize, dc: usize, d: usize, dStride: i32, saved: usize, savedStride: i32, c: usize, coupled: bool,
  activation: i32, recurrentActivation: i32, cellActivation: i32, rows: i32,
): void {
  const row = bytes(padded(f.H)), clip = f.clip, cellClip = f.cellClip, squared = f.squaredInput;
  const peepholeI = f.peephole, peepholeF = at(peepholeI, row), peepholeO = at(peepholeI, coupled ? row : 2 * row);
  const peepholeBefore: usize = f.peepholeAfter ? 0 : peepholeO, peepholeAfter: usize = f.peepholeAfter ? peepholeO : 0;
  const clips = clip > 0;
  const highA = atLimit(clip, activation), lowA = atLimit(-clip, activation);
  const highR = atLimit(clip, recurrentActivation), lowR = atLimit(-clip, recurrentActivation);
  for (let n = 0; n < rows; n++) {
    const gf = gates + row, gg = coupled ? gf : gf + row, go = gg + row;
    for (let j: usize = 0; j < row; j += 16) {
      const a = v128.load(saved + j), o = v128.load(go + j), dOutput = v128.load(d + j);
      const dzo = f32x4.mul(f32x4.mul(dOutput, a), slope(o, recurrentActivation, clips, lowR, highR));
      const through = f32x4.mul(f32x4.mul(dOutput, o), slopeFromOutput4(a, cellActivation));
      let dCell = peeping(f32x4.add(v128.load(dc + j), through), peepholeAfter, j, dzo);
      if (cellClip > 0) {
        const size = f32x4.abs(v128.load(saved + row + j));
        dCell = v128.and(dCell, f32x4.lt(size, f32x4.splat(cellClip)));
      }
      const before = v128.load(c + j), i = v128.load(gates + j), g = v128.load(gg + j);
      const gain = squared ? f32x4.mul(i, i) : i;
      let di = f32x4.mul(dCell, g), forget = f32x4.sub(f32x4.splat(1), i);
      if (squared) di = f32x4.mul(di, f32x4.add(i, i));
      if (coupled) di = f32x4.sub(di, f32x4.mul(dCell, before));
      const dzi = f32x4.mul(di, slope(i, recurrentActivation, clips, lowR, highR));
      let dBefore = peeping(f32x4.splat(0), peepholeI, j, dzi);
      if (!coupled) {
        forget = v128.load(gf + j);
        const dzf = f32x4.mul(f32x4.mul(dCell, before), slope(forget, recurrentActivation, clips, lowR, highR));
        dBefore = peeping(dBefore, peepholeF, j, dzf);
        v128.store(gf + j, flushTiny(dzf));
      }
      dBefore = peeping(dBefore, peepholeBefore, j, dzo);
      v128.store(gates + j, flushTiny(dzi));
      v128.store(gg + j, flushTiny(f32x4.mul(f32x4.mul(dCell, gain), slope(g, activation, clips, lowA, highA))));
      v128.store(go + j, flushTiny(dzo));
      v128.store(dc + j, flushTiny(f32x4.add(f32x4.mul(dCell, forget), dBefore)));
    }
    gates = go + row;
    dc += row;
    d += bytes(dStride);
    saved += bytes(savedStride);
    c += row;
  }
}
