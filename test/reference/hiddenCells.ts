/**
 * Layers whose only state is h, in float64: one step each, as Keras 3 or the paper defines it, run over a batch by one
 * function. Gates of the GRU in the order z r h.
 */
import type { ReferenceRun, Values } from "../helpers/references.ts";
import type { Activation } from "./activations.ts";
import { Scalars } from "./scalars.ts";

export interface HiddenSizes {
  N: number;
  T: number;
  C: number;
  H: number;
}

export interface HiddenOptions {
  activation?: Activation;
  recurrentActivation?: Activation;
  /** Of the GRU; default true */
  resetAfter?: boolean;
  goBackwards?: boolean;
  returnSequences?: boolean;
  /** [N, T]: 0 hides a step */
  mask?: ArrayLike<number> | undefined;
  zeroOutputForMask?: boolean | undefined;
}

export type HiddenCell = "gru" | "simpleRNN" | "indRNN";

type Numbers = readonly number[];
/** h after a step of one sequence. */
type Step = (x: Numbers, h: Numbers) => number[];

function stepOf(
  cell: HiddenCell,
  s: Scalars,
  v: Readonly<Record<string, number[]>>,
  { C, H }: HiddenSizes,
  options: HiddenOptions,
): Step {
  const {
    resetAfter = true,
    recurrentActivation = "sigmoid",
    activation = cell === "indRNN" ? "relu" : "tanh",
  } = options;
  const zero = s.of(0);
  const gates = cell === "gru" ? 3 : 1;
  const dot = (a: Numbers, matrix: Numbers, column: number, start: number) =>
    a.reduce((sum, value, j) => s.add(sum, s.mul(value, matrix[j * gates * H + column])), start);
  const fromX = (x: Numbers, column: number) => dot(x.slice(0, C), v.kernel, column, v.bias?.[column] ?? zero);
  const fromH = (h: Numbers, column: number, bias = zero) => dot(h, v.recurrentKernel, column, bias);
  const units = (of: (j: number) => number) => Array.from({ length: H }, (_, j) => of(j));
  switch (cell) {
    case "simpleRNN":
      return (x, h) => units(j => s.activate(activation, s.add(fromX(x, j), fromH(h, j))));
    case "indRNN":
      return (x, h) => units(j => s.activate(activation, s.add(fromX(x, j), s.mul(v.recurrentKernel[j], h[j]))));
    case "gru":
      return (x, h) => {
        // The second row of the bias, that of h.
        const own = (column: number) => (resetAfter ? v.bias?.[3 * H + column] : undefined);
        const gate = (column: number) =>
          s.activate(recurrentActivation, s.add(fromX(x, column), fromH(h, column, own(column))));
        const z = units(gate);
        const r = units(j => gate(H + j));
        const reset = h.map((value, j) => s.mul(r[j], value));
        return units(j => {
          const column = 2 * H + j;
          const past = resetAfter ? s.mul(r[j], fromH(h, column, own(column))) : fromH(reset, column);
          const candidate = s.activate(activation, s.add(fromX(x, column), past));
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
  const { N, T, C, H } = sizes;
  const { goBackwards, returnSequences, mask, zeroOutputForMask } = options;
  return (given: Values): ReferenceRun => {
    const s = new Scalars();
    const v = Object.fromEntries(Object.entries(given).map(([name, values]) => [name, s.all(values)]));
    const step = stepOf(cell, s, v, sizes, options);
    const zeros: number[] = new Array(H).fill(s.of(0));
    const outputs: number[][] = [[], []];
    for (let n = 0; n < N; n++) {
      let h = v.h?.slice(n * H, (n + 1) * H) ?? zeros;
      let last = zeros;
      for (let t = 0; t < T; t++) {
        const at = n * T + (goBackwards ? T - 1 - t : t);
        const real = !mask || mask[at];
        if (real) last = h = step(v.x.slice(at * C, (at + 1) * C), h);
        if (returnSequences) outputs[0].push(...(real || !zeroOutputForMask ? last : zeros));
      }
      if (!returnSequences) outputs[0].push(...last);
      outputs[1].push(...h);
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
