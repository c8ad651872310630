import { ndarray } from "../../src/ndarray.ts";
import { embedding } from "../../src/ops/embedding.ts";
import { embeddingReference } from "../helpers/references.ts";
import type { Op } from "./cases.ts";

/** An embedding of V rows below a recurrent op, which then works with the distinct rows of the table. */
export function lookedUp({ shapes, forward, reference, ...others }: Op, V: number): Op {
  const { x, ...weights } = shapes;
  const [N, T, C] = x;
  const ids = Int32Array.from({ length: N * T }, (_, i) => (i * i + 3 * i) % (V - 1));
  const table = embeddingReference(V, C);
  return {
    ...others,
    shapes: { embeddings: [V, C], ...weights },
    ids: { ids: ndarray(ids, [N, T]) },
    forward: (context, { ids, embeddings, ...tensors }) =>
      forward(context, { ...tensors, x: embedding(context, ids, embeddings, "embedding") }),
    reference({ ids, embeddings, ...values }) {
      const looked = table({ ids, embeddings });
      const run = reference({ ...values, x: looked.outputs[0] });
      return {
        outputs: run.outputs,
        gradients(outer) {
          const { x: dx, ...rest } = run.gradients(outer);
          return { ...rest, ...looked.gradients([dx ?? undefined]) };
        },
      };
    },
  };
}
