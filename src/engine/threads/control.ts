/**
 * The block of linear memory through which the threads of a pool talk, and how a part of the work is taken.
 *
 *   | words: ticket, done, parked, ... each where several threads write, on a cache line of its own | arguments |
 *
 * The ticket says which fork this is (24 bits) and how many of its parts nobody has taken (8 bits). A part is taken by
 * compare-exchange of the whole ticket, so a thread that comes late can never take a part of another fork.
 */

/** Words of 32 bits. */
export const TICKET = 0;
/** Parts that workers have finished in this fork. */
export const DONE = 16;
/** Workers that sleep until the ticket changes. */
export const PARKED = 32;
/** Workers that have started. */
export const UP = 33;
/** 1 + the number of a part whose kernel threw; 0 if none did. */
export const FAILED = 34;
/** Which of `kernelNames` this fork runs. */
export const KERNEL = 35;
/** A bit for each worker that has started: two words. */
const STARTED = 36;
const WORDS = 48;

/** What one fork may have at most. */
export const MAX_PARTS = 64;
export const MAX_ARGUMENTS = 24;
const LINE_BYTES = 64;
const PART_BITS = 8;
const LEFT = (1 << PART_BITS) - 1;

/** 32-bit elements that the block takes, wherever it is put. */
export const CONTROL_ELEMENTS = LINE_BYTES / 4 + WORDS + MAX_PARTS * MAX_ARGUMENTS * 2;

export interface Control {
  readonly words: Int32Array;
  /** [MAX_PARTS, MAX_ARGUMENTS]: every argument of a kernel is exact in a double. */
  readonly numbers: Float64Array;
}

/** Views of the block. They stay good when a shared memory grows. */
export function controlAt(memory: WebAssembly.Memory, pointer: number): Control {
  const start = Math.ceil(pointer / LINE_BYTES) * LINE_BYTES;
  return {
    words: new Int32Array(memory.buffer, start, WORDS),
    numbers: new Float64Array(memory.buffer, start + 4 * WORDS, MAX_PARTS * MAX_ARGUMENTS),
  };
}

/** The names of all kernels, in the order in which all threads number them. */
export function kernelNames(module: WebAssembly.Module): string[] {
  return WebAssembly.Module.exports(module)
    .filter(({ kind }) => kind === "function")
    .map(({ name }) => name);
}

/** The ticket of a fork with `left` parts to take. */
export function ticketOf(fork: number, left: number): number {
  return (fork << PART_BITS) | left;
}

export function partsLeft(ticket: number): number {
  return ticket & LEFT;
}

/** Takes a part of the present fork: its number, or -1 if none is left. */
export function claim(words: Int32Array): number {
  for (;;) {
    const ticket = Atomics.load(words, TICKET);
    const left = partsLeft(ticket);
    if (left === 0) return -1;
    if (Atomics.compareExchange(words, TICKET, ticket, ticket - 1) === ticket) return left - 1;
  }
}

/** A worker, counted from 0, says that it has started. */
export function startUp(words: Int32Array, worker: number): void {
  Atomics.or(words, STARTED + (worker >>> 5), 1 << (worker & 31));
  Atomics.add(words, UP, 1);
}

export function hasStarted(words: Int32Array, worker: number): boolean {
  return (Atomics.load(words, STARTED + (worker >>> 5)) & (1 << (worker & 31))) !== 0;
}
