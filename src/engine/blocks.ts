/** Memory that lasts as long as what it was made for, such as an optimizer's numbers: models may have many parts. */
import type { Memory } from "./memory.ts";

/** Who has blocks, and those by their size in elements. */
interface Owned {
  readonly owner: { deref(): object | undefined };
  readonly blocks: [pointer: number, elements: number][];
}

// Some edge runtimes have no weak references: what a part has taken there stays taken.
const referenceTo = (owner: object): Owned["owner"] =>
  typeof WeakRef === "undefined" ? { deref: () => owner } : new WeakRef(owner);

export class Blocks {
  readonly #memory: Memory;
  #owned: Owned[] = [];
  /** Pointers by elements, the first given back last. */
  readonly #free = new Map<number, number[]>();

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  /**
   * A pointer to zeros. As with `Memory.persist`, only while the arena is empty.
   *
   * @param owner they are its own until it is gone, or gives them back
   */
  take(owner: object, elements: number): number {
    this.#giveBack(taker => taker === undefined);
    let pointer = this.#free.get(elements)?.pop();
    if (pointer === undefined) pointer = this.#memory.persist(elements);
    else this.#memory.floats.fill(0, pointer >>> 2, (pointer >>> 2) + elements);
    let own = this.#owned.find(each => each.owner.deref() === owner);
    if (!own) {
      own = { owner: referenceTo(owner), blocks: [] };
      this.#owned.push(own);
    }
    own.blocks.push([pointer, elements]);
    return pointer;
  }

  /** Takes back all that something has. */
  give(owner: object): void {
    this.#giveBack(taker => taker === owner);
  }

  #giveBack(whose: (owner: object | undefined) => boolean): void {
    const kept: Owned[] = [];
    for (const each of this.#owned) {
      if (!whose(each.owner.deref())) kept.push(each);
      else {
        for (const [pointer, elements] of each.blocks.reverse()) {
          const free = this.#free.get(elements) ?? [];
          free.push(pointer);
          this.#free.set(elements, free);
        }
      }
    }
    this.#owned = kept;
  }
}
