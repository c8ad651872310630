/**
 * Recurrent layers with recurrent dropout, zoneout and layer normalization in float64, given the masks.
 *
 *   gate k sees mask_k ⊙ h                 state = m·new + (1 - m)·old, m a mask of 0 and 1, or 1 - rate
 *   N(v) = (v - mean) / sqrt(variance + 1e-5)
 */
import { type SequenceOptions, type SequenceSizes, type Step, sequenceReference } from "./sequence.ts";

export interface RegularizedSizes extends SequenceSizes {
  H: number;
}

export interface RegularizedOptions extends SequenceOptions {
  cell: "lstm" | "layerNormLstm" | "gru" | "gruResetBefore" | "simpleRnn";
  /** [N, gates, H] */
  recurrentMask?: ArrayLike<number> | undefined;
  /** What of the new value is taken, [N, T, H] by step in the order of computation; or one number. */
  hidden?: ArrayLike<number> | number;
  cellState?: ArrayLike<number> | number;
}

type Numbers = readonly number[];

const GATES = { lstm: 4, layerNormLstm: 4, gru: 3, gruResetBefore: 3, simpleRnn: 1 };

/**
 * x, kernel, recurrentKernel, bias, (gamma, cellGamma, cellBeta), and h and c where there is an initial state.
 *
 * @returns the outputs [output, h, c], or [output, h]
 */
export function regularizedReference(sizes: RegularizedSizes, options: RegularizedOptions) {
  const { T, H } = sizes;
  const { cell, recurrentMask } = options;
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
    const sigmoid = (a: number) => s.activate("sigmoid", a);
    const tanh = (a: number) => s.activate("tanh", a);

    function step(n: number, x: Numbers, [h, c]: readonly Numbers[]): number[][] {
      const seen = (gate: number, values = h) =>
        recurrentMask
          ? values.map((value, j) => s.mul(value, s.of(recurrentMask[(n * gates + gate) * H + j])))
          : values;
      const columns = Array.from({ length: G }, (_, k) => k);
      let fromX = columns.map(k => dot(x, v.kernel, k, G));
      const column = (k: number, values?: Numbers) => dot(seen(Math.floor(k / H), values), v.recurrentKernel, k, G);
      let fromH = columns.map(k => column(k));
      if (cell === "layerNormLstm") {
        fromX = scale(normalize(fromX), v.gamma.slice(0, G));
        fromH = scale(normalize(fromH), v.gamma.slice(G));
      }
      // The GRU that resets after its product has a bias of h too.
      if (cell === "gru" && v.bias) fromH = fromH.map((value, k) => s.add(value, v.bias[G + k]));
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
    }

    /** @param at the step's number in [N, T] */
    function blend(next: number[], old: Numbers, part: ArrayLike<number> | number | undefined, at: number): number[] {
      if (part === undefined) return next;
      return next.map((value, j) => {
        const m = s.of(typeof part === "number" ? part : part[at * H + j]);
        return s.add(s.mul(m, value), s.mul(s.complement(m), old[j]));
      });
    }

    const parts = [options.hidden, options.cellState];
    // Steps are numbered as the outputs they belong to.
    return (x, states, n, t) => step(n, x, states).map((next, k) => blend(next, states[k], parts[k], n * T + t));
  });
}
