/** A graph over parameters: its forward pass. Internal; `Model` is its public face. */
import { Context, type Recorder, type StateStore } from "../context.ts";
import type { Engine } from "../engine/engine.ts";
import type { SymbolicTensor } from "../layer/layer.ts";
import { runLayer } from "../layer/run.ts";
import { describe } from "../ndarray.ts";
import type { Tensor } from "../tensor.ts";
import { isTrainable, type Weight } from "../weight.ts";
import type { Parameters } from "./parameters.ts";
import { blockSize, type Plan } from "./plan.ts";

/** The tensors of one forward pass. */
export type Values = Map<SymbolicTensor, Tensor>;

export class Network {
  readonly engine: Engine;
  /** Those of the graph's layers, in the order of its plan. */
  readonly weights: readonly Weight[];
  /** States of the stateful layers, in this graph. */
  readonly states: StateStore = new Map();
  #slotRoom = 0;

  /** @param parameters those of the plan's layers */
  constructor(
    readonly plan: Plan,
    readonly parameters: Parameters,
  ) {
    this.engine = parameters.engine;
    this.weights = plan.layers.flatMap(layer => Object.values(layer.weights));
  }

  /** A view of a weight's numbers, good until memory grows. */
  numbersOf(weight: Weight): Float32Array {
    return this.parameters.numbersOf(weight);
  }

  /**
   * Blocks of zeros for the graph's optimizer; those of an earlier one are used again. Each graph has its own, so that
   * training through one leaves what the optimizer of another has learned as it was.
   *
   * @param count elements of each; when there is no room for so many a second time, it is made for all that may be trained
   */
  clearSlots(slots: number, count: number): number[] {
    const { blocks } = this.parameters;
    if (count > this.#slotRoom) {
      this.#slotRoom = this.#slotRoom > 0 ? blockSize(this.plan.specs.filter(isTrainable)) : count;
    }
    blocks.give(this);
    return Array.from({ length: slots }, () => blocks.take(this, this.#slotRoom));
  }

  /** Counts changes of the weights. */
  get weightsVersion(): number {
    return this.parameters.version;
  }

  /** To be called after every change of the weights. */
  weightsChanged(): void {
    this.parameters.changed();
  }

  context(options: { tape?: Recorder; training?: boolean; streaming?: boolean; states?: StateStore } = {}): Context {
    const { engine, states, parameters } = this;
    const { seed, step, version: weightsVersion } = parameters;
    return new Context(engine, { seed, step, states, ...options, weightsVersion });
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
