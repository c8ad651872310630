/**
 * minGRU, minLSTM, sLSTM and mLSTM in float64, as their papers define them. `naive`: exponential gates as they are, not
 * divided by e^m, which is 0; h is the same, until they overflow.
 */
import type { Scalars } from "./scalars.ts";
import { type Indices, type SequenceOptions, type SequenceSizes, type Step, sequenceReference } from "./sequence.ts";

export type ModernCell = "minGRU" | "minLSTM" | "sLSTM" | "mLSTM";

export interface ModernSizes extends SequenceSizes {
  H: number;
}

export interface ModernOptions extends SequenceOptions {
  /** Of minGRU and minLSTM */
  positive?: boolean | undefined;
  /** Of mLSTM; default 1 */
  heads?: number | undefined;
  naive?: boolean | undefined;
}

/** Columns of kernel. */
export function widthOf(cell: ModernCell, H: number, heads = 1): number {
  return cell === "mLSTM" ? 4 * H + 2 * heads : { minGRU: 2, minLSTM: 3, sLSTM: 4 }[cell] * H;
}

/** Sizes of the states by name. */
export function statesOf(cell: ModernCell, H: number, heads = 1): Record<string, number> {
  if (cell === "mLSTM") return { h: H, c: (H * H) / heads, n: H, m: heads };
  return cell === "sLSTM" ? { h: H, c: H, n: H, m: H } : { h: H };
}

/** Gates by column, from x and, where there is a recurrentKernel, h. */
type Gate = (x: readonly number[], h: readonly number[], column: number) => number;

function gateOf(s: Scalars, v: Indices, width: number): Gate {
  const zero = s.of(0);
  const dot = (a: readonly number[], matrix: readonly number[], column: number, start: number) =>
    a.reduce((sum, value, j) => s.add(sum, s.mul(value, matrix[j * width + column])), start);
  return (x, h, column) => {
    const fromX = dot(x, v.kernel, column, v.bias?.[column] ?? zero);
    return v.recurrentKernel ? dot(h, v.recurrentKernel, column, fromX) : fromX;
  };
}

/** g of minGRU and minLSTM. */
function candidate(s: Scalars, z: number, positive: boolean | undefined): number {
  if (!positive) return z;
  return s.values[z] >= 0 ? s.add(z, s.of(0.5)) : s.activate("sigmoid", z);
}

/** The gates i and f of xLSTM, and the new scale. `first`: nothing is scaled yet. */
function exponentialGates(s: Scalars, zi: number, zf: number, m: number, first: boolean, naive = false) {
  if (naive) return { i: s.exp(zi), f: s.activate("sigmoid", zf), m };
  const old = s.add(s.logSigmoid(zf), m);
  const scale = first ? zi : s.max(zi, old);
  const under = (a: number) => s.exp(s.add(a, s.mul(s.of(-1), scale)));
  return { i: under(zi), f: under(old), m: scale };
}

/** (values - mean) / sqrt(variance + 1e-5) */
function normalized(s: Scalars, values: readonly number[]): number[] {
  const share = s.of(1 / values.length);
  const mean = (of: readonly number[]) =>
    s.mul(
      share,
      of.reduce((sum, value) => s.add(sum, value)),
    );
  const center = s.mul(s.of(-1), mean(values));
  const distances = values.map(value => s.add(value, center));
  const variance = mean(distances.map(distance => s.mul(distance, distance)));
  const inverse = s.power(s.add(variance, s.of(1e-5)), -0.5);
  return distances.map(distance => s.mul(distance, inverse));
}

