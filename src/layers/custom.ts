/** Layers of the user's: what `defineLayer` and `layers.lambda` make. */

import { type DeclaredWeights, declaredSpecs, packedSizesOf, weightValues } from "../cells/weights.ts";
import type { Context } from "../context.ts";
import { showShape } from "../expect.ts";
import { Layer, type LayerConfig, lastAxis } from "../layer/layer.ts";
import { expectInnerShape, type LayerOptions } from "../layer/options.ts";
import { describe } from "../ndarray.ts";
import { ANY_OP } from "../ops/anyOp.ts";
import { agreeAll } from "../ops/op.ts";
import { Probe } from "../ops/probe.ts";
import { Computation, tensorOf, type Value } from "../ops/value.ts";
import type { Tensor } from "../tensor.ts";
import type { InnerShape, WeightSpec } from "../weight.ts";

/** What the shapes of a layer's weights and outputs depend on. */
export interface LayerSizes<Options extends object = object> {
  /** The last axis of the first input */
  readonly features: number;
  /** Of every input, without the batch axis; null is any length */
  readonly shapes: readonly InnerShape[];
  readonly options: Readonly<Options>;
}

/** What a layer gets to compute with. */
export interface LayerInput<WeightName extends string = string, Options extends object = object> {
  /** [N, ...], the first input */
  x: Value;
  /** All of them */
  inputs: readonly Value[];
  weights: { readonly [Name in WeightName]: Value };
  options: Readonly<Options>;
  /** True inside fit. */
  training: boolean;
}

/** A layer in TypeScript: its weights, and what it computes. */
export interface LayerDefinition<
  Weights extends DeclaredWeights = DeclaredWeights,
  Options extends Record<string, unknown> = Record<string, unknown>,
> {
  /** What the layer is called in saved models */
  name: string;
  /** Its own options with their defaults, plain JSON: those are of the types of these */
  options?: Options;
  /** How many tensors it takes; default 1 */
  inputs?: number;
  /** Its weights by name: a shape, or a shape with more; default none */
  weights?: (sizes: LayerSizes<Options>) => Weights;
  /** The shapes of its outputs without the batch axis; default: `call` is asked, with tensors that have no numbers */
  outputShapes?: (sizes: LayerSizes<Options>) => readonly InnerShape[];
  /** What it computes, written with `ops`: one tensor [N, ...], or a list of them */
  call: (input: LayerInput<keyof Weights & string, Options>) => Value | readonly Value[];
}

/** What the layer made of some inputs, when it was asked. */
interface Answer {
  inputs: readonly InnerShape[];
  outputs: InnerShape[];
}

// Stand-ins for the batch and for axes of any length: what differs between the two is of any length itself.
const PROBES = [
  { N: 2, any: 5 },
  { N: 3, any: 7 },
] as const;

/** A layer whose arithmetic is the user's. */
export class CustomLayer extends Layer {
  readonly kind: string;
  readonly #definition: LayerDefinition;
  readonly #own: Record<string, unknown>;
  /** Whether it is known to look at each step by itself. */
  #byStep = false;
  /** By the shapes for which it was asked. */
  readonly #answers = new Map<string, Answer>();

  /** @param own its own options, complete */
  constructor(definition: LayerDefinition, own: Record<string, unknown>, options: LayerOptions) {
    super({ ...own, ...options });
    this.kind = definition.name;
    this.#definition = definition;
    this.#own = own;
  }

  /** Those of all ops: it may use any. */
  override get families() {
    return ANY_OP;
  }

  override get inputs() {
    const { inputs = 1 } = this.#definition;
    return { least: inputs, most: inputs };
  }

