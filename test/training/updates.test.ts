/** Updates that would make a weight, or a number that the optimizer keeps, infinite: refused, and nothing has changed. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Engine } from "../../src/engine/engine.ts";
import { layers, type Model, ndarray, type Optimizer, optimizers, sequential } from "../../src/index.ts";

const { adam, adamW, rmsprop, sgd } = optimizers;

const x = ndarray(
  Float32Array.from({ length: 20 }, (_, i) => Math.sin(i)),
  [2, 5, 2],
);

function compiled(optimizer: Optimizer, kind: "lstm" | "mLSTM" = "lstm"): Model {
  const net = sequential([layers[kind]({ units: 6, stateful: true, inputShape: [5, 2] }), layers.dense({ units: 1 })], {
    seed: 1,
  });
  net.compile({ optimizer, loss: "mse" });
  return net;
}

/** All that a step changes: weights, slots, counts, and what stateful layers carry on with. */
const everything = (net: Model) => [net.save({ optimizer: true }), [...net.network.states]];

/** Trains until an error, at which all is as before; then goes on with a rate that is not absurd. */
function expectKept(net: Model, size: number, message: RegExp): void {
  const y = [[size], [-size]];
  let failed: unknown;
  for (let step = 0; step < 40 && !failed; step++) {
    const before = everything(net);
    try {
      net.trainOnBatch(x, y);
      expect(net.getWeights().every(({ data }) => data.every(Number.isFinite))).toBe(true);
    } catch (error) {
      failed = error;
      expect(everything(net)).toEqual(before);
    }
  }
  expect(failed).toBeInstanceOf(RangeError);
  expect((failed as Error).message).toMatch(message);
}

const AFTER =
  /^step \d+: after the update (lstm|mLSTM|dense)\/\w+ has (-?Infinity|NaN) at \[.*the weights of the last good/;

describe("an update that overflows", () => {
  it.each<[string, Optimizer, number]>([
    ["sgd", sgd({ learningRate: 1e6 }), 3e38],
    ["sgd, momentum", sgd({ learningRate: 1e20, momentum: 0.9 }), 3e19],
    ["sgd, nesterov", sgd({ learningRate: 3e19, momentum: 0.99, nesterov: true }), 3e19],
    ["adam", adam({ learningRate: 3e38, beta1: 0.999 }), 1],
    ["adamW", adamW({ learningRate: 10, weightDecay: 1e38 }), 1],
    ["rmsprop", rmsprop({ learningRate: 3e38, rho: 0.999999 }), 1],
    ["rmsprop, momentum", rmsprop({ learningRate: 3e38, rho: 0.99999, momentum: 1 }), 1],
    ["rmsprop, centered", rmsprop({ learningRate: 3e38, rho: 0.99999, centered: true }), 1],
    ["an epsilon that is 0 in float32", adam({ epsilon: 1e-60 }), 0],
  ])("is refused, and nothing has changed: %s", (_, optimizer, size) => {
    const net = compiled(optimizer);
    if (size === 0)
      net.setWeights(net.getWeights().map(({ shape, data }) => ndarray(new Float32Array(data.length), shape)));
    expectKept(net, size, AFTER);
    optimizer.learningRate = 1e-30;
    if (size < 1e19 && size > 0) net.trainOnBatch(x, [[1], [0]]);
  });

  it("is found in what a layer of matrices leads to", () => {
    expectKept(compiled(sgd({ learningRate: 1e30 }), "mLSTM"), 1e30, AFTER);
  });

  it("is found in numbers that the optimizer alone keeps", () => {
    const own: Optimizer = {
      ...sgd({ learningRate: 0.1 }),
      name: "own",
      slots: ["velocity"],
      apply: (kernels, { slots: [slot], gradients, n }) => kernels.sgd(slot, 0, gradients, 1e30, 0, false, n),
    };
    delete own.sizesAfter;
    expectKept(
      compiled(own),
      1e15,
      /^step \d+: what the optimizer keeps for the weights is not finite after the update; /,
    );
  });

  it("is undone where an optimizer of one's own throws half-way", () => {
    const own: Optimizer = {
      ...sgd(),
      apply(kernels, { weights, gradients, n }) {
        kernels.sgd(weights, 0, gradients, 0.1, 0, false, n);
        throw new RangeError("mine");
      },
    };
    delete own.sizesAfter;
    expectKept(compiled(own), 1, /^mine$/);
  });

  it("cannot come from weights that were set since, or from another graph", () => {
    const net = compiled(sgd({ learningRate: 0.01 }));
    net.trainOnBatch(x, [[1], [0]]);
    net.setWeights(net.getWeights().map(({ shape, data }) => ndarray(data.fill(3e38), shape)));
    const before = everything(net);
    expect(() => net.trainOnBatch(x, [[3e38], [3e38]])).toThrow(RangeError);
    expect(everything(net)).toEqual(before);
  });
});

describe("sizes after a step", () => {
  const rate = fc.double({ min: -8, max: 38, noNaN: true }).map(power => 10 ** power);
  const share = fc.constantFrom(0, 0.5, 0.9, 0.999, 0.999999);
  const size = fc.double({ min: -20, max: 38, noNaN: true }).map(power => 10 ** power);
  const epsilon = fc.double({ min: -45, max: 2, noNaN: true }).map(power => 10 ** power);
  const optimizer = fc.oneof(
    fc.record({ learningRate: rate, momentum: share, nesterov: fc.boolean() }).map(sgd),
    fc
      .record({ learningRate: rate, rho: share, momentum: share, centered: fc.boolean(), epsilon })
      .map(options => rmsprop(options)),
    fc.record({ learningRate: rate, beta1: share, beta2: share, epsilon, weightDecay: size }).map(adamW),
  );

  it("are never exceeded", () => {
    const { kernels, memory } = new Engine();
    const n = 8;
    const [weights, gradients, ...room] = Array.from({ length: 5 }, () => memory.persist(n));
    let told = 0;
    fc.assert(
      fc.property(optimizer, size, size, size, fc.integer({ min: 1, max: 30 }), (own, w, s, g, first) => {
        const slots = own.slots.map((_, i) => room[i]);
        const fill = (pointer: number, most: number, lowest: number) => {
          for (let i = 0; i < n; i++) {
            const share = i === 0 ? 1 : lowest + (1 - lowest) * ((7 * i + first) % 11) * 0.1;
            memory.floats[(pointer >> 2) + i] = Math.min(1, share) * most;
          }
        };
        fill(weights, w, -1);
        own.slots.forEach((name, i) => {
          fill(slots[i], s, name === "v" ? 0 : -1);
        });
        let sizes = { weights: w, slots: s };
        for (let t = first; t < first + 5; t++) {
          fill(gradients, g, -1);
          const next = own.sizesAfter?.({ ...sizes, gradients: g }, t);
          if (!next || !(next.weights < 1e38 && next.slots < 1e38)) return;
          told++;
          own.apply(kernels, { weights, gradients, slots, n }, t);
          const largest = (pointer: number) =>
            memory.floats
              .subarray(pointer >> 2, (pointer >> 2) + n)
              .reduce((most, v) => Math.max(most, Math.abs(v)), 0);
          expect(largest(weights)).toBeLessThanOrEqual(next.weights * (1 + 1e-6));
          for (const slot of slots) expect(largest(slot)).toBeLessThanOrEqual(next.slots * (1 + 1e-6));
          sizes = { weights: next.weights * (1 + 1e-6), slots: next.slots * (1 + 1e-6) };
        }
      }),
      { seed: 1, numRuns: 4000 },
    );
    expect(told).toBeGreaterThan(2000);
  });
});
