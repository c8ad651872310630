/**
 * One linear memory: a persistent part that grows at the bottom, and above it an arena for everything made in a step.
 *
 *   | constants | persistent: parameters, gradients, optimizer slots, packed weights | arena: mark .. release |
 *
 * What is persisted while the arena is in use, by whoever has a turn in the middle of a step, lies above it: an island, around
 * which the arena goes from then on.
 */

const PAGE = 65536;
const ALIGNMENT = 16;
// wasm addresses 4 GB; the last page stays free so that no pointer arithmetic can wrap.
const LIMIT = 2 ** 32 - PAGE;

let explainGrowth = (cause: unknown, _wanted: number, _bytes: number): unknown => cause;

/** Says in other words why memory cannot grow: what an entry brings. */
export function registerGrowthError(given: typeof explainGrowth): void {
  explainGrowth = given;
}

/** Views of the whole memory. They are replaced when it grows: read them anew, never keep them. */
export interface Views {
  readonly floats: Float32Array;
  readonly ints: Int32Array;
}

/** What ops see of a memory. */
export interface Arena extends Views {
  allocate(elements: number): number;
  allocateZeros(elements: number): number;
  mark(): number;
  release(mark: number): void;
  /** For numbers that no call of this step changes any more. */
  readonly settled: Views;
  /** Writes numbers that calls after this one read, and none of them changes. */
  write(action: (views: Views) => void): void;
  /** Zeros for calls after this one, which may change them. */
  clear(pointer: number, elements: number): void;
}

/** Persistent blocks inside the arena. */
export interface Islands {
  add(begin: number, end: number): void;
  /** The first place from one on with room for so many bytes. */
  find(from: number, size: number): number;
}

export class Memory implements Arena {
  readonly wasm: WebAssembly.Memory;
  floats: Float32Array;
  ints: Int32Array;
  #top = 0;
  #persistentEnd = 0;
  readonly settled: Views = this;
  /** What is persisted in the middle of a step; only who lets others in there brings it. */
  islands: Islands | undefined;

  /** @param wasm a shared one with workers */
  constructor(wasm = new WebAssembly.Memory({ initial: 1 })) {
    this.wasm = wasm;
    this.floats = new Float32Array(this.wasm.buffer);
    this.ints = new Int32Array(this.wasm.buffer);
  }

  /** Leaves the first bytes to the constants of the kernels. */
  begin(base: number): void {
    this.#top = this.#persistentEnd = Math.ceil(base / ALIGNMENT) * ALIGNMENT;
  }

  /** Bytes of linear memory taken from the runtime. */
  get bytes(): number {
    return this.wasm.buffer.byteLength;
  }

  write(action: (views: Views) => void): void {
    action(this);
  }

  clear(pointer: number, elements: number): void {
    this.floats.fill(0, pointer >>> 2, (pointer >>> 2) + elements);
  }

  /** A pointer to `elements` 32-bit numbers in the arena, 16-byte aligned, contents undefined. */
  allocate(elements: number): number {
    const size = Math.ceil((elements * 4) / ALIGNMENT) * ALIGNMENT;
    const pointer = this.islands?.find(this.#top, size) ?? this.#top;
    const end = pointer + size;
    if (end > this.bytes) this.#grow(end);
    this.#top = end;
    return pointer;
  }

  /** The same, filled with zeros. */
  allocateZeros(elements: number): number {
    const pointer = this.allocate(elements);
    this.clear(pointer, elements);
    return pointer;
  }

  /** A pointer to zeros that stay for the life of the engine. Between steps, while the arena is empty, if it has no islands. */
  persist(elements: number): number {
    const inUse = this.#top !== this.#persistentEnd;
    const pointer = this.allocateZeros(elements);
    if (inUse) (this.islands as Islands).add(pointer, this.#top);
    else this.#persistentEnd = this.#top;
    return pointer;
  }

  /** The present end of the arena, for release. */
  mark(): number {
    return this.#top;
  }

  /** Gives back everything allocated since the mark. */
  release(mark: number): void {
    this.#top = mark;
  }

  #grow(end: number): void {
    const missing = Math.ceil((end - this.bytes) / PAGE);
    try {
      if (end > LIMIT) throw new RangeError();
      this.wasm.grow(missing);
    } catch (cause) {
      throw explainGrowth(cause, end, this.bytes);
    }
    this.floats = new Float32Array(this.wasm.buffer);
    this.ints = new Int32Array(this.wasm.buffer);
  }
}
