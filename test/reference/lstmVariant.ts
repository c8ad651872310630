/**
 * An LSTM layer with all its options in float64. Gates i f g o, or i g o where f = 1 - i; p are peephole weights:
 *
 *   z = x·kernel + h·recurrentKernel + bias + p·c in i, f and o        z is clipped to ±clip
 *   c = f·c + i·g, or f·c + i·i·g                                      c to ±cellClip
 *   h = o·activation(c), or that times projectionKernel
 */
import type { ReferenceRun, Values } from "../helpers/references.ts";
import type { LstmOptions, LstmSizes } from "./lstm.ts";
import { Scalars } from "./scalars.ts";

export interface LstmVariantOptions extends LstmOptions {
  peephole?: "gers" | "previous";
  inputGate?: "plain" | "squared";
  coupledGates?: boolean;
  cellClip?: number;
  clip?: number;
  projection?: number;
}

/**
 * x [N, T, C], kernel, recurrentKernel, bias, peephole, projectionKernel, and h and c where there is an initial state.
 *
 * @returns the outputs [output, h, c]
 */
export function lstmVariantReference({ N, T, C, H }: LstmSizes, options: LstmVariantOptions) {
  const { activation = "tanh", recurrentActivation = "sigmoid", goBackwards, returnSequences, mask } = options;
  const { peephole, coupledGates, cellClip, clip, projection, zeroOutputForMask } = options;
  const F = projection ?? H;
  const gates = coupledGates ? 3 : 4;
  const G = gates * H;
  return (given: Values): ReferenceRun => {
    const s = new Scalars();
    const v = Object.fromEntries(Object.entries(given).map(([name, values]) => [name, s.all(values)]));
    const zero = s.of(0);
    const sum = (count: number, term: (j: number) => number, start = zero) => {
      let total = start;
      for (let j = 0; j < count; j++) total = s.add(total, term(j));
      return total;
    };

    /** A step of one sequence. */
    const stepOf = (x: number[], h: number[], c: number[]) => {
      const z = (column: number) => {
        const fromX = sum(C, j => s.mul(x[j], v.kernel[j * G + column]), v.bias?.[column]);
        return sum(F, j => s.mul(h[j], v.recurrentKernel[j * G + column]), fromX);
      };
      const seeing = (column: number, row: number, cell: number) => {
        const own = z(column);
        return peephole ? s.add(own, s.mul(v.peephole[row * H + (column % H)], cell)) : own;
      };
      const gate = (preActivation: number, kind = recurrentActivation) => s.activate(kind, s.clip(preActivation, clip));
      const cNext: number[] = [];
      const m: number[] = [];
      for (let j = 0; j < H; j++) {
        const i = gate(seeing(j, 0, c[j]));
        const f = coupledGates ? s.complement(i) : gate(seeing(H + j, 1, c[j]));
        const g = gate(z((gates - 2) * H + j), activation);
        const input = options.inputGate === "squared" ? s.mul(s.mul(i, i), g) : s.mul(i, g);
        cNext[j] = s.clip(s.add(s.mul(f, c[j]), input), cellClip);
        const o = gate(seeing((gates - 1) * H + j, gates - 2, peephole === "gers" ? cNext[j] : c[j]));
        m[j] = s.mul(o, s.activate(activation, cNext[j]));
      }
      const project = (k: number) => sum(H, j => s.mul(m[j], v.projectionKernel[j * F + k]));
      return { h: projection ? Array.from({ length: F }, (_, k) => project(k)) : m, c: cNext };
    };

    const outputs: number[][] = [[], [], []];
    for (let n = 0; n < N; n++) {
      let h = v.h?.slice(n * F, (n + 1) * F) ?? new Array(F).fill(zero);
      let c = v.c?.slice(n * H, (n + 1) * H) ?? new Array(H).fill(zero);
      const zeros: number[] = new Array(F).fill(zero);
      let last = zeros;
      for (let t = 0; t < T; t++) {
        const at = n * T + (goBackwards ? T - 1 - t : t);
        const real = !mask || mask[at];
        if (real) {
          ({ h, c } = stepOf(v.x.slice(at * C, (at + 1) * C), h, c));
          last = h;
        }
        if (returnSequences) outputs[0].push(...(real || !zeroOutputForMask ? last : zeros));
      }
      if (!returnSequences) outputs[0].push(...last);
      outputs[1].push(...h);
      outputs[2].push(...c);
    }
    return {
      outputs: outputs.map(indices => Float64Array.from(indices, index => s.values[index])),
      gradients(outer) {
        const pairs = outputs.flatMap((indices, k) =>
          outer[k] ? indices.map((index, i) => [index, outer[k]?.[i] ?? 0] as const) : [],
        );
        const all = s.gradients(pairs);
        return Object.fromEntries(
          Object.entries(v).map(([name, indices]) => [name, Float64Array.from(indices, index => all[index])]),
        );
      },
    };
  };
}
