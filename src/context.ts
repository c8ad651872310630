/** What every op and layer gets: where to compute, whether to record, and where randomness and states come from. */
import type { Kernels } from "./engine/kernels.ts";
import type { Arena } from "./engine/memory.ts";
import type { Parallel } from "./engine/threads/parallel.ts";
import { sizeOf } from "./ndarray.ts";
import type { InParts } from "./parts.ts";
import { type Shape, Tensor } from "./tensor.ts";

/** Hidden and cell states by layer name, outside linear memory, row-major [N, H] each. */
export type StateStore = Map<string, Float32Array[]>;

/**
 * How gradients go back through an op: adds to those of its inputs what those of its outputs ask for. It asks for all
 * its buffers, with `context.gradientOf`, before it marks the arena for scratch.
 *
 * @param args as they were recorded
 */
export type Backward<Args extends readonly unknown[] = readonly unknown[]> = (
  context: Context,
  outputs: readonly Tensor[],
  ...args: Args
) => void;

/** Keeps what ops did for the way back; `Tape` is one. */
export interface Recorder {
  /** Adds a step back. It runs only if a gradient has reached one of `outputs`. */
  record(half: Backward, outputs: readonly Tensor[], args: readonly unknown[]): void;
  /** The gradient's buffer, made and filled with zeros at first asking; 0 if nobody wants it. Backward kernels add to it. */
  gradientOf(tensor: Tensor | undefined): number;
  /** Runs all steps, last first, and may stop after every one. Gradients of the outputs have been put in place by the losses. */
  backward(context: Context): InParts<void>;
}

/** Where to compute: an engine, or one whose calls may wait, see engine/turns. */
export interface Computing {
  readonly memory: Arena;
  readonly kernels: Kernels;
  readonly parallel: Parallel;
  /** Whether calls wait; an engine itself does not say. */
  readonly waits?: boolean;
  /**
   * Takes note of packed weights, which others may pack in another form while the step waits.
   *
   * @param isFresh whether they were there already
   * @param again packs them, if what lies there is something else
   */
  notePacked?(room: { forget(): void }, isFresh: boolean, again: () => void): void;
}

export interface ContextOptions {
  tape?: Recorder;
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
  readonly computing: Computing;
  readonly memory: Arena;
  readonly kernels: Kernels;
  readonly parallel: Parallel;
  readonly tape: Recorder | undefined;
  readonly training: boolean;
  readonly seed: number;
  readonly step: number;
  readonly weightsVersion: number;
  readonly states: StateStore;
  readonly streaming: boolean;
  readonly #commits: (() => void)[] = [];

  constructor(computing: Computing, options: ContextOptions) {
    this.computing = computing;
    this.memory = computing.memory;
    this.kernels = computing.kernels;
    this.parallel = computing.parallel;
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

  /**
   * Keeps the backward half of an op with what it needs, if gradients are wanted. A statement by itself, which builds for
   * predictions alone leave out, and the half with it.
   *
   * @param outputs of the op, made by `tensor` from the same inputs
   * @example context.record(tanhBackward, [y], x);
   */
  record<Args extends readonly unknown[]>(
    half: Backward<Args>,
    outputs: readonly Tensor[],
    ...args: NoInfer<Args>
  ): void {
    // Arguments are checked against the half, so that what comes back is what it takes.
    if (outputs[0].requiresGradient) this.tape?.record(half as Backward, outputs, args);
  }

  /** Where the gradient of a tensor is to be added, zeros at first; 0 if nobody wants it. */
  gradientOf(tensor: Tensor | undefined): number {
    return this.tape?.gradientOf(tensor) ?? 0;
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
    for (const action of this.#commits.splice(0)) action();
  }
}
