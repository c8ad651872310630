/** The nets in which wrong gradients are caught: the f64 reference, and finite differences of two kinds. */
import { expect } from "vitest";
import { ndarray } from "../../src/ndarray.ts";
import { dot } from "../reference/checkGradients.ts";
import type { Outer, Reference, Values } from "../reference/reference.ts";
import { expectClose, type Tolerance } from "./compare.ts";
import { numericGradient } from "./finiteDifference.ts";
import type { Differentiable, NDArrays } from "./gradients.ts";
import type { Random } from "./random.ts";

/**
 * Against the f64 reference: float32 rounds each of some dozens of operations by up to 6e-8, and sums of a few dozen
 * terms of size 1 by a few times that.
 */
export const closeToReference: Tolerance = { relative: 1e-5, absolute: 1e-6 };

/** Outer gradients for all outputs. */
export function randomOuter(random: Random, outputs: readonly ArrayLike<number>[]): Float64Array[] {
  return outputs.map(output => random.array(output.length));
}

const valuesOf = (arrays: NDArrays): Values =>
  Object.fromEntries(Object.entries(arrays).map(([name, { data }]) => [name, data]));

/** The names of what has a gradient: all but ids. */
const differentiableNames = (arrays: NDArrays) =>
  Object.keys(arrays).filter(name => !(arrays[name].data instanceof Int32Array));

/** The sum over all outputs of output · outer, in float64. */
const lossOf = (outputs: readonly ArrayLike<number>[], outer: Outer) =>
  outputs.reduce((sum, output, i) => sum + (outer[i] ? dot(output, outer[i]) : 0), 0);

/** Of an mLSTM without a tape: in training it takes steps together, and sums in another order than step by step. */
export const inOtherOrder: Tolerance = { relative: 1e-5, absolute: 5e-6 };

/**
 * Net 1: outputs and all gradients equal the reference's; gradients that are not there, count as wrong.
 *
 * @param untaped how close outputs without a tape must be to those with it: by default, their bits are the same
 */
export function expectReference(
  system: Differentiable,
  arrays: NDArrays,
  reference: Reference,
  outer: Outer,
  tolerance: Tolerance = closeToReference,
  untaped: Tolerance = {},
): void {
  const run = reference(valuesOf(arrays));
  const { outputs, gradients } = system.differentiate(arrays, outer);
  outputs.forEach((output, i) => {
    expectClose(output, run.outputs[i], tolerance, `output ${i}`);
  });
  system.forward(arrays).forEach((output, i) => {
    expectClose(output, outputs[i], untaped, `output ${i}, without a tape`);
  });
  const expected = run.gradients(outer);
  const names = differentiableNames(arrays);
  expect(Object.keys(gradients).sort()).toEqual(names.sort());
  for (const name of names) expectClose(gradients[name], expected[name] ?? [], tolerance, `gradient of ${name}`);
}

export interface DifferenceOptions {
  /** Step of the differences of float32 outputs; smaller where a kink is near. */
  h?: number;
  tolerance?: Tolerance;
}

/** Of the differences of float32 outputs, that of which is good to about 1e-7. */
const ofOutputs: Tolerance = { relative: 1e-4, absolute: 2e-4 };

/** Central differences of order h⁴, from steps h and 2h. */
function differences(f: (x: Float64Array) => number, x: ArrayLike<number>, h: number): Float64Array {
  const wide = numericGradient(f, x, 2 * h);
  return numericGradient(f, x, h).map((d, i) => (4 * d - wide[i]) / 3);
}

/** Numbers for some arrays, moved from where they are by t along a direction. */
type Moved<Array> = (t: number) => Readonly<Record<string, Array>>;

/** A direction through all elements, and both ways of moving along it. */
function randomDirection(random: Random, arrays: NDArrays, names: readonly string[]) {
  const direction = Object.fromEntries(names.map(name => [name, random.array(arrays[name].data.length, 0.3)]));
  const moved = (name: string, t: number) =>
    Float64Array.from(arrays[name].data, (value, i) => value + t * direction[name][i]);
  const values: Moved<ArrayLike<number>> = t => ({
    ...valuesOf(arrays),
    ...Object.fromEntries(names.map(name => [name, moved(name, t)])),
  });
  const ndarrays: Moved<NDArrays[string]> = t => ({
    ...arrays,
    ...Object.fromEntries(
      names.map(name => [name, ndarray(Float32Array.from(moved(name, t)), arrays[name].shape)] as const),
    ),
  });
  return { direction, values, ndarrays };
}

/**
 * Net 2 along random directions through all elements at once, of the reference's loss and of the outputs themselves:
 * quick, and any wrong gradient shows in it.
 *
 * @param exact whether to take the reference's differences alone, whose steps are too short to meet a kink
 */
export function expectSlopes(
  system: Differentiable,
  arrays: NDArrays,
  reference: Reference,
  outer: Outer,
  random: Random,
  { h = 1 / 32, tolerance = ofOutputs, exact = false }: DifferenceOptions & { exact?: boolean } = {},
): void {
  const { gradients } = system.differentiate(arrays, outer);
  const names = differentiableNames(arrays);
  for (let k = 0; k < 5; k++) {
    const { direction, values, ndarrays } = randomDirection(random, arrays, names);
    const slope = names.reduce((sum, name) => sum + dot(gradients[name], direction[name]), 0);
    const precise = numericGradient(([t]) => lossOf(reference(values(t)).outputs, outer), [0]);
    expectClose([slope], precise, { relative: 1e-5, absolute: 1e-5 }, `direction ${k}, of the reference`);
    if (exact) continue;
    const own = differences(([t]) => lossOf(system.forward(ndarrays(t)), outer), [0], h);
    expectClose([slope], own, tolerance, `direction ${k}, of the outputs`);
  }
}

/**
 * Net 2: gradients equal the differences
 *   - of the f64 reference's loss, by every element (relative 1e-5, absolute 1e-6);
 *   - of the float32 outputs themselves, by every element and along random directions through all of them. Outputs are
 *     good to about 1e-7, so a step of 1/32 gives slopes good to some 1e-5; the formula's own error is about h⁴.
 */
export function expectDifferences(
  system: Differentiable,
  arrays: NDArrays,
  reference: Reference,
  outer: Outer,
  random: Random,
  { h = 1 / 32, tolerance = ofOutputs }: DifferenceOptions = {},
): void {
  const { gradients } = system.differentiate(arrays, outer);
  const names = differentiableNames(arrays);
  const moved = (name: string, data: Float64Array): NDArrays => ({
    ...arrays,
    [name]: ndarray(Float32Array.from(data), arrays[name].shape),
  });
  for (const name of names) {
    const { data } = arrays[name];
    const values = valuesOf(arrays);
    const exact = numericGradient(x => lossOf(reference({ ...values, [name]: x }).outputs, outer), data);
    expectClose(gradients[name], exact, closeToReference, `${name}, differences of the reference`);
    const own = differences(x => lossOf(system.forward(moved(name, x)), outer), data, h);
    expectClose(gradients[name], own, tolerance, `${name}, differences of the outputs`);
  }
  expectSlopes(system, arrays, reference, outer, random, { h, tolerance });
}
