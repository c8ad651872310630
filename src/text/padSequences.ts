/** Sequences of unequal length as one array. */
import { showShape } from "../expect.ts";
import { describe, type NDArray, type NestedArray, ndarray, sizeOf, toNDArray } from "../ndarray.ts";
import { isRow, roomFor } from "../nested.ts";
import { boolean, checked, type Input, integer, number, oneOf, optional, options as schema } from "../options.ts";

const SIDES = ["pre", "post"] as const;

const OPTIONS = schema({
  /** How many steps all get; default as many as the longest has */
  maxlen: optional(integer()),
  /** Where padding goes: before the first step or after the last; default "pre", with `lengths` "post" */
  padding: optional(oneOf(SIDES), ({ lengths }: { lengths: boolean }) => (lengths ? "post" : "pre")),
  /** Which steps of too long a sequence are cut off: the first or the last ones; default "pre" */
  truncating: optional(oneOf(SIDES), "pre"),
  /** What padding is; default 0 */
  value: optional(number(), 0),
  /** Gives `{ x, lengths }`, which models take in place of x: padding is hidden, whatever its value. Default false */
  lengths: optional(boolean, false),
});

export interface PadOptions extends Input<typeof OPTIONS> {}

/** Ids [T], or rows of features [T][C]. */
type Sequence = NestedArray | ArrayLike<number> | NDArray;

/** Padded at their ends, with the lengths that they have. */
export interface Padded {
  x: NDArray;
  lengths: Int32Array;
}

/** Whether all are whole numbers that ids can be. */
const areIds = (arrays: readonly NDArray[]): boolean =>
  arrays.every(({ data }) => data instanceof Int32Array || data.every(value => (value | 0) === value));

/**
 * Sequences brought to one length, as Keras' `pad_sequences` does: padded or cut, by default at their beginnings.
 *
 * @param sequences of ids, each [T], or of features, each [T, C]; empty ones are padding alone
 * @param options see {@link PadOptions}
 * @returns [N, maxlen, ...], int32 where all are whole numbers; with `lengths: true` `{ x, lengths }`
 * @throws TypeError or RangeError for what are no sequences, or whose steps are not alike
 * @example padSequences([[1, 2, 3], [4]]).toArray() // [[1, 2, 3], [0, 0, 4]]
 * @example const x = padSequences(words.encode(reviews), { maxlen: 200, lengths: true }); await net.fit(x, y);
 */
export function padSequences(sequences: ArrayLike<Sequence>, options: PadOptions & { lengths: true }): Padded;
export function padSequences(sequences: ArrayLike<Sequence>, options?: PadOptions & { lengths?: false }): NDArray;
export function padSequences(sequences: ArrayLike<Sequence>, options: PadOptions = {}): NDArray | Padded {
  const { maxlen, padding, truncating, value, lengths: told } = checked(options, "padSequences", OPTIONS);
  if (told && padding === "pre") {
    throw new RangeError(
      'padSequences padding: expected "post" with lengths, which count from the first step, got "pre"',
    );
  }
  if (!isRow(sequences) || sequences.length === 0) {
    throw new TypeError(`padSequences: expected a list of at least one sequence, got ${describe(sequences)}`);
  }
  const arrays = Array.from(sequences, (sequence, n) => toNDArray(sequence, `padSequences: sequence ${n}`));
  const most = arrays.reduce((longest, { shape }) => Math.max(longest, shape[0] ?? 0), 0);
  const steps = maxlen ?? most;
  const first = Math.max(
    0,
    arrays.findIndex(({ data }) => data.length > 0),
  );
  const inner = arrays[first].shape.slice(1);
  const row = sizeOf(inner);
  const shape = [arrays.length, steps, ...inner];
  const room = areIds(arrays) && (value | 0) === value ? new Int32Array(sizeOf(shape)) : roomFor(shape, "padSequences");
  if (value !== 0) room.fill(value);
  const lengths = new Int32Array(arrays.length);
  arrays.forEach(({ shape: own, data }, n) => {
    if (data.length === 0 && own[0] === 0) return;
    if (own.length !== inner.length + 1 || own.slice(1).join() !== inner.join()) {
      const [wanted, got] = [inner, own.slice(1)].map(of => showShape(["T", ...of]));
      throw new RangeError(`padSequences: expected sequence ${n} to be ${wanted} as sequence ${first}, got ${got}`);
    }
    const kept = Math.min(own[0], steps);
    lengths[n] = kept;
    const from = truncating === "pre" ? (own[0] - kept) * row : 0;
    const to = n * steps + (padding === "pre" ? steps - kept : 0);
    room.set(data.subarray(from, from + kept * row), to * row);
  });
  const x = ndarray(room, shape);
  return told ? { x, lengths } : x;
}
