/** A step of a layer that has no short form: its forward pass over a sequence of one step, or over all that is inside of the step. */
import type { Context, StateStore } from "../context.ts";
import type { Network } from "../graph/network.ts";
import { blocksOf } from "../graph/slots.ts";
import type { Layer } from "../layer/layer.ts";
import { runLayer } from "../layer/run.ts";
import { sizeOf } from "../ndarray.ts";
import type { StepValue } from "../step.ts";
import { type Shape, Tensor } from "../tensor.ts";

/** What a layer reads: all of it ready, so that a step makes nothing anew but what the layer makes. */
interface Input {
  readonly tensor: Tensor;
  /** The index in `memory.ints` of the word that says whether the step is real; without one the mask stays. */
  readonly word: number | undefined;
  readonly mask: Tensor | undefined;
}

export class ForwardStep {
  readonly #network: Network;
  readonly #layer: Layer;
  readonly #streaming: boolean;
  readonly #inputs: readonly Input[];
  readonly #tensors: readonly Tensor[];
  /** Where results go; those with a place for a mask get one. */
  outputs: readonly StepValue[] = [];
  /** The layer's own states, by its name. */
  readonly #states: StateStore = new Map();
  #context: Context | undefined;

  /** @param streaming whether the layer goes on from its last step */
  constructor(network: Network, layer: Layer, streaming: boolean, inputs: readonly StepValue[]) {
    this.#network = network;
    this.#layer = layer;
    this.#streaming = streaming;
    this.#inputs = inputs.map(({ pointer, shape = [], mask, inside, lookup }) => {
      const tensor = new Tensor(pointer, shape);
      if (lookup) {
        const [distinct, which] = [lookup.id, blocksOf(network.parameters).take(this, 1)];
        tensor.lookup = { table: lookup.table, count: 1, distinct, which };
      }
      return { tensor, word: mask && mask >>> 2, mask: mask ? new Tensor(mask, [1, 1]) : inside };
    });
    this.#tensors = this.#inputs.map(({ tensor }) => tensor);
  }

  /** The shapes of the masks that outputs have, batch first: a run on what is there tells. */
  get maskShapes(): readonly (Shape | undefined)[] {
    const { memory } = this.#network.engine;
    const mark = memory.mark();
    try {
      for (const { tensor, word, mask } of this.#inputs) tensor.mask = word === undefined ? mask : undefined;
      return runLayer(this.#layer, this.#fresh(), this.#tensors).map(({ mask }) => mask?.shape);
    } finally {
      memory.release(mark);
      this.abandon();
    }
  }

  /** Computes the outputs; states are as before until `commit`. */
  run(): void {
    const { memory, kernels } = this.#network.engine;
    const context = this.#fresh();
    const mark = memory.mark();
    try {
      // Without a mask a step is real, and layers have less to do.
      for (const { tensor, word, mask } of this.#inputs) {
        tensor.mask = word === undefined || memory.ints[word] === 0 ? mask : undefined;
      }
      const results = runLayer(this.#layer, context, this.#tensors);
      for (let i = 0; i < results.length; i++) {
        const { pointer, size, mask, inside } = this.outputs[i];
        this.#expectSize(results[i], size);
        kernels.copyRows(pointer, size, results[i].pointer, size, 1, size);
        const hidden = results[i].mask;
        if (mask !== undefined) memory.ints[mask >>> 2] = hidden ? memory.ints[hidden.pointer >>> 2] : 1;
        if (inside && hidden) {
          kernels.copyRows(inside.pointer, hidden.size, hidden.pointer, hidden.size, 1, hidden.size);
        }
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
