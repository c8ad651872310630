import type { Context } from "../context.ts";
import { expectInteger, expectOptions } from "../expect.ts";
import { expectInitializer, type Initializer } from "../initializers.ts";
import { embedding as embeddingOp } from "../ops/embedding.ts";
import type { Tensor } from "../tensor.ts";
import { type InnerShape, LAYER_OPTIONS, Layer, type LayerOptions, type WeightSpec } from "./layer.ts";

export interface EmbeddingOptions extends LayerOptions {
  /** Size of the vocabulary: ids are 0..inputDim-1 */
  inputDim: number;
  /** Size of a token's vector */
  outputDim: number;
  /** Default uniform in ±0.05 */
  embeddingsInitializer?: Initializer;
}

const OPTIONS = ["inputDim", "outputDim", "embeddingsInitializer", ...LAYER_OPTIONS];

class Embedding extends Layer<Required<Omit<EmbeddingOptions, keyof LayerOptions>> & LayerOptions> {
  readonly kind = "embedding";

  override get takesIds(): boolean {
    return true;
  }

  override outputShapes([shape]: readonly InnerShape[]): InnerShape[] {
    return [[...shape, this.options.outputDim]];
  }

  override weightSpecs(): WeightSpec[] {
    const { inputDim, outputDim, embeddingsInitializer } = this.options;
    const initializer = expectInitializer(embeddingsInitializer, "embeddingsInitializer");
    return [{ name: "embeddings", shape: [inputDim, outputDim], initializer }];
  }

  override forward(context: Context, [ids]: readonly Tensor[]): Tensor[] {
    return [embeddingOp(context, ids, this.weights[0], this.name)];
  }
}

/**
 * A vector for every token id. ids [N, T] -> [N, T, outputDim].
 *
 * @param options see {@link EmbeddingOptions}; the weight is embeddings [inputDim, outputDim]
 * @example layers.embedding({ inputDim: 10000, outputDim: 64, inputShape: [200] })
 */
export function embedding(options: EmbeddingOptions): Layer {
  expectOptions(options, OPTIONS, "embedding");
  return new Embedding({
    ...options,
    inputDim: expectInteger(options.inputDim, "embedding inputDim"),
    outputDim: expectInteger(options.outputDim, "embedding outputDim"),
    embeddingsInitializer: expectInitializer(
      options.embeddingsInitializer ?? "uniform",
      "embedding embeddingsInitializer",
    ),
  });
}
