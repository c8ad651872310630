/** Thousands of steps in which states, moments or weights decay: nothing in linear memory may become subnormal. */
import { describe, expect, it } from "vitest";
import { layers, type Model, type NDArray, optimizers, sequential } from "../../src/index.ts";
import type { Layer } from "../../src/layer/layer.ts";
import { ids, numbers } from "../helpers/models.ts";
import { untyped } from "../helpers/untyped.ts";

const { bidirectional, dense, dropout, embedding, lstm } = layers;

/** Subnormal numbers in the weights and everything above them: gradients, slots, packed weights, the arena. */
function subnormals({ network }: Model): number {
  const { memory } = network.engine;
  // Integers lie in the arena too: ids, numbers of rows, pointers. As float32 they are the smallest of the subnormals.
  const integers = memory.bytes;
  if (integers > 2 ** 21) throw new Error("subnormals: pointers of so large a model look like most subnormal numbers");
  let count = 0;
  for (const int of memory.ints.subarray(network.weights[0].pointer >> 2)) {
    const size = int & 0x7fffffff;
    if (size >= integers && size < 0x800000) count++;
  }
  return count;
}

interface Run {
  build: () => Layer[];
  loss: string;
  steps: number;
  /** The batch of a step. */
  batch: (step: number) => [NDArray, NDArray];
  prepare?: (net: Model) => void;
}

/** Trains, and looks at the memory after every step. */
function train({ build, loss, steps, batch, prepare }: Run, optimizer: ReturnType<typeof optimizers.adam>): Model {
  const net = sequential(build(), { seed: 3 });
  net.compile({ optimizer, loss: untyped(loss) });
  prepare?.(net);
  const found: string[] = [];
  for (let step = 0; step < steps; step++) {
    net.trainOnBatch(...batch(step));
    const count = subnormals(net);
    if (count > 0) found.push(`${count} after step ${step}`);
  }
  expect(found).toEqual([]);
  return net;
}

/** All numbers of a weight and its slots. */
function blocksOf({ network, trainer }: Model, weight: number): Float32Array[] {
  const { pointer, size } = network.weights[weight];
  const { floats } = network.engine.memory;
  const offset = trainer?.trained.offsetOf(network.weights[weight]) ?? 0;
  return [pointer, ...(trainer?.slots ?? []).map(slot => slot + offset)].map(at =>
    floats.slice(at >> 2, (at >> 2) + size),
  );
}

const zeros = (shape: number[]): NDArray => ({ ...numbers(shape), data: numbers(shape).data.fill(0) });

const OPTIMIZERS = {
  adam: () => optimizers.adam({ learningRate: 0.01 }),
  "adamW with strong decay": () => optimizers.adamW({ learningRate: 0.1, weightDecay: 0.5 }),
  rmsprop: () => optimizers.rmsprop({ learningRate: 0.002, centered: true, momentum: 0.5 }),
  sgd: () => optimizers.sgd({ momentum: 0.9, nesterov: true }),
  "adam, clipped to a tiny norm": () => optimizers.adam({ globalClipNorm: 1e-9 }),
};

describe.each(Object.entries(OPTIMIZERS))("%s", (name, make) => {
  it("forgets embedding rows that are no longer seen, down to 0", () => {
    const all = ids([4, 5], 20);
    const few = ids([4, 5], 3);
    const y = numbers([4, 1]);
    const net = train(
      {
        build: () => [
          embedding({ inputDim: 20, outputDim: 6, inputShape: [5] }),
          lstm({ units: 5 }),
          dense({ units: 1 }),
        ],
        loss: "mse",
        steps: 2000,
        batch: step => [step < 5 ? all : few, y],
      },
      make(),
    );
    const [rows, ...slots] = blocksOf(net, 0);
    const unseen = 3 * 6;
    if (name.includes("decay")) expect([...rows.subarray(unseen)].every(value => value === 0)).toBe(true);
    // The first moment, a mean of squares over ten steps, a velocity; Adam's second moment takes longer.
    expect([...slots[0].subarray(unseen)].every(value => value === 0)).toBe(true);
  });

  it("goes on with inputs and targets of 0, dropout, both directions, and forget gates open or shut", () => {
    const [N, T, C, H] = [3, 70, 3, 5];
    const first = numbers([N, T, C]);
    train(
      {
        build: () => [
          bidirectional({ layer: lstm({ units: H, returnSequences: true }), inputShape: [T, C] }),
          dropout({ rate: 0.3 }),
          lstm({ units: 4 }),
          dense({ units: 1 }),
        ],
        loss: "mse",
        steps: 700,
        batch: step => [step < 5 ? first : zeros([N, T, C]), zeros([N, 1])],
        prepare(net) {
          // Forget gates of sigmoid(-1) in one direction; saturated both ways in the other.
          net.setWeights(
            net.getWeights().map((weight, i) => {
              if (i === 2) weight.data.fill(-1, H, 2 * H);
              if (i === 5) weight.data.fill(-90, H, H + 2).fill(90, H + 2, 2 * H);
              return weight;
            }),
          );
        },
      },
      make(),
    );
  });

  it("learns weights of 0", () => {
    const net = train(
      {
        build: () => [dense({ units: 1, useBias: false, inputShape: [6] })],
        loss: "mse",
        steps: 4000,
        batch: step => [numbers([8, 6], step), zeros([8, 1])],
      },
      make(),
    );
    if (name === "sgd") expect([...net.getWeights()[0].data]).toEqual(Array(6).fill(0));
  });

  it("separates classes until their probabilities vanish", () => {
    const x = numbers([6, 4]);
    const y = ids([6], 3, 2);
    train(
      {
        build: () => [
          dense({ units: 9, activation: "relu", inputShape: [4] }),
          dense({ units: 3, activation: "softmax" }),
        ],
        loss: "sparseCategoricalCrossentropy",
        steps: 1500,
        batch: () => [x, y],
        prepare: net =>
          net.setWeights(net.getWeights().map(({ data, shape }) => ({ shape, data: data.map(w => 9 * w) }))),
      },
      make(),
    );
  });
});

it("a gradient decays over a long sequence, against states that decay the other way", () => {
  const [N, T, C] = [2, 400, 2];
  const x = zeros([N, T, C]);
  const net = train(
    {
      build: () => [lstm({ units: 6, inputShape: [T, C] }), dense({ units: 1 })],
      loss: "mse",
      steps: 20,
      batch: () => [x, numbers([N, 1])],
      prepare(net) {
        x.data.set(numbers([N, C]).data.map(value => 3 * value)); // then nothing
        net.setWeights(
          net.getWeights().map((weight, i) => {
            if (i === 1)
              weight.data.forEach((_, k) => {
                weight.data[k] *= 0.1;
              });
            if (i === 2) weight.data.fill(0);
            return weight;
          }),
        );
      },
    },
    optimizers.sgd({ learningRate: 1e-3 }),
  );
  expect(
    net
      .getWeights()
      .flatMap(({ data }) => [...data])
      .every(Number.isFinite),
  ).toBe(true);
});
