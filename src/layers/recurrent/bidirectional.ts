import type { Context } from "../../context.ts";
import { expectOptions } from "../../expect.ts";
import { describe } from "../../ndarray.ts";
import { concat } from "../../ops/concat.ts";
import { reverseTime } from "../../ops/reverseTime.ts";
import type { Tensor } from "../../tensor.ts";
import {
  type InnerShape,
  LAYER_OPTIONS,
  Layer,
  type LayerConfig,
  type LayerOptions,
  type Weight,
  type WeightSpec,
} from "../layer.ts";
import { Recurrent } from "./recurrent.ts";

export interface BidirectionalOptions extends LayerOptions {
  /** The recurrent layer to run both ways */
  layer: Layer;
}

class Bidirectional extends Layer<BidirectionalOptions> {
  readonly kind = "bidirectional";
  readonly #forward: Recurrent;
  readonly #backward: Recurrent;

  constructor(options: BidirectionalOptions, layer: Recurrent) {
    super(options);
    // Sequences at hidden steps: zeros, as in Keras, since the directions would repeat different neighbours.
    const { returnSequences, zeroOutputForMask, goBackwards } = layer.options;
    const shared = { zeroOutputForMask: returnSequences || zeroOutputForMask };
    this.#forward = layer.with(shared); // the caller may use its own elsewhere
    this.#backward = layer.with({ ...shared, goBackwards: !goBackwards });
  }

  override get streams(): boolean {
    return false;
  }

  override get stateful(): boolean {
    return this.#forward.stateful;
  }

  override outputShapes(inputs: readonly InnerShape[]): InnerShape[] {
    this.#forward.name = `${this.name}.forward`;
    this.#backward.name = `${this.name}.backward`;
    return this.#forward.outputShapes(inputs).map(shape => [...shape.slice(0, -1), 2 * this.#forward.stateSizes[0]]);
  }

  override weightSpecs(inputs: readonly InnerShape[]): WeightSpec[] {
    const named = (layer: Recurrent, prefix: string) =>
      layer.weightSpecs(inputs).map(spec => ({ ...spec, name: `${prefix}/${spec.name}` }));
    return [...named(this.#forward, "forward"), ...named(this.#backward, "backward")];
  }

  override initialized(weight: Float32Array, name: string): void {
    this.#forward.initialized(weight, name.slice(name.indexOf("/") + 1));
  }

  override packedSizes(inputs: readonly InnerShape[]): number[] {
    return [...this.#forward.packedSizes(inputs), ...this.#backward.packedSizes(inputs)];
  }

  override attach(weights: Weight[], packed: number[]): void {
    super.attach(weights, packed);
    const half = weights.length / 2;
    this.#forward.attach(weights.slice(0, half), packed.slice(0, 1));
    this.#backward.attach(weights.slice(half), packed.slice(1));
    // Two streams of random numbers, so that the directions drop different inputs.
    this.#forward.stream = this.stream;
    this.#backward.stream = this.stream + 0x8000;
  }

  override toJSON(): LayerConfig {
    return { ...super.toJSON(), options: { ...this.options, layer: { ...this.#forward.toJSON(), name: "" } } };
  }

  override forward(context: Context, inputs: readonly Tensor[]): Tensor[] {
    const [ahead] = this.#forward.forward(context, inputs);
    const [back] = this.#backward.forward(context, inputs);
    // The backward direction's sequence comes last step first.
    const { returnSequences } = this.#forward.options;
    const joined = concat(context, [ahead, returnSequences ? reverseTime(context, back) : back]);
    if (returnSequences) joined.mask = inputs[0].mask;
    return [joined];
  }
}

/**
 * Runs a recurrent layer over the sequence in both directions and joins the outputs on the last axis.
 * x [N, T, C] -> [N, 2·units], or [N, T, 2·units]. Weights: the forward layer's, then the backward layer's.
 *
 * @param options.layer the layer for the forward direction; its options are used for both
 * @see Schuster and Paliwal, "Bidirectional recurrent neural networks", 1997
 * @example layers.bidirectional({ layer: layers.lstm({ units: 64 }) })
 */
export function bidirectional(options: BidirectionalOptions): Layer {
  expectOptions(options, ["layer", ...LAYER_OPTIONS], "bidirectional");
  const { layer } = options;
  if (!(layer instanceof Recurrent)) {
    throw new TypeError(
      `bidirectional layer: expected a recurrent layer such as layers.lstm(), got ${describe(layer)}`,
    );
  }
  if (layer.options.returnState) {
    throw new RangeError("bidirectional layer: expected returnState: false, got true; read the states from two layers");
  }
  return new Bidirectional({ inputShape: layer.options.inputShape, ...options }, layer);
}
