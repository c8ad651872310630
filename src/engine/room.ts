import type { Memory } from "./memory.ts";

/** A memory that models share. Made by `modelMemory`. */
export interface ModelMemory {
  /** Bytes of linear memory that its models have taken. */
  readonly bytes: number;
  /**
   * @internal The engine whose memory it is.
   * @throws RangeError for more threads than one
   */
  base(threads: number): { readonly memory: Memory; readonly scratch: number };
  /** @internal Memory for an owner, used again when that is gone. */
  take(owner: object, elements: number): number;
  /** @internal */
  give(owner: object): void;
}
