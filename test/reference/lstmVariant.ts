/**
 * An LSTM layer with all its options in float64. Gates i f g o, or i g o where f = 1 - i; p are peephole weights:
 *
 *   z = x·kernel + h·recurrentKernel + bias + p·c in i, f and o        z is clipped to ±clip
 *   c = f·c + i·g, or f·c + i·i·g                                      c to ±cellClip
 *   h = o·cellActivation(c), or that times projectionKernel
 */
import type { Activation } from "./activations.ts";
import type { LstmOptions, LstmSizes } from "./lstm.ts";
import { type Step, sequenceReference } from "./sequence.ts";

export interface LstmVariantOptions extends LstmOptions {
  peephole?: "gers" | "previous";
  inputGate?: "plain" | "squared";
  coupledGates?: boolean;
  cellActivation?: Activation;
  cellClip?: number;
  clip?: number;
  projection?: number;
}

/**
 * x [N, T, C], kernel, recurrentKernel, bias, peephole, projectionKernel, and h and c where there is an initial state.
 *
 * @returns the outputs [output, h, c]
 */
export function lstmVariantReference(sizes: LstmSizes, options: LstmVariantOptions) {
  const { activation = "tanh", recurrentActivation = "sigmoid" } = options;
  const { peephole, coupledGates, cellActivation = activation, cellClip, clip, projection } = options;
  const { C, H } = sizes;
  const F = projection ?? H;
  const gates = coupledGates ? 3 : 4;
  const G = gates * H;
  return sequenceReference(sizes, options, { h: F, c: H }, (s, v): Step => {
    const zero = s.of(0);
    const sum = (count: number, term: (j: number) => number, start = zero) => {
      let total = start;
      for (let j = 0; j < count; j++) total = s.add(total, term(j));
      return total;
    };

    return (x, [h, c], seen) => {
      const hidden = Array.from({ length: gates }, (_, gate) => seen(gate, h));
      const z = (column: number) => {
        const own = hidden[Math.floor(column / H)];
        const fromX = sum(C, j => s.mul(x[j], v.kernel[j * G + column]), v.bias?.[column]);
        return sum(F, j => s.mul(own[j], v.recurrentKernel[j * G + column]), fromX);
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
        m[j] = s.mul(o, s.activate(cellActivation, cNext[j]));
      }
      const project = (k: number) => sum(H, j => s.mul(m[j], v.projectionKernel[j * F + k]));
      return [projection ? Array.from({ length: F }, (_, k) => project(k)) : m, cNext];
    };
  });
}
