/**
 * Layers whose only state is h, in float64: one step each, as Keras 3 or the paper defines it, run over a batch by one
 * function. Gates of the GRU in the order z r h.
 */
import type { Activation } from "./activations.ts";
import type { Scalars } from "./scalars.ts";
import { type Indices, type Seen, type SequenceOptions, type SequenceSizes, sequenceReference } from "./sequence.ts";

export interface HiddenSizes extends SequenceSizes {
  H: number;
}

export interface HiddenOptions extends SequenceOptions {
  activation?: Activation;
  recurrentActivation?: Activation;
  /** Of the GRU; default true */
  resetAfter?: boolean;
  /** Limit of what is activated */
  clip?: number;
}

export type HiddenCell = "gru" | "simpleRNN" | "indRNN";

type Numbers = readonly number[];
/** h after a step of one sequence. */
type Step = (x: Numbers, h: Numbers, seen: Seen) => number[];

function stepOf(cell: HiddenCell, s: Scalars, v: Indices, { C, H }: HiddenSizes, options: HiddenOptions): Step {
  const {
    resetAfter = true,
    recurrentActivation = "sigmoid",
    activation = cell === "indRNN" ? "relu" : "tanh",
    clip,
  } = options;
  const activated = (kind: Activation, z: number) => s.activate(kind, s.clip(z, clip));
  const zero = s.of(0);
  const gates = cell === "gru" ? 3 : 1;
  const dot = (a: Numbers, matrix: Numbers, column: number, start: number) =>
    a.reduce((sum, value, j) => s.add(sum, s.mul(value, matrix[j * gates * H + column])), start);
  const fromX = (x: Numbers, column: number) => dot(x.slice(0, C), v.kernel, column, v.bias?.[column] ?? zero);
  const fromH = (h: Numbers, column: number, bias = zero) => dot(h, v.recurrentKernel, column, bias);
  const units = (of: (j: number) => number) => Array.from({ length: H }, (_, j) => of(j));
  switch (cell) {
    case "simpleRNN":
      return (x, h, seen) => units(j => activated(activation, s.add(fromX(x, j), fromH(seen(0, h), j))));
    case "indRNN":
      return (x, h) => units(j => s.activate(activation, s.add(fromX(x, j), s.mul(v.recurrentKernel[j], h[j]))));
    case "gru":
      return (x, h, seen) => {
        // The second row of the bias, that of h.
        const own = (column: number) => (resetAfter ? v.bias?.[3 * H + column] : undefined);
        const gate = (column: number) =>
          activated(
            recurrentActivation,
            s.add(fromX(x, column), fromH(seen(Math.floor(column / H), h), column, own(column))),
          );
        const z = units(gate);
        const r = units(j => gate(H + j));
        const reset = h.map((value, j) => s.mul(r[j], value));
        return units(j => {
          const column = 2 * H + j;
          const past = resetAfter ? s.mul(r[j], fromH(seen(2, h), column, own(column))) : fromH(seen(2, reset), column);
          const candidate = activated(activation, s.add(fromX(x, column), past));
          return s.add(s.mul(z[j], h[j]), s.mul(s.complement(z[j]), candidate));
        });
      };
  }
}

/**
 * x [N, T, C], kernel, recurrentKernel, bias, and h where there is an initial state.
 *
 * @returns the outputs [output, h]
 */
export function hiddenReference(cell: HiddenCell, sizes: HiddenSizes, options: HiddenOptions) {
  return sequenceReference(sizes, options, { h: sizes.H }, (s, v) => {
    const step = stepOf(cell, s, v, sizes, options);
    return (x, [h], seen) => [step(x, h, seen)];
  });
}
