import { listed, ownerOf } from "../graph/owner.ts";
import { Plan } from "../graph/plan.ts";
import { connect, inputNode, Layer, type SymbolicTensor } from "../layer/layer.ts";
import { describe } from "../ndarray.ts";
import { hasMethods } from "../registry.ts";

/** A model, as a chain sees it. */
export interface Link {
  readonly inputs: readonly SymbolicTensor[];
  applyAll(inputs: readonly SymbolicTensor[]): SymbolicTensor[];
}

const isLink = (value: unknown): value is Link => hasMethods(value, "applyAll", "fit");

/** Layers, and models, that follow one another, while they are put together. */
export class Chain {
  #inputs: SymbolicTensor[] = [];
  #outputs: SymbolicTensor[] = [];
  readonly #titles: string[] = [];
  #plan: Plan | undefined;

  add(layer: Layer | Link): void {
    if (this.#plan) {
      throw new Error(
        `sequential add: expected a model that is not in use yet, got one of ${listed(this.#titles)}, which is ` +
          "built; add all layers first, or list them: sequential([layer, layer, …])",
      );
    }
    const place = this.#titles.length;
    if (isLink(layer)) {
      if (place === 0) this.#outputs = this.#inputs = layer.inputs.map(({ shape }) => inputNode(shape));
      this.#outputs = layer.applyAll(this.#outputs);
      this.#titles.push("a model");
      return;
    }
    if (!(layer instanceof Layer)) {
      throw new TypeError(
        `sequential: expected layers made by layers.lstm() and others, got ${describe(layer)} at ${place}`,
      );
    }
    if (place === 0) {
      const { inputShape } = layer.options;
      if (!inputShape) {
        const example = layer.inputs.ids ? "[null] for any number of ids" : "[20, 10] for 20 steps of 10 features";
        throw new TypeError(
          `sequential: the first layer needs inputShape, the shape of one sample, such as ${example}`,
        );
      }
      this.#inputs = [inputNode(inputShape)];
      this.#outputs = this.#inputs;
    }
    this.#outputs = connect(layer, this.#outputs);
    this.#titles.push(layer.name);
  }

  /** The plan of all of them: the last word. */
  get plan(): Plan {
    if (this.#titles.length === 0) {
      throw new Error("sequential: expected a model with layers, got none yet; add() them first");
    }
    this.#plan ??= new Plan(this.#inputs, this.#outputs, ownerOf);
    return this.#plan;
  }
}
