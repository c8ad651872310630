/** Memory that lasts as long as what it was made for, such as an optimizer's numbers: models may have many parts, memories many models. */
import type { Memory } from "./memory.ts";
import { whenGone } from "./whenGone.ts";

const ALIGNMENT = 16;

interface Range {
  begin: number;
  end: number;
}

export class Blocks {
  readonly #memory: Memory;
  readonly #owned = new WeakMap<object, Range[]>();
  /** What was given back, in its order; neighbours are one. */
  readonly #free: Range[] = [];
  // Not by a WeakRef: that would keep a model alive until the event loop turns, and a loop that makes many would run out of
  // memory.
  readonly #onGone = whenGone<Range[]>(blocks => this.#giveBack(blocks));

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  /**
   * A pointer to zeros. As with `Memory.persist`, only while the arena is empty, if it has no islands.
   *
   * @param owner they are its own until it is gone, or gives them back
   */
  take(owner: object, elements: number): number {
    const size = Math.ceil((elements * 4) / ALIGNMENT) * ALIGNMENT;
    const pointer = this.#takeFree(size, elements) ?? this.#memory.persist(elements);
    let blocks = this.#owned.get(owner);
    if (!blocks) {
      blocks = [];
      this.#owned.set(owner, blocks);
      this.#onGone(owner, blocks);
    }
    blocks.push({ begin: pointer, end: pointer + size });
    return pointer;
  }

  /** Takes back all that something has. */
  give(owner: object): void {
    this.#giveBack(this.#owned.get(owner) ?? []);
  }

  /** The beginning of the smallest free range that is large enough, cleared. */
  #takeFree(size: number, elements: number): number | undefined {
    let best: Range | undefined;
    for (const range of this.#free) {
      const room = range.end - range.begin;
      if (room >= size && !(best && room >= best.end - best.begin)) best = range;
    }
    if (!best) return undefined;
    const pointer = best.begin;
    best.begin += size;
    if (best.begin === best.end) this.#free.splice(this.#free.indexOf(best), 1);
    this.#memory.floats.fill(0, pointer >>> 2, (pointer >>> 2) + elements);
    return pointer;
  }

  #giveBack(blocks: Range[]): void {
    for (const { begin, end } of blocks.splice(0)) {
      if (begin === end) continue;
      const at = this.#free.findIndex(range => range.begin >= end);
      const next = at < 0 ? this.#free.length : at;
      const [before, after] = [this.#free[next - 1], this.#free[next]];
      const joins = before?.end === begin;
      if (after?.begin === end) {
        after.begin = joins ? before.begin : begin;
        if (joins) this.#free.splice(next - 1, 1);
      } else if (joins) before.end = end;
      else this.#free.splice(next, 0, { begin, end });
    }
  }
}
