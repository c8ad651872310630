import { activationKind, type ElementwiseActivation } from "../activations.ts";
import { LSTM } from "../engine/families/lstm.generated.ts";
import { titleOf } from "../layer/options.ts";
import type { Tensor } from "../tensor.ts";
import type { InnerShape, WeightSpec } from "../weight.ts";
import { Recurrent } from "./fusedLayer.ts";
import { type LstmLayerOptions, type LstmSettings, lstmSettings } from "./lstmOptions.ts";
import type { LayerNormLstmWeights } from "./normalized.ts";
import type { Cell } from "./run/cell.ts";
import type { ExtraWeight } from "./run/extraWeights.ts";
import { type LstmVariantOptions, lstmGates } from "./run/lstmGates.ts";
import { bindUniform } from "./run/uniform.ts";
import { compileUniform } from "./run/uniformStep.ts";
import type { RecurrentWeights } from "./run/weights.ts";
import type { RecurrentLayer } from "./sequenceLayer.ts";
import {
  bindExtra,
  compileExtra,
  expectVariant,
  layerNormLstmCell,
  lstmFamilies,
  lstmFamily,
  peepholeWeight,
  projectionWeight,
  variantFrame,
} from "./variants.ts";

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
    compile(program, x, cell) {
      const frame = { ...cell.frame, ...compileExtra(program, extras) };
      return compileUniform(program, x, { ...cell, frame }, step, weights);
    },
  };
}

export type { LstmLayerOptions };

/** Those that the options ask for. */
type Weights = LstmWeights & Partial<LayerNormLstmWeights>;

export class Lstm extends Recurrent<LstmSettings, Weights> {
  readonly kind = "lstm";
  readonly gates = lstmGates(this.options);
  readonly stateNames = ["h", "c"];

  override get families() {
    return lstmFamilies(this.options) ?? [LSTM];
  }

  override get stateSizes(): readonly number[] {
    const { units, projection = units } = this.options;
    return [projection, units];
  }

  override weightSpecs(inputs: readonly InnerShape[]): WeightSpec[] {
    const { units, peephole, projection, layerNorm, kernelInitializer: initializer } = this.options;
    const specs = super.weightSpecs(inputs);
    if (peephole) specs.push({ name: "peephole", shape: [this.gates - 1, units], initializer });
    if (projection) specs.push({ name: "projectionKernel", shape: [units, projection], initializer });
    if (layerNorm) {
      specs.push({ name: "gamma", shape: [2, this.gates * units], initializer: { name: "ones" } });
      specs.push({ name: "cellGamma", shape: [units], initializer: { name: "ones" } });
      specs.push({ name: "cellBeta", shape: [units], initializer: { name: "zeros" } });
    }
    return specs;
  }

  override initialized(bias: Float32Array, name: string): void {
    const { units, unitForgetBias } = this.options;
    if (name === "bias" && unitForgetBias) bias.fill(1, units, 2 * units);
  }

  protected override cellOf({ gamma, cellGamma, cellBeta, ...weights }: Weights): Cell {
    const { layerNormEpsilon } = this.options;
    if (!gamma || !cellGamma || !cellBeta || layerNormEpsilon === undefined) return lstmCell(weights, this.options);
    return layerNormLstmCell({ ...weights, gamma, cellGamma, cellBeta }, { ...this.options, layerNormEpsilon });
  }
}

/**
 * Long short-term memory. x [N, T, C] -> [N, units], or [N, T, units] with `returnSequences`; with `returnState` also
 * the last hidden and cell state, [N, units] each. Weights, in Keras' layout with gates i f g o: kernel [C, 4·units],
 * recurrentKernel [units, 4·units], bias [4·units].
 *
 * With `projection` the hidden state has that size instead of `units`, recurrentKernel that many rows, and there is a
 * projectionKernel [units, projection]. With `peephole` there are weights [3, units] of the gates i f o. With
 * `coupledGates` the forget gate has no part in any of them: gates i g o. With `layerNorm` there are gamma
 * [2, 4·units], the gains of x·kernel and h·recurrentKernel, and cellGamma and cellBeta [units] of the cell state.
 *
 * @param options see {@link LstmLayerOptions}; names and defaults are those of Keras 3
 * @throws TypeError or RangeError for an option of the wrong type or value
 * @see Hochreiter and Schmidhuber, "Long short-term memory", Neural Computation 9(8), 1997; for `peephole`: Gers,
 *   Schraudolph and Schmidhuber, "Learning precise timing with LSTM recurrent networks", 2002; for `projection`: Sak, Senior
 *   and Beaufays, "Long short-term memory recurrent neural network architectures for large scale acoustic modeling", 2014;
 *   for `coupledGates`: Greff et al., "LSTM: a search space odyssey", 2017; for `layerNorm`: Ba, Kiros and Hinton, "Layer
 *   normalization", 2016; for `zoneout`: Krueger et al., "Zoneout: regularizing RNNs by randomly preserving hidden
 *   activations", 2016; for `recurrentDropout`: Gal and Ghahramani, "A theoretically grounded application of dropout in
 *   recurrent neural networks", 2016
 * @example layers.lstm({ units: 50, returnSequences: true, inputShape: [20, 10] })
 */
export function lstm(options: LstmLayerOptions): RecurrentLayer {
  const settings = lstmSettings(options);
  expectVariant(titleOf(options, "lstm"), settings);
  return new Lstm(settings);
}
