/** The tape: what ops did, which their backward halves undo in reverse order. */
import type { Backward, Context, Recorder } from "./context.ts";
import type { Arena } from "./engine/memory.ts";
import type { InParts } from "./parts.ts";
import type { Tensor } from "./tensor.ts";

interface Step {
  half: Backward;
  outputs: readonly Tensor[];
  args: readonly unknown[];
}

export class Tape implements Recorder {
  readonly #memory: Arena;
  readonly #steps: Step[] = [];

  constructor(memory: Arena) {
    this.#memory = memory;
  }

  record(half: Backward, outputs: readonly Tensor[], args: readonly unknown[]): void {
    this.#steps.push({ half, outputs, args });
  }

  gradientOf(tensor: Tensor | undefined): number {
    if (!tensor?.requiresGradient) return 0;
    if (tensor.gradient === 0) {
      tensor.gradient = tensor.viewOf ? this.gradientOf(tensor.viewOf) : this.#memory.allocateZeros(tensor.size);
    }
    return tensor.gradient;
  }

  *backward(context: Context): InParts<void> {
    for (let i = this.#steps.length - 1; i >= 0; i--) {
      const { half, outputs, args } = this.#steps[i];
      if (outputs.some(output => output.gradient !== 0)) half(context, outputs, ...args);
      if (context.computing.waits) yield;
    }
  }
}
