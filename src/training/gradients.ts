import { Tape } from "../autograd.ts";
import type { Scaler } from "../data/index.ts";
import type { Network } from "../graph/network.ts";
import { type NDArray, ndarray } from "../ndarray.ts";
import { finish } from "../parts.ts";
import type { Tensor } from "../tensor.ts";
import type { Slot } from "./slots.ts";
import type { LoadBatch, Trainer } from "./trainer.ts";

/** Forward and backward on one batch, and what is read of the gradients then. */
function differentiated<Result>(network: Network, trainer: Trainer, load: LoadBatch, read: () => Result): Result {
  const { memory } = network.engine;
  const mark = memory.mark();
  try {
    finish(trainer.differentiate(network.context({ tape: new Tape(memory), training: true }), load, "gradients"));
    return read();
  } finally {
    memory.release(mark);
  }
}

/** The gradient of a tensor; zeros where nothing needs one. */
function read({ floats }: { floats: Float32Array }, { gradient, requiresGradient, size, shape }: Tensor): NDArray {
  const wanted = requiresGradient && gradient !== 0;
  return ndarray(wanted ? floats.slice(gradient >>> 2, (gradient >>> 2) + size) : new Float32Array(size), shape);
}

/** The gradients of the loss on one batch by every weight, without a step; zeros for those that are not trained. */
export function gradientsOf(network: Network, trainer: Trainer, load: LoadBatch): NDArray[] {
  return differentiated(network, trainer, load, () =>
    network.weights.map(weight => read(network.engine.memory, weight)),
  );
}

/**
 * The same by every input, in the unit in which it was given.
 *
 * @param scaler of the inputs
 * @throws RangeError where all inputs are ids
 */
export function inputGradientsOf(
  network: Network,
  trainer: Trainer,
  slots: readonly Slot[],
  scaler: Scaler | undefined,
  load: LoadBatch,
): NDArray[] {
  if (slots.every(({ ids }) => ids)) {
    throw new RangeError("gradients inputs: expected an input of numbers, got ids alone, which have no gradients");
  }
  let inputs: Tensor[] = [];
  const watched: LoadBatch = context => {
    const batch = load(context);
    inputs = batch.x;
    inputs.forEach((x, i) => {
      (x as { requiresGradient: boolean }).requiresGradient = !slots[i].ids;
    });
    return batch;
  };
  const gradients = differentiated(network, trainer, watched, () => inputs.map(x => read(network.engine.memory, x)));
  if (!scaler) return gradients;
  // A scaler multiplies and adds: what it makes of 1 and of 0 tells the factor of each feature.
  const [zero, one] = [0, 1].map(value => {
    const row = new Float64Array(scaler.features).fill(value);
    return scaler.transform(ndarray(row, [1, scaler.features])).data;
  });
  return gradients.map(({ data, shape }) =>
    ndarray(
      Float32Array.from(data, (d, i) => d * (one[i % scaler.features] - zero[i % scaler.features])),
      shape,
    ),
  );
}