function stepOf(cell: ModernCell, H: number, { positive, heads = 1, naive }: ModernOptions) {
  return (s: Scalars, v: Indices): Step => {
    const gate = gateOf(s, v, widthOf(cell, H, heads));
    const units = <T>(of: (j: number) => T) => Array.from({ length: H }, (_, j) => of(j));
    const sigmoid = (a: number) => s.activate("sigmoid", a);
    switch (cell) {
      case "minGRU":
        return (x, [h]) => {
          const next = units(j => {
            const z = sigmoid(gate(x, h, j));
            const g = candidate(s, gate(x, h, H + j), positive);
            return s.add(s.mul(s.complement(z), h[j]), s.mul(z, g));
          });
          return [next];
        };
      case "minLSTM":
        return (x, [h]) => {
          const next = units(j => {
            const [i, f] = [sigmoid(gate(x, h, j)), sigmoid(gate(x, h, H + j))];
            const g = candidate(s, gate(x, h, 2 * H + j), positive);
            const sum = s.add(i, f);
            return s.add(s.mul(s.div(f, sum), h[j]), s.mul(s.div(i, sum), g));
          });
          return [next];
        };
      case "sLSTM":
        return (x, [h, c, n, m], seen) => {
          const hidden = [0, 1, 2, 3].map(part => seen(part, h));
          const next = units(j => {
            const [zi, zf, zz, zo] = hidden.map((own, part) => gate(x, own, part * H + j));
            const { i, f, m: scale } = exponentialGates(s, zi, zf, m[j], s.values[n[j]] === 0, naive);
            const cell = s.add(s.mul(f, c[j]), s.mul(i, s.activate("tanh", zz)));
            const norm = s.add(s.mul(f, n[j]), i);
            return [s.mul(sigmoid(zo), s.div(cell, norm)), cell, norm, scale];
          });
          return [0, 1, 2, 3].map(state => next.map(unit => unit[state]));
        };
      case "mLSTM":
        return (x, [h, c, n, m]) => {
          const D = H / heads;
          const z = (column: number) => gate(x, h, column);
          const root = s.of(1 / Math.sqrt(D));
          const { gamma } = v;
          const next = { h: [] as number[], c: [] as number[], n: [] as number[], m: [] as number[] };
          for (let a = 0; a < heads; a++) {
            const of = (part: number) => Array.from({ length: D }, (_, j) => z(part * H + a * D + j));
            const [q, v, o] = [of(0), of(2), of(3)];
            const k = of(1).map(value => s.mul(root, value));
            const [zi, zf] = [z(4 * H + a), z(4 * H + heads + a)];
            const { i, f, m: scale } = exponentialGates(s, zi, zf, m[a], false, naive);
            const dot = (values: number[]) => values.reduce((sum, value, j) => s.add(sum, s.mul(q[j], value)), s.of(0));
            const rows = k.map((key, j) =>
              v.map((value, l) => s.add(s.mul(f, c[(a * D + j) * D + l]), s.mul(i, s.mul(key, value)))),
            );
            const norm = k.map((key, j) => s.add(s.mul(f, n[a * D + j]), s.mul(i, key)));
            const divisor = s.max(s.abs(dot(norm)), s.exp(s.mul(s.of(-1), scale)));
            const read = o.map((_, l) => s.div(dot(rows.map(row => row[l])), divisor));
            const gains = gamma?.slice(a * D, (a + 1) * D);
            const output = gains ? normalized(s, read).map((value, l) => s.mul(gains[l], value)) : read;
            next.h.push(...o.map((out, l) => s.mul(sigmoid(out), output[l])));
            next.c.push(...rows.flat());
            next.n.push(...norm);
            next.m.push(scale);
          }
          return [next.h, next.c, next.n, next.m];
        };
    }
  };
}

/**
 * x, kernel, recurrentKernel of the sLSTM, bias, gamma of an mLSTM that normalizes, and the states where they are given.
 *
 * @returns the outputs: that of the layer, then the states
 */
export function modernReference(cell: ModernCell, sizes: ModernSizes, options: ModernOptions) {
  const { H } = sizes;
  return sequenceReference(sizes, options, statesOf(cell, H, options.heads), stepOf(cell, H, options));
}
