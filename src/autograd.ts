/** The tape: a list of backward steps, recorded by ops and run in reverse. */
import type { Memory } from "./engine/memory.ts";
import type { Tensor } from "./tensor.ts";

interface Step {
  outputs: readonly Tensor[];
  backward: () => void;
}

export class Tape {
  readonly #memory: Memory;
  readonly #steps: Step[] = [];

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  /** Adds a backward step. It runs only if a gradient has reached one of `outputs`. */
  record(outputs: readonly Tensor[], backward: () => void): void {
    this.#steps.push({ outputs, backward });
  }

  /**
   * The gradient's buffer, made and filled with zeros at first asking; 0 if nobody wants it. Backward kernels add to
   * it. A backward step asks for all its buffers before it marks the arena for scratch.
   */
  gradientOf(tensor: Tensor | undefined): number {
    if (!tensor?.requiresGradient) return 0;
    if (tensor.gradient === 0) tensor.gradient = this.#memory.allocateZeros(tensor.size);
    return tensor.gradient;
  }

  /** Runs all steps, last first. Gradients of the outputs have been put in place by the losses. */
  backward(): void {
    for (let i = this.#steps.length - 1; i >= 0; i--) {
      const { outputs, backward } = this.#steps[i];
      if (outputs.some(output => output.gradient !== 0)) backward();
    }
  }
}
