/** Zoneout's expected values halve a state that nothing feeds, and its gradient: neither may become subnormal. */
import { describe, expect, it } from "vitest";
import { layers, ndarray } from "../../src/index.ts";
import type { Layer } from "../../src/layer/layer.ts";
import type { NDArrays } from "../helpers/gradients.ts";
import { OneLayer } from "../helpers/oneLayer.ts";
import { seeded } from "../helpers/random.ts";

const [N, C, H] = [2, 3, 6];
const common = { units: H, returnSequences: true, returnState: true } as const;
const zoneout = { hidden: 0.5, cell: 0.5 };

/** Those whose weights are all 0 have new values that are 0, or half of what was. */
const cells: Record<string, { layer: () => Layer; states: string[] }> = {
  lstm: { layer: () => layers.lstm({ ...common, zoneout }), states: ["h", "c"] },
  "lstm, coupled gates": { layer: () => layers.lstm({ ...common, zoneout, coupledGates: true }), states: ["h", "c"] },
  gru: { layer: () => layers.gru({ ...common, zoneout: 0.5 }), states: ["h"] },
  "gru, reset before": { layer: () => layers.gru({ ...common, zoneout: 0.5, resetAfter: false }), states: ["h"] },
  simpleRNN: { layer: () => layers.simpleRNN({ ...common, zoneout: 0.5 }), states: ["h"] },
  minGRU: { layer: () => layers.minGRU({ ...common, zoneout: 0.5 }), states: ["h"] },
};

function make({ layer, states }: (typeof cells)[string], T: number) {
  const random = seeded(3);
  const one = new OneLayer(layer(), { x: [T, C], ...Object.fromEntries(states.map(name => [name, [H]])) });
  const arrays: Record<string, NDArrays[string]> = { x: ndarray(new Float32Array(N * T * C), [N, T, C]) };
  for (const name of states) arrays[name] = ndarray(Float32Array.from(random.array(N * H)), [N, H]);
  for (const [name, shape] of Object.entries(one.weightShapes)) {
    arrays[name] = ndarray(new Float32Array(shape.reduce((a, b) => a * b)), [...shape]);
  }
  return { one, arrays, random };
}

const isSubnormal = (value: number) => value !== 0 && Math.abs(value) < 2 ** -126;
const isSmall = (value: number) => value !== 0 && Math.abs(value) < 1e-15;

describe.each(Object.entries(cells))("%s", (_, cell) => {
  it("its states go down to 0", () => {
    const { one, arrays } = make(cell, 600);
    const [sequence, , ...last] = one.forward(arrays);
    for (const values of [sequence, ...last]) expect(values.filter(isSubnormal)).toHaveLength(0);
    expect(sequence.some(isSmall)).toBe(true);
    for (const state of last) expect(state.every(value => value === 0)).toBe(true);
  });

  it("so do their gradients", () => {
    let small = 0;
    // A gradient falls to a half or to three quarters a step; at some of these lengths what is not cut is subnormal.
    for (const T of [60, 70, 130, 140, 145, 310, 330, 350]) {
      const { one, arrays, random } = make(cell, T);
      const outer = [undefined, ...cell.states.map(() => random.array(N * H))];
      const { gradients } = one.differentiate(arrays, outer);
      for (const name of cell.states) {
        expect(gradients[name].filter(isSubnormal)).toHaveLength(0);
        small += gradients[name].filter(isSmall).length;
      }
    }
    expect(small).toBeGreaterThan(0);
  });
});
