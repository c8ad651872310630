/** Streams against predict on the whole sequence so far, and layers without a short form. */
import { expect } from "vitest";
import type { Layer, Model, NDArray, StreamOptions } from "../../src/index.ts";
import { StepProgram } from "../../src/models/stepProgram.ts";
import { ndarray, sizeOf } from "../../src/ndarray.ts";
import { inputSlots } from "../../src/training/slots.ts";
import { bits } from "./models.ts";

/** The same layer without its short form, so that streams run its forward pass. */
export function inFull(layer: Layer): Layer {
  return Object.assign(layer, { compileStep: () => undefined });
}

/** The kernels of a step, in order; "forward" is a layer's forward pass. */
export function stepKernels(net: Model): string[] {
  return StepProgram.of(net.network, inputSlots(net.network.plan)).list.map(([kernel]) => kernel);
}

/** The first steps of sequences [1, T, ...]. */
export function soFar({ shape, data }: NDArray, steps: number): NDArray {
  const size = sizeOf(shape.slice(2));
  return ndarray(data.slice(0, steps * size), [1, steps, ...shape.slice(2)]);
}

/** Step t of a sequence [1, T, ...]. */
export function stepOf({ shape, data }: NDArray, t: number): NDArray["data"] {
  const size = sizeOf(shape.slice(2));
  return data.slice(t * size, (t + 1) * size);
}

/** What sequences end with: the last step of those outputs that have an axis of time. */
function lastOf({ shape, data }: NDArray): number[] {
  const size = shape.length > 2 ? sizeOf(shape.slice(2)) : data.length;
  return bits(data.slice(data.length - size));
}

/**
 * After every step all outputs have the bits that predict on the sequence so far ends with; in a second round the states go
 * by way of JSON before each step, the first one too.
 *
 * @param fed sequences [1, T, ...], those inputs of the model that come first
 * @param constants the inputs after them
 */
export function expectPredictBits(net: Model, fed: readonly NDArray[], constants: readonly NDArray[] = []): void {
  const options: StreamOptions =
    constants.length > 0 ? { inputs: constants.length > 1 ? constants : constants[0] } : {};
  const stream = net.stream(options);
  const [, T] = fed[0].shape;
  const several = fed.length + constants.length > 1;
  for (let round = 0; round < 2; round++, stream.reset()) {
    for (let t = 0; t < T; t++) {
      if (round === 1) stream.state = JSON.parse(JSON.stringify(stream.state));
      const steps = fed.map(each => stepOf(each, t));
      const outputs = stream.stepAll(fed.length > 1 ? steps : steps[0]);
      const given = [...fed.map(each => soFar(each, t + 1)), ...constants];
      const expected = net.predictAll(several ? given : given[0]);
      expect(outputs.map(bits), `step ${t}, round ${round}`).toEqual(expected.map(lastOf));
    }
  }
}
