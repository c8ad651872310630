/** GRU, simple RNN and IndRNN: states that decay. */
import { describe, expect, it } from "vitest";
import { layers, ndarray } from "../../src/index.ts";
import { numbers } from "../helpers/models.ts";
import { OneLayer } from "../helpers/oneLayer.ts";
import { seeded } from "../helpers/random.ts";
import type { MakeLayer } from "../helpers/recurrentModels.ts";

const CELLS: [string, MakeLayer][] = [
  ["gru", layers.gru],
  ["gru, reset before", options => layers.gru({ ...options, resetAfter: false })],
  ["simpleRNN", layers.simpleRNN],
  ["indRNN", options => layers.indRNN({ ...options, activation: "tanh" })],
];

describe.each(CELLS)("%s", (_, cell) => {
  it("neither states nor gradients become subnormal as they decay", () => {
    const [N, steps, H] = [2, 300, 6];
    const layer = new OneLayer(cell({ units: H, returnSequences: true, useBias: false }), { x: [steps, 3], h: [H] });
    const random = seeded(1);
    const arrays = Object.fromEntries(
      Object.entries(layer.weightShapes).map(([name, shape]) => {
        const size = shape.reduce((a, b) => a * b, 1);
        return [name, ndarray(Float32Array.from(random.array(size, 0.1)), [...shape])];
      }),
    );
    const inputs = { x: ndarray(new Float32Array(N * steps * 3), [N, steps, 3]), h: numbers([N, H]) };
    const outer = new Float32Array(N * steps * H);
    for (let n = 0; n < N; n++) outer.set(numbers([H]).data, ((n + 1) * steps - 1) * H);
    const { outputs, gradients } = layer.differentiate({ ...inputs, ...arrays }, [outer]);
    for (const values of [outputs[0], gradients.h, gradients.x]) {
      expect(values.filter(v => v !== 0 && Math.abs(v) < 2 ** -126)).toHaveLength(0);
    }
    expect(outputs[0].some(v => v !== 0 && Math.abs(v) < 1e-15)).toBe(true);
    expect(gradients.x.some(v => v !== 0 && Math.abs(v) < 1e-15)).toBe(true);
  });
});
