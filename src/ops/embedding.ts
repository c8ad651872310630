import { backwardOf } from "../autograd.ts";
import { BackwardKey, type Context } from "../context.ts";
import { NO_ID, showId } from "../ids.ts";
import type { Step, StepValue } from "../step.ts";
import type { Tensor } from "../tensor.ts";
import type { Weight } from "../weight.ts";

const EMBEDDING = new BackwardKey<[ids: Tensor, table: Tensor]>("embedding");

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
  context.record(EMBEDDING, [y], ids, table);
  return y;
}

export const embeddingBackward = backwardOf(EMBEDDING, (context, [y], ids, table) => {
  const C = table.shape[1];
  context.kernels.scatterAddRows(context.gradientOf(table), C, y.gradient, C, ids.pointer, ids.size, C);
});

/** The same in a stream, for one id. */
export function compileEmbedding(program: Step, id: StepValue, table: Weight, layer: string): StepValue {
  const { kernels, memory } = program;
  const [V, C] = table.shape;
  const y = program.allocate(C);
  program.onCheck(() => {
    const token = memory.ints[id.pointer >>> 2];
    if (token < 0 || token >= V) throw idOutside(layer, V, token, "at element 0 of the batch");
  });
  program.onStep(() => kernels.gatherRows(y.pointer, C, table.pointer, C, id.pointer, 1, C));
  return { ...y, lookup: { table, id: id.pointer } };
}
