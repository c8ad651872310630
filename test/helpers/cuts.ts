/** Matrices cut into blocks, for kernels that must give the same bits however their work is shared out. */
import fc from "fast-check";

/** The blocks of an M x N matrix: rows m to `end` and columns n to `last`, ends left out, by rows first. */
export function blocks(M: number, N: number, rows: readonly number[], columns: readonly number[]) {
  const spans = (size: number, cuts: readonly number[]) => [...cuts, size].map((end, i) => [cuts[i - 1] ?? 0, end]);
  return spans(M, rows).flatMap(([m, end]) => spans(N, columns).map(([n, last]) => ({ m, end, n, last })));
}

/** Up to `maxLength` places in ascending order to cut a side of this size. */
export const cutsOf = (size: number, maxLength: number) =>
  fc.uniqueArray(fc.integer({ min: 1, max: size - 1 }), { maxLength }).map(cuts => cuts.sort((x, y) => x - y));
