/** Every cell with each of its options behind a mask, against the f64 reference and along finite differences. */
import { describe, expect, it } from "vitest";
import { ndarray } from "../../src/index.ts";
import { type NDArrays, randomArray } from "../helpers/gradients.ts";
import { expectReference, expectSlopes, randomOuter } from "../helpers/nets.ts";
import { OneLayer } from "../helpers/oneLayer.ts";
import { seeded } from "../helpers/random.ts";
import {
  batch,
  MASK,
  type RecurrentForm,
  recurrentForms,
  regularizersOf,
  statesOf,
} from "../helpers/recurrentForms.ts";
import type { Reference } from "../reference/reference.ts";
import type { SequenceOptions } from "../reference/sequence.ts";

const { N, T, C } = batch;

/** As `closeToReference`, for more and larger terms: five sequences, sums of exponential gates near 3. */
const tolerance = { relative: 2e-5, absolute: 1e-5 };

interface Case {
  options: SequenceOptions & { returnState?: boolean; useBias?: boolean };
  /** Units for each head */
  units: number;
  training: boolean;
}

const cases: Record<string, Case> = {
  "sequences, states in and out": {
    options: { returnSequences: true, returnState: true },
    units: 5,
    training: true,
  },
  "backwards, zeros at hidden steps, without bias": {
    options: { returnSequences: true, returnState: true, goBackwards: true, zeroOutputForMask: true, useBias: false },
    units: 6,
    training: true,
  },
  "last output, whole vectors, predicting": { options: {}, units: 4, training: false },
  "backwards, states, predicting": { options: { returnState: true, goBackwards: true }, units: 7, training: false },
};

function make({ layer: layerOf, reference, heads = 1 }: RecurrentForm, { options, units, training }: Case) {
  const random = seeded(5);
  const H = units * heads;
  const layer = layerOf({ units: H, ...options } as Parameters<typeof layerOf>[0]);
  const states = options.returnState ? statesOf(layer) : {};
  const inputs = {
    x: [T, C],
    ...Object.fromEntries(Object.entries(states).map(([name, size]) => [name, [size]])),
  };
  const one = new OneLayer(layer, inputs, { training, mask: MASK });
  const arrays: Record<string, NDArrays[string]> = {};
  for (const [name, shape] of Object.entries(inputs)) arrays[name] = randomArray(random, [N, ...shape]);
  // Sums of exponential gates are away from 0.
  if (arrays.n) arrays.n = { ...arrays.n, data: arrays.n.data.map(value => value + 3) };
  for (const [name, shape] of Object.entries(one.weightShapes)) arrays[name] = randomArray(random, shape, 0.5);
  const sizes = { N, T, C, H };
  const whole = reference(sizes, { ...options, mask: MASK, ...regularizersOf(one, layer, sizes, { training }) });
  const outputsOf: Reference = values => {
    const run = whole(values);
    return { ...run, outputs: options.returnState ? run.outputs : run.outputs.slice(0, 1) };
  };
  const outer = randomOuter(random, one.forward(arrays));
  return { one, arrays, reference: outputsOf, outer, random, states: Object.keys(states) };
}

describe.each(Object.entries(recurrentForms))("%s", (_, form) => {
  it.each(Object.entries(cases))("equals the reference and finite differences: %s", (_name, given) => {
    const { one, arrays, reference, outer, random, states } = make(form, given);
    expectReference(one, arrays, reference, outer, tolerance, form.untaped);
    expectSlopes(one, arrays, reference, outer, random, { h: 1 / 128, exact: form.kinks ?? false });
    // What the states add by themselves, so that nothing above holds only because it is 0.
    const { gradients } = one.differentiate(arrays, [undefined, ...outer.slice(1)]);
    for (const name of states) expect(Math.hypot(...gradients[name]), name).toBeGreaterThan(0.1);
  });

  it("stateful: the next batch begins with the states, at its hidden steps too, and gradients stop there", () => {
    const given = { options: { returnSequences: true, returnState: true }, units: 5, training: false };
    const { one, arrays, outer, random, states } = make(form, given);
    const layer = form.layer({ units: 5 * (form.heads ?? 1), ...given.options, stateful: true });
    const carrying = new OneLayer(layer, { x: [T, C] }, { mask: MASK });
    const [, ...ended] = carrying.forward(arrays);
    const next = { ...arrays, x: randomArray(random, [N, T, C]) };
    const from = Object.fromEntries(states.map((name, i) => [name, ndarray(ended[i], [N, ended[i].length / N])]));
    const { outputs, gradients } = one.differentiate({ ...next, ...from }, outer);
    const weights = Object.entries(gradients).filter(([name]) => !states.includes(name));
    expect(carrying.differentiate(next, outer)).toEqual({ outputs, gradients: Object.fromEntries(weights) });
  });
});
