/** A step of a stream while it is being put together: the kernel calls that layers add, with pointers that stay. */
import type { Context } from "./context.ts";
import { type KernelCall, kernelCall } from "./engine/calls.ts";
import type { Kernels } from "./engine/kernels.ts";
import type { Arena } from "./engine/memory.ts";
import type { Call } from "./engine/threads/parallel.ts";
import { Packed } from "./packed.ts";
import type { Shape, Tensor } from "./tensor.ts";

/** What a layer reads or gives at one step: numbers that stay in one place. */
export interface StepValue {
  readonly pointer: number;
  readonly size: number;
  /** As a forward pass sees it, batch and time first; of what layers read. */
  readonly shape?: Shape | undefined;
  /** Elements of its last axis, where a step is more than one row. */
  readonly width?: number | undefined;
  /** Where it is a row of a table: which table, and where the row's number stands. */
  readonly lookup?: { readonly table: Tensor; readonly id: number };
  /** Where steps may be hidden: a word that is 0 if this one is. A layer that makes no mask passes on that of its first input. */
  readonly mask?: number | undefined;
  /** Where what is inside of a step may be hidden, such as words of a sentence: the mask as a forward pass sees it. Then there is no `mask`. */
  readonly inside?: Tensor | undefined;
  /** Of the model's own input: what layers read of it before it is scaled, by key. Like the input itself it is there before the first kernel runs: checks can read it. */
  readonly readings?: ReadonlyMap<string, number>;
}

/** The last axis of what a step reads. */
export const lastAxisOf = ({ size, width }: StepValue): number => width ?? size;

/** Packed weights in the form that a step reads. */
interface Packing {
  readonly room: Packed;
  readonly form: string;
  readonly ensure: () => unknown;
}

export abstract class Step {
  readonly kernels: Kernels;
  readonly memory: Arena;
  readonly packings: Packing[] = [];
  readonly refresh: (() => void)[] = [];

  constructor({ kernels, memory }: Pick<Context, "kernels" | "memory">) {
    this.kernels = kernels;
    this.memory = memory;
  }

  /** The context of the present weights. */
  abstract readonly context: Context;

  /** Whether the layer at hand is used elsewhere too. */
  protected abstract get shared(): boolean;

  /** Zeros that stay. */
  abstract allocate(size: number, width?: number): StepValue;

  /** Adds to the list of calls. */
  protected abstract add(call: KernelCall): void;

  /** Something that may refuse a step, by inputs of the model and by states; before any of them changes. */
  abstract onCheck(action: () => void): void;

  /**
   * Numbers that the layer at hand carries from step to step.
   *
   * @param initial what the first of them are before the first step; the others are zeros
   */
  abstract carry(values: readonly StepValue[], initial?: readonly StepValue[]): void;

  /** A part of every step. What changes from step to step stands in memory; the numbers are always the same. */
  call<K extends keyof Kernels>(kernel: K, ...numbers: Call<K>): void {
    this.add(kernelCall(kernel, ...numbers));
  }

  /**
   * Packed weights that are fresh at every step, whatever `predict` has made of them in between.
   *
   * @param room where they are
   * @param ensure packs them if they are stale; what it returns, pointers, is always the same
   */
  packed<Pointers>(room: Packed, ensure: () => Pointers): Pointers {
    const pointers = ensure();
    this.packings.push({ room, form: room.form, ensure });
    return pointers;
  }

  /**
   * Room for packed weights: the layer's own. A layer that is used several times may want its weights in several forms at
   * once, so there each use has its own.
   *
   * @param size elements
   */
  roomFor(packed: Packed, size: number): Packed {
    return this.shared ? new Packed(this.allocate(size).pointer) : packed;
  }

  /** What has to be made again when weights have changed; packed ones are fresh then. */
  onWeights(action: () => void): void {
    this.refresh.push(action);
  }
}
