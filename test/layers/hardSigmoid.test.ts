/** Hard sigmoids with numbers of their own, wherever an activation is named; recurrent layers: recurrentForms.ts. */
import { describe, expect, it } from "vitest";
import { type Layer, layers, loadModel, sequential } from "../../src/index.ts";
import { expectClose } from "../helpers/compare.ts";
import { bits, expectError, numbers, scramble } from "../helpers/models.ts";
import { expectPredictBits, inFull } from "../helpers/streams.ts";
import { untyped } from "../helpers/untyped.ts";
import { activate, slopeFromOutput } from "../reference/activations.ts";

const hard = { name: "hardSigmoid", slope: 0.2, offset: 0.4 } as const;

const given: Record<string, (activation: typeof hard | "linear") => Layer> = {
  dense: activation => layers.dense({ units: 5, activation, inputShape: [null, 3] }),
  conv1D: activation =>
    layers.conv1D({ filters: 5, kernelSize: 2, padding: "causal", activation, inputShape: [null, 3] }),
  activation: activation => layers.activation({ activation, inputShape: [null, 3] }),
};

describe.each(Object.entries(given))("%s", (_, make) => {
  const [net, plain] = [hard, "linear" as const].map(activation => sequential([make(activation)], { seed: 2 }));
  for (const each of [net, plain]) scramble(each, 5);
  const x = { shape: [2, 4, 3], data: numbers([2, 4, 3]).data.map(value => 6 * value) };

  it("is what the formula says, forward and backward, and in a file", () => {
    const z = plain.predict(x);
    const y = net.predict(x);
    const expected = Float64Array.from(z.data, value => activate(hard, value));
    expectClose(y.data, expected, { absolute: 1e-6 });
    expect([...y.data].filter(value => value === 0 || value === 1).length).toBeGreaterThan(1);
    const outer = numbers(y.shape, 7);
    // The gradient of the mean squared error is that of the sum of y times outer.
    const target = (p: ArrayLike<number>, d: (i: number) => number) => ({
      shape: y.shape,
      data: Float64Array.from(p, (value, i) => value - (d(i) * y.data.length) / 2),
    });
    for (const each of [net, plain]) each.compile({ loss: "mse" });
    const [own] = net.gradients(
      x,
      target(y.data, i => outer.data[i]),
      { inputs: true },
    );
    const [through] = plain.gradients(
      x,
      target(z.data, i => outer.data[i] * slopeFromOutput(hard, expected[i])),
      {
        inputs: true,
      },
    );
    expectClose(own.data, through.data, { absolute: 1e-5 });
    const again = loadModel(net.save());
    expect(bits(again.predict(x).data)).toEqual(bits(y.data));
    expect(again.layers[0].options).toMatchObject({ activation: hard });
  });

  it("streams, short and in full", () => {
    for (const form of [(layer: Layer) => layer, inFull]) {
      const streaming = sequential([form(make(hard)), layers.lstm({ units: 2, recurrentActivation: hard })]);
      scramble(streaming);
      if (_ === "conv1D" && form === inFull) continue; // what it carries is in its short form
      expectPredictBits(streaming, [numbers([1, 4, 3])]);
    }
  });
});

it("has the numbers of Keras 3 by default", () => {
  const nets = ["hardSigmoid", { name: "hardSigmoid" }].map(activation =>
    sequential([layers.dense({ units: 4, activation: untyped(activation), inputShape: [3] })], { seed: 1 }),
  );
  const [a, b] = nets.map(net => net.predict(numbers([5, 3])).data);
  expectClose(a, b, { absolute: 1e-7 });
});

it.each<[string, unknown, "TypeError" | "RangeError", RegExp]>([
  [
    "another name",
    { name: "tanh", slope: 1 },
    "RangeError",
    /activation name: expected one of hardSigmoid.*, got "tanh"/,
  ],
  ["no slope", { name: "hardSigmoid", slope: 0 }, "RangeError", /activation slope: expected a number > 0/],
  ["a wrong offset", { name: "hardSigmoid", offset: "0" }, "TypeError", /activation offset: expected a finite number/],
  ["an unknown option", { name: "hardSigmoid", alpha: 1 }, "TypeError", /activation: unknown option "alpha"/],
])("refuses %s", async (_, activation, type, text) => {
  await expectError(() => layers.dense({ units: 1, activation: untyped(activation) }), type, text);
  await expectError(
    () => layers.gru({ units: 1, recurrentActivation: untyped(activation) }),
    type,
    new RegExp(text.source.replace("activation", "recurrentActivation")),
  );
});
