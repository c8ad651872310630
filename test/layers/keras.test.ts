/** Every layer against Keras' and PyTorch's own outputs and gradients. */
import { expect, it } from "vitest";
import { fixtureNames, loadFixture } from "../fixtures/load.ts";
import { expectClose } from "../helpers/compare.ts";
import { layerOf } from "../helpers/fixtureLayers.ts";
import { OneLayer } from "../helpers/oneLayer.ts";

/** The name of OneLayer for that of a fixture: x for input, h for initialH. */
function nameOf(key: string): string {
  if (key === "input") return "x";
  const [, first, rest] = /^initial(.)(.*)$/.exec(key) ?? [];
  return first ? first.toLowerCase() + rest : key;
}

it.each([...fixtureNames("keras", "layer"), ...fixtureNames("torch", "layer")])("%s", name => {
  const f = loadFixture(name);
  const { initialState, finalState, finalStateOuterGradient } = f;
  const inputs = { x: f.input, ...initialState };
  const shapes = Object.entries(inputs).map(([key, { shape }]) => [key, shape.slice(1)]);
  const layer = new OneLayer(layerOf(f), Object.fromEntries(shapes));
  expect(layer.weightNames).toEqual(Object.keys(f.weights));

  const outer = [f.outerGradient, ...Object.values(finalStateOuterGradient ?? {})].map(array => array.data);
  const { outputs, gradients } = layer.differentiate({ ...inputs, ...f.weights }, outer);
  // Both sides are float32 programs, each off by about `roundoff` from the exact numbers.
  const expected = [f.output, ...Object.values(finalState ?? {})];
  expect(outputs.length).toBe(expected.length);
  expected.forEach(({ data }, i) => {
    expectClose(outputs[i], data, { absolute: 3 * f.roundoff.output + 1e-6 }, `output ${i}`);
  });
  const wanted = Object.entries(f.gradients).map(([key, { data }]) => ({ key: nameOf(key), data }));
  expect(Object.keys(gradients).sort()).toEqual(wanted.map(({ key }) => key).sort());
  for (const { key, data } of wanted) {
    expectClose(gradients[key], data, { relative: 1e-6, absolute: 3 * f.roundoff.gradients + 5e-7 }, key);
  }
});
