/** Ten steps of training beside a float64 program whose gradients come from a reference. */
import { expect } from "vitest";
import { type Model, type NDArray, optimizers } from "../../src/index.ts";
import { type AdamState, adam } from "../reference/optimizers.ts";
import type { Reference } from "../reference/reference.ts";
import { expectClose } from "./compare.ts";
import { randomArray } from "./gradients.ts";
import type { Random } from "./random.ts";

/**
 * Gives the model random weights and trains it on one batch by the mean squared error of each output, by Adam; every
 * step's loss must be the float64 program's, and the last a part of the first.
 *
 * @param names of the weights for the reference, in the model's order
 * @param reference the model's outputs from `x` and the weights
 * @param part what is left of the loss, at most
 */
export function expectTenSteps(
  net: Model,
  names: readonly string[],
  reference: Reference,
  [x, ...targets]: readonly NDArray[],
  random: Random,
  { scale = 0.3, learningRate = 0.01, part = 0.5 } = {},
): void {
  net.compile({ optimizer: optimizers.adam({ learningRate }), loss: "meanSquaredError" });
  const shapes = net.getWeights().map(({ shape }) => shape);
  expect(shapes.length).toBe(names.length);
  net.setWeights(shapes.map(shape => randomArray(random, shape, scale)));
  let weights: Record<string, Float64Array> = Object.fromEntries(
    net.getWeights().map(({ data }, i) => [names[i], Float64Array.from(data as Float32Array)]),
  );
  const states: Record<string, AdamState> = {};
  const expected: number[] = [];
  const actual: number[] = [];
  for (let step = 0; step < 10; step++) {
    actual.push(net.trainOnBatch(x, targets.length === 1 ? targets[0] : targets).loss);
    const run = reference({ x: x.data, ...weights });
    const errors = targets.map(({ data }, k) => run.outputs[k].map((value, i) => value - data[i]));
    expected.push(errors.reduce((sum, error) => sum + error.reduce((s, e) => s + e * e, 0) / error.length, 0));
    const gradients = run.gradients(errors.map(error => error.map(e => (2 * e) / error.length)));
    weights = Object.fromEntries(
      names.map(name => {
        const { w, state } = adam(weights[name], gradients[name] ?? [], states[name] ?? null, { learningRate });
        states[name] = state;
        return [name, w];
      }),
    );
  }
  expectClose(actual, expected, { relative: 1e-5 }, "losses");
  expect(actual[9]).toBeLessThan(part * actual[0]);
}
