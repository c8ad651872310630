import { bytes, padded } from "../../math/lanes";
import { Frame } from "../../recurrent/frame";
import { backwardOverTime, forwardOverTime, stepOnce } from "../../recurrent/overTime";
import { inputAlone, inputAloneOfOne } from "../../recurrent/preActivations";
import { rowLength } from "../../recurrent/workspace";
import { rememberSequence, rememberSequenceBackward, rememberStep } from "./memory";
import { normalizedBackward, normalizedForward } from "./normalizedOutput";
import { gateOutput, outputBackward, outputForward } from "./output";
import { byHead, FLOOR, INVERSE, kindOf, PRODUCT, READ, SLOTS } from "./saved";

/**
 * The mLSTM cell, see README.md. A row of gates is [q | k | v | o], H each, then [i | f], one a head; they see x alone. Where a
 * backward pass will come, the memory of whole sequences has run before the driver over time, and runs backward after it
 * (memory.ts): here remains the output gate.
 */
export class MLstmCell {
  gates(): i32 {
    return 0; // the frame says
  }

  states(): i32 {
    return 0; // the frame says
  }

  saved(): i32 {
    return <i32>SLOTS;
  }

  preActivations(f: Frame, rows: i32, first: i32, z: usize, _row: usize, _saved: usize): void {
    if (!f.forBackward) inputAlone(f, rows, first, z, f.gatesRow);
  }

  preActivationsOfOne(f: Frame): void {
    inputAloneOfOne(f, f.gatesRow);
  }

  forward(f: Frame, rows: i32, z: usize, _before: usize, state: usize, h: usize, _next: usize, saved: usize): void {
    const H = f.H, P = bytes(padded(H)), forBackward = f.forBackward, whole = (H / f.heads & 3) == 0;
    for (let r = 0; r < rows; r++) {
      if (!forBackward) rememberStep(f, z, saved, state + bytes(r * f.stateRow));
      gateOutput(z + bytes(3 * H), H);
      if (whole) headsForward(f, h, z + bytes(3 * H), saved, true);
      else headsForward(f, h, z + bytes(3 * H), saved, false);
      z += bytes(f.gatesRow);
      saved += SLOTS * P;
      h += bytes(rowLength(f.C, f.F));
    }
  }

  backward(
    f: Frame, rows: i32, gates: usize, _before: usize, _state: usize, saved: usize, dh: usize, _dState: usize,
  ): void {
    const H = f.H, P = bytes(padded(H)), whole = (H / f.heads & 3) == 0;
    let dGain = f.normSums + (dh - f.dh); // those of the place
    for (let r = 0; r < rows; r++) {
      if (whole) headsBackward(f, dh, dGain, gates + bytes(3 * H), saved, true);
      else headsBackward(f, dh, dGain, gates + bytes(3 * H), saved, false);
      gates += bytes(f.gatesRow);
      saved += SLOTS * P;
      dh += P;
      dGain += P;
    }
  }

  hiddenGradient(_f: Frame, _rows: i32, _dh: usize, _dz: usize, _saved: usize): void {}
}

// @ts-ignore: decorator
@inline
function headsForward(f: Frame, h: usize, o: usize, saved: usize, whole: bool): void {
  const heads = f.heads, D = f.H / heads, kind = kindOf(heads), norm = f.norm;
  for (let a = 0; a < heads; a++) {
    const unit = bytes(a * D), read = saved + READ * bytes(padded(f.H)) + unit, own = byHead(saved, f.H) + bytes(a);
    const product = f32.load(own + PRODUCT * kind), floor = f32.load(own + FLOOR * kind);
    if (norm) {
      const inverse = normalizedForward(h + unit, read, o + unit, norm + unit, product, floor, D, whole);
      f32.store(own + INVERSE * kind, inverse);
    } else {
      outputForward(h + unit, read, o + unit, product, floor, D, whole);
    }
  }
}

// @ts-ignore: decorator
@inline
function headsBackward(f: Frame, dh: usize, dGain: usize, o: usize, saved: usize, whole: bool): void {
  const heads = f.heads, D = f.H / heads, kind = kindOf(heads), norm = f.norm;
  for (let a = 0; a < heads; a++) {
    const unit = bytes(a * D), read = saved + READ * bytes(padded(f.H)) + unit, own = byHead(saved, f.H) + bytes(a);
    const product = own + PRODUCT * kind, floor = own + FLOOR * kind;
    if (norm) {
      const inverse = f32.load(own + INVERSE * kind);
      normalizedBackward(dh + unit, read, o + unit, norm + unit, dGain + unit, product, floor, inverse, D, whole);
    } else {
      outputBackward(dh + unit, read, o + unit, product, floor, D, whole);
    }
  }
}

// Sequence by sequence, so that a memory stays in cache over time. All sequences of a range use the scratch of the first.

/** Where the scratch of a range is. */
// @ts-ignore: decorator
@inline
function scratchOf(f: Frame, begin: i32): usize {
  return f.scratch + bytes(begin * f.scratchRow);
}

/** A whole batch of sequences through an mLSTM. */
export function mLstmForward(frame: usize, begin: i32, end: i32): void {
  const f = changetype<Frame>(frame), scratch = scratchOf(f, begin);
  for (let place = begin; place < end; place++) {
    if (f.forBackward) rememberSequence(f, place, scratch);
    forwardOverTime<MLstmCell>(f, place, place + 1);
  }
}

/** The same, backward. */
export function mLstmBackward(frame: usize, begin: i32, end: i32): void {
  const f = changetype<Frame>(frame), scratch = scratchOf(f, begin);
  for (let place = begin; place < end; place++) {
    backwardOverTime<MLstmCell>(f, place, place + 1);
    rememberSequenceBackward(f, place, scratch);
  }
}

/** One step of one sequence. */
export function mLstmStep(frame: usize): void {
  stepOnce<MLstmCell>(changetype<Frame>(frame));
}
