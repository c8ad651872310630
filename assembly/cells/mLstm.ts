import { bytes, padded } from "../math/lanes";
import { Frame } from "../recurrent/frame";
import { inputAlone, inputAloneOfOne } from "../recurrent/preActivations";
import { rowLength } from "../recurrent/workspace";
import { headBackward, headForward } from "./mLstmHead";

/**
 * The mLSTM cell (Beck et al. 2024): every head of D = H / heads units has a matrix for memory. Its gates see x alone.
 * A row of gates is [q | k | v | o], H each, then [i | f], one a head; a row of state is C [heads, D, D], n [H] and
 * m [heads], each padded. What a head does: mLstmHead.ts. Saved for the backward pass: h before the output gate, and
 * room to work.
 */
export class MLstmCell {
  gates(): i32 {
    return 0; // the frame says
  }

  states(): i32 {
    return 0; // the frame says
  }

  saved(): i32 {
    return 2;
  }

  preActivations(f: Frame, rows: i32, first: i32, z: usize, _row: usize, _saved: usize): void {
    inputAlone(f, rows, first, z, f.gatesRow);
  }

  preActivationsOfOne(f: Frame): void {
    inputAloneOfOne(f, f.gatesRow);
  }

  forward(f: Frame, rows: i32, z: usize, _before: usize, state: usize, h: usize, next: usize, read: usize): void {
    const H = f.H, heads = f.heads, D = H / heads, n = bytes(padded(H * D)), m = n + bytes(padded(H));
    const whole = (D & 3) == 0;
    for (let r = 0; r < rows; r++) {
      for (let a = 0; a < heads; a++) {
        const unit = bytes(a * D), cell = bytes(a * D * D), head = bytes(a);
        const gate = z + bytes(4 * H) + head, q = z + unit;
        if (whole) {
          headForward(
            h + unit, next + cell, next + n + unit, next + m + head, read + unit, q, H, gate, heads,
            state + cell, state + n + unit, state + m + head, D, true,
          );
        } else {
          headForward(
            h + unit, next + cell, next + n + unit, next + m + head, read + unit, q, H, gate, heads,
            state + cell, state + n + unit, state + m + head, D, false,
          );
        }
      }
      z += bytes(f.gatesRow);
      state += bytes(f.stateRow);
      next += bytes(f.stateRow);
      read += bytes(2 * padded(H));
      h += bytes(rowLength(f.C, f.F));
    }
  }

  backward(
    f: Frame, rows: i32, gates: usize, _before: usize, state: usize, read: usize, dh: usize, dState: usize,
  ): void {
    const H = f.H, heads = f.heads, D = H / heads, n = bytes(padded(H * D)), m = n + bytes(padded(H));
    const whole = (D & 3) == 0;
    for (let r = 0; r < rows; r++) {
      for (let a = 0; a < heads; a++) {
        const unit = bytes(a * D), cell = bytes(a * D * D), head = bytes(a);
        const gate = gates + bytes(4 * H) + head, q = gates + unit, work = read + bytes(padded(H));
        if (whole) {
          headBackward(
            q, H, gate, heads, dState + cell, dState + n + unit, dState + m + head, dh + unit, read + unit, work + unit,
            state + cell, state + n + unit, state + m + head, D, true,
          );
        } else {
          headBackward(
            q, H, gate, heads, dState + cell, dState + n + unit, dState + m + head, dh + unit, read + unit, work + unit,
            state + cell, state + n + unit, state + m + head, D, false,
          );
        }
      }
      gates += bytes(f.gatesRow);
      state += bytes(f.stateRow);
      dState += bytes(f.stateRow);
      read += bytes(2 * padded(H));
      dh += bytes(padded(H));
    }
  }

  hiddenGradient(_f: Frame, _rows: i32, _dh: usize, _dz: usize, _saved: usize): void {}
}
