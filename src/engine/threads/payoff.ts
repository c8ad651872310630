/**
 * Whether forks pay off. Another process on the cores of the workers makes two threads slower than one: then all parts are
 * run by the calling thread for a while, until they are tried again. The bits are the same either way.
 *
 * It compares what forks take with what the calling thread takes alone for the same work: measured once in so many forks, and
 * whenever it rests.
 */

/** One fork in so many of the same work is run alone to be measured; the first few sooner. */
const SAMPLE = 128;
/** Milliseconds of work, as the calling thread would do it, after which forks are judged. */
const WINDOW_MS = 8;
/** Share of the time alone from which on forks do not pay. */
const ENOUGH = 0.95;
/** So many windows in a row must have been bad before the first rest: one may be chance. After a rest one is enough. */
const STRIKES = 3;
/** Milliseconds of rest: the first, and the longest. */
const REST_MS = 100;
const MOST_REST_MS = 400;
/** How much a new measurement counts, and how many times the known one it may be: more was another process. */
const NEW = 0.25;
const SLOWER = 1.5;

export class Payoff {
  /** Milliseconds that the calling thread takes by itself, by work: a kernel and how much it has to do. */
  readonly #alone = new Map<number, number>();
  readonly #forks = new Map<number, number>();
  #spent = 0;
  #spentAlone = 0;
  #strikes = 0;
  #rest = REST_MS;
  #restUntil = 0;

  /** Whether the workers should take part in some work, at a time in milliseconds. */
  pays(work: number, now: number): boolean {
    if (now < this.#restUntil) return false;
    const forks = (this.#forks.get(work) ?? 0) + 1;
    this.#forks.set(work, forks);
    // The fourth, the twelfth, the 28th ...: kernels get faster while the runtime compiles them again.
    return forks < SAMPLE ? ((forks + 4) & (forks + 3)) !== 0 : forks % SAMPLE !== 0;
  }

  /** The calling thread has done it by itself. */
  alone(work: number, milliseconds: number): void {
    const known = this.#alone.get(work) ?? milliseconds;
    this.#alone.set(work, known + NEW * (Math.min(milliseconds, SLOWER * known) - known));
  }

  /** All threads have done it, by a time. */
  together(work: number, milliseconds: number, now: number): void {
    const alone = this.#alone.get(work);
    if (alone === undefined) return;
    this.#spent += milliseconds;
    this.#spentAlone += alone;
    if (this.#spentAlone < WINDOW_MS) return;
    if (this.#spent <= ENOUGH * this.#spentAlone) {
      this.#rest = REST_MS;
      this.#strikes = 0;
    } else if (++this.#strikes >= STRIKES) {
      this.#restUntil = now + this.#rest;
      this.#rest = Math.min(2 * this.#rest, MOST_REST_MS);
    }
    this.#spent = 0;
    this.#spentAlone = 0;
  }
}
