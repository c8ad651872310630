/** A recurrent layer in float64 from a step of one sequence: masks, directions and states are the same for all cells. */
import type { ReferenceRun, Values } from "../helpers/references.ts";
import { Scalars } from "./scalars.ts";

export interface SequenceSizes {
  N: number;
  T: number;
  C: number;
}

export interface SequenceOptions {
  goBackwards?: boolean | undefined;
  returnSequences?: boolean | undefined;
  /** [N, T]: 0 hides a step */
  mask?: ArrayLike<number> | undefined;
  zeroOutputForMask?: boolean | undefined;
}

/** Weights and inputs by name, each number by its index. */
export type Indices = Readonly<Record<string, number[]>>;

/** The states after step t of sequence n, the output first; steps count in the order of computation. */
export type Step = (x: readonly number[], states: readonly (readonly number[])[], n: number, t: number) => number[][];

/**
 * x [N, T, C], the weights that the step reads, and the states by their names where they are given; else they are zeros.
 *
 * @param stateSizes by name, the output's first
 * @returns the outputs: that of the layer, then the states
 */
export function sequenceReference(
  { N, T, C }: SequenceSizes,
  { goBackwards, returnSequences, mask, zeroOutputForMask }: SequenceOptions,
  stateSizes: Readonly<Record<string, number>>,
  stepOf: (s: Scalars, v: Indices) => Step,
) {
  const kinds = Object.entries(stateSizes);
  return (given: Values): ReferenceRun => {
    const s = new Scalars();
    const v = Object.fromEntries(Object.entries(given).map(([name, values]) => [name, s.all(values)]));
    const step = stepOf(s, v);
    const zero = s.of(0);
    const zeros: number[] = new Array(kinds[0][1]).fill(zero);
    const outputs: number[][] = [[], ...kinds.map(() => [])];
    for (let n = 0; n < N; n++) {
      let states = kinds.map(
        ([name, size]) => v[name]?.slice(n * size, (n + 1) * size) ?? new Array<number>(size).fill(zero),
      );
      let last = zeros;
      for (let t = 0; t < T; t++) {
        const at = n * T + (goBackwards ? T - 1 - t : t);
        const real = !mask || mask[at];
        if (real) {
          states = step(v.x.slice(at * C, (at + 1) * C), states, n, t);
          last = states[0];
        }
        if (returnSequences) outputs[0].push(...(real || !zeroOutputForMask ? last : zeros));
      }
      if (!returnSequences) outputs[0].push(...last);
      states.forEach((state, i) => {
        outputs[i + 1].push(...state);
      });
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
