/** What layers ask of training beside the loss: regularizers of weights and outputs, constraints of weights. */
import { type Constraint, constraintRegistry } from "../constraints/constraint.ts";
import type { Context } from "../context.ts";
import type { Network, Values } from "../graph/network.ts";
import { isTrained } from "../graph/plan.ts";
import { Layer } from "../layer/layer.ts";
import type { Registry } from "../registry.ts";
import { type Regularizer, regularizerRegistry } from "../regularizers/regularizer.ts";
import type { Tensor } from "../tensor.ts";
import { warnOnce } from "../warn.ts";

/** The layer that declares a weight, which may be inside of another, and what that calls it: "forward/kernel". */
function declaredBy(layer: Layer, weight: string): [Layer, string] {
  const { layer: inner } = layer.options as { layer?: unknown };
  return inner instanceof Layer ? declaredBy(inner, weight.replace(/^(forward|backward)\//, "")) : [layer, weight];
}

/** What options about a weight begin with: "recurrentKernel" -> "recurrent", "queryKernel" -> "kernel". */
function prefixOf(weight: string): string {
  if (weight === "recurrentKernel") return "recurrent";
  return weight.match(/(kernel|bias)$/i)?.[0].toLowerCase() ?? weight;
}

/** A rule as it was made, or as a file has it. */
function made<Rule>(registry: Registry<Rule>, given: unknown): Rule {
  if (registry.kind.is(given)) return given;
  const { name, options } = given as { name?: unknown; options?: object };
  return registry.make(name, options);
}

const RULE = /^(.+)(Regularizer|Constraint)$/;

/** By layer, also inside of others, what options about its weights begin with. */
type Used = Map<Layer, Set<string>>;

/** Options that would do nothing, or are about what a layer inside of another puts out, which nobody asks. */
function expectUsed(layer: Layer, used: Used, outer?: Layer): void {
  for (const [key, value] of Object.entries(layer.options)) {
    const [, prefix] = (value && key.match(RULE)) || [];
    if (!prefix || used.get(layer)?.has(prefix)) continue;
    const { name } = outer ?? layer;
    if (prefix !== "activity") {
      warnOnce(`compile: layer "${name}" has no weight that its ${key} is of, which does nothing`);
    } else if (outer) {
      throw new RangeError(
        `compile: expected no ${key} of the layer inside of "${name}", which does not look at it; give it to that layer itself`,
      );
    }
  }
  const { layer: inner } = layer.options as { layer?: unknown };
  if (inner instanceof Layer) expectUsed(inner, used, layer);
}

export class Rules {
  readonly #network: Network;
  readonly #costs: { weight: Tensor; regularizer: Regularizer }[] = [];
  readonly #limits: { weight: Tensor; constraint: Constraint }[] = [];
  readonly #activities: { outputs: Network["plan"]["outputs"]; regularizer: Regularizer }[] = [];

  /** @throws RangeError for rules that cannot be, or cannot be beside others */
  constructor(network: Network) {
    this.#network = network;
    const { specs, nodes, layers } = network.plan;
    const used: Used = new Map();
    specs.forEach((spec, i) => {
      const [layer, name] = declaredBy(spec.layer, spec.name);
      const prefix = prefixOf(name);
      used.set(layer, (used.get(layer) ?? new Set()).add(prefix));
      const of = <Rule>(registry: Registry<Rule>, kind: string): Rule | undefined => {
        const given = (layer.options as Record<string, unknown>)[prefix + kind];
        if (!given || !isTrained(spec)) return undefined;
        if (spec.lazy) {
          throw new RangeError(
            `compile: expected no ${prefix}${kind} for ${spec.path}, which is lazy; leave one of the two out`,
          );
        }
        return made(registry, given);
      };
      const weight = network.weights[i];
      const regularizer = of(regularizerRegistry, "Regularizer");
      if (regularizer) this.#costs.push({ weight, regularizer });
      const constraint = of(constraintRegistry, "Constraint");
      if (!constraint) return;
      const problem = constraint.problemOf?.(weight.shape);
      if (problem) throw new RangeError(`compile: ${constraint.name} of ${spec.path}: ${problem}`);
      this.#limits.push({ weight, constraint });
    });
    for (const { layer, outputs } of nodes) {
      const given = layer?.options.activityRegularizer;
      if (given) this.#activities.push({ outputs, regularizer: made(regularizerRegistry, given) });
    }
    for (const layer of layers) expectUsed(layer, used);
  }

  /**
   * What weights and outputs cost in a batch, those of outputs by its number of samples; where there is a tape, their
   * gradients are added to those of the loss.
   */
  penalty(context: Context, values: Values): number {
    let sum = 0;
    const add = (regularizer: Regularizer, tensor: Tensor, scale: number): void => {
      const gradient = context.gradientOf(tensor); // which may move the memory
      const numbers = context.numbers(tensor);
      sum += scale * regularizer.penalty(numbers);
      if (gradient === 0) return;
      const from = gradient >>> 2;
      regularizer.addGradient(context.memory.floats.subarray(from, from + tensor.size), numbers, scale);
    };
    for (const { weight, regularizer } of this.#costs) add(regularizer, weight, 1);
    for (const { outputs, regularizer } of this.#activities) {
      for (const symbol of outputs) {
        const [tensor] = this.#network.outputs(values, [symbol]);
        add(regularizer, tensor, 1 / tensor.shape[0]);
      }
    }
    return sum;
  }

  /** Makes weights what they must be, after a step. */
  constrain(): boolean {
    const { floats } = this.#network.engine.memory;
    for (const { weight, constraint } of this.#limits) {
      const from = weight.pointer >>> 2;
      constraint.constrain(floats.subarray(from, from + weight.size), weight.shape);
    }
    return this.#limits.length > 0;
  }
}
