/** The weights of a graph that training changes, and where their gradients and an optimizer's numbers for them lie. */
import { padded } from "../engine/layout.ts";
import type { Layer } from "../layer/layer.ts";
import type { Weight } from "../weight.ts";
import type { Network } from "./network.ts";
import type { Parameters } from "./parameters.ts";
import { isTrained } from "./plan.ts";

/** A table of which a step changes the rows alone that occur in its batch. */
export interface LazyTable {
  readonly weight: Weight;
  /** Bytes from the beginning of each slot, and of the block of their gradients */
  readonly offset: number;
  /** The inputs of the graph whose ids say which rows those are. */
  readonly inputs: readonly number[];
}

/** Weights that follow one another in memory. */
interface Run {
  /** Pointer to the first */
  weights: number;
  /** Bytes from the beginning of the block of gradients, and of each slot */
  offset: number;
  /** Elements */
  n: number;
}

const blocks = new WeakMap<Parameters, { pointer: number; count: number }>();

/**
 * The block into which steps of training put gradients, one graph at a time.
 *
 * @param count elements that a graph needs; when it does not have them, there are made as many as any graph may need
 */
function gradientsFor(parameters: Parameters, count: number): number {
  const had = blocks.get(parameters) ?? { pointer: 0, count: 0 };
  if (count <= had.count) return had.pointer;
  const room = had.count > 0 ? parameters.trainable : count;
  const made = { pointer: parameters.engine.take(parameters, room), count: room };
  blocks.set(parameters, made);
  return made.pointer;
}

/**
 * Gradients and slots are flat blocks of the trained weights alone, in the order of memory: nothing is kept or cleared for
 * those that are frozen, and norms are what they would be without them. Which weights are trained is decided here, for good.
 */
export class TrainedWeights {
  readonly weights: readonly Weight[];
  /** As few as possible: one where all weights of the parameters are trained. */
  readonly runs: readonly Run[];
  /** Elements of the block of gradients: lazy tables have theirs elsewhere. */
  readonly count: number;
  /** Elements of each slot. */
  readonly slotCount: number;
  /** They come last in the slots. */
  readonly lazy: readonly LazyTable[];
  /** Pointer to the gradients. */
  readonly gradients: number;
  readonly #network: Network;
  readonly #offsets = new Map<Weight, number>();
  /** To the gradient of each of the graph's weights, 0 if it is frozen. */
  readonly #pointers: number[];
  /** What the layers said then. */
  readonly flags: readonly boolean[];

  /** Takes memory: only while the arena is empty. */
  constructor(network: Network) {
    const { plan, weights, parameters } = network;
    this.#network = network;
    this.flags = plan.layers.map(layer => layer.trainable);
    const trained = weights.filter((_, i) => isTrained(plan.specs[i])).sort((a, b) => a.pointer - b.pointer);
    const tables = new Map(plan.specs.flatMap((spec, i) => (spec.lazy ? [[weights[i], spec.layer] as const] : [])));
    this.weights = trained.filter(weight => !tables.has(weight));
    const runs: Run[] = [];
    let count = 0;
    for (const weight of this.weights) {
      const n = padded(weight.size);
      const last = runs.at(-1);
      if (last && last.weights + 4 * last.n === weight.pointer) last.n += n;
      else runs.push({ weights: weight.pointer, offset: 4 * count, n });
      this.#offsets.set(weight, 4 * count);
      count += n;
    }
    this.runs = runs;
    this.count = count;
    this.lazy = trained.flatMap(weight => {
      const layer = tables.get(weight);
      if (!layer) return [];
      const offset = 4 * count;
      this.#offsets.set(weight, offset);
      count += padded(weight.size);
      const inputs = plan.usesOf(layer).map(({ inputs: [ids] }) => plan.inputs.indexOf(ids));
      return [{ weight, offset, inputs }];
    });
    this.slotCount = count;
    this.gradients = gradientsFor(parameters, this.count);
    this.#pointers = weights.map(weight => {
      const offset = this.#offsets.get(weight);
      return offset === undefined ? 0 : this.gradients + offset;
    });
  }

  /** Says where the gradients of lazy tables are: a block as long as a slot, of zeros. */
  putLazy(block: number): void {
    const { weights } = this.#network;
    for (const { weight, offset } of this.lazy) this.#pointers[weights.indexOf(weight)] = block + offset;
  }

  /** Where in each slot a weight's numbers begin, in bytes; nowhere if it is not trained. */
  offsetOf(weight: Weight): number | undefined {
    return this.#offsets.get(weight);
  }

  /** From now on tapes put the gradients of these weights into the block, and of no others of the graph; it is cleared. */
  begin(): void {
    const { weights, engine } = this.#network;
    for (let i = 0; i < weights.length; i++) {
      weights[i].gradient = this.#pointers[i];
      weights[i].requiresGradient = this.#pointers[i] !== 0;
    }
    engine.memory.floats.fill(0, this.gradients >>> 2, (this.gradients >>> 2) + this.count);
  }

  /** A layer that has been frozen, or is no longer, since. */
  get changed(): Layer | undefined {
    return this.#network.plan.layers.find((layer, i) => layer.trainable !== this.flags[i]);
  }
}
