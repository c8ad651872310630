/** What every op and layer gets: where to compute, whether to record, and where randomness and states come from. */
import type { Tape } from "./autograd.ts";
import type { Engine } from "./engine/engine.ts";
import type { Kernels } from "./engine/kernels.ts";
import type { Memory } from "./engine/memory.ts";
import type { Parallel } from "./engine/threads/parallel.ts";
import { sizeOf } from "./ndarray.ts";
import { type Shape, Tensor } from "./tensor.ts";

/** Hidden and cell states by layer name, outside linear memory, row-major [N, H] each. */
export type StateStore = Map<string, Float32Array[]>;

export interface ContextOptions {
  tape?: Tape;
  /** True inside fit: dropout is active. */
  training?: boolean;
  seed: number;
  /** Counts training steps; with the seed it determines the random numbers of a step. */
  step: number;
  /** Counts changes of the weights, so that packed copies know when they are stale. */
  weightsVersion: number;
  /** States of all recurrent layers (streaming), or of the stateful ones. */
  states: StateStore;
  /** One step at a time: every recurrent layer keeps its state in `states`. */
  streaming?: boolean;
}

export class Context {
  readonly memory: Memory;
  readonly kernels: Kernels;
  readonly parallel: Parallel;
  readonly tape: Tape | undefined;
  readonly training: boolean;
  readonly seed: number;
  readonly step: number;
  readonly weightsVersion: number;
  readonly states: StateStore;
  readonly streaming: boolean;
  readonly #commits: (() => void)[] = [];

  constructor(engine: Engine, options: ContextOptions) {
    this.memory = engine.memory;
    this.kernels = engine.kernels;
    this.parallel = engine.parallel;
    this.tape = options.tape;
    this.training = options.training ?? false;
    this.seed = options.seed;
    this.step = options.step;
    this.weightsVersion = options.weightsVersion;
    this.states = options.states;
    this.streaming = options.streaming ?? false;
  }

  /** A new tensor in the arena; it needs a gradient if the tape runs and one of `inputs` does. */
  tensor(shape: Shape, inputs: readonly (Tensor | undefined)[] = []): Tensor {
    const requiresGradient = this.tape !== undefined && inputs.some(input => input?.requiresGradient);
    return new Tensor(this.memory.allocate(sizeOf(shape)), shape, requiresGradient);
  }

  /** A tensor with the numbers of a JavaScript array. */
  tensorFrom(data: Float32Array | Int32Array, shape: Shape): Tensor {
    const tensor = new Tensor(this.memory.allocate(data.length), shape);
    const view = data instanceof Int32Array ? this.memory.ints : this.memory.floats;
    view.set(data, tensor.pointer >>> 2);
    return tensor;
  }

  /** A view of a tensor's numbers, good until memory grows. */
  numbers(tensor: Tensor): Float32Array {
    return this.memory.floats.subarray(tensor.pointer >>> 2, (tensor.pointer >>> 2) + tensor.size);
  }

  /** Does something once the whole step has succeeded (a failed step leaves the model as it was). */
  onCommit(action: () => void): void {
    this.#commits.push(action);
  }

  commit(): void {
    for (const action of this.#commits) action();
  }
}
