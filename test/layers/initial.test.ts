/** Which initializers layers have unless told otherwise. */
import { describe, expect, it } from "vitest";
import { layers, sequential } from "../../src/index.ts";
import { expectClose } from "../helpers/compare.ts";
import { matmul } from "../reference/matmul.ts";

describe("layers begin as Keras' do", () => {
  const lstm = (options: object) =>
    sequential([layers.lstm({ units: 3, ...options, inputShape: [2, 5] })])
      .getWeights()
      .map(({ data }) => data as Float32Array);

  it("lstm: glorotUniform over all gates together, orthogonal, zeros and ones for the forget gate", () => {
    const [kernel, recurrent, bias] = lstm({});
    expect(Math.max(...kernel.map(Math.abs))).toBeLessThanOrEqual(Math.sqrt(6 / (5 + 12)));
    expect(Math.max(...kernel.map(Math.abs))).toBeGreaterThan(0.8 * Math.sqrt(6 / (5 + 12)));
    const gram = matmul(recurrent, recurrent, 3, 12, 3, { transposeB: true });
    expectClose(gram, [1, 0, 0, 0, 1, 0, 0, 0, 1], { absolute: 1e-6 });
    expect([...bias]).toEqual([0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0]);
  });

  it("unitForgetBias sets that part alone", () => {
    expect([...lstm({ unitForgetBias: false })[2]]).toEqual(new Array(12).fill(0));
    const biasInitializer = { name: "constant", value: 0.5 };
    expect([...lstm({ biasInitializer })[2]]).toEqual([0.5, 0.5, 0.5, 1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5]);
    expect([...lstm({ biasInitializer, unitForgetBias: false })[2]]).toEqual(new Array(12).fill(0.5));
    expect(lstm({ useBias: false }).length).toBe(2);
  });

  it("both directions of bidirectional, each with its own numbers", () => {
    const inner = layers.lstm({ units: 2 });
    const [kernel, , bias, kernel1, , bias1] = sequential([
      layers.bidirectional({ layer: inner, inputShape: [2, 5] }),
    ]).getWeights();
    expect([...bias.data]).toEqual([0, 0, 1, 1, 0, 0, 0, 0]);
    expect(bias1.data).toEqual(bias.data);
    expect(kernel1.data).not.toEqual(kernel.data);
  });

  it("dense: glorotUniform and zeros; embedding: uniform within 0.05", () => {
    const [kernel, bias] = sequential([layers.dense({ units: 50, inputShape: [40] })]).getWeights();
    const largest = Math.max(...kernel.data.map(Math.abs));
    expect(largest / Math.sqrt(6 / 90)).toBeGreaterThan(0.99);
    expect(largest / Math.sqrt(6 / 90)).toBeLessThanOrEqual(1);
    expect(new Set(bias.data)).toEqual(new Set([0]));
    const embedding = layers.embedding({ inputDim: 50, outputDim: 40, inputShape: [2] });
    const [table] = sequential([embedding]).getWeights();
    const most = Math.max(...table.data.map(Math.abs));
    expect(most).toBeGreaterThan(0.0495);
    expect(most).toBeLessThanOrEqual(Math.fround(0.05));
  });
});
