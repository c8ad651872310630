/**
 * Tables of embeddings that are `lazy`: a step touches the rows alone that occur in its batch. They are gathered into a
 * block, with which is done what is done with other blocks of weights, and then put back.
 */
import type { Context } from "../context.ts";
import type { LazyTable, TrainedWeights } from "../graph/trained.ts";
import type { Block, Optimizer } from "../optimizers/optimizer.ts";
import type { Tensor } from "../tensor.ts";

/** Rows of a table, one after the other, and of what goes with them. */
export interface LazyBlock extends Block {
  /** Puts weights and slots back. */
  scatter(): void;
}

type Engine = Pick<Context, "kernels" | "memory">;

export class LazyRows {
  readonly #engine: Engine;
  readonly #tables: readonly LazyTable[];
  readonly #slots: readonly number[];
  /** By table: the rows whose gradients are not zeros any more. */
  #rows: readonly Int32Array[];
  #blocks: LazyBlock[] = [];

  /** @param slots pointers to those of the optimizer */
  constructor(engine: Engine, { lazy }: TrainedWeights, slots: readonly number[]) {
    this.#engine = engine;
    this.#tables = lazy;
    this.#slots = slots;
    this.#rows = lazy.map(() => new Int32Array(0));
  }

  /** Clears the gradients of the batch before, and looks up which rows occur in this one. */
  begin({ memory }: Context, inputs: readonly Tensor[]): void {
    const { floats } = this.#engine.memory;
    this.#blocks = [];
    this.#tables.forEach(({ weight: { gradient, shape } }, i) => {
      const C = shape[1];
      for (const row of this.#rows[i]) floats.fill(0, (gradient >>> 2) + row * C, (gradient >>> 2) + (row + 1) * C);
    });
    const { ints } = memory;
    this.#rows = this.#tables.map(({ weight: { shape }, inputs: places }) => {
      const rows = new Set<number>();
      for (const { pointer, size } of places.map(i => inputs[i])) {
        for (let at = pointer >>> 2, end = at + size; at < end; at++) rows.add(ints[at]);
      }
      return Int32Array.from([...rows].filter(row => row >= 0 && row < shape[0])); // others the layer refuses
    });
  }

  /** The sum of all squared gradients, which are all there. Takes memory of the arena. */
  squares(): number {
    const { kernels } = this.#engine;
    this.#blocks = this.#tables.map((table, i) => this.#gather(table, this.#rows[i]));
    return this.#blocks.reduce((sum, { gradients, n }) => sum + kernels.sumOfSquares(gradients, n), 0);
  }

  /** What an optimizer is to change, after `squares`. */
  get blocks(): readonly LazyBlock[] {
    return this.#blocks;
  }

  #gather({ weight, offset }: LazyTable, rows: Int32Array): LazyBlock {
    const { kernels, memory } = this.#engine;
    const C = weight.shape[1];
    const n = rows.length * C;
    const places = memory.allocate(rows.length);
    memory.ints.set(rows, places >>> 2);
    const gathered = (from: number): number => {
      const pointer = memory.allocate(n);
      kernels.gatherRows(pointer, C, from, C, places, rows.length, C);
      return pointer;
    };
    const slots = this.#slots.map(slot => slot + offset);
    const block = {
      weights: gathered(weight.pointer),
      gradients: gathered(weight.gradient),
      slots: slots.map(gathered),
      n,
    };
    return {
      ...block,
      scatter() {
        kernels.scatterRows(weight.pointer, C, block.weights, C, places, rows.length, C);
        slots.forEach((slot, s) => {
          kernels.scatterRows(slot, C, block.slots[s], C, places, rows.length, C);
        });
      },
    };
  }
}

/** Refuses what would change all rows in every step. */
export function expectLazy(optimizer: Optimizer, paths: readonly string[]): void {
  const { useEma, gradientAccumulationSteps, weightDecay, excludeFromWeightDecay } = {
    ...optimizer.toJSON(),
    ...optimizer.common,
  };
  const excluded = Array.isArray(excludeFromWeightDecay) ? excludeFromWeightDecay : [];
  for (const path of paths) {
    const decays = weightDecay && !excluded.some(name => path.includes(name));
    const given =
      (useEma && "useEma") || (gradientAccumulationSteps && "gradientAccumulationSteps") || (decays && "weightDecay");
    if (!given) continue;
    const remedy = given === "weightDecay" ? `; or excludeFromWeightDecay: ["${path}"]` : "";
    throw new RangeError(
      `compile optimizer: expected none with ${given} beside ${path}, which is lazy: that changes all of its rows in every ` +
        `step; leave one of the two out${remedy}`,
    );
  }
}
