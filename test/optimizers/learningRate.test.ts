/** Thirty steps against the f64 reference, with a learning rate that changes on the way. */
import { it } from "vitest";
import { Engine } from "../../src/engine/engine.ts";
import { type Optimizer, optimizers } from "../../src/index.ts";
import { expectClose } from "../helpers/compare.ts";
import { seeded } from "../helpers/random.ts";
import * as reference from "../reference/optimizers.ts";

const n = 21;

/** One step of the reference: weights, gradients, its own state (null at first) and the learning rate. */
type Update = (w: Float64Array, g: Float64Array, state: never, rate: number) => { w: Float64Array; state: unknown };

it.each<[string, Optimizer, Update]>([
  ["sgd", optimizers.sgd(), (w, g, s, learningRate) => reference.sgd(w, g, s, { learningRate })],
  [
    "sgd, momentum",
    optimizers.sgd({ momentum: 0.9 }),
    (w, g, s, learningRate) => reference.sgd(w, g, s, { learningRate, momentum: 0.9 }),
  ],
  [
    "sgd, nesterov",
    optimizers.sgd({ momentum: 0.8, nesterov: true }),
    (w, g, s, learningRate) => reference.sgd(w, g, s, { learningRate, momentum: 0.8, nesterov: true }),
  ],
  [
    "rmsprop, centered, momentum",
    optimizers.rmsprop({ rho: 0.8, momentum: 0.5, centered: true, epsilon: 1e-4 }),
    (w, g, s, learningRate) =>
      reference.rmsprop(w, g, s, { learningRate, rho: 0.8, momentum: 0.5, centered: true, epsilon: 1e-4 }),
  ],
  ["rmsprop", optimizers.rmsprop(), (w, g, s, learningRate) => reference.rmsprop(w, g, s, { learningRate })],
  ["adam", optimizers.adam(), (w, g, s, learningRate) => reference.adam(w, g, s, { learningRate })],
  [
    "adam, other numbers",
    optimizers.adam({ beta1: 0.7, beta2: 0.9, epsilon: 1e-3 }),
    (w, g, s, learningRate) => reference.adam(w, g, s, { learningRate, beta1: 0.7, beta2: 0.9, epsilon: 1e-3 }),
  ],
  [
    "adamW",
    optimizers.adamW({ weightDecay: 0.1 }),
    (w, g, s, learningRate) => reference.adamW(w, g, s, { learningRate, weightDecay: 0.1 }),
  ],
])("%s", (_, optimizer, update) => {
  const random = seeded(1);
  const { kernels, memory } = new Engine();
  const block = {
    weights: memory.allocateZeros(n),
    gradients: memory.allocateZeros(n),
    slots: optimizer.slots.map(() => memory.allocateZeros(n)),
    n,
  };
  let w = random.array(n);
  let state: unknown = null;
  memory.floats.set(w, block.weights >> 2);
  for (let step = 1; step <= 30; step++) {
    const g = random.array(n);
    const rate = step <= 10 ? 0.01 : step <= 20 ? 0.003 : 0.02;
    optimizer.learningRate = rate;
    memory.floats.set(g, block.gradients >> 2);
    optimizer.apply(kernels, block, step);
    ({ w, state } = update(w, g, state as never, rate));
  }
  // Thirty roundings of numbers of size 1, 6e-8 each at most.
  const after = memory.floats.subarray(block.weights >> 2, (block.weights >> 2) + n);
  expectClose(after, w, { absolute: 1e-6, relative: 1e-6 });
});
