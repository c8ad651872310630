/** Labels that cannot be: found once a call, before anything is learned. */
import type { Context } from "../context.ts";
import { showShape } from "../expect.ts";
import type { Loss, Target } from "../losses/loss.ts";
import type { NDArray } from "../ndarray.ts";
import type { Tensor } from "../tensor.ts";
import type { DataSet } from "./data.ts";
import { placeOf } from "./diagnose.ts";
import type { Compared } from "./realSteps.ts";
import type { Slot } from "./slots.ts";

const ROUNDING = 1e-6;

/** The first label outside 0..1; -1: none. NaN is for others to find. */
function firstOdd(data: Float32Array): number {
  let i = 0;
  while (i < data.length && !(Math.abs(data[i] - 0.5) > 0.5 + ROUNDING)) i++;
  return i < data.length ? i : -1;
}

/**
 * Looks at an output of a batch, where that is needed.
 *
 * @param masked whether its prediction has a mask
 * @param whole the batch's target, of which `compared` are the real rows
 * @param where the batch, for errors
 * @param sampleOf the number in the data of a sample of the batch
 * @throws RangeError for labels of yes and no outside 0..1
 */
export type Review = (
  context: Context,
  i: number,
  masked: boolean,
  compared: Compared,
  whole: Tensor,
  where: string,
  sampleOf: (n: number) => number,
) => void;

/**
 * Reviews the training data of a call, and what it is validated on, at its first batch: only then it is known whether masks
 * hide rows, which may hold anything. Where they do and something odd is found, batches are looked at one by one.
 */
export function reviewOf(
  sets: readonly { x: DataSet; y: DataSet }[],
  { targets, losses }: { targets: readonly (Slot & Target)[]; losses: readonly Loss[] },
): Review {
  /** For each output that has been looked at: whether its batches must be. */
  const perBatch: boolean[] = [];

  return (context, i, masked, { target, origin }, whole, where, sampleOf) => {
    const { what, binary } = targets[i];
    const look = (data: Float32Array, placed: (at: number) => number[], numberOf: (n: number) => number): void => {
      const at = firstOdd(data);
      if (at < 0) return;
      const place = placed(at);
      throw new RangeError(
        `${where}: ${what}: expected labels in 0..1 for ${losses[i].name}, got ${data[at]} in sample ${numberOf(place[0])} at ` +
          `${showShape(place)}; more classes than two need a categorical cross-entropy`,
      );
    };

    if (perBatch[i] === undefined) {
      perBatch[i] = false;
      for (const { x, y } of binary ? sets : []) {
        const { data, shape } = y.arrays[i] as NDArray<Float32Array>;
        if (masked || x.padding) perBatch[i] ||= firstOdd(data) >= 0;
        else
          look(
            data,
            at => placeOf(at, shape),
            n => n,
          );
      }
    }
    if (perBatch[i]) look(context.numbers(target), at => placeOf(origin(at), whole.shape), sampleOf);
  };
}
