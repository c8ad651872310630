/** What stateful layers ask of batches: sample n of each goes on from sample n of the one before. */

import type { Plan } from "../graph/plan.ts";
import type { Layer } from "../layer/layer.ts";

const statefulLayer = ({ layers }: Plan): Layer | undefined => layers.find(layer => layer.stateful);

export const isStateful = (plan: Plan): boolean => statefulLayer(plan) !== undefined;

/**
 * Refuses batches of unequal size before the first of them is computed.
 *
 * @param counts numbers of samples, of what goes through the model in turns
 */
export function expectEqualBatches(plan: Plan, counts: readonly number[], batchSize: number): void {
  const layer = statefulLayer(plan);
  if (!layer) return;
  const size = Math.min(batchSize, counts[0]);
  for (const [i, count] of counts.entries()) {
    const samples = `${count} ${i > 0 ? "validation " : ""}samples`;
    const last = count % size;
    if (last === 0) continue;
    const got = last === count ? `${samples}` : `${samples}, which leave a last batch of ${last}`;
    throw new RangeError(
      `${layer.name}: a stateful layer expected batches of one size, here ${size}, got ${got}; ` +
        "use a batchSize that divides the number of samples",
    );
  }
}

/** Whether to shuffle. */
export function expectShuffle<Order>(plan: Plan, shuffle: boolean | Order | undefined): boolean | Order {
  const layer = statefulLayer(plan);
  if (!layer) return shuffle ?? true;
  if (!shuffle) return false;
  throw new RangeError(
    `${layer.name}: a stateful layer expected shuffle: false, since sample n of a batch goes on from sample n of the one ` +
      "before, got true; leave shuffle out",
  );
}
