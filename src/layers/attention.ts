/** Attention of one head, by products or by sums. */
import type { Context } from "../context.ts";
import { showShape } from "../expect.ts";
import { Layer, lastAxis } from "../layer/layer.ts";
import { type LayerOptions, layerSettings } from "../layer/options.ts";
import { arithmetic } from "../ops/arithmetic.ts";
import { ATTENTION_KERNELS, additiveScores, attentionSoftmax, dotScores, weighted } from "../ops/attention.ts";
import { broadcast } from "../ops/broadcast.ts";
import { chooseRows } from "../ops/chooseRows.ts";
import { dropout } from "../ops/dropout.ts";
import { reshape } from "../ops/reshape.ts";
import { boolean, type Checked, fraction, type Input, oneOf, optional, options } from "../options.ts";
import { Tensor } from "../tensor.ts";
import type { InnerShape, WeightSpec } from "../weight.ts";

const COMMON = options({
  /** The part of the weights that is set to 0 while training; default 0 */
  dropout: optional(fraction, 0),
  /** Whether a query sees only what comes no later than itself; default false */
  useCausalMask: optional(boolean, false),
  /** Whether the weights [N, Q, K] are a second output; default false */
  returnAttentionScores: optional(boolean, false),
});

const OPTIONS = options({
  /** Whether scores are multiplied with a number that is learned; default false */
  useScale: optional(boolean, false),
  /** "dot": query·key. "concat": the sum of tanh(query + key), times a number that is learned. Default "dot" */
  scoreMode: optional(oneOf(["dot", "concat"]), "dot"),
  ...COMMON,
});

const ADDITIVE = options({
  /** Whether tanh(query + key) is multiplied with a vector that is learned, before it is summed; default true */
  useScale: optional(boolean, true),
  ...COMMON,
});

export interface AttentionOptions extends Input<typeof OPTIONS>, LayerOptions {}
export interface AdditiveAttentionOptions extends Input<typeof ADDITIVE>, LayerOptions {}

/** Query, value and key, of which the last is the value where it is not given, and the second the query. */
export function queryValueKey<Each>(inputs: readonly Each[]): [query: Each, value: Each, key: Each] {
  const [query, value = query, key = value] = inputs;
  return [query, value, key];
}

/** Refuses what cannot be query, value and key. */
export function expectAttention(name: string, inputs: readonly InnerShape[], sameWidth: boolean): void {
  const [query, value, key] = queryValueKey(inputs);
  const shown = [query, value, key].map(shape => showShape(["N", ...shape])).join(", ");
  if ([query, value, key].some(shape => shape.length !== 2)) {
    throw new RangeError(
      `${name}: expected query [N, Q, C], value [N, K, …] and key [N, K, C], got ${shown}; a recurrent layer below needs ` +
        "returnSequences: true",
    );
  }
  for (const shape of [query, value, key]) lastAxis(shape, name);
  if (value[0] !== null && key[0] !== null && value[0] !== key[0])
    throw new RangeError(`${name}: expected a key for each value, got ${shown}`);
  if (sameWidth && query[1] !== key[1])
    throw new RangeError(
      `${name}: expected query and key of one width, got ${shown}; bring them to it with layers.dense`,
    );
}

/** Refuses values without a key. */
export function expectKeys(name: string, value: Tensor, key: Tensor): void {
  if (value.shape[1] !== key.shape[1])
    throw new RangeError(
      `${name}: expected a key for each value, got ${showShape(value.shape)} and ${showShape(key.shape)}`,
    );
}

/** What all layers of attention have in common. */
export abstract class AttentionLayer<Options extends object> extends Layer<Options> {
  override get families() {
    return ATTENTION_KERNELS;
  }

  override get inputs() {
    return { least: 1, most: 3, names: ["query", "value", "key"] };
  }

  override acrossSteps(): boolean {
    return true;
  }

  override countsPadding(): boolean {
    return false; // it is masked
  }
}

abstract class OneHead<Options extends Checked<typeof COMMON>> extends AttentionLayer<Options> {
  override outputShapes(inputs: readonly InnerShape[]): InnerShape[] {
    expectAttention(this.name, inputs, true);
    const [query, value] = queryValueKey(inputs);
    return [[query[0], value[1]], ...(this.options.returnAttentionScores ? [[query[0], value[0]]] : [])];
  }

