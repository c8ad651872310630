/**
 * One linear memory: a persistent part that grows at the bottom, and above it an arena for everything made in a step.
 *
 *   | constants | persistent: parameters, gradients, optimizer slots, packed weights | arena: mark .. release |
 */

const PAGE = 65536;
const ALIGNMENT = 16;
// wasm addresses 4 GB; the last page stays free so that no pointer arithmetic can wrap.
const LIMIT = 2 ** 32 - PAGE;
export class Memory {
  readonly wasm: WebAssembly.Memory;
  /** Views of the whole memory. They are replaced when it grows: read them anew, never keep them. */
  floats: Float32Array;
  ints: Int32Array;
  #top = 0;
  #persistentEnd = 0;

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

  /** A pointer to `elements` 32-bit numbers in the arena, 16-byte aligned, contents undefined. */
  allocate(elements: number): number {
    const pointer = this.#top;
    const end = pointer + Math.ceil((elements * 4) / ALIGNMENT) * ALIGNMENT;
    if (end > this.bytes) this.#grow(end);
    this.#top = end;
    return pointer;
  }

  /** The same, filled with zeros. */
  allocateZeros(elements: number): number {
    const pointer = this.allocate(elements);
    this.floats.fill(0, pointer >>> 2, (pointer >>> 2) + elements);
    return pointer;
  }

  /** A pointer to zeros that stay for the life of the engine. Only between steps, while the arena is empty. */
  persist(elements: number): number {
    if (this.#top !== this.#persistentEnd) throw new Error("persist: the arena is in use");
    const pointer = this.allocateZeros(elements);
    this.#persistentEnd = this.#top;
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
    } catch {
      const mb = (n: number) => `${Math.ceil(n / 2 ** 20)} MB`;
      throw new RangeError(
        `out of memory: expected to hold ${mb(end)} in one model, but the runtime stops at ${mb(this.bytes)} and at most 4096 MB; ` +
          "use a smaller batchSize, shorter sequences or fewer units",
      );
    }
    this.floats = new Float32Array(this.wasm.buffer);
    this.ints = new Int32Array(this.wasm.buffer);
  }
}
