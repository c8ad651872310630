import { expectInitializer } from "../../initializers.ts";
import { layerNormLstmCell } from "../../ops/layerNormLstm.ts";
import { lstmCell } from "../../ops/lstm.ts";
import { lstmGates } from "../../ops/lstmVariant.ts";
import type { Cell } from "../../ops/recurrent/cell.ts";
import type { InnerShape, WeightSpec } from "../../weight.ts";
import type { Layer } from "../layer.ts";
import { expectLstmOptions, type LstmLayerOptions, type LstmSettings } from "./lstmOptions.ts";
import { Recurrent } from "./recurrent.ts";

export type { LstmLayerOptions };

export class Lstm extends Recurrent<LstmSettings> {
  readonly kind = "lstm";
  readonly gates = lstmGates(this.options);
  readonly stateNames = ["h", "c"];

  override get stateSizes(): readonly number[] {
    const { units, projection = units } = this.options;
    return [projection, units];
  }

  override weightSpecs(inputs: readonly InnerShape[]): WeightSpec[] {
    const { units, peephole, projection, layerNorm, kernelInitializer } = this.options;
    const initializer = expectInitializer(kernelInitializer, "kernelInitializer");
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

  protected override cell(): Cell {
    const { useBias, peephole, projection, layerNorm } = this.options;
    const [kernel, recurrentKernel, ...others] = this.weights;
    const next = (has: unknown) => (has ? others.shift() : undefined);
    if (layerNorm) {
      const bias = next(useBias);
      const [gamma, cellGamma, cellBeta] = others;
      const weights = { kernel, recurrentKernel, bias, gamma, cellGamma, cellBeta, packed: this.packed[0] };
      return layerNormLstmCell(weights, this.options);
    }
    const more = { bias: next(useBias), peephole: next(peephole), projectionKernel: next(projection) };
    return lstmCell({ kernel, recurrentKernel, packed: this.packed[0], ...more }, this.options);
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
export function lstm(options: LstmLayerOptions): Layer {
  return new Lstm(expectLstmOptions(options));
}
