/**
 * LSTM and GRU with layer normalization in float64, N(v) = (v - mean) / sqrt(variance + layerNormEpsilon):
 *
 *   z = gamma·N(x·kernel) + gamma'·N(h·recurrentKernel) + bias
 *   of the LSTM h = o·activation(cellGamma·N(c) + cellBeta); the GRU resets after its product
 */
import type { Activation } from "./activations.ts";
import { type SequenceOptions, type SequenceSizes, type Step, sequenceReference } from "./sequence.ts";

export interface LayerNormSizes extends SequenceSizes {
  H: number;
}

export interface LayerNormOptions extends SequenceOptions {
  /** Default "tanh" */
  activation?: Activation | undefined;
  /** Default "sigmoid" */
  recurrentActivation?: Activation | undefined;
  /** Default 1e-3 */
  layerNormEpsilon?: number | undefined;
}

export type LayerNormCell = "lstm" | "gru";

type Numbers = readonly number[];

/**
 * x, kernel, recurrentKernel, bias, gamma, (cellGamma, cellBeta), and h and c where there is an initial state.
 *
 * @returns the outputs [output, h, c], or [output, h]
 */
export function layerNormReference(cell: LayerNormCell, sizes: LayerNormSizes, options: LayerNormOptions) {
  const { H } = sizes;
  const { activation = "tanh", recurrentActivation = "sigmoid", layerNormEpsilon = 1e-3 } = options;
  const G = (cell === "lstm" ? 4 : 3) * H;
  return sequenceReference(sizes, options, cell === "lstm" ? { h: H, c: H } : { h: H }, (s, v): Step => {
    const zero = s.of(0);
    const units = <T>(of: (j: number) => T) => Array.from({ length: H }, (_, j) => of(j));
    const columns = (of: (k: number) => number) => Array.from({ length: G }, (_, k) => of(k));
    const total = (terms: Numbers) => terms.reduce((a, b) => s.add(a, b), zero);
    const dot = (a: Numbers, matrix: Numbers, column: number) =>
      total(a.map((value, j) => s.mul(value, matrix[j * G + column])));
    const normalize = (values: Numbers, gain: Numbers) => {
      const share = s.of(1 / values.length);
      const mean = s.mul(s.of(-1), s.mul(share, total(values)));
      const centred = values.map(value => s.add(value, mean));
      const variance = s.mul(share, total(centred.map(d => s.mul(d, d))));
      const inverse = s.power(s.add(variance, s.of(layerNormEpsilon)), -0.5);
      return centred.map((d, i) => s.mul(s.mul(d, inverse), gain[i]));
    };
    const shift = (values: number[], bias: Numbers | undefined) =>
      bias ? values.map((value, k) => s.add(value, bias[k])) : values;
    const gate = (a: number) => s.activate(recurrentActivation, a);
    const squash = (a: number) => s.activate(activation, a);

    return (x, [h, c], seen) => {
      const ofX = columns(k => dot(x, v.kernel, k));
      const ofH = columns(k => dot(seen(Math.floor(k / H), h), v.recurrentKernel, k));
      const fromX = shift(normalize(ofX, v.gamma.slice(0, G)), v.bias?.slice(0, G));
      // The GRU has a bias of h too.
      const fromH = shift(normalize(ofH, v.gamma.slice(G)), cell === "gru" ? v.bias?.slice(G) : undefined);
      const z = (k: number) => s.add(fromX[k], fromH[k]);
      if (cell === "gru") {
        const next = units(j => {
          const [update, reset] = [gate(z(j)), gate(z(H + j))];
          const candidate = squash(s.add(fromX[2 * H + j], s.mul(reset, fromH[2 * H + j])));
          return s.add(s.mul(update, h[j]), s.mul(s.complement(update), candidate));
        });
        return [next];
      }
      const next = units(j => {
        const [i, f] = [gate(z(j)), gate(z(H + j))];
        return s.add(s.mul(f, c[j]), s.mul(i, squash(z(2 * H + j))));
      });
      const read = shift(normalize(next, v.cellGamma), v.cellBeta);
      return [units(j => s.mul(gate(z(3 * H + j)), squash(read[j]))), next];
    };
  });
}
