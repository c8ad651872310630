/** A graph made ready: layers named, weights known, nothing in memory yet. Internal. */
import { padded } from "../engine/layout.ts";
import { showShape } from "../expect.ts";
import { Layer, type Node, type Owner, type SymbolicTensor } from "../layer/layer.ts";
import { sizeOf } from "../ndarray.ts";
import { type InnerShape, isTrainable, type WeightSpec } from "../weight.ts";
import { Names } from "./names.ts";
import { orderOf, type Source } from "./order.ts";

/** The model's numbered parts that a weight belongs to. */
export interface NamedSpec extends WeightSpec {
  layer: Layer;
  /** layer/weight, the name in files */
  path: string;
}

/** Whether training would change the weight, as its layer is now. */
export function isTrained(spec: NamedSpec): boolean {
  return isTrainable(spec) && spec.layer.trainable;
}

/** Elements that weights take in a flat block: each begins on a border of 16 bytes. */
export function blockSize(specs: readonly WeightSpec[]): number {
  return specs.reduce((sum, { shape }) => sum + padded(sizeOf(shape)), 0);
}

/** The list under a key, made at first asking. */
function listOf<Key>(lists: Map<Key, Node[]>, key: Key): Node[] {
  if (!lists.has(key)) lists.set(key, []);
  return lists.get(key) as Node[];
}

/** A graph with named layers, whose weights are known; they have memory if it is a part of a model. */
export class Plan {
  /** In an order in which they can be computed. */
  readonly nodes: readonly Node[];
  /** Inputs and layers in Keras' order, which is also that of `layers` and of all weights. */
  readonly sources: readonly Source[];
  readonly layers: readonly Layer[];
  /** Those of the layers, as they are when the plan is made. */
  readonly names: readonly string[];
  readonly specs: readonly NamedSpec[];
  /** Who has some of the layers and their weights, if not all of them are new. */
  readonly owner: Owner | undefined;
  readonly #uses = new Map<Layer, Node[]>();
  readonly #readers = new Map<SymbolicTensor, Node[]>();

  constructor(
    readonly inputs: readonly SymbolicTensor[],
    readonly outputs: readonly SymbolicTensor[],
    ownerOf: (layers: readonly Layer[]) => Owner | undefined = () => undefined,
  ) {
    ({ nodes: this.nodes, sources: this.sources } = orderOf(outputs));
    const nodes = new Set(this.nodes);
    for (const input of inputs) {
      if (input.node.layer)
        throw new RangeError("model inputs: expected tensors made by input(), got a layer's output");
      if (!nodes.has(input.node)) throw new RangeError("model: an input leads to none of the outputs");
    }
    const given = new Set(inputs.map(({ node }) => node));
    for (const node of this.nodes) {
      for (const symbol of node.inputs) listOf(this.#readers, symbol).push(node);
      if (node.layer) listOf(this.#uses, node.layer).push(node);
      else if (!given.has(node)) {
        throw new RangeError("model: the outputs depend on an input() that is not listed under inputs");
      }
    }
    this.layers = this.sources.filter(source => source instanceof Layer);
    this.owner = ownerOf(this.layers);
    this.#name();
    this.names = this.layers.map(({ name }) => name);
    this.#expectIdsAlone();
    this.specs = this.layers.flatMap(layer => {
      layer.meet?.(this.layers);
      const shapes = this.shapesInto(layer);
      layer.outputShapes(shapes); // for its errors: now they can tell the layer's name
      const specs = layer.weightSpecs(shapes);
      this.#expectSameWeights(layer, specs);
      return specs.map(spec => ({ ...spec, layer, path: `${layer.name}/${spec.name}` }));
    });
  }

  /** What one layer reads as token ids, no other can read as numbers. */
  #expectIdsAlone(): void {
    for (const input of this.inputs) {
      const readers = this.readersOf(input).flatMap(({ layer }) => layer ?? []);
      const [ids, others] = [true, false].map(ids => readers.find(layer => (layer.inputs.ids ?? false) === ids));
      if (!ids || !others) continue;
      throw new RangeError(
        `${others.name}: expected numbers, got the token ids that layer "${ids.name}" reads from the same input; ` +
          "give each layer an input of its own",
      );
    }
  }

  /** A layer that is used several times has one set of weights, which must fit all its inputs. */
  #expectSameWeights(layer: Layer, specs: readonly WeightSpec[]): void {
    const shapesOf = (list: readonly WeightSpec[]) => list.map(spec => spec.shape.join()).join(";");
    for (const node of this.usesOf(layer)) {
      const shapes = node.inputs.map(input => input.shape);
      if (shapesOf(layer.weightSpecs(shapes)) !== shapesOf(specs)) {
        throw new RangeError(
          `${layer.name}: expected inputs of one size everywhere, got ${showShape(["N", ...this.shapesInto(layer)[0]])} ` +
            `and ${showShape(["N", ...shapes[0]])}; use a layer for each`,
        );
      }
    }
  }

  /** The input shapes of a layer, those of its first use. */
  shapesInto(layer: Layer): InnerShape[] {
    return this.usesOf(layer)[0].inputs.map(input => input.shape);
  }

  /** The nodes of a layer, as they are computed. */
  usesOf(layer: Layer): readonly Node[] {
    return this.#uses.get(layer) ?? [];
  }

  /** The nodes that read a tensor. */
  readersOf(symbol: SymbolicTensor): readonly Node[] {
    return this.#readers.get(symbol) ?? [];
  }

  #name(): void {
    const { owner } = this;
    // Layers of the owner keep their names.
    const nameOf = (layer: Layer) => (owner && layer.owner === owner ? layer.name : layer.options.name);
    const taken = new Set(owner?.names);
    const own = new Set<string>();
    for (const layer of this.layers) {
      const name = nameOf(layer);
      if (name === undefined) continue;
      if (own.has(name)) throw new RangeError(`model: two layers are named "${name}"; give each a name of its own`);
      own.add(name);
      taken.add(name);
    }
    // As they are computed: so were layers numbered before they were listed in Keras' order.
    const names = new Names(taken);
    for (const layer of this.#uses.keys()) layer.name = nameOf(layer) ?? names.add(layer.baseName);
  }
}
