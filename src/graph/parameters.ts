/** The weights of a model, in flat blocks, and what goes with them. Several graphs may compute with one set. Internal. */
import { Engine } from "../engine/engine.ts";
import { padded } from "../engine/layout.ts";
import type { EngineSettings } from "../engine/options.ts";
import type { initialize } from "../initializers.ts";
import { type Owner, streamOf } from "../layer/layer.ts";
import { isTrainable, Weight } from "../weight.ts";
import { listed } from "./owner.ts";
import { blockSize, type Plan } from "./plan.ts";

/** A `fit` that is running. */
export interface Underway {
  /** The graph that it trains; others may have the same parameters */
  readonly network: object;
  /**
   * @param of the graph whose states or scalers are concerned, if it is not the weights
   * @throws Error for what would disturb it
   */
  refuse(what: string, of?: object): void;
}

export class Parameters implements Owner {
  readonly engine: Engine;
  readonly title: string;
  readonly lends = true;
  /** Training steps made, and epochs begun, through any graph: with the seed they determine all random numbers. */
  step = 0;
  epoch = 0;
  /** What trains them now: one `fit` at a time, through whichever graph. */
  underway: Underway | undefined;
  #version = 0;
  /** Elements of all weights that may be trained. */
  readonly trainable: number;

  /**
   * Makes the weights of a graph and gives them to its layers.
   *
   * @param seed of initial weights, dropout and shuffling
   * @param first numbers for every weight, or what makes them: those of a file need no initializers
   * @param computing threads and kind of kernels
   */
  constructor(
    plan: Plan,
    readonly seed: number,
    first: readonly Float32Array[] | typeof initialize,
    computing: Partial<EngineSettings> = {},
  ) {
    this.engine = new Engine(
      computing,
      plan.layers.flatMap(layer => layer.families),
    );
    this.title = `the model of ${listed(plan.layers.map(layer => layer.name))}`;
    const { specs, layers } = plan;
    // What never is trained lies apart: what may be has no gaps, and an optimizer as a rule one range to work on.
    const [trainable, fixed] = [true, false].map(wanted => {
      const count = blockSize(specs.filter(spec => isTrainable(spec) === wanted));
      return { count, next: this.engine.take(this, count) };
    });
    this.trainable = trainable.count;
    const weights = specs.map(spec => {
      const block = isTrainable(spec) ? trainable : fixed;
      const weight = new Weight(block.next, spec);
      block.next += 4 * padded(weight.size);
      return weight;
    });
    const owned = new Map(layers.map(layer => [layer, [] as [string, Weight][]]));
    weights.forEach((weight, i) => {
      owned.get(specs[i].layer)?.push([weight.name, weight]);
    });
    layers.forEach((layer, i) => {
      layer.stream = layer.savedStream ?? streamOf(i);
      const inputs = plan.shapesInto(layer);
      layer.attach(
        Object.fromEntries(owned.get(layer) ?? []),
        layer.packedSizes(inputs).map(size => this.engine.take(this, size)),
        inputs,
      );
    });
    weights.forEach((weight, i) => {
      const { layer, name } = specs[i];
      const given = typeof first === "function" ? layer.copied?.[name] : first[i];
      if (given) this.numbersOf(weight).set(given);
      else if (typeof first === "function") {
        first(this.engine, weight.pointer, weight.shape, weight.initializer, seed, i);
        layer.initialized(this.numbersOf(weight), name);
      }
    });
    for (const layer of layers) {
      layer.owner = this;
      layer.copied = undefined;
    }
  }

  /** A view of a weight's numbers, good until memory grows. */
  numbersOf(weight: Weight): Float32Array {
    return this.engine.memory.floats.subarray(weight.pointer >>> 2, (weight.pointer >>> 2) + weight.size);
  }

  /** Counts changes of the weights, through whichever graph. */
  get version(): number {
    return this.#version;
  }

  /** To be called after every change of the weights. */
  changed(): void {
    this.#version++;
  }
}
