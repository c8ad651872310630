/** What stands under a table: where it is from, remarks, sums of its rows. */
import type { Cells } from "./cells.ts";
import { lookOf } from "./looks.ts";
import type { Marks } from "./marks.ts";

/** Lines that what stands under a table may have */
export const FOOT = 20;

/** A row that begins as what stands under a table: where it is from, remarks. */
export const isFoot = (cells: Cells, row: number): boolean =>
  /^(sources?|notes?|remarks?|quellen?|anmerkung(en)?|hinweise?|fuentes?|notas?|fontes?|fonti|bron|remarques?|stand|copyright|©|updated|last updated)\b ?:?(\s|$)|^(sources?|quelle|fuente|fonte|bron|notes?):/i.test(
    cells.at(row, 0),
  ) &&
  !cells
    .row(row)
    .slice(1)
    .some(cell => /^[-+]?[\d.,]+$/.test(cell));

/** A last row whose first word is one such as "Total". */
export const isTotal = (cells: Cells, row: number, marks: Marks): boolean =>
  /^((grand|sub) ?)?(total|totals|sum|summe|gesamt|gesamtsumme|insgesamt|average|avg|mean|mittelwert|median|max|maximum|min|minimum|count|anzahl|somme|moyenne|suma|promedio|media|totale|soma|totaal|gemiddelde|总计|合计)\.?( \d{4})?:?$/i.test(
    cells.row(row).find(cell => cell !== "") ?? "",
  ) && cells.row(row).some(cell => lookOf(cell, marks) === "number");
