/** y [rows, C]: row ids[r] of the table [V, C] for each of the ids [rows]. */
export function embeddingForward(ids: ArrayLike<number>, table: ArrayLike<number>, C: number): Float64Array {
  const y = new Float64Array(ids.length * C);
  for (let i = 0; i < y.length; i++) y[i] = table[ids[Math.floor(i / C)] * C + (i % C)];
  return y;
}

/** dTable [V, C] from dy [rows, C]: rows of the same id add up. */
export function embeddingBackward(dy: ArrayLike<number>, ids: ArrayLike<number>, V: number, C: number): Float64Array {
  const dTable = new Float64Array(V * C);
  for (let i = 0; i < dy.length; i++) dTable[ids[Math.floor(i / C)] * C + (i % C)] += dy[i];
  return dTable;
}
