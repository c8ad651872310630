import type { Context } from "../context.ts";
import type { Tensor } from "../tensor.ts";

/**
 * Rows of a table.
 *
 * @param ids [...] int32, each in 0..V-1
 * @param table [V, C]
 * @returns [..., C]
 * @throws RangeError naming the first id outside the table
 */
export function embedding(context: Context, ids: Tensor, table: Tensor, layer: string): Tensor {
  const { kernels, memory, tape } = context;
  const [V, C] = table.shape;
  const rows = ids.size;
  const bad = kernels.firstIdOutside(ids.pointer, V, rows);
  if (bad >= 0) {
    throw new RangeError(
      `${layer}: expected token ids in 0..${V - 1}, got ${memory.ints[(ids.pointer >> 2) + bad]} at element ${bad} of the batch; ` +
        "raise inputDim or map rare tokens to a known id",
    );
  }
  const y = context.tensor([...ids.shape, C], [table]);
  kernels.embeddingForward(y.pointer, ids.pointer, table.pointer, rows, C);
  if (y.requiresGradient) {
    tape?.record([y], () => kernels.embeddingBackward(tape.gradientOf(table), y.gradient, ids.pointer, rows, C));
  }
  return y;
}
