import { activationKind, type ElementwiseActivation } from "../activations.ts";
import type { Tensor } from "../tensor.ts";
import {
  type LstmVariantOptions,
  lstmFamily,
  lstmGates,
  peepholeWeight,
  projectionWeight,
  variantFrame,
} from "./lstmVariant.ts";
import type { Cell } from "./recurrent/cell.ts";
import { bindExtra, compileExtra, type ExtraWeight } from "./recurrent/extraWeights.ts";
import { bindUniform } from "./recurrent/uniform.ts";
import { compileUniform } from "./recurrent/uniformStep.ts";
import type { RecurrentWeights } from "./recurrent/weights.ts";

export interface LstmWeights extends RecurrentWeights {
  /** [gates - 1, H], with the option of that name */
  peephole?: Tensor | undefined;
  /** [H, F] */
  projectionKernel?: Tensor | undefined;
}

export interface LstmCellOptions extends LstmVariantOptions {
  activation: ElementwiseActivation;
  recurrentActivation: ElementwiseActivation;
}

/** The LSTM; its states are h and c. */
export function lstmCell(weights: LstmWeights, options: LstmCellOptions): Cell {
  const { kernel, recurrentKernel, bias, peephole, projectionKernel } = weights;
  const gates = lstmGates(options);
  const { step, ...family } = lstmFamily(options, projectionKernel !== undefined);
  const extras: ExtraWeight[] = [];
  if (peephole) extras.push(peepholeWeight(peephole, options, family.saved));
  if (projectionKernel) extras.push(projectionWeight(projectionKernel));
  return {
    ...family,
    units: kernel.shape[1] / gates,
    hidden: recurrentKernel.shape[0],
    gates,
    states: 1,
    maskedGates: gates,
    frame: {
      activation: activationKind(options.activation),
      recurrentActivation: activationKind(options.recurrentActivation),
      ...variantFrame(options),
    },
    weights: [kernel, recurrentKernel, bias, peephole, projectionKernel],
    bind: (context, x, steps, masks) =>
      bindExtra(context, bindUniform(context, x, steps, weights, gates, masks), extras),
    compile(program, x, cell, layer) {
      const frame = { ...cell.frame, ...compileExtra(program, extras) };
      return compileUniform(program, x, { ...cell, frame }, step, weights, layer);
    },
  };
}
