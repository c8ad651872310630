/**
 * Recurrent layers with recurrent dropout, zoneout and layer normalization in float64, given the masks.
 *
 *   gate k sees mask_k ⊙ h                 state = m·new + (1 - m)·old, m a mask of 0 and 1, or 1 - rate
 *   N(v) = (v - mean) / sqrt(variance + 1e-5)
 */
import type { Activation } from "./activations.ts";
import { type SequenceOptions, type SequenceSizes, type Step, sequenceReference } from "./sequence.ts";

export interface RegularizedSizes extends SequenceSizes {
  H: number;
}

export interface RegularizedOptions extends SequenceOptions {
  cell: "lstm" | "layerNormLstm" | "gru" | "layerNormGru" | "gruResetBefore" | "simpleRnn";
  /** Default "tanh" */
  activation?: Activation | undefined;
  /** Default "sigmoid" */
  recurrentActivation?: Activation | undefined;
}

type Numbers = readonly number[];

const GATES = { lstm: 4, layerNormLstm: 4, gru: 3, layerNormGru: 3, gruResetBefore: 3, simpleRnn: 1 };

/**
 * x, kernel, recurrentKernel, bias, (gamma, cellGamma, cellBeta), and h and c where there is an initial state.
 *
 * @returns the outputs [output, h, c], or [output, h]
 */
export function regularizedReference(sizes: RegularizedSizes, options: RegularizedOptions) {
  const { H } = sizes;
  const { cell, activation = "tanh", recurrentActivation = "sigmoid" } = options;
  const gates = GATES[cell];
  const G = gates * H;
  const hasCell = cell === "lstm" || cell === "layerNormLstm";
  return sequenceReference(sizes, options, hasCell ? { h: H, c: H } : { h: H }, (s, v): Step => {
    const zero = s.of(0);
    const units = Array.from({ length: H }, (_, j) => j);
    const total = (terms: Numbers) => terms.reduce((a, b) => s.add(a, b), zero);
    const dot = (a: Numbers, matrix: Numbers, column: number, width: number) =>
      total(a.map((value, j) => s.mul(value, matrix[j * width + column])));
    const normalize = (values: Numbers) => {
      const share = s.of(1 / values.length);
      const mean = s.mul(s.of(-1), s.mul(share, total(values)));
      const centred = values.map(value => s.add(value, mean));
      const variance = s.mul(share, total(centred.map(d => s.mul(d, d))));
      const inverse = s.power(s.add(variance, s.of(1e-5)), -0.5);
      return centred.map(d => s.mul(d, inverse));
    };
    const scale = (values: Numbers, gain: Numbers) => values.map((value, i) => s.mul(value, gain[i]));
    const sigmoid = (a: number) => s.activate(recurrentActivation, a);
    const tanh = (a: number) => s.activate(activation, a);

    return (x, [h, c], seen) => {
      const columns = Array.from({ length: G }, (_, k) => k);
      let fromX = columns.map(k => dot(x, v.kernel, k, G));
      const column = (k: number, values: Numbers) => dot(seen(Math.floor(k / H), values), v.recurrentKernel, k, G);
      let fromH = columns.map(k => column(k, h));
      if (v.gamma) {
        fromX = scale(normalize(fromX), v.gamma.slice(0, G));
        fromH = scale(normalize(fromH), v.gamma.slice(G));
      }
      // GRUs that reset after their product have a bias of h too.
      if (/gru$/i.test(cell) && v.bias) fromH = fromH.map((value, k) => s.add(value, v.bias[G + k]));
      if (v.bias) fromX = fromX.map((value, k) => s.add(value, v.bias[k]));
      const z = columns.map(k => s.add(fromX[k], fromH[k]));
      if (cell === "simpleRnn") return [z.map(tanh)];
      if (!hasCell) {
        const [update, reset] = [0, H].map(first => units.map(j => sigmoid(z[first + j])));
        const candidate = units.map(j => {
          const k = 2 * H + j;
          if (cell === "gruResetBefore") {
            return tanh(s.add(fromX[k], column(k, scale(h, reset))));
          }
          return tanh(s.add(fromX[k], s.mul(reset[j], fromH[k])));
        });
        const mix = (j: number) => s.add(s.mul(update[j], h[j]), s.mul(s.complement(update[j]), candidate[j]));
        return [units.map(mix)];
      }
      const [i, f, o] = [0, 1, 3].map(gate => units.map(j => sigmoid(z[gate * H + j])));
      const next = units.map(j => s.add(s.mul(f[j], c[j]), s.mul(i[j], tanh(z[2 * H + j]))));
      const scaled =
        cell === "layerNormLstm"
          ? scale(normalize(next), v.cellGamma).map((value, j) => s.add(value, v.cellBeta[j]))
          : next;
      return [units.map(j => s.mul(o[j], tanh(scaled[j]))), next];
    };
  });
}
