import { activation } from "../activations.ts";
import type { Context } from "../context.ts";
import { packedSize } from "../engine/layout.ts";
import { expectInteger, showShape } from "../expect.ts";
import { initializer } from "../initializers.ts";
import { Layer, type LayerConfig, lastAxis } from "../layer/layer.ts";
import { type LayerOptions, layerSettings } from "../layer/options.ts";
import { describe } from "../ndarray.ts";
import { activation as activationOp, compileActivation } from "../ops/activation.ts";
import { compileLinearTransposed, linearTransposed } from "../ops/linearTransposed.ts";
import { boolean, type Checked, type Input, option, optional, options } from "../options.ts";
import type { Step, StepValue } from "../step.ts";
import type { Tensor } from "../tensor.ts";
import type { InnerShape, Weight, WeightSpec } from "../weight.ts";
import { Embedding } from "./embedding.ts";

/** An embedding as files tell of it, before the layers of their model are there. */
interface Table {
  layer: string;
  inputDim: number;
  outputDim: number;
}

const OPTIONS = options({
  /** The embedding whose vectors are the kernel, a column for each id: a layer of the same model */
  tiedTo: option<Layer | Table, Layer>(expectTable),
  /** Default "linear" */
  activation: optional(activation, "linear"),
  /** Default true */
  useBias: optional(boolean, true),
  /** Default "zeros" */
  biasInitializer: optional(initializer, "zeros"),
});

export interface TiedDenseOptions extends Input<typeof OPTIONS>, LayerOptions {}

class TiedDense extends Layer<Checked<typeof OPTIONS>> {
  readonly kind = "tiedDense";
  #tiedTo: Layer | Table;

  constructor(options: Checked<typeof OPTIONS> & LayerOptions) {
    super(options);
    this.#tiedTo = options.tiedTo;
  }

  /** [V, C], the shape of the table. */
  get #sizes(): readonly [number, number] {
    const { inputDim, outputDim } = this.#tiedTo instanceof Embedding ? this.#tiedTo.options : (this.#tiedTo as Table);
    return [inputDim, outputDim];
  }

  get #table(): Weight {
    return (this.#tiedTo as Layer).weights.embeddings;
  }

  override tied(): Layer {
    return this.#tiedTo as Layer;
  }

  override meet(layers: readonly Layer[]): void {
    const tied = this.#tiedTo;
    const met = layers.find(layer => layer === tied || (!(tied instanceof Layer) && layer.name === tied.layer));
    const sizes = this.#sizes.join();
    if (met instanceof Embedding) this.#tiedTo = met;
    if (met?.options && "lazy" in met.options && met.options.lazy) {
      throw new RangeError(
        `${this.name} tiedTo: expected an embedding without lazy: here all of its vectors are used in every batch`,
      );
    }
    const { owner } = this;
    const isHere = this.#tiedTo === met || (owner !== undefined && (tied as Layer).owner === owner);
    if (isHere && this.#sizes.join() === sizes) return;
    const got = tied instanceof Layer ? "one that is not in it" : describe(tied.layer);
    throw new RangeError(
      `${this.name} tiedTo: expected an embedding of the same model, got ${got}; the two have one table`,
    );
  }

  override outputShapes([shape]: readonly InnerShape[]): InnerShape[] {
    const [inputDim, outputDim] = this.#sizes;
    const C = lastAxis(shape, this.name);
    if (C === outputDim) return [[...shape.slice(0, -1), inputDim]];
    throw new RangeError(
      `${this.name}: expected an input [N, ..., ${outputDim}], as long as the vectors of the embedding, got ` +
        `${showShape(["N", ...shape])}; give the layer below ${outputDim} units, or put a dense layer between`,
    );
  }

  override weightSpecs(): WeightSpec[] {
    const { useBias, biasInitializer } = this.options;
    const shape = [this.#sizes[0]];
    return useBias ? [{ name: "bias", shape, initializer: biasInitializer }] : [];
  }

  override packedSizes(): number[] {
    const [V, C] = this.#sizes;
    return [packedSize(C, V)];
  }

  override forward(context: Context, [x]: readonly Tensor[]): Tensor[] {
    const z = linearTransposed(context, x, this.#table, this.weights.bias, this.packed[0]);
    return [activationOp(context, z, this.options.activation)];
  }

  override compileStep(program: Step, [x]: readonly StepValue[]): StepValue[] {
    const z = compileLinearTransposed(program, x, this.#table, this.weights.bias, this.packed[0]);
    return [compileActivation(program, z, this.options.activation)];
  }

  override toJSON(): LayerConfig {
    const config = super.toJSON();
    const [inputDim, outputDim] = this.#sizes;
    return { ...config, options: { ...config.options, tiedTo: { layer: this.tied().name, inputDim, outputDim } } };
  }
}

function expectTable(value: unknown, what: string): Layer | Table {
  if (value instanceof Embedding) return value;
  const { layer, inputDim, outputDim } = (value ?? {}) as Partial<Table>;
  if (typeof layer === "string") {
    return {
      layer,
      inputDim: expectInteger(inputDim, `${what} inputDim`),
      outputDim: expectInteger(outputDim, `${what} outputDim`),
    };
  }
  throw new TypeError(`${what}: expected a layer made by layers.embedding(), got ${describe(value)}`);
}

/**
 * A dense layer whose kernel is an embedding's table, transposed: y = activation(x·tableᵀ + bias). One matrix of weights
 * reads words and says them, and its gradients of both uses are summed. x [N, ..., outputDim] -> y [N, ..., inputDim].
 * Without bias it is what Keras' `ReversibleEmbedding` does with `reverse`.
 *
 * The table belongs to the embedding: `trainable: false` here freezes the bias alone.
 *
 * @param options see {@link TiedDenseOptions}; the weight is bias [inputDim]
 * @throws TypeError or RangeError for an option of the wrong type or value
 * @see Press and Wolf, "Using the output embedding to improve language models", EACL 2017
 * @example
 * const words = layers.embedding({ inputDim: 10000, outputDim: 64, inputShape: [null] });
 * const net = sequential([
 *   words,
 *   layers.lstm({ units: 64, returnSequences: true }),
 *   layers.tiedDense({ tiedTo: words, activation: "softmax" }),
 * ]);
 */
export function tiedDense(options: TiedDenseOptions): Layer {
  return new TiedDense(layerSettings(options, "tiedDense", OPTIONS));
}
