/**
 * y [N, T, C] = x times a mask [N, C] that is the same in every step; T = 1 for an ordinary mask. The mask holds 0 for
 * what is dropped and 1 / (1 - rate) for what is kept.
 */
export function dropoutForward(
  x: ArrayLike<number>,
  mask: ArrayLike<number>,
  N: number,
  T: number,
  C: number,
): Float64Array {
  const y = new Float64Array(N * T * C);
  for (let n = 0; n < N; n++) {
    for (let t = 0; t < T; t++) {
      for (let j = 0; j < C; j++) y[(n * T + t) * C + j] = x[(n * T + t) * C + j] * mask[n * C + j];
    }
  }
  return y;
}

/** dx [N, T, C] from dy [N, T, C]: the layer is linear, its gradient goes through the same mask. */
export const dropoutBackward = dropoutForward;
