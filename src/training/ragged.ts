/** Sequences of unequal length as a plain list of them: padded at their ends, with the lengths that they have. */
import { showShape } from "../expect.ts";
import { type NDArray, ndarray, sizeOf, toNDArray } from "../ndarray.ts";
import { roomFor, unequalLengths } from "../nested.ts";
import { warnOnce } from "../warn.ts";
import type { Slot } from "./slots.ts";

/** Whether a slot is for sequences that may be of unequal length: [N, T, ...], or ids [N, T]. */
export const takesLengths = ({ ids, shape }: Slot): boolean => shape.length >= (ids ? 1 : 2);

/** The lengths of sequences, where they are not all the same. */
export const lengthsOf = (value: unknown, slot: Slot): number[] | undefined =>
  takesLengths(slot) ? unequalLengths(value, slot.what) : undefined;

/**
 * Sequences padded at their ends.
 *
 * @param sequences of these lengths, each [length, ...]
 * @param steps what they are padded to
 * @param fill what they are padded with
 * @throws TypeError or RangeError for those that are too long, or whose steps are not alike
 */
export function padSequences(
  sequences: readonly unknown[],
  lengths: readonly number[],
  steps: number,
  slot: Slot,
  fill = 0,
): NDArray {
  const { what, labels } = slot;
  const arrays = sequences.map((sequence, n) => {
    if (lengths[n] > steps) {
      throw new RangeError(
        `${what}: expected sequences of at most ${steps} steps, got one of ${lengths[n]} at ${n}; cut it, or give the model ` +
          "inputs of any length, null",
      );
    }
    return toNDArray(sequence, `${what}[${n}]`, labels);
  });
  const first = lengths.findIndex(length => length > 0);
  const inner = arrays[first].shape.slice(1);
  const shape = [arrays.length, steps, ...inner];
  const room = roomFor(shape, what);
  if (fill !== 0) room.fill(fill);
  arrays.forEach((array, n) => {
    if (lengths[n] === 0) return;
    const own = array.shape.slice(1);
    if (own.join() !== inner.join()) {
      const [wanted, got] = [inner, own].map(of => showShape(["T", ...of]));
      throw new RangeError(`${what}[${n}]: expected ${wanted} as ${what}[${first}] is, got ${got}`);
    }
    room.set(array.data, n * steps * sizeOf(inner));
  });
  return ndarray(room, shape);
}

/** How many steps inputs of unequal length are padded to: as many as the model wants, else as the longest has. */
export function stepsFor({ what, shape: [T] }: Slot, lengths: readonly number[]): number {
  const [least, most] = lengths.reduce(([a, b], length) => [Math.min(a, length), Math.max(b, length)], [Infinity, 0]);
  if (typeof T !== "number") return most;
  warnOnce(
    `${what}: sequences of ${least} to ${most} steps for a model of ${T}: they are padded at their ends, and what is padding ` +
      "is hidden; { x, lengths } says the same",
  );
  return T;
}
