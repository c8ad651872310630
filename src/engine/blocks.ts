/** Memory that lasts as long as what it was made for, such as an optimizer's numbers: models may have many parts. */
import type { Memory } from "./memory.ts";
import { whenGone } from "./whenGone.ts";

type Owned = [pointer: number, elements: number][];

export class Blocks {
  readonly #memory: Memory;
  readonly #owned = new WeakMap<object, Owned>();
  /** Pointers by elements, the first given back last. */
  readonly #free = new Map<number, number[]>();
  // Not by a WeakRef: that would keep a model alive until the event loop turns, and a loop that makes many would run out of
  // memory.
  readonly #onGone = whenGone<Owned>(blocks => this.#giveBack(blocks));

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  /**
   * A pointer to zeros. As with `Memory.persist`, only while the arena is empty.
   *
   * @param owner they are its own until it is gone, or gives them back
   */
  take(owner: object, elements: number): number {
    let pointer = this.#free.get(elements)?.pop();
    if (pointer === undefined) pointer = this.#memory.persist(elements);
    else this.#memory.floats.fill(0, pointer >>> 2, (pointer >>> 2) + elements);
    let blocks = this.#owned.get(owner);
    if (!blocks) {
      blocks = [];
      this.#owned.set(owner, blocks);
      this.#onGone(owner, blocks);
    }
    blocks.push([pointer, elements]);
    return pointer;
  }

  /** Takes back all that something has. */
  give(owner: object): void {
    this.#giveBack(this.#owned.get(owner) ?? []);
  }

  #giveBack(blocks: Owned): void {
    for (const [pointer, elements] of blocks.splice(0).reverse()) {
      const free = this.#free.get(elements) ?? [];
      free.push(pointer);
      this.#free.set(elements, free);
    }
  }
}
