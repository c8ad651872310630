/** Whole training runs against Keras and PyTorch: the losses of every step, then predictions and weights. */
import { expect, it } from "vitest";
import { type Model, type Optimizer, optimizers, sequential } from "../../src/index.ts";
import { fixtureNames, loadFixture, type TrainingFixture } from "../fixtures/load.ts";
import { expectClose } from "../helpers/compare.ts";
import { layerOf } from "../helpers/fixtureLayers.ts";

/** PyTorch's Adam: epsilon is added before, not after, the square root's bias correction. */
function torchAdam(config: Readonly<Record<string, number>>): Optimizer {
  const { beta2, epsilon } = config;
  return {
    ...optimizers.adam(config),
    apply(kernels, block, iteration) {
      const now = optimizers.adam({ ...config, epsilon: epsilon * Math.sqrt(1 - beta2 ** iteration) });
      now.apply(kernels, block, iteration);
    },
  };
}

function optimizerOf({ name, config, semantics }: TrainingFixture["optimizer"]): Optimizer {
  return semantics === "torch" ? torchAdam(config) : optimizers[name](config);
}

function build(f: TrainingFixture, optimizer: Optimizer): Model {
  const net = sequential(f.layers.map(layerOf), { seed: 3 });
  const names = net.network.plan.specs.map(spec => spec.path.replaceAll("/", "."));
  expect(names).toEqual(Object.keys(f.weights));
  net.setWeights(Object.values(f.weights));
  net.compile({ optimizer, loss: f.loss });
  return net;
}

/** Trains for all steps. */
function losses(f: TrainingFixture, net: Model): number[] {
  return f.losses.map((_, step) => {
    const { x, y } = f.batches[step % f.batches.length];
    return net.trainOnBatch(x, y).loss;
  });
}

it.each([...fixtureNames("keras", "training"), ...fixtureNames("torch", "training")])("%s", name => {
  const f = loadFixture(name);
  const net = build(f, optimizerOf(f.optimizer));
  expect(f.losses.length).toBeGreaterThanOrEqual(10);
  // The goal is 1e-4; two float32 programs that compute the same agree far better.
  expectClose(losses(f, net), f.losses, { relative: 2e-6 }, "losses");
  f.batches.forEach(({ x }, i) => {
    expectClose(net.predict(x).data, f.finalPredictions[i].data, { absolute: 2e-6 }, `predictions of batch ${i}`);
  });
  // A weight whose gradients are near epsilon may move by a part of the learning rate less or more.
  const weights = net.getWeights();
  Object.values(f.finalWeights ?? {}).forEach(({ data }, i) => {
    expectClose(weights[i].data, data, { absolute: 2e-6 }, net.network.plan.specs[i].path);
  });
});

it.each(["torch/training-adam", "torch/training-adam-9", "torch/training-sequence50"] as const)(
  "%s, with epsilon where Keras has it, has the same losses",
  name => {
    const f = loadFixture(name);
    const net = build(f, optimizers.adam(f.optimizer.config));
    expectClose(losses(f, net), f.losses, { relative: 1e-4 }, "losses");
  },
);
