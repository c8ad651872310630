/** The weights of a model, in flat blocks, and what goes with them. Several graphs may compute with one set. Internal. */
import { Engine } from "../engine/engine.ts";
import { padded } from "../engine/layout.ts";
import type { EngineSettings } from "../engine/options.ts";
import type { initialize } from "../initializers.ts";
import { type Owner, streamOf } from "../layer/layer.ts";
import { isTrainable, Weight } from "../weight.ts";
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
  readonly lends = true;
  /** Training steps made, and epochs begun, through any graph: with the seed they determine all random numbers. */
  step = 0;
  epoch = 0;
  /** What trains them now: one `fit` at a time, through whichever graph. */
  underway: Underway | undefined;
  /** Where weights have gone, some at least: see `join`. */
  movedTo: Parameters | undefined;
  /** Does what a file says of training, where that was left for later: before anything else is trained, frozen or moved. */
  settle: (() => void) | undefined;
  /** Elements of all weights that may be trained. */
  trainable = 0;
  /** All names that layers have had, the first ones first. */
  readonly names = new Set<string>();
  #version = 0;
  /** Weights and layers from here on have random numbers that none had before. */
  #place = 0;

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
    this.add(plan, seed, first, elements => this.engine.take(this, elements));
  }

  /**
   * Makes the weights of those layers of a graph that have none yet.
   *
   * @param take gives room that stays as long as they are used
   */
  add(
    plan: Plan,
    seed: number,
    first: readonly Float32Array[] | typeof initialize,
    take: (elements: number) => number,
  ): void {
    const layers = plan.layers.filter(layer => !layer.owner);
    const specs = plan.specs.filter(({ layer }) => !layer.owner);
    // What never is trained lies apart: what may be has no gaps, and an optimizer as a rule one range to work on.
    const [trainable, fixed] = [true, false].map(wanted => {
      const count = blockSize(specs.filter(spec => isTrainable(spec) === wanted));
      return { count, next: take(count) };
    });
    this.trainable += trainable.count;
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
      layer.stream = layer.savedStream ?? streamOf(this.#place + i);
      const inputs = plan.shapesInto(layer);
      layer.attach(
        Object.fromEntries(owned.get(layer) ?? []),
        layer.packedSizes(inputs).map(size => take(size)),
        inputs,
      );
    });
    weights.forEach((weight, i) => {
      const { layer, name } = specs[i];
      if (typeof first === "function") {
        first(this.engine, weight.pointer, weight.shape, weight.initializer, seed, this.#place + i);
        layer.initialized(this.numbersOf(weight), name);
      } else this.numbersOf(weight).set(first[i]);
    });
    this.#place += weights.length;
    for (const layer of layers) {
      layer.owner = this;
      this.names.add(layer.name);
      this.#place = Math.max(this.#place, layer.stream - streamOf(-1));
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
