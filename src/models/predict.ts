import type { Network } from "../graph/network.ts";
import { type NDArray, ndarray, sizeOf } from "../ndarray.ts";
import type { DataSet } from "../training/data.ts";
import { expectFinite, expectFiniteOutputs } from "../training/diagnose.ts";
import type { Slot } from "../training/slots.ts";
import { expectEqualBatches } from "../training/stateful.ts";

/** All outputs of a network over a data set, `batchSize` samples at a time. */
export function predictBatches(network: Network, slots: readonly Slot[], data: DataSet, batchSize: number): NDArray[] {
  const { memory } = network.engine;
  expectEqualBatches(network.plan, [data.count], batchSize);
  const states = new Map(network.states);
  const results: { shape: number[]; data: Float32Array }[] = [];
  for (let from = 0; from < data.count; from += batchSize) {
    const to = Math.min(data.count, from + batchSize);
    const mark = memory.mark();
    try {
      const context = network.context({ states });
      const inputs = data.load(context, from, to);
      const where = `predict, samples ${from} to ${to - 1}`;
      expectFinite(context, inputs, slots, where);
      const values = network.forward(context, inputs);
      expectFiniteOutputs(network, context, values, where);
      network.outputs(values).forEach((tensor, i) => {
        const inner = tensor.shape.slice(1);
        results[i] ??= { shape: [data.count, ...inner], data: new Float32Array(data.count * sizeOf(inner)) };
        results[i].data.set(context.numbers(tensor), from * sizeOf(inner));
      });
      context.commit();
    } finally {
      memory.release(mark);
    }
  }
  network.keep(states);
  return results.map(result => ndarray(result.data, result.shape));
}
