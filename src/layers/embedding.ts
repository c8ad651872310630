import type { Context } from "../context.ts";
import { showShape } from "../expect.ts";
import { initializer } from "../initializers.ts";
import { Layer, type LayerInputs } from "../layer/layer.ts";
import { type LayerOptions, layerSettings, titleOf, type WeightRules } from "../layer/options.ts";
import { type ArrayLike32, type NumberArray, toNDArray } from "../ndarray.ts";
import { compileEmbedding, embedding as embeddingOp } from "../ops/embedding.ts";
import { compileMaskOfIds, maskOfIds } from "../ops/masking.ts";
import { boolean, type Checked, type Input, integer, optional, options, unchecked } from "../options.ts";
import type { Step, StepValue } from "../step.ts";
import type { Tensor } from "../tensor.ts";
import type { InnerShape, WeightSpec } from "../weight.ts";

const OPTIONS = options({
  /** Size of the vocabulary: ids are 0..inputDim-1 */
  inputDim: integer(),
  /** Size of a token's vector */
  outputDim: integer(),
  /** Default uniform in ±0.05 */
  embeddingsInitializer: optional(initializer, "uniform"),
  /** Id 0 is padding: recurrent layers skip it, losses and metrics leave it out; default false */
  maskZero: optional(boolean, false),
  /**
   * Training changes the vectors of those ids alone that occur in a batch, as TensorFlow's LazyAdam and PyTorch's SparseAdam do:
   * for large tables. Adam's means of the others do not decay meanwhile, so the numbers are other ones than without;
   * default false
   */
  lazy: optional(boolean),
  /** The vectors to begin with, [inputDim, outputDim], instead of random ones */
  weights: optional(unchecked<ArrayLike32>()),
});

export interface EmbeddingOptions extends Input<typeof OPTIONS>, LayerOptions, WeightRules<typeof OPTIONS> {}

type Settings = Omit<Checked<typeof OPTIONS>, "weights">;

export class Embedding extends Layer<Settings> {
  readonly kind = "embedding";
  // Not among the options: a saved model has the vectors as a weight.
  readonly #initial: NumberArray | undefined;

  constructor(options: Settings, initial: NumberArray | undefined) {
    super(options);
    this.#initial = initial;
  }

  override get inputs(): LayerInputs {
    return { least: 1, most: 1, ids: true };
  }

  override outputShapes([shape]: readonly InnerShape[]): InnerShape[] {
    const { maskZero, outputDim } = this.options;
    if (maskZero && shape.length !== 1 && shape.length !== 2) {
      throw new RangeError(
        `${this.name}: with maskZero expected ids of [N, T] or [N, T, W], got ${showShape(["N", ...shape])}; ` +
          "a mask is for steps of a sequence, use maskZero: false",
      );
    }
    return [[...shape, outputDim]];
  }

  override weightSpecs(): WeightSpec[] {
    const { inputDim, outputDim, embeddingsInitializer, lazy = false } = this.options;
    const initializer = this.#initial ? ({ name: "zeros" } as const) : embeddingsInitializer;
    return [{ name: "embeddings", shape: [inputDim, outputDim], initializer, lazy }];
  }

  override initialized(embeddings: Float32Array): void {
    if (this.#initial) embeddings.set(this.#initial);
  }

  override forward(context: Context, [ids]: readonly Tensor[]): Tensor[] {
    const y = embeddingOp(context, ids, this.weights.embeddings, this.name);
    // A mask that ids have is of lengths, which make what follows them 0: maskZero hides all that it hides.
    if (this.options.maskZero) y.mask = maskOfIds(context, ids);
    return [y];
  }

  override compileStep(program: Step, [ids]: readonly StepValue[]): StepValue[] | undefined {
    if (this.options.maskZero && ids.width !== undefined) return undefined; // it masks what is inside of steps
    const y = compileEmbedding(program, ids, this.weights.embeddings, this.name);
    return [this.options.maskZero ? { ...y, mask: compileMaskOfIds(program, ids) } : y];
  }
}

function expectTable(value: ArrayLike32, inputDim: number, outputDim: number, what: string): NumberArray {
  const { shape, data } = toNDArray(value, what);
  if (shape.length !== 2 || shape[0] !== inputDim || shape[1] !== outputDim) {
    throw new RangeError(
      `${what}: expected ${showShape([inputDim, outputDim])}, a row for each id, got ${showShape(shape)}`,
    );
  }
  const bad = data.findIndex(number => !Number.isFinite(number));
  if (bad >= 0) {
    throw new RangeError(
      `${what}: expected finite numbers, got ${data[bad]} at ${showShape([Math.floor(bad / outputDim), bad % outputDim])}`,
    );
  }
  return data;
}

/**
 * A vector for every token id. ids [N, T] -> [N, T, outputDim].
 *
 * @param options see {@link EmbeddingOptions}; the weight is embeddings [inputDim, outputDim]
 * @throws TypeError or RangeError for an option of the wrong type or value
 * @example layers.embedding({ inputDim: 10000, outputDim: 64, maskZero: true, inputShape: [200] })
 */
export function embedding(options: EmbeddingOptions): Layer {
  const { weights, ...given } = layerSettings(options, "embedding", OPTIONS);
  const settings = { ...given, trainable: given.trainable ?? true }; // files of embeddings have always said it
  if (weights === undefined) return new Embedding(settings, undefined);
  const what = `${titleOf(options, "embedding")} weights`;
  return new Embedding(settings, expectTable(weights, settings.inputDim, settings.outputDim, what));
}
