/** Activations that cells have not, and prelu, against Keras on PyTorch: outputs, and gradients by inputs and weights. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { type Layer, layers, ndarray, sequential } from "../../src/index.ts";
import { expectClose } from "../helpers/compare.ts";

interface Numbers {
  shape: number[];
  data: number[];
}

interface Case {
  activation?: Parameters<typeof layers.activation>[0]["activation"];
  sharedAxes?: number[];
  inputs: Record<string, Numbers>;
  outer: Numbers;
  output: Numbers;
  gradients: Record<string, Numbers>;
}

const cases: Case[] = JSON.parse(readFileSync(new URL("../fixtures/activations.json", import.meta.url), "utf8"));
const array = ({ shape, data }: Numbers) => ndarray(Float32Array.from(data), shape);

it.each(cases.map(each => [JSON.stringify(each.activation ?? { prelu: each.sharedAxes }), each] as const))(
  "%s",
  (_, each) => {
    const { x, ...weights } = each.inputs;
    const inputShape = x.shape.slice(1);
    const layer: Layer = each.sharedAxes
      ? layers.prelu({ sharedAxes: each.sharedAxes, inputShape })
      : layers.dense({ units: each.output.shape[1], activation: each.activation ?? "linear", inputShape });
    const net = sequential([layer]);
    net.setWeights(Object.values(weights).map(array));
    const y = net.predict(array(x));
    expectClose(y.data, each.output.data, { absolute: 1e-6, relative: 1e-5 });
    net.compile({ loss: "mse" });
    // The gradient of the mean squared error is that of the sum of y times outer.
    const target = Float64Array.from(y.data, (value, i) => value - (each.outer.data[i] * y.data.length) / 2);
    const wanted = { shape: y.shape, data: target };
    const [dx] = net.gradients(array(x), wanted, { inputs: true });
    const dWeights = net.gradients(array(x), wanted);
    const found: Record<string, ArrayLike<number>> = { x: dx.data };
    Object.keys(weights).forEach((name, i) => {
      found[name] = dWeights[i].data;
    });
    for (const [name, { data }] of Object.entries(each.gradients)) {
      expectClose(found[name], data, { absolute: 1e-5, relative: 1e-5 }, name);
    }
    expect(Object.keys(found).sort()).toEqual(Object.keys(each.gradients).sort());
  },
);
