/** Cells of users' own by name, for files, which hold names only. */
import { cut } from "../describe.ts";
import type { CustomCell } from "./defineCell.ts";

export type Cells = Readonly<Record<string, CustomCell>>;

export const registeredCells = new Map<string, CustomCell>();

/**
 * Gives cells their names, which are their own.
 *
 * @throws RangeError for what is no cell of its name, and for a name that another cell has
 */
export function addCells(cells: Cells): void {
  for (const [name, cell] of Object.entries(cells)) {
    if ((cell as CustomCell | undefined)?.name !== name || (registeredCells.get(name) ?? cell) !== cell) {
      throw new RangeError(`cells.${cut(name)}: expected the one cell of that name`);
    }
    registeredCells.set(name, cell);
  }
}
