import type { Network } from "../graph/network.ts";
import { type NDArray, ndarray } from "../ndarray.ts";
import { newTape } from "./tape.ts";
import type { LoadBatch, Trainer } from "./trainer.ts";

/** The gradients of the loss on one batch by every weight, without a step; zeros for those that are not trained. */
export function gradientsOf(network: Network, trainer: Trainer, load: LoadBatch): NDArray[] {
  const { memory } = network.engine;
  const mark = memory.mark();
  try {
    trainer.differentiate(network.context({ tape: newTape(memory), training: true }), load, "gradients");
    const { floats } = memory;
    return network.weights.map(({ requiresGradient, gradient, size, shape }) =>
      ndarray(requiresGradient ? floats.slice(gradient >>> 2, (gradient >>> 2) + size) : new Float32Array(size), shape),
    );
  } finally {
    memory.release(mark);
  }
}
