import { M_LSTM } from "../engine/families/mLstm.generated.ts";
import { padded } from "../engine/layout.ts";
import { titleOf } from "../layer/options.ts";
import { boolean, type Checked, type Input, integer, optional, options } from "../options.ts";
import type { Tensor } from "../tensor.ts";
import type { InnerShape, WeightSpec } from "../weight.ts";
import { Recurrent } from "./fusedLayer.ts";
import {
  INPUT_ALONE,
  type InputAloneOptions,
  type RecurrentSettings,
  recurrentSettings,
  STATES_TOGETHER,
} from "./options.ts";
import type { Cell } from "./run/cell.ts";
import { bindExtra, compileExtra, type ExtraWeight } from "./run/extraWeights.ts";
import { bindInputAlone, compileInputAlone, type InputWeights, inputPackedSize } from "./run/inputAlone.ts";

export interface MLstmWeights extends InputWeights {
  /** [H]: gains of the output, which then is normalized over each head */
  gamma?: Tensor | undefined;
}

export interface MLstmCellOptions {
  units: number;
  /** Parts of the units, each with a matrix of memory; divides `units` */
  heads: number;
}

/** Columns of kernel: q k v o of each unit, i f of each head. */
export function mLstmWidth({ units, heads }: MLstmCellOptions): number {
  return 4 * units + 2 * heads;
}

/** Sizes of h, the matrices C [heads, D, D] with D = units / heads, the sums n of their keys, and the scales m. */
export function mLstmStates({ units, heads }: MLstmCellOptions): number[] {
  return [units, (units * units) / heads, units, heads];
}

/** The mLSTM. */
export function mLstmCell(weights: MLstmWeights, options: MLstmCellOptions): Cell {
  const { kernel, bias, gamma } = weights;
  const { units, heads } = options;
  const [, ...stateSizes] = mLstmStates(options);
  return {
    forward: "mLstmForward",
    backward: "mLstmBackward",
    units,
    hidden: units,
    gates: 0,
    states: stateSizes.length,
    stateSizes,
    saved: 8,
    snapshots(kernels) {
      const every = kernels.mLstmStepsTogether();
      return { every, size: padded(stateSizes[0]), scratch: kernels.mLstmScratch(units / heads, every) };
    },
    // The mean of both directions: matrices, then what is done by unit and by pairs of steps taken together.
    flop: 6 * stateSizes[0] + 76 * units,
    frame: {
      heads,
      gatesRow: padded(mLstmWidth(options)),
      stateRow: stateSizes.reduce((sum, size) => sum + padded(size), 0),
    },
    weights: [kernel, bias, gamma],
    bind(context, x, steps) {
      const extras = gamma ? [gainWeight(gamma, x.shape[0])] : [];
      return bindExtra(context, bindInputAlone(context, x, steps, weights, 1), extras);
    },
    compile(program, x, cell) {
      const extras = gamma ? [gainWeight(gamma, 1)] : [];
      const frame = { ...cell.frame, ...compileExtra(program, extras) };
      return compileInputAlone(program, x, { ...cell, frame }, "mLstmStep", weights, 1);
    },
  };
}

/** @param N sequences of the batch: each sums its own part of the gradient, whatever thread it runs in */
function gainWeight(weight: Tensor, N: number): ExtraWeight {
  const H = weight.size;
  const P = padded(H);
  let normSums = 0;
  return {
    weight,
    word: "norm",
    size: P,
    prepare: ({ kernels }, pointer) => kernels.recurrentPadGates(pointer, weight.pointer, 1, H, 1),
    transpose({ memory }) {
      normSums = memory.allocateZeros(N * P);
      return { normSums };
    },
    addGradient({ kernels, memory }, gradient, _buffers, { last }) {
      if (!last) return;
      const mark = memory.mark();
      const sums = memory.allocateZeros(P);
      kernels.sumRows(sums, normSums, N, P);
      kernels.recurrentAddUnpadded(gradient, sums, 1, H, 1);
      memory.release(mark);
    },
  };
}

import type { RecurrentLayer } from "./sequenceLayer.ts";

