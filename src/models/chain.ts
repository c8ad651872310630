import { listed, ownerOf } from "../graph/owner.ts";
import { Plan } from "../graph/plan.ts";
import { connect, inputNode, Layer, type SymbolicTensor } from "../layer/layer.ts";
import { describe } from "../ndarray.ts";

/** Layers that follow one another, while they are put together. */
export class Chain {
  #inputs: SymbolicTensor[] = [];
  #outputs: SymbolicTensor[] = [];
  #layers: Layer[] = [];
  #plan: Plan | undefined;

  add(layer: Layer): void {
    if (this.#plan) {
      throw new Error(
        `sequential add: expected a model that is not in use yet, got one of ${listed(this.#layers.map(({ name }) => name))}, which is ` +
          "built; add all layers first, or list them: sequential([layer, layer, …])",
      );
    }
    const place = this.#layers.length;
    if (!(layer instanceof Layer)) {
      throw new TypeError(
        `sequential: expected layers made by layers.lstm() and others, got ${describe(layer)} at ${place}`,
      );
    }
    expectFree(layer);
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
    this.#layers.push(layer);
  }

  /** The plan of all of them: the last word. */
  get plan(): Plan {
    if (this.#layers.length === 0) {
      throw new Error("sequential: expected a model with layers, got none yet; add() them first");
    }
    if (!this.#plan) {
      this.#layers.forEach(expectFree); // another model may have taken one in the meantime
      this.#plan = new Plan(this.#inputs, this.#outputs, ownerOf);
    }
    return this.#plan;
  }
}

function expectFree({ name, owner }: Layer): void {
  if (!owner) return;
  throw new RangeError(
    `sequential: layer "${name}" belongs to ${owner.title} already; make a new layer for this one, or take a part of that ` +
      "model with its part()",
  );
}
