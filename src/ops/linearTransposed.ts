import type { Backward, Context } from "../context.ts";
import { Packed } from "../packed.ts";
import type { Step, StepValue } from "../step.ts";
import type { Tensor } from "../tensor.ts";
import { product, weightGradient } from "./products.ts";

function packTable(context: Context, { pointer, shape: [V, C] }: Tensor, packed: Packed): number {
  return packed.ensure(context, p => context.kernels.packTransposed(p, pointer, C, C, V));
}

/**
 * y = x·tableᵀ + bias on the last axis.
 *
 * @param x [..., C]
 * @param table [V, C]
 * @param bias [V], or none
 * @param packed room for the packed table
 * @returns [..., V]
 */
export function linearTransposed(
  context: Context,
  x: Tensor,
  table: Tensor,
  bias: Tensor | undefined,
  packed: Packed,
): Tensor {
  const [V, C] = table.shape;
  const y = context.tensor([...x.shape.slice(0, -1), V], [x, table, bias]);
  const weights = packTable(context, table, packed);
  const start = { pointer: bias?.pointer ?? 0, stride: 0 };
  const sizes = [x.size / C, V, C] as const;
  product(context, { pointer: y.pointer, stride: V }, start, { pointer: x.pointer, stride: C }, weights, sizes);
  context.record(linearTransposedBackward, [y], x, table, bias);
  return y;
}

export const linearTransposedBackward: Backward<[x: Tensor, table: Tensor, bias: Tensor | undefined]> = (
  context,
  [y],
  x,
  table,
  bias,
) => {
  const { kernels, memory } = context;
  const [V, C] = table.shape;
  const rows = x.size / C;
  const dx = context.gradientOf(x);
  const dTable = context.gradientOf(table);
  const dBias = context.gradientOf(bias);
  const dy = { pointer: y.gradient, stride: V };
  if (dBias) kernels.sumRows(dBias, y.gradient, rows, V);
  if (dTable) {
    weightGradient(context, { pointer: dTable, stride: C }, dy, { pointer: x.pointer, stride: C }, [V, C, rows]);
  }
  if (!dx) return;
  const mark = memory.mark();
  const room = new Packed(memory.allocate(kernels.packedSize(V, C)));
  const weights = room.ensure(context, p => kernels.pack(p, table.pointer, C, V, C));
  const gradient = { pointer: dx, stride: C };
  product(context, gradient, gradient, dy, weights, [rows, C, V]);
  memory.release(mark);
};

/** The same in a stream. */
export function compileLinearTransposed(
  program: Step,
  x: StepValue,
  table: Tensor,
  bias: Tensor | undefined,
  packed: Packed,
): StepValue {
  const [V, C] = table.shape;
  const rows = x.size / C;
  const y = program.allocate(rows * V, V);
  const weights = program.packed(packed, () => packTable(program.context, table, packed));
  program.call("product", y.pointer, V, bias?.pointer ?? 0, 0, x.pointer, C, weights, rows, V, C);
  return y;
}
