/** A packed matrix by its definition: [ceil(N / 8)][K][8], zeros in the missing columns. */
export function panels(K: number, N: number, at: (k: number, n: number) => number): Float32Array {
  const packed = new Float32Array(Math.ceil(N / 8) * 8 * K);
  for (let k = 0; k < K; k++) {
    for (let n = 0; n < N; n++) packed[(n >> 3) * K * 8 + k * 8 + (n & 7)] = at(k, n);
  }
  return packed;
}
