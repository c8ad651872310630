/** A step of a stream while it is being put together: the kernel calls that layers add, with pointers that stay. */
import type { Context } from "./context.ts";
import type { Kernels } from "./engine/kernels.ts";
import type { Memory } from "./engine/memory.ts";
import type { Tensor } from "./tensor.ts";

/** What a layer reads or gives at one step: numbers that stay in one place. */
export interface StepValue {
  readonly pointer: number;
  readonly size: number;
  /** Where it is a row of a table: which table, and where the row's number stands. */
  readonly lookup?: { readonly table: Tensor; readonly id: number };
}

export abstract class Step {
  readonly kernels: Kernels;
  readonly memory: Memory;
  protected readonly checks: (() => void)[] = [];
  protected readonly calls: (() => void)[] = [];
  protected readonly refresh: (() => void)[] = [];
  protected readonly states = new Map<string, readonly StepValue[]>();

  constructor({ kernels, memory }: Pick<Context, "kernels" | "memory">) {
    this.kernels = kernels;
    this.memory = memory;
  }

  /** The context of the present weights. */
  abstract get context(): Context;

  /** Zeros that stay. */
  allocate(size: number): StepValue {
    return { pointer: this.memory.persist(size), size };
  }

  /** Something that may refuse a step; before any state changes. */
  onCheck(action: () => void): void {
    this.checks.push(action);
  }

  /** A part of every step. */
  onStep(action: () => void): void {
    this.calls.push(action);
  }

  /** What has to be made again when weights have changed. */
  onWeights(action: () => void): void {
    this.refresh.push(action);
  }

  /** Numbers that a layer carries from step to step. */
  carry(layer: string, values: readonly StepValue[]): void {
    this.states.set(layer, values);
  }
}
