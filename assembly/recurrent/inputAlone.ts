import { padded } from "../math/lanes";
import { Frame } from "./frame";
import { inputAlone, inputAloneOfOne } from "./preActivations";

/**
 * What cells have in common whose gates see x alone. The cell gives itself as type argument, as to SideBySide, and its
 * `backward` leaves dh as that of the state before.
 */
export class InputAlone<Cell> {
  preActivations(f: Frame, rows: i32, first: i32, z: usize, _row: usize, _saved: usize): void {
    inputAlone(f, rows, first, z, changetype<Cell>(0).gates() * padded(f.H));
  }

  preActivationsOfOne(f: Frame): void {
    inputAloneOfOne(f, changetype<Cell>(0).gates() * padded(f.H));
  }

  hiddenGradient(_f: Frame, _rows: i32, _dh: usize, _dz: usize, _saved: usize): void {}
}