  #sizes(shapes: readonly InnerShape[]): LayerSizes<Record<string, unknown>> {
    const { name } = this;
    return {
      get features() {
        return lastAxis(shapes[0], name);
      },
      shapes,
      options: this.#own,
    };
  }

  override countsPadding(): boolean {
    return true;
  }

  override weightSpecs(shapes: readonly InnerShape[]): WeightSpec[] {
    const { weights } = this.#definition;
    return weights ? declaredSpecs(weights(this.#sizes(shapes)), `layer ${this.name}`) : [];
  }

  override packedSizes(shapes: readonly InnerShape[]): number[] {
    return packedSizesOf(this.weightSpecs(shapes));
  }

  override outputShapes(shapes: readonly InnerShape[]): InnerShape[] {
    const outputs = this.#definition.outputShapes ? this.#given(shapes) : this.#probed(shapes);
    this.#answers.set(JSON.stringify(shapes), { inputs: shapes, outputs });
    return outputs;
  }

  #given(shapes: readonly InnerShape[]): InnerShape[] {
    const outputs: unknown = this.#definition.outputShapes?.(this.#sizes(shapes));
    const what = `layer ${this.name}: outputShapes`;
    if (!Array.isArray(outputs) || outputs.length === 0) {
      throw new TypeError(`${what}: expected a list with a shape for each output, got ${describe(outputs)}`);
    }
    return outputs.map(shape => expectInnerShape(shape, what));
  }

  /** Asks `call` for shapes, twice: with other sizes where any will do. */
  #probed(shapes: readonly InnerShape[]): InnerShape[] {
    const [first, second] = PROBES.map(sizes => {
      const { N } = sizes;
      const probe = new Probe(`layer ${this.name}`);
      const results = this.#probe(probe, shapes, sizes);
      return results.map((value, i) => {
        const what = `layer ${this.name}: output ${i} of call`;
        const [batch, ...inner] = probe.shapeOf(value, what);
        if (batch === N) return inner;
        throw new RangeError(
          `${what}: expected [N, ...], N samples as the input has, got ${showShape((value as Value).shape)}`,
        );
      });
    });
    return first.map((shape, i) => shape.map((size, axis) => (size === second[i][axis] ? size : null)));
  }

  #probe(probe: Probe, shapes: readonly InnerShape[], { N, any }: (typeof PROBES)[number]): readonly unknown[] {
    const specs = this.weightSpecs(shapes);
    const weights = Object.fromEntries(specs.map(({ name, shape }) => [name, probe.value(shape)]));
    const inputs = shapes.map(shape => probe.value([N, ...shape.map(size => size ?? any)]));
    return this.#results(inputs, weights, false);
  }

  /** What `call` says where it can be asked with tensors that have no numbers; else its steps will show. */
  override acrossSteps(shapes: readonly InnerShape[]): boolean | string {
    const probe = new Probe(`layer ${this.name}`);
    try {
      this.#probe(probe, shapes, PROBES[0]);
      this.#byStep = probe.across === undefined;
    } catch {
      this.#byStep = false;
    }
    return probe.across ?? false;
  }

  #results(inputs: readonly Value[], weights: Record<string, Value>, training: boolean): readonly unknown[] {
    const { call } = this.#definition;
    const result: unknown = call({ x: inputs[0], inputs, weights, options: this.#own, training });
    return Array.isArray(result) && result.length > 0 ? result : [result];
  }

  override forward(context: Context, inputs: readonly Tensor[]): Tensor[] {
    const computation = new Computation(context, this.#byStep ? undefined : this.name);
    try {
      const weights = weightValues(computation, this.weights, this.packed);
      const values = inputs.map(input => computation.value(input));
      const outputs = this.#results(values, weights, context.training).map((value, i) =>
        tensorOf(value as Value, `layer ${this.name}: output ${i} of call`),
      );
      this.#expectAsSaid(inputs, outputs);
      return outputs;
    } finally {
      computation.end();
    }
  }

  override toJSON(): LayerConfig {
    return { ...super.toJSON(), custom: true };
  }

  /** Layers behind this one have built on the shapes that it gave when it was asked. */
  #expectAsSaid(inputs: readonly Tensor[], outputs: readonly Tensor[]): void {
    const fits = (shapes: readonly InnerShape[], tensors: readonly Tensor[]): boolean =>
      shapes.length === tensors.length && shapes.every((shape, i) => agreeAll(shape, tensors[i].shape.slice(1)));
    const asked = [...this.#answers.values()].filter(answer => fits(answer.inputs, inputs));
    const [N] = inputs[0].shape;
    if (asked.some(answer => fits(answer.outputs, outputs)) && outputs.every(({ shape }) => shape[0] === N)) return;
    const show = (shapes: readonly InnerShape[]) => shapes.map(shape => showShape(["N", ...shape])).join(" and ");
    throw new RangeError(
      `layer ${this.name}: expected call to give ${asked.map(answer => show(answer.outputs)).join(" or ")}, as it did when ` +
        `the model was put together, got ${outputs.map(({ shape }) => showShape(shape)).join(" and ")}`,
    );
  }
}
