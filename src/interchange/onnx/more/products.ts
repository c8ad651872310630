/** Further products and sums: of each pair of two tensors, with a row, of a constant; norms. */
import { matmul as matmulOp } from "../../../ops/matmul.ts";
import { max, sum } from "../../../ops/reduce.ts";
import { abs, sqrt, square } from "../../../ops/unary.ts";
import type { Handler } from "../building.ts";
import { expandedKnown, floatsOf, type Known, numberOf } from "../known.ts";
import { isView, rankOf } from "../node.ts";
import { productsWith, reduce, times } from "../products.ts";
import { refuse } from "../refuse.ts";
import { showAll, whole } from "../sizes.ts";
import { batchPlace, settled, shapeOf, withAxis, without } from "../view.ts";
import { minus } from "./elements.ts";

/** The same number everywhere times a matrix, as an unrolled loop begins with zeros. */
function knownProduct(known: Known, matrix: Known, bias?: Float32Array): Known {
  const units = whole(matrix.shape[1], "the matrix");
  const [factor, numbers] = [numberOf(known), floatsOf(matrix, "the matrix")];
  const data = Float32Array.from({ length: units }, (_, i) => bias?.[i] ?? 0);
  for (const [i, n] of numbers.entries()) data[i % units] += factor * n;
  return expandedKnown({ shape: [units], data, float: true }, [...known.shape.slice(0, -1), units]);
}

const matmul: Handler = (node, building) => {
  const b = node.needed(1);
  const rank = rankOf(node.needed(0));
  const a = node.view(0);
  if (!isView(b)) {
    const column = { ...b, shape: [...b.shape, 1] };
    return [without(times(building, a, column, undefined, node.proto.name), [rank - 1])];
  }
  const [x, y] = [a, node.view(1)].map(view => settled(view));
  const batch = batchPlace(x);
  const pairs = y.axes.length === rank && batchPlace(y) === batch && batch < rank - 2;
  if (!pairs || x.layout.length !== y.layout.length)
    refuse(
      `${showAll(shapeOf(x))} times ${showAll(shapeOf(y))}: products of each pair [N, …, M, K], [N, …, K, L] are read`,
    );
  const masked = x.layout.length === 2 ? x.masked : undefined;
  // Of a tensor times itself both axes are the same steps, and still two axes.
  const columns = y.axes[rank - 1].map(each => ({ ...each }));
  return [withAxis(x, rank - 1, matmulOp(x.symbol, y.symbol), columns, masked)];
};

export const PRODUCTS: Readonly<Record<string, Handler>> = {
  ...productsWith(knownProduct, matmul),
  ReduceL1: reduce(sum, abs),
  ReduceL2: reduce(sum, square, sqrt),
  ReduceMin: reduce(max, minus, minus),
  ReduceSumSquare: reduce(sum, square),
};
