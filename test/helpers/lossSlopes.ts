/** The gradients of a compiled model's loss by all weights, against differences of the loss. */
import { type Model, type NDArray, ndarray } from "../../src/index.ts";
import { expectClose } from "./compare.ts";
import { untyped } from "./untyped.ts";

/** @param h step of the differences; float32 rounds the loss by about 1e-7 of it */
export async function expectLossSlopes(net: Model, x: unknown, y: unknown, h = 4e-3): Promise<void> {
  const gradients = net.gradients(untyped(x), untyped(y));
  const weights = net.getWeights().map(({ shape, data }) => ndarray(Float32Array.from(data), shape));
  const lossWith = async (w: number, i: number, value: number): Promise<number> => {
    const moved: NDArray[] = [...weights];
    moved[w] = ndarray(Float32Array.from(weights[w].data), weights[w].shape);
    moved[w].data[i] = value;
    net.setWeights(moved);
    return (await net.evaluate(untyped(x), untyped(y))).loss;
  };
  for (const [w, { data }] of weights.entries()) {
    const slopes = new Float64Array(data.length);
    for (let i = 0; i < data.length; i++) {
      const [up, down] = [data[i] + h, data[i] - h];
      slopes[i] = ((await lossWith(w, i, up)) - (await lossWith(w, i, down))) / (Math.fround(up) - Math.fround(down));
    }
    expectClose(gradients[w].data, slopes, { relative: 2e-3, absolute: 2e-4 }, `weight ${w}`);
  }
  net.setWeights(weights);
}
