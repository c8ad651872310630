/** Ten steps with given gradients against the weights that Keras had after each of them. */
import { describe, expect, it } from "vitest";
import { Engine } from "../../src/engine/engine.ts";
import { layers, type losses, type Model, type Optimizer, optimizers, sequential } from "../../src/index.ts";
import { optimizerFrom } from "../../src/optimizers/registry.ts";
import { fixtureNames, loadFixture, type OptimizerFixture } from "../fixtures/load.ts";
import { expectClose, type Tolerance } from "../helpers/compare.ts";

const nameOf = ({ optimizer }: OptimizerFixture) => (optimizer === "adamw" ? "adamW" : optimizer);

/**
 * Both sides are float32: Keras' is off by `roundoff`, ours by a unit in the last place or two. Adam besides: Keras
 * computes the bias correction from betas rounded to float32, which moves a step by up to 7e-6 of itself, and the
 * weights over ten steps of 0.01 by up to 7e-7.
 */
function toleranceOf({ optimizer, roundoff }: OptimizerFixture): Tolerance {
  return { absolute: 1.1 * roundoff.weights + (optimizer.startsWith("adam") ? 7e-7 : 0), relative: 2e-7 };
}

const names = fixtureNames("keras", "optimizer");
const clips = (f: OptimizerFixture) =>
  "clipNorm" in f.config || "clipValue" in f.config || "globalClipNorm" in f.config;

describe("apply, on a block in memory", () => {
  it.each(names.map(loadFixture).filter(f => !clips(f)))("$name", f => {
    const optimizer = optimizerFrom({ name: nameOf(f), options: f.config });
    const { kernels, memory } = new Engine();
    const keys = Object.keys(f.weights);
    const join = (of: OptimizerFixture["weights"]) => keys.flatMap(key => [...of[key].data]);
    const n = join(f.weights).length;
    const block = {
      weights: memory.allocateZeros(n),
      gradients: memory.allocateZeros(n),
      slots: optimizer.slots.map(() => memory.allocateZeros(n)),
      n,
    };
    // The vector's 13 numbers put the matrix off the lanes, and the last ones into a tail.
    memory.floats.set(join(f.weights), block.weights >> 2);
    for (const [k, step] of f.steps.entries()) {
      memory.floats.set(join(step.gradients), block.gradients >> 2);
      optimizer.apply(kernels, block, k + 1);
      const weights = memory.floats.subarray(block.weights >> 2, (block.weights >> 2) + n);
      expectClose(weights, join(step.weights), toleranceOf(f), `after step ${k + 1}`);
      expect(memory.floats.slice(block.gradients >> 2, (block.gradients >> 2) + n)).toEqual(
        Float32Array.from(join(step.gradients)),
      );
    }
  });
});

type Gradients = OptimizerFixture["steps"][number]["gradients"];

/** A model with a matrix [3, 5] and a vector [13] among its weights, and a loss that gives them any gradients. */
function trainable(optimizer: Optimizer): { net: Model; step(gradients: Gradients): void } {
  const net = sequential([
    layers.embedding({ inputDim: 3, outputDim: 5, inputShape: [1] }),
    layers.dense({ units: 13 }),
  ]);
  let given: Gradients = {};
  const loss: ReturnType<typeof losses.meanSquaredError> = {
    name: "meanSquaredError",
    target: shape => ({ shape, ids: false }),
    forward: () => 0,
    backward({ memory }) {
      const [matrix, , vector] = net.network.weights;
      memory.floats.set(given.matrix.data, matrix.gradient >> 2);
      memory.floats.set(given.vector.data, vector.gradient >> 2);
    },
    toJSON: () => ({ name: "meanSquaredError", options: {} }),
  };
  net.compile({ optimizer, loss });
  return {
    net,
    step(gradients) {
      given = gradients;
      net.trainOnBatch([[0]], [[new Array(13).fill(0)]]);
    },
  };
}

describe("in a step of training, clipping included", () => {
  it.each(names)("%s", name => {
    const f = loadFixture(name);
    const { net, step } = trainable(optimizerFrom({ name: nameOf(f), options: f.config }));
    net.setWeights([f.weights.matrix, net.getWeights()[1], f.weights.vector]);
    for (const [k, { gradients, weights }] of f.steps.entries()) {
      step(gradients);
      const [matrix, , vector] = net.getWeights();
      expectClose(matrix.data, weights.matrix.data, toleranceOf(f), `matrix after step ${k + 1}`);
      expectClose(vector.data, weights.vector.data, toleranceOf(f), `vector after step ${k + 1}`);
    }
  });
});

it("have Keras' defaults", () => {
  expect(optimizers.sgd().toJSON()).toEqual({ learningRate: 0.01, momentum: 0, nesterov: false });
  expect(optimizers.rmsprop().toJSON()).toEqual({
    learningRate: 0.001,
    rho: 0.9,
    momentum: 0,
    epsilon: 1e-7,
    centered: false,
  });
  const adam = { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 };
  expect(optimizers.adam().toJSON()).toEqual(adam);
  expect(optimizers.adamW().toJSON()).toEqual({ ...adam, weightDecay: 0.004 });
});
