import { activationKind, type ElementwiseActivation, elementwise } from "../activations.ts";
import { GRU } from "../engine/families/gru.generated.ts";
import { titleOf } from "../layer/options.ts";
import { boolean, type Checked, type Input, optional, options, positive } from "../options.ts";
import type { InnerShape, WeightSpec } from "../weight.ts";
import { Recurrent } from "./fusedLayer.ts";
import { LAYER_NORM, withEpsilon } from "./layerNormOptions.ts";
import { H_ALONE, type RecurrentOptions, type RecurrentSettings, recurrentSettings } from "./options.ts";
import type { Cell } from "./run/cell.ts";
import { GRU_GATES, gruPackedSize } from "./run/gruPacking.ts";
import { bindGru, compileGru } from "./run/gruProducts.ts";
import type { NormalizedWeights } from "./run/layerNorm.ts";
import type { RecurrentWeights } from "./run/weights.ts";

export interface GruCellOptions {
  activation: ElementwiseActivation;
  recurrentActivation: ElementwiseActivation;
  /** Whether the reset gate acts after the candidate's product with h; the bias is then [2, 3H], else [3H] */
  resetAfter: boolean;
  clip?: number;
}

/** The gated recurrent unit; its state is h. */
export function gruCell(weights: RecurrentWeights, { resetAfter, ...options }: GruCellOptions): Cell {
  const { kernel, recurrentKernel, bias } = weights;
  return {
    ...(resetAfter
      ? // The candidate's sums of x and of h, apart, since r multiplies one of them.
        { forward: "gruForward", backward: "gruBackward", gates: GRU_GATES + 1, saved: 0 }
      : { forward: "gruResetBeforeForward", backward: "gruResetBeforeBackward", gates: GRU_GATES, saved: 1 }),
    units: kernel.shape[1] / GRU_GATES,
    hidden: recurrentKernel.shape[0],
    states: 0,
    maskedGates: GRU_GATES,
    frame: {
      activation: activationKind(options.activation),
      recurrentActivation: activationKind(options.recurrentActivation),
      clip: options.clip ?? 0,
    },
    weights: [kernel, recurrentKernel, bias],
    bind: (context, x, steps, masks) => bindGru(context, x, steps, weights, resetAfter, masks),
    compile: (program, x, cell) => compileGru(program, x, cell, weights, resetAfter),
  };
}

import type { RecurrentLayer } from "./sequenceLayer.ts";
import { expectVariant, layerNormGruCell, layerNormGruFamilies } from "./variants.ts";

const OPTIONS = options({
  /** Of the candidate; default "tanh" */
  activation: optional(elementwise, "tanh"),
  /** Of the gates; default "sigmoid" */
  recurrentActivation: optional(elementwise, "sigmoid"),
  /** Reset h after its product for the candidate, as cuDNN and PyTorch; the bias is then [2, 3·units]. Default true */
  resetAfter: optional(boolean, true),
  /** Normalize x·kernel and h·recurrentKernel, over all gates at once; with `resetAfter` alone. Default false */
  layerNorm: optional(boolean, false),
  ...LAYER_NORM,
  /** Pre-activations stay within ±clip, as in ONNX; where they are cut, no gradient passes. Default none */
  clip: optional(positive),
});

export interface GruLayerOptions extends Input<typeof OPTIONS>, RecurrentOptions {}

/** With layerNorm also gamma. */
type Weights = RecurrentWeights & Partial<NormalizedWeights>;

export class Gru extends Recurrent<Checked<typeof OPTIONS> & RecurrentSettings, Weights> {
  readonly kind = "gru";
  readonly gates = GRU_GATES;
  readonly stateNames = ["h"];

  override get families() {
    return layerNormGruFamilies(this.options) ?? [GRU];
  }

  override weightSpecs(inputs: readonly InnerShape[]): WeightSpec[] {
    const { units, layerNorm } = this.options;
    const specs = super.weightSpecs(inputs);
    if (layerNorm) specs.push({ name: "gamma", shape: [2, this.gates * units], initializer: { name: "ones" } });
    return specs;
  }

  protected override packedSize(C: number): number {
    return this.options.layerNorm ? super.packedSize(C) : gruPackedSize(C, this.options.units);
  }

  protected override biasShape(width: number): number[] {
    return this.options.resetAfter ? [2, width] : [width];
  }

  protected override cellOf({ gamma, ...weights }: Weights): Cell {
    const { layerNormEpsilon } = this.options;
    if (!gamma || layerNormEpsilon === undefined) return gruCell(weights, this.options);
    return layerNormGruCell({ ...weights, gamma }, { ...this.options, layerNormEpsilon });
  }
}

/**
 * Gated recurrent unit. x [N, T, C] -> [N, units], or [N, T, units] with `returnSequences`; with `returnState` also the
 * last hidden state [N, units]. Weights, in Keras' layout with gates z r h: kernel [C, 3·units], recurrentKernel
 * [units, 3·units], bias [2, 3·units], of the input and of the hidden state, or [3·units] with `resetAfter: false`. With
 * `layerNorm` there is gamma [2, 3·units], the gains of x·kernel and h·recurrentKernel.
 *
 * @param options see {@link GruLayerOptions}; names and defaults are those of Keras 3
 * @throws TypeError or RangeError for an option of the wrong type or value
 * @see Cho et al., "Learning phrase representations using RNN encoder-decoder", 2014, arXiv 1406.1078;
 *   for `layerNorm`: Ba, Kiros and Hinton, "Layer normalization", 2016
 * @example layers.gru({ units: 50, returnSequences: true, inputShape: [20, 10] })
 */
export function gru(options: GruLayerOptions): RecurrentLayer {
  const settings = recurrentSettings(options, "gru", OPTIONS, H_ALONE);
  if (settings.layerNorm && !settings.resetAfter) {
    throw new RangeError(
      `${titleOf(options, "gru")} layerNorm: expected false with resetAfter: false, got true; ` +
        "normalization needs the product before the reset, leave resetAfter out",
    );
  }
  if (settings.layerNorm && settings.clip !== undefined) {
    throw new RangeError(
      `${titleOf(options, "gru")} layerNorm: expected false with clip, got true; normalization is there for the plain cell ` +
        "alone, leave one of them out",
    );
  }
  expectVariant(titleOf(options, "gru"), { layerNorm: settings.layerNorm });
  return new Gru(withEpsilon(settings, titleOf(options, "gru")));
}
