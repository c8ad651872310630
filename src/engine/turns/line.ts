import type { Memory } from "../memory.ts";

/** One step at a time may stop in the middle, of all that use a memory: the arena is a stack. */
export class Line {
  #last: Promise<void> = Promise.resolve();
  #count = 0;

  /** Whether somebody is in the middle of a step, or waits for it: who is not in turns may not change weights now. */
  get isTaken(): boolean {
    return this.#count > 0;
  }

  /**
   * Waits until nobody else is in the middle of a step.
   *
   * @returns lets the next one in
   */
  async enter(): Promise<() => void> {
    const before = this.#last;
    let leave = (): void => {};
    this.#count++;
    this.#last = new Promise(resolve => {
      leave = () => {
        this.#count--;
        resolve();
      };
    });
    await before;
    return leave;
  }
}

const all = new WeakMap<Memory, Line>();

export function lineOf(memory: Memory): Line {
  const line = all.get(memory) ?? new Line();
  all.set(memory, line);
  return line;
}
