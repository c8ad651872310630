import { bytes, padded } from "../math/lanes";
import { rowProductWide } from "../matmul/matvec";
import { partialProduct, product } from "../matmul/product";
import { Frame } from "./frame";
import { inputSumsAt } from "./inputSums";
import { projectedAt } from "./preActivations";
import { maskedHiddenGradient, maskedProduct } from "./recurrentMask";
import { inputAt, rowLength } from "./workspace";

/**
 * What cells have in common whose gates all see x and h alike: one product with rows [x | h] of xh. The cell gives itself
 * as type argument, `class Some extends SideBySide<Some>`: its gates() is then known at compile time. G = gates · P.
 *
 * f.packed            [C + F, G]  recurrentPack of both matrices, or of recurrentKernel alone where the input is projected or has sums
 * f.packedTransposed  [G, F]      recurrentPackTransposed of recurrentKernel
 */
export class SideBySide<Cell> {
  preActivations(f: Frame, rows: i32, first: i32, z: usize, row: usize, _saved: usize): void {
    const G = changetype<Cell>(0).gates() * padded(f.H), S = rowLength(f.C, f.F), K = f.C + f.F;
    if (f.inputSums) {
      rowProductWide(z, f.bias, inputSumsAt(f, first, row, G), row + bytes(padded(f.C)), f.packed, G, f.F);
    } else if (f.recurrentMask) {
      const start = f.projected ? projectedAt(f, rows, first, z, G) : f.bias;
      maskedProduct(f, rows, row, f.maskedGates, z, G, start, f.projected ? G : 0);
    } else if (f.projected) {
      product(z, G, projectedAt(f, rows, first, z, G), G, inputAt(row, f.C), S, f.packed, rows, G, K);
    } else {
      const seen = f.fresh && first < load<i32>(f.offsets + bytes(f.from + 1)) ? f.C : K;
      partialProduct(z, G, f.bias, 0, inputAt(row, f.C), S, f.packed, rows, G, seen, K);
    }
  }

  /** For one row: f.bias is what the sum begins with, a projected input too; weights are packed wide. */
  preActivationsOfOne(f: Frame): void {
    rowProductWide(f.gates, f.bias, 0, inputAt(f.xh, f.C), f.packed, changetype<Cell>(0).gates() * padded(f.H), f.C + f.F);
  }

  /** dh = dz·recurrentKernelᵀ: no gradient passes by the gates. */
  hiddenGradient(f: Frame, rows: i32, dh: usize, dz: usize, _saved: usize): void {
    const G = changetype<Cell>(0).gates() * padded(f.H);
    if (f.recurrentMask) maskedHiddenGradient(f, rows, dh, dz, G);
    else product(dh, padded(f.F), 0, 0, dz, G, f.packedTransposed, rows, f.F, G);
  }
}
