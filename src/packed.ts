import type { Context } from "./context.ts";

/** A packed copy of weights that outlives a step: made again only when the weights have changed. */
export class Packed {
  readonly pointer: number;
  #version = -1;
  #form = "";

  constructor(pointer: number) {
    this.pointer = pointer;
  }

  /** The layout it has now. */
  get form(): string {
    return this.#form;
  }

  /** Whether it is what `ensure` would leave as it is. */
  isFresh({ weightsVersion }: Context, form: string): boolean {
    return this.#version === weightsVersion && this.#form === form;
  }

  /** Lets nobody believe that something is there. */
  forget(): void {
    this.#version = -1;
  }

  /**
   * The pointer, after `pack` has filled it if it was stale.
   *
   * @param form the layout, where there are several
   */
  ensure(context: Context, pack: (pointer: number) => void, form = ""): number {
    const isFresh = this.isFresh(context, form);
    if (!isFresh) {
      pack(this.pointer);
      this.#version = context.weightsVersion;
      this.#form = form;
    }
    context.computing.notePacked?.(this, isFresh, () => this.ensure(context, pack, form));
    return this.pointer;
  }
}
