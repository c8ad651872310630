/** One step of a layer that has no short form: its forward pass over a sequence of one step. */
import type { Context, StateStore } from "../context.ts";
import type { Network } from "../graph/network.ts";
import { blocksOf } from "../graph/slots.ts";
import type { Layer } from "../layer/layer.ts";
import { runLayer } from "../layer/run.ts";
import { sizeOf } from "../ndarray.ts";
import type { StepValue } from "../step.ts";
import { type Shape, Tensor } from "../tensor.ts";

/** A value of a step, and its shape as the layer knows it, batch and time first. */
export interface Shaped {
  readonly value: StepValue;
  readonly shape: Shape;
}

/** What a layer reads: all of it ready, so that a step makes nothing anew but what the layer makes. */
interface Input {
  readonly tensor: Tensor;
  /** The index in `memory.ints` of the word that says whether the step is real. */
  readonly word: number | undefined;
  readonly mask: Tensor;
}

export class ForwardStep {
  readonly #network: Network;
  readonly #layer: Layer;
  readonly #streaming: boolean;
  readonly #inputs: readonly Input[];
  readonly #tensors: readonly Tensor[];
  readonly #outputs: readonly StepValue[];
  /** The layer's own states, by its name. */
  readonly #states: StateStore = new Map();
  #context: Context | undefined;

  /**
   * @param streaming whether the layer goes on from its last step
   * @param outputs where results go; those with a mask's word get one
   */
  constructor(
    network: Network,
    layer: Layer,
    streaming: boolean,
    inputs: readonly Shaped[],
    outputs: readonly StepValue[],
  ) {
    this.#network = network;
    this.#layer = layer;
    this.#streaming = streaming;
    this.#inputs = inputs.map(({ value: { pointer, mask, lookup }, shape }) => {
      const tensor = new Tensor(pointer, shape);
      if (lookup) {
        const [distinct, which] = [lookup.id, blocksOf(network.parameters).take(this, 1)];
        tensor.lookup = { table: lookup.table, count: 1, distinct, which };
      }
      return { tensor, word: mask && mask >>> 2, mask: new Tensor(mask ?? 0, [1, 1]) };
    });
    this.#tensors = this.#inputs.map(({ tensor }) => tensor);
    this.#outputs = outputs;
  }

  /** Computes the outputs; states are as before until `commit`. */
  run(): void {
    const { memory, kernels } = this.#network.engine;
    const context = this.#fresh();
    const mark = memory.mark();
    try {
      // Without a mask a step is real, and layers have less to do.
      for (const { tensor, word, mask } of this.#inputs) {
        tensor.mask = word !== undefined && memory.ints[word] === 0 ? mask : undefined;
      }
      const results = runLayer(this.#layer, context, this.#tensors);
      for (let i = 0; i < results.length; i++) {
        const { pointer, size, mask } = this.#outputs[i];
        this.#expectSize(results[i], size);
        kernels.copyRows(pointer, size, results[i].pointer, size, 1, size);
        const hidden = results[i].mask;
        if (mask !== undefined) memory.ints[mask >>> 2] = hidden ? memory.ints[hidden.pointer >>> 2] : 1;
      }
    } finally {
      memory.release(mark);
    }
  }

  /** The whole step has succeeded. */
  commit(): void {
    this.#context?.commit();
  }

  /** It has not. */
  abandon(): void {
    this.#context = undefined;
  }

  /** The states after the last step, if there are any. */
  get states(): Float32Array[] | undefined {
    return this.#states.get(this.#layer.name);
  }

  set states(states: Float32Array[] | undefined) {
    if (states) this.#states.set(this.#layer.name, states);
    else this.#states.delete(this.#layer.name);
  }

  /** The context of the present weights, made once for them. */
  #fresh(): Context {
    if (this.#context?.weightsVersion !== this.#network.weightsVersion) {
      this.#context = this.#network.context({ streaming: this.#streaming, states: this.#states });
    }
    return this.#context as Context;
  }

  #expectSize({ shape }: Tensor, size: number): void {
    if (sizeOf(shape) === size) return;
    throw new RangeError(
      `${this.#layer.name}: expected a step of ${size} numbers, as the layer's output shape says, got ${sizeOf(shape)}`,
    );
  }
}
