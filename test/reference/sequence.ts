/** A recurrent layer in float64 from a step of one sequence: masks, directions and states are the same for all cells. */
import type { ReferenceRun, Values } from "./reference.ts";
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
  /** Of recurrent dropout, [N, gates, F]: gate k sees mask_k ⊙ h */
  recurrentMask?: ArrayLike<number> | undefined;
  /** Zoneout: what of the first state's new value is taken, [N, T, F] in the order of computation; or one number */
  hidden?: ArrayLike<number> | number | undefined;
  /** The same of the second state */
  cellState?: ArrayLike<number> | number | undefined;
}

/** Weights and inputs by name, each number by its index. */
export type Indices = Readonly<Record<string, number[]>>;

/** What a gate sees of hidden units. */
export type Seen = (gate: number, h: readonly number[]) => readonly number[];

/** The states after a step of one sequence, the output first. */
export type Step = (x: readonly number[], states: readonly (readonly number[])[], seen: Seen) => number[][];

/**
 * x [N, T, C], the weights that the step reads, and the states by their names where they are given; else they are zeros.
 *
 * @param stateSizes by name, the output's first
 * @returns the outputs: that of the layer, then the states
 */
export function sequenceReference(
  { N, T, C }: SequenceSizes,
  { goBackwards, returnSequences, mask, zeroOutputForMask, recurrentMask, hidden, cellState }: SequenceOptions,
  stateSizes: Readonly<Record<string, number>>,
  stepOf: (s: Scalars, v: Indices) => Step,
) {
  const kinds = Object.entries(stateSizes);
  return (given: Values): ReferenceRun => {
    const s = new Scalars();
    const v = Object.fromEntries(Object.entries(given).map(([name, values]) => [name, s.all(values)]));
    const step = stepOf(s, v);
    const [, F] = kinds[0];
    const gates = recurrentMask ? Math.floor(recurrentMask.length / (N * F)) : 0;
    const seenBy = (n: number): Seen => {
      if (!recurrentMask) return (_, h) => h;
      return (gate, h) => h.map((value, j) => s.mul(value, s.of(recurrentMask[(n * gates + gate) * F + j])));
    };
    /** A state after step `at` in [N, T]: m·next + (1 - m)·old. */
    const zoned = (
      next: number[],
      old: readonly number[],
      part: ArrayLike<number> | number | undefined,
      at: number,
    ) => {
      if (part === undefined) return next;
      return next.map((value, j) => {
        const m = s.of(typeof part === "number" ? part : part[at * next.length + j]);
        return s.add(s.mul(m, value), s.mul(s.complement(m), old[j]));
      });
    };
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
          const before = states;
          const next = step(v.x.slice(at * C, (at + 1) * C), before, seenBy(n));
          states = next.map((state, k) => zoned(state, before[k], [hidden, cellState][k], n * T + t));
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