const OPTIONS = options({
  /** Parts of the units, each with a matrix of memory of its own; divides `units`. Default 1 */
  heads: optional(integer(), 1),
  /** Normalize the output of each head before the output gate, with gains of its own. Default true, for heads of one unit false */
  layerNorm: optional(boolean, ({ units, heads }: MLstmCellOptions) => units > heads),
  /** Add to the forget gates' initial biases what spreads them from 3, the first head, to 6, the last. Default true */
  spreadForgetBias: optional(boolean, true),
});

export interface MLstmLayerOptions extends Input<typeof OPTIONS>, InputAloneOptions {}

export class MLstm extends Recurrent<Checked<typeof OPTIONS> & RecurrentSettings, MLstmWeights> {
  readonly kind = "mLSTM";
  readonly gates = 6;
  readonly stateNames = ["h", "c", "n", "m"];

  override get families() {
    return [M_LSTM];
  }

  override get stateSizes(): readonly number[] {
    return mLstmStates(this.options);
  }

  override weightSpecs(inputs: readonly InnerShape[]): WeightSpec[] {
    const { units, layerNorm } = this.options;
    const gamma: WeightSpec = { name: "gamma", shape: [units], initializer: { name: "ones" } };
    return [...super.weightSpecs(inputs), ...(layerNorm ? [gamma] : [])];
  }

  override initialized(bias: Float32Array, name: string): void {
    const { units, heads, spreadForgetBias } = this.options;
    if (name !== "bias" || !spreadForgetBias) return;
    for (let a = 0; a < heads; a++) bias[4 * units + heads + a] += 3 + (3 * a) / Math.max(1, heads - 1);
  }

  protected override packedSize(C: number): number {
    return inputPackedSize(C, mLstmWidth(this.options), 1);
  }

  protected override width(): number {
    return mLstmWidth(this.options);
  }

  protected override cellOf(weights: MLstmWeights): Cell {
    return mLstmCell(weights, this.options);
  }
}

/**
 * The LSTM of xLSTM with a matrix for memory, in the form that cannot overflow. Nothing but the memory goes from step to
 * step, so that all products with weights are one over all steps. A head of D = units / heads units has, with q, k, v, zi,
 * zf and zo from x·kernel + bias and k divided by √D: i = e^zi, f = sigmoid(zf), C = f·C + i·kᵀv, n = f·n + i·k,
 * r = q·C / max(|q·n|, 1), h = sigmoid(zo)·gamma·N(r), where C and n are kept divided by e^m, and N normalizes a head; with
 * `layerNorm: false` h = sigmoid(zo)·r. Of the paper's block this is the cell, without its convolution, skip connections
 * and projections: put layers.dense before and after it for those.
 *
 * Training takes 32 steps together, so that its outputs differ from predictions in the last bits, and keeps C of every 32nd
 * step: units²/(8·heads) bytes a step and sequence. More heads make the layer faster.
 *
 * x [N, T, C] -> [N, units], or [N, T, units] with `returnSequences`; with `returnState` also the last h [N, units], C
 * [N, units²/heads], n [N, units] and m [N, heads]. Weights, with parts q k v o (units each) and i f (heads each): kernel
 * [C, 4·units + 2·heads], bias [4·units + 2·heads], with `layerNorm` gamma [units].
 *
 * @param options see {@link MLstmLayerOptions}
 * @throws TypeError or RangeError for an option of the wrong type or value
 * @see Beck et al., "xLSTM: extended long short-term memory", 2024, arXiv 2405.04517
 * @example layers.mLSTM({ units: 64, heads: 4, returnSequences: true, inputShape: [20, 10] })
 */
export function mLSTM(options: MLstmLayerOptions): RecurrentLayer {
  const settings = recurrentSettings(options, "mLSTM", OPTIONS, { ...INPUT_ALONE, ...STATES_TOGETHER });
  const { units, heads, layerNorm } = settings;
  const title = titleOf(options, "mLSTM");
  if (units % heads !== 0) {
    // A file may claim any number of units.
    const fits = Array.from({ length: Math.min(units, 64) }, (_, i) => i + 1).filter(count => units % count === 0);
    throw new RangeError(
      `${title} heads: expected a number that divides units ${units}, got ${heads}; try ${fits.join(", ")}`,
    );
  }
  if (layerNorm && units === heads) {
    throw new RangeError(
      `${title} layerNorm: expected heads of 2 or more units, got ${heads} of one each; take fewer heads or leave layerNorm out`,
    );
  }
  return new MLstm(settings);
}
