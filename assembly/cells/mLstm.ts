import { bytes, padded } from "../math/lanes";
import { Frame } from "../recurrent/frame";
import { inputAlone, inputAloneOfOne } from "../recurrent/preActivations";
import { rowLength } from "../recurrent/workspace";
import { gateOutput, outputBackward, outputForward } from "./mLstmHead";
import { remember } from "./mLstmMemory";
import { byHead, FLOOR, kindOf, PRODUCT, READ, SLOTS } from "./mLstmSaved";

/**
 * The mLSTM cell (Beck et al. 2024): every head of D = H / heads units has a matrix for memory. Its gates see x alone.
 * A row of gates is [q | k | v | o], H each, then [i | f], one a head. Where a backward pass will come, the memory of whole
 * sequences has run before the driver over time, and runs backward after it (mLstmMemory.ts): here remains the output gate.
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
    if (!f.keep) inputAlone(f, rows, first, z, f.gatesRow);
  }

  preActivationsOfOne(f: Frame): void {
    inputAloneOfOne(f, f.gatesRow);
  }

  forward(f: Frame, rows: i32, z: usize, _before: usize, state: usize, h: usize, _next: usize, saved: usize): void {
    const H = f.H, heads = f.heads, D = H / heads, P = bytes(padded(H)), whole = (D & 3) == 0, kind = kindOf(heads);
    for (let r = 0; r < rows; r++) {
      if (!f.keep) remember(f, z, saved, state + bytes(r * f.stateRow), 0, 0, 0, 1);
      gateOutput(z + bytes(3 * H), H);
      for (let a = 0; a < heads; a++) {
        const unit = bytes(a * D), read = saved + READ * P + unit, o = z + bytes(3 * H) + unit;
        const own = byHead(saved, H) + bytes(a);
        const product = f32.load(own + PRODUCT * kind), floor = f32.load(own + FLOOR * kind);
        if (whole) outputForward(h + unit, read, o, product, floor, D, true);
        else outputForward(h + unit, read, o, product, floor, D, false);
      }
      z += bytes(f.gatesRow);
      saved += SLOTS * P;
      h += bytes(rowLength(f.C, f.F));
    }
  }

  backward(
    f: Frame, rows: i32, gates: usize, _before: usize, _state: usize, saved: usize, dh: usize, _dState: usize,
  ): void {
    const H = f.H, heads = f.heads, D = H / heads, P = bytes(padded(H)), whole = (D & 3) == 0, kind = kindOf(heads);
    for (let r = 0; r < rows; r++) {
      for (let a = 0; a < heads; a++) {
        const unit = bytes(a * D), read = saved + READ * P + unit, o = gates + bytes(3 * H) + unit;
        const own = byHead(saved, H) + bytes(a);
        if (whole) outputBackward(dh + unit, read, o, own + PRODUCT * kind, own + FLOOR * kind, D, true);
        else outputBackward(dh + unit, read, o, own + PRODUCT * kind, own + FLOOR * kind, D, false);
      }
      gates += bytes(f.gatesRow);
      saved += SLOTS * P;
      dh += P;
    }
  }

  hiddenGradient(_f: Frame, _rows: i32, _dh: usize, _dz: usize, _saved: usize): void {}
}
