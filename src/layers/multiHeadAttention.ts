import type { Context } from "../context.ts";
import { packedSize } from "../engine/layout.ts";
import { initializer } from "../initializers.ts";
import { type Layer, lastAxis } from "../layer/layer.ts";
import { type LayerOptions, layerSettings, type WeightRules } from "../layer/options.ts";
import { attentionSoftmax, dotScores, weighted } from "../ops/attention.ts";
import { dropout } from "../ops/dropout.ts";
import { linear } from "../ops/linear.ts";
import { reshape } from "../ops/reshape.ts";
import { boolean, type Checked, fraction, type Input, integer, optional, options } from "../options.ts";
import type { Tensor } from "../tensor.ts";
import type { InnerShape, WeightSpec } from "../weight.ts";
import { AttentionLayer, expectAttention, expectKeys, queryValueKey } from "./attention.ts";

const OPTIONS = options({
  /** How many attend side by side */
  numHeads: integer(),
  /** Size of each head's query and key */
  keyDim: integer(),
  /** Size of each head's value; default keyDim */
  valueDim: optional(integer(), ({ keyDim }: { keyDim: number }) => keyDim),
  /** The part of the weights that is set to 0 while training; default 0 */
  dropout: optional(fraction, 0),
  /** Default true */
  useBias: optional(boolean, true),
  /** Features of the output; default those of the query */
  outputShape: optional(integer()),
  /** Whether a query sees only what comes no later than itself; default false */
  useCausalMask: optional(boolean, false),
  /** Whether the weights [N, heads, Q, K] are a second output; default false */
  returnAttentionScores: optional(boolean, false),
  /** Default "glorotUniform" */
  kernelInitializer: optional(initializer, "glorotUniform"),
  /** Default "zeros" */
  biasInitializer: optional(initializer, "zeros"),
});

export interface MultiHeadAttentionOptions extends Input<typeof OPTIONS>, LayerOptions, WeightRules<typeof OPTIONS> {}

class MultiHeadAttention extends AttentionLayer<Checked<typeof OPTIONS>> {
  readonly kind = "multiHeadAttention";

  override outputShapes(inputs: readonly InnerShape[]): InnerShape[] {
    expectAttention(this.name, inputs, false);
    const [query, value] = queryValueKey(inputs);
    const { outputShape = query[1], numHeads, returnAttentionScores } = this.options;
    return [[query[0], outputShape], ...(returnAttentionScores ? [[numHeads, query[0], value[0]]] : [])];
  }

  /** What is projected: its features, and to how many. */
  #projections(inputs: readonly InnerShape[]) {
    const [query, value, key] = queryValueKey(inputs).map(shape => lastAxis(shape, this.name));
    const { numHeads, keyDim, valueDim, outputShape = query } = this.options;
    return [
      {
        name: "query",
        from: query,
        kernel: [query, numHeads, keyDim],
        bias: [numHeads, keyDim],
        to: numHeads * keyDim,
      },
      { name: "key", from: key, kernel: [key, numHeads, keyDim], bias: [numHeads, keyDim], to: numHeads * keyDim },
      {
        name: "value",
        from: value,
        kernel: [value, numHeads, valueDim],
        bias: [numHeads, valueDim],
        to: numHeads * valueDim,
      },
      {
        name: "output",
        from: numHeads * valueDim,
        kernel: [numHeads, valueDim, outputShape],
        bias: [outputShape],
        to: outputShape,
      },
    ];
  }

  override weightSpecs(inputs: readonly InnerShape[]): WeightSpec[] {
    const { useBias, kernelInitializer, biasInitializer } = this.options;
    return this.#projections(inputs).flatMap(({ name, kernel, bias }) => [
      { name: `${name}Kernel`, shape: kernel, initializer: kernelInitializer },
      ...(useBias ? [{ name: `${name}Bias`, shape: bias, initializer: biasInitializer }] : []),
    ]);
  }

  override packedSizes(inputs: readonly InnerShape[]): number[] {
    return this.#projections(inputs).map(({ from, to }) => packedSize(from, to));
  }

  /** x times a kernel, whose heads lie side by side. */
  #project(context: Context, x: Tensor, name: string, place: number): Tensor {
    const [kernel, bias] = [this.weights[`${name}Kernel`], this.weights[`${name}Bias`]];
    const C = x.shape[x.shape.length - 1];
    const flat = reshape(context, kernel, [C, kernel.size / C]);
    return linear(context, x, flat, bias && reshape(context, bias, [bias.size]), this.packed[place]);
  }

  override forward(context: Context, inputs: readonly Tensor[]): Tensor[] {
    const [query, value, key] = queryValueKey(inputs);
    expectKeys(this.name, value, key);
    const { numHeads, keyDim, useCausalMask: causal, returnAttentionScores } = this.options;
    const [q, k, v] = [
      this.#project(context, query, "query", 0),
      this.#project(context, key, "key", 1),
      this.#project(context, value, "value", 2),
    ];
    const scores = dotScores(context, q, k, numHeads);
    const weights = attentionSoftmax(context, scores, { mask: value.mask, causal }, 1 / Math.sqrt(keyDim));
    const kept = dropout(context, weights, this.options.dropout, this.stream);
    const y = this.#project(context, weighted(context, kept, v), "output", 3);
    return returnAttentionScores ? [y, weights] : [y];
  }
}

/**
 * Attention of several heads (Vaswani et al. 2017), each over projections of its own. Query [N, Q, C], value [N, K, …], key
 * [N, K, …] -> [N, Q, outputShape]; without a key the value is its own, without a value the query. Values that are padding
 * are not seen. Weights: kernel and bias of query, key, value and output.
 *
 * @param options see {@link MultiHeadAttentionOptions}; names and defaults are those of Keras 3, whose options of a call are here too
 * @throws TypeError or RangeError for an option of the wrong type or value
 * @example const y = layers.multiHeadAttention({ numHeads: 4, keyDim: 16, useCausalMask: true }).apply(x);
 */
export function multiHeadAttention(options: MultiHeadAttentionOptions): Layer {
  return new MultiHeadAttention(layerSettings(options, "multiHeadAttention", OPTIONS));
}
