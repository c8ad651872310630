/** A graph over parameters: its forward pass. Internal; `Model` is its public face. */
import { type Computing, Context, type Recorder, type StateStore } from "../context.ts";
import type { Engine } from "../engine/engine.ts";
import { runLayerInParts } from "../layer/inParts.ts";
import type { SymbolicTensor } from "../layer/layer.ts";
import type { InParts } from "../parts.ts";
import type { Tensor } from "../tensor.ts";
import type { Weight } from "../weight.ts";
import type { Parameters } from "./parameters.ts";
import type { Plan } from "./plan.ts";

/** The tensors of one forward pass. */
export type Values = Map<SymbolicTensor, Tensor>;

export class Network {
  readonly engine: Engine;
  /** Those of the graph's layers, in the order of its plan. */
  readonly weights: readonly Weight[];
  /** States of the stateful layers, in this graph. */
  states: StateStore = new Map();

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

  /** Counts changes of the weights. */
  get weightsVersion(): number {
    return this.parameters.version;
  }

  /** To be called after every change of the weights. */
  weightsChanged(): void {
    this.parameters.changed();
  }

  /** @param computing the engine, or one whose calls may wait */
  context(
    options: { tape?: Recorder; training?: boolean; streaming?: boolean; states?: StateStore; step?: number } = {},
    computing: Computing = this.engine,
  ): Context {
    const { states, parameters } = this;
    const { seed, step, version: weightsVersion } = parameters;
    return new Context(computing, { seed, step, states, ...options, weightsVersion });
  }

  /** Takes the states that a pass over data has come to, unless `fit` trains this graph: it goes on with its own. */
  keep(states: StateStore): void {
    if (this.parameters.underway?.network !== this) this.states = states;
  }

  /** Runs all layers, and may stop in every one and behind it, where calls wait. */
  *forward(context: Context, inputs: readonly Tensor[]): InParts<Values> {
    const values: Values = new Map(this.plan.inputs.map((symbol, i) => [symbol, inputs[i]]));
    for (const { layer, inputs: symbols, outputs } of this.plan.nodes) {
      if (!layer) continue;
      const results = yield* runLayerInParts(layer, context, this.outputs(values, symbols));
      outputs.forEach((symbol, i) => {
        values.set(symbol, results[i]);
      });
    }
    return values;
  }

  /** Tensors of a forward pass. */
  outputs(values: Values, symbols = this.plan.outputs): Tensor[] {
    return symbols.map(symbol => {
      const tensor = values.get(symbol);
      if (!tensor) throw new Error("no such tensor");
      return tensor;
    });
  }
}
