import { activationKind, type ElementwiseActivation, elementwise } from "../activations.ts";
import { IND_RNN } from "../engine/families/indRnn.generated.ts";
import { padded } from "../engine/layout.ts";
import type { Call } from "../engine/threads/parallel.ts";
import { initializer } from "../initializers.ts";
import { type Checked, type Input, optional, options } from "../options.ts";
import type { Tensor } from "../tensor.ts";
import type { InnerShape, WeightSpec } from "../weight.ts";
import { Recurrent } from "./fusedLayer.ts";
import {
  H_ALONE,
  NO_HIDDEN_PRODUCT,
  type RecurrentOptions,
  type RecurrentSettings,
  recurrentSettings,
} from "./options.ts";
import type { Cell } from "./run/cell.ts";
import { bindExtra, compileExtra, type ExtraWeight } from "./run/extraWeights.ts";
import { bindInputAlone, compileInputAlone, type InputWeights, inputPackedSize } from "./run/inputAlone.ts";

export interface IndRnnWeights extends InputWeights {
  /** [H] */
  recurrentKernel: Tensor;
}

/** The independently recurrent network; its state is h. */
export function indRnnCell(weights: IndRnnWeights, options: { activation: ElementwiseActivation }): Cell {
  const { kernel, recurrentKernel, bias } = weights;
  const [, H] = kernel.shape;
  const extras = [perUnitWeight(recurrentKernel)];
  return {
    forward: "indRnnForward",
    backward: "indRnnBackward",
    units: H,
    hidden: H,
    gates: 1,
    states: 0,
    saved: 0,
    flop: 20 * H,
    frame: { activation: activationKind(options.activation) },
    weights: [kernel, recurrentKernel, bias],
    bind: (context, x, steps) => bindExtra(context, bindInputAlone(context, x, steps, weights, 1), extras),
    compile(program, x, cell) {
      const frame = { ...cell.frame, ...compileExtra(program, extras) };
      return compileInputAlone(program, x, { ...cell, frame }, "indRnnStep", weights, 1);
    },
  };
}

function perUnitWeight(weight: Tensor): ExtraWeight {
  const [H] = weight.shape;
  const P = padded(H);
  return {
    weight,
    word: "perUnit",
    size: P,
    prepare: ({ kernels }, pointer) => kernels.recurrentPadGates(pointer, weight.pointer, 1, H, 1),
    addGradient({ parallel }, gradient, { xh: h, gates: dz }, { count: rows }) {
      // Memory sets its speed, not arithmetic: about that of four operations an element.
      const calls = parallel
        .split(H, 16, 8 * rows * H)
        .map(
          ([from, to]): Call<"sumOfRowProducts"> => [
            gradient + 4 * from,
            dz + 4 * from,
            P,
            h + 4 * from,
            P,
            rows,
            to - from,
          ],
        );
      parallel.run("sumOfRowProducts", calls);
    },
  };
}

import type { RecurrentLayer } from "./sequenceLayer.ts";

const OPTIONS = options({
  /** Default "relu" */
  activation: optional(elementwise, "relu"),
});
const CHANGED = options({
  ...H_ALONE,
  ...NO_HIDDEN_PRODUCT,
  /** Default: uniform in [0, 1) */
  recurrentInitializer: optional(initializer, { name: "uniform", minimum: 0, maximum: 1 }),
});

export interface IndRnnLayerOptions
  extends Input<typeof OPTIONS>,
    Pick<Input<typeof CHANGED>, "recurrentInitializer">,
    RecurrentOptions {}

export class IndRnn extends Recurrent<Checked<typeof OPTIONS> & RecurrentSettings, IndRnnWeights> {
  readonly kind = "indRNN";
  readonly gates = 1;
  readonly stateNames = ["h"];

  override get families() {
    return [IND_RNN];
  }

  override weightSpecs(inputs: readonly InnerShape[]): WeightSpec[] {
    const { units } = this.options;
    return super
      .weightSpecs(inputs)
      .map(spec => (spec.name === "recurrentKernel" ? { ...spec, shape: [units] } : spec));
  }

  protected override packedSize(C: number): number {
    return inputPackedSize(C, this.options.units, 1);
  }

  protected override cellOf(weights: IndRnnWeights): Cell {
    return indRnnCell(weights, this.options);
  }
}

/**
 * Independently recurrent network, in which a unit sees its own past alone: h = activation(x·kernel + u·h + bias).
 * x [N, T, C] -> [N, units], or [N, T, units] with `returnSequences`; with `returnState` also the last hidden state
 * [N, units]. Weights: kernel [C, units], recurrentKernel [units], which is u, and bias [units].
 *
 * @param options see {@link IndRnnLayerOptions}
 * @throws TypeError or RangeError for an option of the wrong type or value
 * @see Li et al., "Independently recurrent neural network (IndRNN)", 2018, arXiv 1803.04831
 * @example layers.indRNN({ units: 64, returnSequences: true, inputShape: [100, 2] })
 */
export function indRNN(options: IndRnnLayerOptions): RecurrentLayer {
  return new IndRnn(recurrentSettings(options, "indRNN", OPTIONS, CHANGED));
}
