/** Memory that lasts as long as what it was made for, such as an optimizer's numbers: models may have many parts. */
import type { Memory } from "./memory.ts";

interface Block {
  pointer: number;
  elements: number;
  /** None: it is free. */
  owner: { deref(): object | undefined } | undefined;
}

// Some edge runtimes have no weak references: what a part has taken there stays taken.
const referenceTo = (owner: object): NonNullable<Block["owner"]> =>
  typeof WeakRef === "undefined" ? { deref: () => owner } : new WeakRef(owner);

export class Blocks {
  readonly #memory: Memory;
  readonly #blocks: Block[] = [];

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  /**
   * A pointer to zeros. As with `Memory.persist`, only while the arena is empty.
   *
   * @param owner they are its own until it is gone, or gives them back
   */
  take(owner: object, elements: number): number {
    let block = this.#blocks.find(each => each.elements === elements && !each.owner?.deref());
    if (block) this.#memory.floats.fill(0, block.pointer >>> 2, (block.pointer >>> 2) + elements);
    else {
      block = { pointer: this.#memory.persist(elements), elements, owner: undefined };
      this.#blocks.push(block);
    }
    block.owner = referenceTo(owner);
    return block.pointer;
  }

  /** Takes back all that something has. */
  give(owner: object): void {
    for (const block of this.#blocks) if (block.owner?.deref() === owner) block.owner = undefined;
  }
}
