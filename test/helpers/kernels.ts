/** Kernels with their memory, guarded: a write outside an output, or into an input, is caught by the next read. */
import { Engine } from "../../src/engine/engine.ts";
import type { Kernels } from "../../src/engine/kernels.ts";

// A NaN that no kernel makes. Around inputs it also spoils every result that reads past them.
const SENTINEL = 0x7fc0_dead;
const GUARD = 16;

interface Buffer {
  pointer: number;
  length: number;
  /** What an input must still hold. */
  bits?: Int32Array;
}

export class KernelBench {
  readonly #engine = new Engine();
  readonly #start = this.#engine.memory.mark();
  #buffers: Buffer[] = [];

  get kernels(): Kernels {
    return this.#engine.kernels;
  }

  /** A pointer to float32 numbers that kernels may only read. */
  input(values: ArrayLike<number>): number {
    return this.#keep(this.inOut(values));
  }

  /** The same for i32 numbers. */
  inputInts(values: ArrayLike<number>): number {
    return this.#keep(this.#place(values.length, at => this.#ints.set(values, at)));
  }

  /** A pointer to float32 numbers that kernels may change. */
  inOut(values: ArrayLike<number>): number {
    return this.#place(values.length, at => this.#engine.memory.floats.set(values, at));
  }

  /** A pointer to room for n numbers, each the sentinel until a kernel assigns it. */
  output(n: number): number {
    return this.#place(n, () => {});
  }

  /** A copy of a buffer's numbers, once nothing outside the outputs has changed. */
  read(pointer: number): Float32Array {
    return new Float32Array(this.readInts(pointer).buffer);
  }

  /** The same as i32: ids, or the bits of float32 numbers. */
  readInts(pointer: number): Int32Array<ArrayBuffer> {
    this.check();
    const buffer = this.#buffers.find(candidate => candidate.pointer === pointer);
    if (!buffer) throw new Error(`${pointer} is not a buffer`);
    return this.#ints.slice(pointer >> 2, (pointer >> 2) + buffer.length);
  }

  /** @throws Error naming the first guard or input that changed */
  check(): void {
    const ints = this.#ints;
    this.#buffers.forEach(({ pointer, length, bits }, which) => {
      const at = pointer >> 2;
      for (let i = 1; i <= GUARD; i++) {
        if (ints[at - i] !== SENTINEL) throw new Error(`buffer ${which}: written ${i} elements before its start`);
        if (ints[at + length + i - 1] !== SENTINEL) throw new Error(`buffer ${which}: written ${i} past its end`);
      }
      const changed = bits ? bits.findIndex((value, i) => ints[at + i] !== value) : -1;
      if (changed >= 0) throw new Error(`buffer ${which}: an input, changed at index ${changed}`);
    });
  }

  /** Forgets all buffers. */
  reset(): void {
    this.#engine.memory.release(this.#start);
    this.#buffers = [];
  }

  get #ints(): Int32Array {
    return this.#engine.memory.ints;
  }

  #place(length: number, fill: (at: number) => void): number {
    const pointer = this.#engine.memory.allocate(length + 2 * GUARD) + 4 * GUARD;
    const at = pointer >> 2;
    this.#ints.fill(SENTINEL, at - GUARD, at + length + GUARD);
    fill(at);
    this.#buffers.push({ pointer, length });
    return pointer;
  }

  #keep(pointer: number): number {
    const buffer = this.#buffers[this.#buffers.length - 1];
    buffer.bits = this.#ints.slice(pointer >> 2, (pointer >> 2) + buffer.length);
    return pointer;
  }
}

/** Rows with `stride - columns` numbers between them that no kernel may touch or use: NaN, unless told. */
export function withStride(rows: ArrayLike<number>, columns: number, stride: number, gap = Number.NaN): Float32Array {
  const count = rows.length / columns;
  // The last row ends the buffer: what would be its gap belongs to the guard.
  const wide = new Float32Array(Math.max(0, (count - 1) * stride + columns)).fill(gap);
  for (let i = 0; i < rows.length; i++) wide[Math.floor(i / columns) * stride + (i % columns)] = rows[i];
  return wide;
}

/** The rows of withStride again. @throws Error where a gap has changed */
export function withoutStride(wide: Float32Array, columns: number, stride: number, gap = Number.NaN): Float32Array {
  const rows: number[] = [];
  wide.forEach((value, i) => {
    if (i % stride < columns) rows.push(value);
    else if (!Object.is(value, gap)) throw new Error(`written between rows, at index ${i}`);
  });
  return Float32Array.from(rows);
}
