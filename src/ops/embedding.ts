import type { Backward, Context } from "../context.ts";
import { NO_ID, showId } from "../ids.ts";
import type { Step, StepValue } from "../step.ts";
import type { Tensor } from "../tensor.ts";
import type { Weight } from "../weight.ts";

/** The error for a token id that the table does not have. */
export function idOutside(layer: string, V: number, id: number, where: string): RangeError {
  const remedy = id === NO_ID ? "hide padding with lengths" : "raise inputDim or map rare tokens to a known id";
  return new RangeError(`${layer}: expected token ids in 0..${V - 1}, got ${showId(id)} ${where}; ${remedy}`);
}

/**
 * Rows of a table.
 *
 * @param ids [...] int32, each in 0..V-1
 * @param table [V, C]
 * @returns [..., C]
 * @throws RangeError naming the first id outside the table
 */
export function embedding(context: Context, ids: Tensor, table: Tensor, layer: string): Tensor {
  const { kernels, memory } = context;
  const [V, C] = table.shape;
  const rows = ids.size;
  const bad = kernels.firstIdOutside(ids.pointer, V, rows);
  if (bad >= 0) {
    throw idOutside(layer, V, memory.ints[(ids.pointer >>> 2) + bad], `at element ${bad} of the batch`);
  }
  const y = context.tensor([...ids.shape, C], [table]);
  const distinct = memory.allocate(rows);
  const which = memory.allocate(rows);
  const mark = memory.mark();
  const count = kernels.distinctIds(distinct, which, memory.allocate(V), ids.pointer, V, rows);
  memory.release(mark);
  y.lookup = { table, count, distinct, which };
  kernels.gatherRows(y.pointer, C, table.pointer, C, ids.pointer, rows, C);
  context.record(embeddingBackward, [y], ids, table);
  return y;
}

export const embeddingBackward: Backward<[ids: Tensor, table: Tensor]> = (context, [y], ids, table) => {
  const C = table.shape[1];
  context.kernels.scatterAddRows(context.gradientOf(table), C, y.gradient, C, ids.pointer, ids.size, C);
};

/** The same in a stream. */
export function compileEmbedding(program: Step, ids: StepValue, table: Weight, layer: string): StepValue {
  const { memory } = program;
  const [V, C] = table.shape;
  const rows = ids.size;
  const y = program.allocate(rows * C);
  program.onCheck(() => {
    const at = ids.pointer >>> 2;
    for (let i = 0; i < rows; i++) {
      const id = memory.ints[at + i];
      if (id < 0 || id >= V) throw idOutside(layer, V, id, `at element ${i} of the batch`);
    }
  });
  program.call("gatherRows", y.pointer, C, table.pointer, C, ids.pointer, rows, C);
  return rows === 1 ? { ...y, lookup: { table, id: ids.pointer } } : y;
}
