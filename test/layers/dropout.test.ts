import { describe, expect, it } from "vitest";
import { input, layers, model } from "../../src/index.ts";
import { ndarray, sizeOf } from "../../src/ndarray.ts";
import { finish } from "../../src/parts.ts";
import { randomArray } from "../helpers/gradients.ts";
import { expectDifferences, expectReference, randomOuter } from "../helpers/nets.ts";
import { OneLayer } from "../helpers/oneLayer.ts";
import { seeded } from "../helpers/random.ts";
import { dropoutReference } from "../helpers/references.ts";

const make = (rate: number, shape: readonly number[], training = true) =>
  new OneLayer(layers.dropout({ rate }), { x: shape.slice(1) }, { training });

describe.each([
  [0.5, [3, 7]],
  [0.2, [2, 3, 5]],
  [0.9, [4, 4]],
])("rate %d, shape %j", (rate, shape) => {
  it("equals the reference and finite differences", () => {
    const random = seeded(1);
    const layer = make(rate, shape);
    const arrays = { x: randomArray(random, shape) };
    const mask = layer.mask(rate, sizeOf(shape)); // every element has its own, steps of a sequence too
    const reference = dropoutReference(mask, 1, 1, mask.length);
    const outer = randomOuter(random, layer.forward(arrays));
    expectReference(layer, arrays, reference, outer);
    expectDifferences(layer, arrays, reference, outer, random);
  });
});

it.each([0.1, 0.5, 0.8])("drops a part %d, keeps the mean, and draws anew in each step", rate => {
  const shape = [100, 100];
  const layer = make(rate, shape);
  const ones = { x: ndarray(new Float32Array(10000).fill(1), shape) };
  const [first] = layer.forward(ones);
  const dropped = first.filter(value => value === 0).length / 10000;
  expect(Math.abs(dropped - rate)).toBeLessThan(5 * Math.sqrt((rate * (1 - rate)) / 10000));
  for (const value of first) if (value !== 0) expect(value).toBeCloseTo(1 / (1 - rate), 5);
  expect(layer.forward(ones)[0]).toEqual(first);

  layer.model.network.parameters.step = 1;
  const [second] = layer.forward(ones);
  const both = second.filter((value, i) => value === 0 && first[i] === 0).length / 10000;
  expect(Math.abs(both - rate * rate)).toBeLessThan(0.03); // independent of the first
});

it("two layers, and two seeds, drop other elements", () => {
  const ones = ndarray(new Float32Array(1000).fill(1), [10, 100]);
  const masks = [1, 2].map(seed => {
    const x = input({ shape: [100] });
    const outputs = [layers.dropout({ rate: 0.5 }).apply(x), layers.dropout({ rate: 0.5 }).apply(x)].flat();
    const { network } = model({ inputs: x, outputs, seed });
    const context = network.context({ training: true });
    const values = finish(network.forward(context, [context.tensorFrom(ones.data, ones.shape)]));
    return network.outputs(values).map(output => context.numbers(output).slice());
  });
  const [[a, b], [c]] = masks;
  expect(a).not.toEqual(b);
  expect(a).not.toEqual(c);
});

it.each([
  ["outside training", 0.5, false],
  ["at rate 0", 0, true],
])("%s the input passes unchanged, its gradient too", (_, rate, training) => {
  const random = seeded(2);
  const layer = make(rate, [3, 5], training);
  const x = randomArray(random, [3, 5]);
  const [outer] = randomOuter(random, [x.data]);
  const { outputs, gradients } = layer.differentiate({ x }, [outer]);
  expect(outputs).toEqual([x.data]);
  expect(gradients.x).toEqual(Float32Array.from(outer));
});
