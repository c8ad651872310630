/** One memory for many models. */
import { describe } from "../ndarray.ts";
import { Blocks } from "./blocks.ts";
import { Engine } from "./engine.ts";
import { registerMemory } from "./options.ts";
import type { ModelMemory } from "./room.ts";
import { ArenaIslands } from "./turns/islands.ts";

class Shared implements ModelMemory {
  readonly #base = new Engine();
  readonly #blocks: Blocks;

  constructor() {
    const { memory } = this.#base;
    memory.islands = new ArenaIslands(); // a model may be made in the middle of a step of another
    this.#blocks = new Blocks(memory);
  }

  get bytes(): number {
    return this.#base.memory.bytes;
  }

  base(threads: number): Engine {
    if (threads === 1) return this.#base;
    throw new RangeError(
      `threads: expected 1 with memory, whose models take turns, got ${threads}; leave one of them out`,
    );
  }

  take(owner: object, elements: number): number {
    return this.#blocks.take(owner, elements);
  }

  give(owner: object): void {
    this.#blocks.give(owner);
  }
}

/** What `modelMemory` made. */
function expectModelMemory(value: unknown, what: string): ModelMemory {
  if (value instanceof Shared) return value;
  throw new TypeError(`${what}: expected what modelMemory() makes, got ${describe(value)}`);
}

/**
 * A memory that many small models may share, which costs each no more than its numbers: a page in Chromium can have 124
 * memories. Each model has the bits that it has alone; memory of one that is gone is used again. They compute on one thread, one
 * after the other: of two that `fit` at the same time each waits for the other's steps.
 *
 * @example
 * const memory = modelMemory();
 * const models = products.map(() => sequential([layers.lstm({ units: 16, inputShape: [20, 3] }), layers.dense({ units: 1 })], { memory }));
 */
export function modelMemory(): ModelMemory {
  registerMemory(expectModelMemory);
  return new Shared();
}