  /** [N, 1, Q, K] */
  protected abstract scores(context: Context, query: Tensor, key: Tensor): Tensor;

  override forward(context: Context, inputs: readonly Tensor[]): Tensor[] {
    const [query, value, key] = queryValueKey(inputs);
    expectKeys(this.name, value, key);
    const { useCausalMask: causal, returnAttentionScores } = this.options;
    const weights = attentionSoftmax(context, this.scores(context, query, key), { mask: value.mask, causal });
    const kept = dropout(context, weights, this.options.dropout, this.stream);
    let y = weighted(context, kept, value);
    if (query.mask) {
      const zeros = new Tensor(context.memory.allocateZeros(y.size), y.shape);
      y = chooseRows(context, query.mask, y, zeros);
    }
    if (!returnAttentionScores) return [y];
    const [N, , Q, K] = kept.shape;
    return [y, reshape(context, kept, [N, Q, K])];
  }

  /** A number that is learned, as often as it is needed. */
  protected row(context: Context, name: string, width: number): Tensor {
    return broadcast(context, reshape(context, this.weights[name], [1]), [width]);
  }
}

class Attention extends OneHead<Checked<typeof OPTIONS>> {
  readonly kind = "attention";

  override weightSpecs(): WeightSpec[] {
    const { useScale, scoreMode } = this.options;
    const one = { shape: [], initializer: { name: "ones" } as const };
    return [
      ...(useScale ? [{ name: "scale", ...one }] : []),
      ...(scoreMode === "concat" ? [{ name: "concatScoreWeight", ...one }] : []),
    ];
  }

  protected override scores(context: Context, query: Tensor, key: Tensor): Tensor {
    const { useScale, scoreMode } = this.options;
    const C = query.shape[2];
    const scaled = (x: Tensor) =>
      useScale ? arithmetic(context, "multiply", x, this.row(context, "scale", x.shape[x.shape.length - 1])) : x;
    if (scoreMode === "dot") return scaled(dotScores(context, query, key, 1));
    return additiveScores(context, scaled(query), scaled(key), this.row(context, "concatScoreWeight", C));
  }
}

class AdditiveAttention extends OneHead<Checked<typeof ADDITIVE>> {
  readonly kind = "additiveAttention";

  override weightSpecs([query]: readonly InnerShape[]): WeightSpec[] {
    if (!this.options.useScale) return [];
    return [{ name: "scale", shape: [lastAxis(query, this.name)], initializer: { name: "glorotUniform" } }];
  }

  protected override scores(context: Context, query: Tensor, key: Tensor): Tensor {
    const C = query.shape[2];
    const weight = this.weights.scale ?? context.tensorFrom(new Float32Array(C).fill(1), [C]);
    return additiveScores(context, query, key, weight);
  }
}

/**
 * Attention by products (Luong et al. 2015): each query has the mean of all values, weighted by the softmax of query·key. Query
 * [N, Q, C], value [N, K, D], key [N, K, C] -> [N, Q, D]; without a key the value is its own, without a value the query.
 * Values that are padding are not seen, queries that are padding get zeros. Weights, with `useScale` scale [], and with
 * scoreMode "concat" concatScoreWeight [].
 *
 * @param options see {@link AttentionOptions}; names and defaults are those of Keras 3
 * @throws TypeError or RangeError for an option of the wrong type or value
 * @example const context = layers.attention().apply([decoded, encoded]);
 */
export function attention(options: AttentionOptions = {}): Layer {
  return new Attention(layerSettings(options, "attention", OPTIONS));
}

/**
 * Attention by sums (Bahdanau et al. 2015): as `attention`, but the scores are the sum of scale·tanh(query + key). Weights, with
 * `useScale`: scale [C].
 *
 * @param options see {@link AdditiveAttentionOptions}; names and defaults are those of Keras 3
 * @throws TypeError or RangeError for an option of the wrong type or value
 * @example const context = layers.additiveAttention().apply([decoded, encoded]);
 */
export function additiveAttention(options: AdditiveAttentionOptions = {}): Layer {
  return new AdditiveAttention(layerSettings(options, "additiveAttention", ADDITIVE));
}
