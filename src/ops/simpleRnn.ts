import { activationKind, type ElementwiseActivation } from "../activations.ts";
import type { Cell } from "./recurrent/cell.ts";
import { bindUniform } from "./recurrent/uniform.ts";
import { compileUniform } from "./recurrent/uniformStep.ts";
import type { RecurrentWeights } from "./recurrent/weights.ts";

/** The simple recurrent network; its state is h. */
export function simpleRnnCell(weights: RecurrentWeights, options: { activation: ElementwiseActivation }): Cell {
  const { kernel, recurrentKernel, bias } = weights;
  return {
    forward: "simpleRnnForward",
    backward: "simpleRnnBackward",
    units: kernel.shape[1],
    hidden: recurrentKernel.shape[0],
    gates: 1,
    states: 0,
    maskedGates: 1,
    saved: 0,
    frame: { activation: activationKind(options.activation) },
    weights: [kernel, recurrentKernel, bias],
    bind: (context, x, steps, masks) => bindUniform(context, x, steps, weights, 1, masks),
    compile: (program, x, cell, layer) => compileUniform(program, x, cell, "simpleRnnStep", weights, layer),
  };
}
