import { describe, expect, it } from "vitest";
import { layers, loadModel, sequential } from "../../src/index.ts";
import { expectClose } from "../helpers/compare.ts";
import { type NDArrays, randomArray } from "../helpers/gradients.ts";
import { bits, numbers, scramble } from "../helpers/models.ts";
import { expectDifferences, expectReference, randomOuter } from "../helpers/nets.ts";
import { OneLayer } from "../helpers/oneLayer.ts";
import { seeded } from "../helpers/random.ts";
import { stepKernels } from "../helpers/streams.ts";
import { layerNormBackward, layerNormForward } from "../reference/layerNormalization.ts";
import type { Reference } from "../reference/reference.ts";

const { dense, layerNormalization, lstm, masking } = layers;

const reference =
  (epsilon: number, C: number): Reference =>
  ({ x, gamma: gain, beta: bias }) => ({
    outputs: [layerNormForward({ x, gain, bias }, epsilon, C)],
    gradients([outer]) {
      const { dx, dGain, dBias } = layerNormBackward(outer ?? new Float64Array(x.length), { x, gain }, epsilon, C);
      return { x: dx, ...(gain && { gamma: dGain }), ...(bias && { beta: dBias }) };
    },
  });

describe("equals the reference and finite differences", () => {
  const shapes = [
    [3, 5],
    [2, 3, 4],
    [2, 2, 3, 9],
    [4, 2],
  ];
  const forms = [{}, { center: false }, { scale: false }, { center: false, scale: false }, { epsilon: 0.5 }];
  it.each(shapes.flatMap(shape => forms.map(form => [shape, form] as const)))("%j, %j", (shape, form) => {
    const random = seeded(5);
    const C = shape[shape.length - 1];
    const layer = new OneLayer(layerNormalization(form), { x: shape.slice(1) });
    const arrays: Record<string, NDArrays[string]> = { x: randomArray(random, shape, 2) };
    for (const [name, own] of Object.entries(layer.weightShapes)) arrays[name] = randomArray(random, own, 0.7);
    const {
      center = true,
      scale = true,
      epsilon = 1e-3,
    } = form as { center?: boolean; scale?: boolean; epsilon?: number };
    expect(Object.keys(arrays)).toEqual(["x", ...(scale ? ["gamma"] : []), ...(center ? ["beta"] : [])]);
    const outer = randomOuter(random, layer.forward(arrays));
    expectReference(layer, arrays, reference(epsilon, C), outer);
    expectDifferences(layer, arrays, reference(epsilon, C), outer, random);
  });
});

it("gives Keras' numbers", () => {
  // keras 3: LayerNormalization() with these weights.
  const x = [2.04, -2.56, 0.42, -0.57, -0.45, -0.22, -2.02, -0.23, -0.87, 3.32, 0.23, -0.35, -0.28, -0.67, -1.06];
  const y = [-0.67792, -2.376822, 1.399111, -1.094246, -1.683607, 0.77758, -2.502828, 0.908704, -1.241083, -1.502586];
  const net = sequential([layerNormalization({ inputShape: [3, 5] })]);
  net.setWeights([
    [-0.89, -0.29, 0.88, 0.58, 0.09],
    [0.67, -2.83, 1.02, -0.96, -1.67],
  ]);
  const got = net.predict({ shape: [1, 3, 5], data: x }).data;
  expectClose(
    got,
    [...y, -0.688194, -2.881272, 1.318884, -1.28922, -1.802739],
    { relative: 2e-6, absolute: 2e-6 },
    "y",
  );
});

it("begins as the identity of normalized rows, whatever they are", () => {
  const net = sequential([layerNormalization({ inputShape: [4] })]);
  expect(net.getWeights().map(({ data }) => [...data])).toEqual([
    [1, 1, 1, 1],
    [0, 0, 0, 0],
  ]);
  expect([...net.predict([[7, 7, 7, 7]]).data]).toEqual([0, 0, 0, 0]);
});

describe("in a model", () => {
  const build = () => {
    const net = sequential(
      [
        masking({ maskValue: 9, inputShape: [null, 3] }),
        layerNormalization(),
        lstm({ units: 5, returnSequences: true }),
        layerNormalization({ epsilon: 1e-5, scale: false }),
        dense({ units: 2 }),
      ],
      { seed: 2 },
    );
    scramble(net);
    return net;
  };

  it("streams in a compiled step, to the bits of predict", () => {
    const net = build();
    const data = numbers([1, 6, 3]);
    const stream = net.stream();
    const steps = Array.from({ length: 6 }, (_, t) => [...stream.step(data.data.slice(3 * t, 3 * t + 3))]);
    expect(bits(steps.flat())).toEqual(bits(net.predict(data).data));
    expect(stepKernels(net)).not.toContain("forward");
  });

  it("passes the mask on, trains, is saved and loaded", () => {
    const net = build();
    net.compile({ loss: "mse", optimizer: "adam" });
    const x = numbers([2, 4, 3]);
    x.data.fill(9, 9, 12); // the last step of the first sequence
    const before = net.trainOnBatch(x, numbers([2, 4, 2])).loss;
    const hidden = numbers([2, 4, 2]);
    hidden.data.fill(Number.NaN, 6, 8); // a target that nobody looks at
    for (let i = 0; i < 50; i++) net.trainOnBatch(x, hidden);
    expect(net.trainOnBatch(x, hidden).loss).toBeLessThan(0.9 * before);
    const again = loadModel(net.save());
    expect(bits(again.predict(x).data)).toEqual(bits(net.predict(x).data));
  });
});
