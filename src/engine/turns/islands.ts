import type { Islands } from "../memory.ts";

/** Persistent blocks that were made in the middle of a step: the arena goes around them from then on. */
export class ArenaIslands implements Islands {
  /** In their order. */
  readonly #islands: [begin: number, end: number][] = [];

  add(begin: number, end: number): void {
    this.#islands.push([begin, end]);
    this.#islands.sort(([a], [b]) => a - b);
  }

  find(from: number, size: number): number {
    let pointer = from;
    for (const [begin, end] of this.#islands) {
      if (pointer + size <= begin) break;
      pointer = Math.max(pointer, end);
    }
    return pointer;
  }
}
