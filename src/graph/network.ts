/** A built graph: one engine, all weights in one flat block, and the forward pass. Internal; `Model` is its public face. */
import { Context, type Recorder, type StateStore } from "../context.ts";
import { Engine } from "../engine/engine.ts";
import { padded } from "../engine/layout.ts";
import type { EngineOptions } from "../engine/options.ts";
import { initialize } from "../initializers.ts";
import type { SymbolicTensor } from "../layer/layer.ts";
import { runLayer } from "../layer/run.ts";
import { describe, sizeOf } from "../ndarray.ts";
import type { Tensor } from "../tensor.ts";
import { isTrained, Weight } from "../weight.ts";
import type { Plan } from "./plan.ts";

/** The tensors of one forward pass. */
export type Values = Map<SymbolicTensor, Tensor>;

export class Network {
  readonly engine: Engine;
  readonly weights: Weight[];
  /** Those of them that optimizers change. */
  readonly trained: readonly Weight[];
  /** The flat block of all weights that are trained, and its length with the padding between them. */
  readonly parameters: number;
  readonly parameterCount: number;
  /** States of the stateful layers. */
  readonly states: StateStore = new Map();
  /** Training steps made, and epochs begun: with the seed they determine all random numbers. */
  step = 0;
  epoch = 0;
  #gradients = 0;
  readonly #slots: number[] = [];
  #version = 0;

  /**
   * @param seed of initial weights, dropout and shuffling
   * @param loaded numbers for every weight, instead of its initializer
   * @param computing threads and kind of kernels
   */
  constructor(
    readonly plan: Plan,
    readonly seed: number,
    loaded?: readonly Float32Array[],
    computing: EngineOptions = {},
  ) {
    this.engine = new Engine(computing);
    const { memory } = this.engine;
    const { specs, layers } = plan;
    // Weights that are not trained lie outside the block on which optimizers work: nothing can move them.
    const [trained, frozen] = [true, false].map(wanted => {
      const count = specs.reduce((sum, spec) => sum + (isTrained(spec) === wanted ? padded(sizeOf(spec.shape)) : 0), 0);
      return { count, next: memory.persist(count) };
    });
    this.parameterCount = trained.count;
    this.parameters = trained.next;
    this.weights = specs.map(spec => {
      const block = isTrained(spec) ? trained : frozen;
      const weight = new Weight(block.next, spec);
      block.next += 4 * padded(weight.size);
      return weight;
    });
    this.trained = this.weights.filter(weight => weight.requiresGradient);
    layers.forEach((layer, i) => {
      layer.owned = true;
      layer.stream = 0x10000 + i;
      const own = this.weights.filter((_, w) => specs[w].layer === layer);
      layer.attach(
        own,
        layer.packedSizes(plan.shapesInto(layer)).map(size => memory.persist(size)),
      );
    });
    this.weights.forEach((weight, i) => {
      if (loaded) this.numbersOf(weight).set(loaded[i]);
      else {
        initialize(this.engine, weight.pointer, weight.shape, weight.initializer, seed, i);
        specs[i].layer.initialized(this.numbersOf(weight), specs[i].name);
      }
    });
  }

  /** Where in the block of gradients, and in each of an optimizer's, a trained weight's numbers begin, in bytes. */
  offsetOf(weight: Weight): number {
    return weight.pointer - this.parameters;
  }

  /** A view of a weight's numbers, good until memory grows. */
  numbersOf(weight: Weight): Float32Array {
    return this.engine.memory.floats.subarray(weight.pointer >>> 2, (weight.pointer >>> 2) + weight.size);
  }

  /** The flat block of the trained weights' gradients; made when first wanted, since a model that only predicts has none. */
  get gradients(): number {
    if (!this.#gradients) {
      this.#gradients = this.engine.memory.persist(this.parameterCount);
      for (const weight of this.trained) weight.gradient = this.#gradients + this.offsetOf(weight);
    }
    return this.#gradients;
  }

  /** Blocks of zeros for the optimizer, each as long as that of the weights; those of an earlier one are used again. */
  clearSlots(count: number): number[] {
    const { memory } = this.engine;
    while (this.#slots.length < count) this.#slots.push(memory.persist(this.parameterCount));
    const slots = this.#slots.slice(0, count);
    for (const slot of slots) memory.floats.fill(0, slot >>> 2, (slot >>> 2) + this.parameterCount);
    return slots;
  }

  /** Counts changes of the weights. */
  get weightsVersion(): number {
    return this.#version;
  }

  /** To be called after every change of the weights. */
  weightsChanged(): void {
    this.#version++;
  }

  context(options: { tape?: Recorder; training?: boolean; streaming?: boolean; states?: StateStore } = {}): Context {
    const { seed, step, states } = this;
    return new Context(this.engine, { seed, step, states, ...options, weightsVersion: this.#version });
  }

  /** Runs all layers. */
  forward(context: Context, inputs: readonly Tensor[]): Values {
    const values: Values = new Map();
    for (const [i, symbol] of this.plan.inputs.entries()) values.set(symbol, inputs[i]);
    for (const { layer, inputs: symbols, outputs } of this.plan.nodes) {
      if (!layer) continue;
      const results = runLayer(
        layer,
        context,
        symbols.map(symbol => this.value(values, symbol)),
      );
      for (const [i, symbol] of outputs.entries()) values.set(symbol, results[i]);
    }
    return values;
  }

  value(values: Values, symbol: SymbolicTensor): Tensor {
    const tensor = values.get(symbol);
    if (!tensor) throw new Error(`no value for ${describe(symbol)}`);
    return tensor;
  }

  outputs(values: Values): Tensor[] {
    return this.plan.outputs.map(symbol => this.value(values, symbol));
  }
}
