/** Kernel calls of a step that wait, in their order: a long step is done piece by piece, with turns of the event loop between them. */

/** A call. It says true where it is to be called again: it has done a piece of its work. */
export type Work = () => unknown;

/** Milliseconds: of work between two turns, of a piece, and of a step from which on it is done in pieces. Tests change them. */
export const pace = { turn: 10, piece: 3, long: 6 };

export class WorkList {
  /** Whether calls are to be done at once, whatever waits. */
  direct = false;
  /** The end of what memory the waiting calls use. */
  end = 0;
  /** Calls that ever waited here. */
  added = 0;
  #waiting: Work[] = [];
  #next = 0;
  #turnEnds = 0;
  readonly #top: () => number;

  /** @param top the present end of the arena */
  constructor(top: () => number) {
    this.#top = top;
  }

  /** Whether something waits. */
  get waits(): boolean {
    return this.#next < this.#waiting.length;
  }

  /** Calls that wait no longer. */
  get done(): number {
    return this.added - (this.#waiting.length - this.#next);
  }

  /** Whether a call that comes now must wait: what it reads may not be there yet, or a turn is due. */
  get mustWait(): boolean {
    return !this.direct && (this.waits || performance.now() >= this.#turnEnds);
  }

  /** Whether the event loop should have a turn. */
  get turnDue(): boolean {
    return performance.now() >= this.#turnEnds;
  }

  /** The event loop has had a turn. */
  begin(): void {
    this.#turnEnds = performance.now() + pace.turn;
  }

  add(work: Work): void {
    this.added++;
    this.end = Math.max(this.end, this.#top());
    this.#waiting.push(work);
  }

  /** Does what waits until a turn is due. */
  run(): void {
    do this.#step();
    while (this.waits && !this.turnDue);
  }

  /** Does all that waits: its numbers are asked for. */
  flush(): void {
    while (this.waits && !this.direct) this.#step();
  }

  /** Forgets what waits. */
  clear(): void {
    this.#waiting = [];
    this.#next = this.end = 0;
  }

  #step(): void {
    if (this.#waiting[this.#next]?.() !== true) this.#next++;
    if (!this.waits) this.clear();
  }
}
