/** The Elman network in float64: h = tanh([x | h]·i2h + bias), output = [x | h before]·i2o + bias, at every step. */
import type { Reference } from "../helpers/references.ts";

export interface ElmanSizes {
  N: number;
  T: number;
  C: number;
  H: number;
  /** The output's */
  F: number;
}

interface Options {
  returnSequences?: boolean;
  goBackwards?: boolean;
}

/** x, i2h, i2hBias, i2o, i2oBias and h where there is an initial state; the outputs are [output, h]. */
export function elmanReference({ N, T, C, H, F }: ElmanSizes, { returnSequences, goBackwards }: Options): Reference {
  const K = C + H;
  const rows = (u: number, n: number) => (u * N + n) * K;
  const time = (u: number) => (goBackwards ? T - 1 - u : u);
  return v => {
    const both = new Float64Array((T + 1) * N * K); // [x | h before] of every step
    const made = new Float64Array(N * T * F);
    if (v.h) for (let n = 0; n < N; n++) for (let j = 0; j < H; j++) both[rows(0, n) + C + j] = v.h[n * H + j];
    for (let u = 0; u < T; u++) {
      for (let n = 0; n < N; n++) {
        const row = rows(u, n);
        for (let j = 0; j < C; j++) both[row + j] = v.x[(n * T + time(u)) * C + j];
        for (let j = 0; j < H; j++) {
          let z = v.i2hBias[j];
          for (let k = 0; k < K; k++) z += both[row + k] * v.i2h[k * H + j];
          both[rows(u + 1, n) + C + j] = Math.tanh(z);
        }
        for (let j = 0; j < F; j++) {
          let z = v.i2oBias[j];
          for (let k = 0; k < K; k++) z += both[row + k] * v.i2o[k * F + j];
          made[(n * T + u) * F + j] = z;
        }
      }
    }
    const h = Float64Array.from({ length: N * H }, (_, i) => both[rows(T, Math.floor(i / H)) + C + (i % H)]);
    const last = Float64Array.from({ length: N * F }, (_, i) => made[(Math.floor(i / F) * T + T - 1) * F + (i % F)]);
    return {
      outputs: [returnSequences ? made : last, h],
      gradients([dOutput, dh]) {
        const g = {
          x: new Float64Array(N * T * C),
          i2h: new Float64Array(K * H),
          i2hBias: new Float64Array(H),
          i2o: new Float64Array(K * F),
          i2oBias: new Float64Array(F),
        };
        const dState = Float64Array.from(dh ?? new Float64Array(N * H));
        for (let u = T - 1; u >= 0; u--) {
          for (let n = 0; n < N; n++) {
            const row = rows(u, n);
            const dRow = new Float64Array(K);
            for (let j = 0; j < H; j++) {
              const dz = dState[n * H + j] * (1 - both[rows(u + 1, n) + C + j] ** 2);
              g.i2hBias[j] += dz;
              for (let k = 0; k < K; k++) {
                g.i2h[k * H + j] += both[row + k] * dz;
                dRow[k] += v.i2h[k * H + j] * dz;
              }
            }
            for (let j = 0; j < F; j++) {
              const at = returnSequences ? (n * T + u) * F + j : n * F + j;
              const dz = dOutput && (returnSequences || u === T - 1) ? dOutput[at] : 0;
              g.i2oBias[j] += dz;
              for (let k = 0; k < K; k++) {
                g.i2o[k * F + j] += both[row + k] * dz;
                dRow[k] += v.i2o[k * F + j] * dz;
              }
            }
            for (let j = 0; j < C; j++) g.x[(n * T + time(u)) * C + j] += dRow[j];
            for (let j = 0; j < H; j++) dState[n * H + j] = dRow[C + j];
          }
        }
        return { ...g, h: dState };
      },
    };
  };
}
