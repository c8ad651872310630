import { withOrigin } from "../callbacks/origin.ts";
import { checked, type Input, integer, optional, options } from "../options.ts";
import type { Reorder } from "./source.ts";

const OPTIONS = options({
  /** Batches among whose samples those of like length are looked for; more make batches more alike, and less random; default 100 */
  batches: optional(integer(), 100),
});

export interface BucketByLengthOptions extends Input<typeof OPTIONS> {}

/**
 * A new order of the samples every epoch, for `fit`'s `shuffle`, in which sequences of like length share a batch: fewer, fuller steps. The
 * batches come in random order, the samples are cut from pools of so many random ones. It is another order than without, so the weights are
 * other ones too, and batches are less alike among themselves: of short sequences and of long ones.
 *
 * @param options see {@link BucketByLengthOptions}
 * @throws `fit` throws a RangeError where the inputs have no lengths
 * @example await net.fit({ x, lengths }, y, { shuffle: bucketByLength() });
 */
export function bucketByLength(options: BucketByLengthOptions = {}): Reorder {
  const { batches } = checked(options, "bucketByLength", OPTIONS);
  const reorder: Reorder = (order, { x }, batchSize) => {
    const [padding] = x.paddings; // of several sequences the first counts
    const { count } = x;
    if (!padding) {
      throw new RangeError("bucketByLength: expected inputs of unequal length, such as { x, lengths }, got none");
    }
    const { lengths } = padding;
    const sorted = order.slice();
    const pool = batches * batchSize;
    // Sorting is stable, so samples of one length stay in random order.
    for (let from = 0; from < count; from += pool) {
      sorted.subarray(from, from + pool).sort((a, b) => lengths[a] - lengths[b]);
    }
    const full = Math.floor(count / batchSize);
    const turns = Array.from({ length: full }, (_, i) => i).sort((a, b) => order[a] - order[b]);
    const result = sorted.slice();
    turns.forEach((batch, i) => {
      result.set(sorted.subarray(batch * batchSize, (batch + 1) * batchSize), i * batchSize);
    });
    return result; // a smaller batch stays the last
  };
  return withOrigin(reorder, "bucketByLength", options);
}
