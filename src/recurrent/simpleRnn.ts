import { activationKind, type ElementwiseActivation, elementwise } from "../activations.ts";
import { SIMPLE_RNN } from "../engine/families/simpleRnn.generated.ts";
import { type Checked, type Input, optional, options, positive } from "../options.ts";
import { Recurrent } from "./fusedLayer.ts";
import { H_ALONE, type RecurrentOptions, type RecurrentSettings, recurrentSettings } from "./options.ts";
import type { Cell } from "./run/cell.ts";
import { bindUniform } from "./run/uniform.ts";
import { compileUniform } from "./run/uniformStep.ts";
import type { RecurrentWeights } from "./run/weights.ts";

/** The simple recurrent network; its state is h. */
export function simpleRnnCell(
  weights: RecurrentWeights,
  options: { activation: ElementwiseActivation; clip?: number },
): Cell {
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
    frame: { activation: activationKind(options.activation), clip: options.clip ?? 0 },
    weights: [kernel, recurrentKernel, bias],
    bind: (context, x, steps, masks) => bindUniform(context, x, steps, weights, 1, masks),
    compile: (program, x, cell) => compileUniform(program, x, cell, "simpleRnnStep", weights),
  };
}

import type { RecurrentLayer } from "./sequenceLayer.ts";

const OPTIONS = options({
  /** Default "tanh" */
  activation: optional(elementwise, "tanh"),
  /** What is activated stays within ±clip, as in ONNX; where it is cut, no gradient passes. Default none */
  clip: optional(positive),
});

export interface SimpleRnnLayerOptions extends Input<typeof OPTIONS>, RecurrentOptions {}

export class SimpleRnn extends Recurrent<Checked<typeof OPTIONS> & RecurrentSettings, RecurrentWeights> {
  readonly kind = "simpleRNN";
  readonly gates = 1;
  readonly stateNames = ["h"];

  override get families() {
    return [SIMPLE_RNN];
  }

  protected override cellOf(weights: RecurrentWeights): Cell {
    return simpleRnnCell(weights, this.options);
  }
}

/**
 * Simple recurrent network: h = activation(x·kernel + h·recurrentKernel + bias). x [N, T, C] -> [N, units], or
 * [N, T, units] with `returnSequences`; with `returnState` also the last hidden state [N, units]. Weights, in Keras'
 * layout: kernel [C, units], recurrentKernel [units, units], bias [units].
 *
 * @param options see {@link SimpleRnnLayerOptions}; names and defaults are those of Keras 3
 * @throws TypeError or RangeError for an option of the wrong type or value
 * @see Elman, "Finding structure in time", Cognitive Science 14(2), 1990
 * @example layers.simpleRNN({ units: 16, activation: "relu", inputShape: [20, 10] })
 */
export function simpleRNN(options: SimpleRnnLayerOptions): RecurrentLayer {
  return new SimpleRnn(recurrentSettings(options, "simpleRNN", OPTIONS, H_ALONE));
}
