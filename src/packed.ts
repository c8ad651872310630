import type { Context } from "./context.ts";

/** A packed copy of weights that outlives a step: made again only when the weights have changed. */
export class Packed {
  readonly pointer: number;
  #version = -1;

  constructor(pointer: number) {
    this.pointer = pointer;
  }

  /** The pointer, after `pack` has filled it if it was stale. */
  ensure(context: Context, pack: (pointer: number) => void): number {
    if (this.#version !== context.weightsVersion) {
      pack(this.pointer);
      this.#version = context.weightsVersion;
    }
    return this.pointer;
  }
}
