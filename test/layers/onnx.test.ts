/** The LSTM and the options that it has in ONNX, against ONNX Runtime's numbers and the f64 reference. */
import { describe, it } from "vitest";
import { fixtureNames, loadFixture } from "../fixtures/load.ts";
import { expectClose } from "../helpers/compare.ts";
import { layerOf } from "../helpers/fixtureLayers.ts";
import { OneLayer } from "../helpers/oneLayer.ts";
import { lstmVariantReference } from "../reference/lstmVariant.ts";

describe.each(fixtureNames("onnx", "forward"))("%s", name => {
  const f = loadFixture(name);
  const arrays = { x: f.input, ...f.initialState, ...f.weights };
  const expected = [f.output, ...Object.values(f.finalState)];

  it("is what the layer gives", () => {
    const inputs = Object.entries({ x: f.input, ...f.initialState }).map(([key, { shape }]) => [key, shape.slice(1)]);
    const layer = new OneLayer(layerOf(f), Object.fromEntries(inputs));
    layer.forward(arrays).forEach((output, i) => {
      expectClose(output, expected[i].data, { absolute: 5e-7 }, `output ${i}`);
    });
  });

  it("is what the reference gives", () => {
    const [N, T, C] = f.input.shape;
    const [, H] = f.initialState.c.shape;
    const values = Object.fromEntries(Object.entries(arrays).map(([key, { data }]) => [key, data]));
    const { outputs } = lstmVariantReference({ N, T, C, H }, f.config)(values);
    outputs.forEach((output, i) => {
      expectClose(output, expected[i].data, { absolute: 5e-7 }, `output ${i}`);
    });
  });
});
